//! Posts one message of the onboarding to its ticket, once: for the customer, for the support engineer, or both.

mod message;
mod webhook;

pub use message::Message;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::StepError;
use shared::config::{self, ConfigError};
use shared::event::ticket_id;
use shared::help_desk::{CredentialStore, Origin, Product, Zendesk, http_client};
use std::time::Duration;

/// How long one call to the help desk may take: seven, the most that two comments need, fit into the function's 30 s
/// unless all are slow.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// Which help desk it is.
    pub help_desk: Product,
    /// Zendesk, without the path: `https://example.zendesk.com`; or where replies are posted as webhooks.
    pub help_desk_url: String,
    /// The secret with the help desk's credentials.
    pub help_desk_secret: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing or unreadable.
    pub fn from_env() -> Result<Self, ConfigError> {
        let help_desk = config::required("HELP_DESK")?;
        Ok(Self {
            help_desk,
            help_desk_url: match help_desk {
                Product::Zendesk => config::required::<Origin>("HELP_DESK_URL")?.into(),
                Product::Webhook => config::required("HELP_DESK_URL")?,
            },
            help_desk_secret: config::required("HELP_DESK_SECRET")?,
        })
    }
}

/// The way to the help desk.
pub struct Clients {
    /// For the help desk's API or the receiver of the webhooks.
    pub http: reqwest::Client,
    /// What we are there.
    pub credentials: CredentialStore,
}

impl Clients {
    /// Makes the clients.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(config: &Config, aws: &aws_types::SdkConfig) -> Result<Self, reqwest::Error> {
        let secrets = aws_sdk_secretsmanager::Client::new(aws);
        let credentials = CredentialStore::new(secrets, &config.help_desk_secret);
        Ok(Self { http: http_client(TIMEOUT)?, credentials })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The neutral event as it came: a malformed one gets its answer too.
    pub event: Value,
    /// The execution, for the support engineer's link and the message's reference.
    pub execution_arn: String,
    /// What to say.
    pub message: Message,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// How many comments were added: none when an earlier try had added them.
    pub posted: usize,
}

/// Posts the message. Each comment has a reference; one whose reference is in the thread already is left out, so that
/// a step that is retried says nothing twice. A receiver of webhooks drops repeats by their id.
///
/// # Errors
/// [`StepError::Transient`] when the help desk is busy or away, [`StepError::Operator`] when it refuses.
pub async fn handle(clients: &Clients, config: &Config, input: Input) -> Result<Output, StepError> {
    let ticket = ticket_id(&input.event)
        .ok_or_else(|| StepError::InvalidInput("the event names no ticket that could be answered".to_owned()))?;
    let comments = input.message.comments(&input.execution_arn);
    let Clients { http, credentials } = clients;
    let posted = match config.help_desk {
        Product::Zendesk => {
            let zendesk = Zendesk { http, url: &config.help_desk_url, credentials };
            zendesk.post(&ticket, zendesk.conversation(&ticket).await?, &comments).await?
        }
        Product::Webhook => webhook::post(http, &config.help_desk_url, credentials, &ticket, &comments).await?,
    };
    Ok(Output { posted })
}

#[cfg(test)]
mod tests;
