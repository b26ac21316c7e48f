//! Opens the portal for one onboarding: makes its vault and its link; run again, it finds them.

use aws_sdk_secretsmanager::Client;
use serde::{Deserialize, Serialize};

use secrets::signing_key;
use secrets::vault::{self, Vault};
use shared::ids::{OnboardingId, TicketId};
use step::StepError;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// Where the customer reaches the portal, without the path: `https://connect.example.com`.
    pub portal_url: String,
    /// The secret that holds the stack's signing key.
    pub signing_key_secret: String,
    /// The stack's name, for the vault's name and tags.
    pub stack: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            portal_url: config::required("PORTAL_URL")?,
            signing_key_secret: config::required("SIGNING_KEY_SECRET")?,
            stack: config::required("STACK_NAME")?,
        })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The execution, from which the onboarding's id derives.
    pub execution_arn: String,
    /// The ticket.
    pub ticket: TicketId,
}

/// The portal of this onboarding.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The onboarding's id.
    pub id: OnboardingId,
    /// The customer's one link.
    pub link: String,
}

/// Makes the vault, or finds it.
///
/// # Errors
/// When Secrets Manager refuses or the signing key is unusable.
pub async fn handle(secrets: &Client, config: &Config, input: Input) -> Result<Output, StepError> {
    let key = signing_key::read(secrets, &config.signing_key_secret).await?;
    let id = signing_key::onboarding_id(&key, &input.execution_arn)?;
    let vault = Vault { execution_arn: input.execution_arn, ticket: input.ticket, handed_out: None, awaited: None };
    vault::create(secrets, &config.stack, &id, &vault).await?;
    let link = format!("{}/o/{id}", config.portal_url.trim_end_matches('/'));
    Ok(Output { id, link })
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::operation::create_secret::{CreateSecretError, CreateSecretOutput};
    use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
    use aws_sdk_secretsmanager::types::error::ResourceExistsException;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn run_twice_it_finds_its_vault_and_gives_the_same_link() {
        let key = mock!(Client::get_secret_value)
            .match_requests(|request| request.secret_id() == Some("signing-key"))
            .then_output(|| GetSecretValueOutput::builder().secret_string("k".repeat(64)).build());
        let create = mock!(Client::create_secret)
            .match_requests(|request| {
                request.name().is_some_and(|name| name.starts_with("causeway/causeway/onboarding/"))
            })
            .sequence()
            .output(|| CreateSecretOutput::builder().build())
            .error(|| CreateSecretError::ResourceExistsException(ResourceExistsException::builder().build()))
            .build();
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&key, &create]);
        let config = Config {
            portal_url: "https://connect.example.com/".to_owned(),
            signing_key_secret: "signing-key".to_owned(),
            stack: "causeway".to_owned(),
        };
        let input = || Input { execution_arn: "arn:aws:states:ticket-1".to_owned(), ticket: "1".parse().unwrap() };
        let first = handle(&secrets, &config, input()).await.unwrap();
        let second = handle(&secrets, &config, input()).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(first.link, format!("https://connect.example.com/o/{}", first.id));
        assert_eq!(create.num_calls(), 2);
    }
}
