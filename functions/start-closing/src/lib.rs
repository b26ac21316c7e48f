//! Starts closing for onboardings whose execution has ended without it, stops those that somebody wants closed, and tells
//! the end of those that were stopped while they told it. It is called by the end of an execution, which is told at best, by a schedule, which misses none, and by an operator's event.

mod cancel;
mod ending;
mod executions;
mod look;
#[cfg(test)]
mod tests;
mod untold;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use cancel::Heard;
use look::Looks;
use register::Register;
use shared::event::execution_arn;
use shared::ids::OnboardingId;
use step::config::{self, ConfigError};
use step::{StepError, input};

/// At how many onboardings the schedule looks each time. A look takes some five calls.
const MOST: i32 = 100;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The state machine whose executions the onboardings are.
    pub state_machine_arn: String,
    /// The state machine that closes them.
    pub closing_state_machine_arn: String,
    /// The register's table.
    pub register: String,
    /// The queue of replies.
    pub replies: String,
    /// The stack's name, which is part of its secrets' names.
    pub stack: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            state_machine_arn: config::required("STATE_MACHINE_ARN")?,
            closing_state_machine_arn: config::required("CLOSING_STATE_MACHINE_ARN")?,
            register: config::required("REGISTER_TABLE")?,
            replies: config::required("REPLIES_QUEUE_URL")?,
            stack: config::required("STACK_NAME")?,
        })
    }
}

/// What the function speaks with.
#[derive(Debug)]
pub struct Clients {
    /// Where the onboardings stand.
    pub register: Register,
    /// Where their vaults are.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// Where their executions are.
    pub sfn: aws_sdk_sfn::Client,
    /// Where the tickets' messages wait.
    pub sqs: aws_sdk_sqs::Client,
}

/// The event as EventBridge delivers it, at least once.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// Who has sent it.
    pub source: String,
    /// What it is.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// When it was sent, RFC 3339.
    #[serde(default)]
    pub time: Option<String>,
    /// What it says.
    #[serde(default)]
    pub detail: Value,
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// At how many onboardings it was looked.
    pub looked_at: usize,
    /// The names of the closings that were started.
    pub started: Vec<String>,
    /// How many executions were stopped.
    pub stopped: usize,
    /// How many ends were put into the queue of replies again.
    pub put_again: usize,
    /// How many onboardings need no further look.
    pub at_rest: usize,
    /// At how many it could not be looked; the log says why.
    pub failed: usize,
    /// What came of the operator's wish, if the event was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wish: Option<Heard>,
}

/// The detail of an execution's end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    execution_arn: String,
}

/// Does what the event is about; one that is delivered again changes nothing more.
///
/// # Errors
/// When the event is none of those three, when the register, Step Functions or the queue refuses; by schedule, only when no onboarding
/// at all could be looked at.
pub async fn handle(clients: &Clients, config: &Config, input: Input) -> Result<Output, StepError> {
    let looks = Looks { clients, config };
    let mut output = Output::default();
    match (input.source.as_str(), input.detail_type.as_str()) {
        ("aws.states", "Step Functions Execution Status Change") => {
            let Change { execution_arn: arn } = read(input.detail)?;
            if !arn.starts_with(&execution_arn(&config.state_machine_arn, "")) {
                return Err(StepError::InvalidInput("expected an onboarding's execution at `executionArn`".to_owned()));
            }
            output.looked_at = 1;
            looks.look(&arn, clients.register.read(&OnboardingId::of(&arn)).await?.as_ref(), &mut output).await?;
        }
        ("aws.events", "Scheduled Event") => Box::pin(look_at_open(&looks, &mut output)).await?,
        ("causeway.operator", "PrivateLink Cancel Requested") => {
            Box::pin(looks.cancel(read(input.detail)?, input.time, &mut output)).await?;
        }
        _ => {
            let expected = "expected an execution's end, a scheduled event or an operator's wish at `detail-type`";
            return Err(StepError::InvalidInput(expected.to_owned()));
        }
    }
    Ok(output)
}

fn read<T: DeserializeOwned>(detail: Value) -> Result<T, StepError> {
    input::read(detail).map_err(|error| StepError::InvalidInput(format!("the event cannot be read: {error}")))
}

/// Looks at what has not come to rest, one after the other.
async fn look_at_open(looks: &Looks<'_>, output: &mut Output) -> Result<(), StepError> {
    let mut last = None;
    for id in looks.clients.register.open_onboardings(MOST).await? {
        match look_at(looks, &id, output).await {
            Ok(()) => output.looked_at += 1,
            Err(error) => {
                tracing::warn!(onboarding = %id, name = error.name(), "it could not be looked at: {error}");
                output.failed += 1;
                last = Some(error);
            }
        }
    }
    match last {
        Some(error) if output.looked_at == 0 => Err(error),
        _ => Ok(()),
    }
}

/// It is put behind the others first, so that one which always fails, or takes all the time, does not keep them from being
/// looked at.
async fn look_at(looks: &Looks<'_>, id: &OnboardingId, output: &mut Output) -> Result<(), StepError> {
    looks.clients.register.looked_at(id).await?;
    // The index is a little behind: what it names may be gone.
    let Some(onboarding) = looks.clients.register.read(id).await? else { return Ok(()) };
    looks.look(&onboarding.execution_arn, Some(&onboarding), output).await
}
