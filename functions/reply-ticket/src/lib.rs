//! Posts one message of the onboarding to its ticket, once: for the customer, for the support engineer, or both.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use help_desk::{HelpDesk, Message};
use shared::event::ticket_id;
use step::StepError;

/// How long one call to the help desk may take: seven, the most that two comments need, fit into the function's 30 s
/// unless all are slow.
pub const TIMEOUT: Duration = Duration::from_secs(5);

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
    /// Why the onboarding ends, for the execution's result, when the message was its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Posts the message. Each comment has a reference; one whose reference is in the thread already is left out, so that
/// a step that is retried says nothing twice.
///
/// # Errors
/// [`StepError::Transient`] when the help desk is busy or away, [`StepError::Operator`] when it refuses,
/// [`StepError::InvalidInput`] when there is no ticket, or the message lacks something.
pub async fn handle(help_desk: &HelpDesk, input: Input) -> Result<Output, StepError> {
    let ticket = ticket_id(&input.event)
        .ok_or_else(|| StepError::InvalidInput("the event names no ticket that could be answered".to_owned()))?;
    let comments = input.message.comments(&input.execution_arn)?;
    let posted = help_desk.post(&ticket, &comments).await?;
    Ok(Output { posted, reason: input.message.reason() })
}

#[cfg(test)]
mod tests;
