//! Opens the record of one onboarding: its item in the register and its vault; run again, it finds them.

use aws_sdk_secretsmanager::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use register::{Opened, Register};
use secrets::vault;
use shared::ids::OnboardingId;
use step::StepError;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, for the vault's name and tags.
    pub stack: String,
    /// The register's table.
    pub register: String,
    /// The KMS key of the stack's data; Secrets Manager's own when there is none.
    pub data_key: Option<String>,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            stack: config::required("STACK_NAME")?,
            register: config::required("REGISTER_TABLE")?,
            data_key: config::optional("DATA_KEY_ARN")?,
        })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The execution, from which the onboarding's id derives.
    pub execution_arn: String,
    /// The neutral event as it came: a malformed one gets its record too.
    pub event: Value,
}

/// The record.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The onboarding's id.
    pub id: OnboardingId,
}

/// Makes item and vault, or finds them.
///
/// # Errors
/// When `DynamoDB` or Secrets Manager refuses.
pub async fn handle(secrets: &Client, register: &Register, config: &Config, input: Input) -> Result<Output, StepError> {
    let Input { execution_arn, event } = input;
    let id = OnboardingId::of(&execution_arn);
    let opened = Opened::of(execution_arn, &event);
    let ticket = opened.ticket.clone();
    register.open(&id, opened).await?;
    vault::create(secrets, &config.stack, &id, ticket.as_ref(), config.data_key.as_deref()).await?;
    Ok(Output { id })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
    use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
    use aws_sdk_secretsmanager::operation::create_secret::{CreateSecretError, CreateSecretOutput};
    use aws_sdk_secretsmanager::types::error::ResourceExistsException;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn run_twice_it_finds_its_record() {
        let put = mock!(aws_sdk_dynamodb::Client::put_item)
            .match_requests(|request| {
                let item = request.item().unwrap();
                item["ticket"].as_s().is_ok_and(|ticket| ticket == "1")
                    && item["customer"].as_s().is_ok_and(|name| name == "Acme")
            })
            .sequence()
            .output(|| PutItemOutput::builder().build())
            .error(|| PutItemError::ConditionalCheckFailedException(ConditionalCheckFailedException::builder().build()))
            .build();
        let create = mock!(Client::create_secret)
            .match_requests(|request| {
                request.name().is_some_and(|name| name.starts_with("causeway/causeway/onboarding/"))
                    && request.secret_string().is_none()
            })
            .sequence()
            .output(|| CreateSecretOutput::builder().build())
            .error(|| CreateSecretError::ResourceExistsException(ResourceExistsException::builder().build()))
            .build();
        let register = Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&put]), "register");
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&create]);
        let config = Config { stack: "causeway".to_owned(), register: "register".to_owned(), data_key: None };
        let input = || Input {
            execution_arn: "arn:aws:states:ticket-1".to_owned(),
            event: json!({"ticket": {"id": 1}, "customer": {"name": " Acme "}}),
        };
        let first = handle(&secrets, &register, &config, input()).await.unwrap();
        assert_eq!(first, handle(&secrets, &register, &config, input()).await.unwrap());
        assert_eq!((put.num_calls(), create.num_calls()), (2, 2));
    }
}
