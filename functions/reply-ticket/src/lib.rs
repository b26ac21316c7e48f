//! Posts one message of the onboarding to its ticket, once: for the customer, for the support engineer, or both.

mod help_desk;
mod message;

pub use message::Message;

use aws_sdk_secretsmanager::Client as Secrets;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::StepError;
use shared::config::{self, ConfigError};
use shared::event::ticket_id;
use std::time::Duration;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The help desk, without the path: `https://example.zendesk.com`.
    pub help_desk_url: String,
    /// The secret with the help desk's credentials.
    pub help_desk_secret: String,
    /// How long one call to the help desk may take.
    pub timeout: Duration,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            help_desk_url: config::required("HELP_DESK_URL")?,
            help_desk_secret: config::required("HELP_DESK_SECRET")?,
            // Three calls fit into the function's 30 s.
            timeout: Duration::from_secs(9),
        })
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

/// Posts the message. Each comment ends with a reference; one whose reference is in the thread already is left out, so
/// that a step that is retried says nothing twice.
///
/// # Errors
/// [`StepError::Transient`] when the help desk is busy or away, [`StepError::Operator`] when it refuses.
pub async fn handle(
    secrets: &Secrets,
    http: &reqwest::Client,
    config: &Config,
    input: Input,
) -> Result<Output, StepError> {
    let ticket = ticket_id(&input.event)
        .ok_or_else(|| StepError::InvalidInput("the event names no ticket that could be answered".to_owned()))?;
    let desk = help_desk::HelpDesk::open(secrets, http, config).await?;
    let thread = desk.comments(&ticket).await?;
    let mut posted = 0;
    for comment in input.message.comments(&input.execution_arn) {
        if !thread.iter().any(|body| body.contains(&comment.reference)) {
            desk.post(&ticket, &comment).await?;
            posted += 1;
        }
    }
    Ok(Output { posted })
}
