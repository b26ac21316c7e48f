//! Starts the execution of an onboarding, named after its ticket, when the event of a support ticket arrives.

use aws_sdk_sfn::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use shared::event;
use step::StepError;
use step::aws::step_error;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The state machine to start.
    pub state_machine_arn: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { state_machine_arn: config::required("STATE_MACHINE_ARN")? })
    }
}

/// The event as EventBridge delivers it, at least once.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// The id of the event, which EventBridge gives.
    pub id: String,
    /// The neutral event. It is not read here: a malformed one gets its execution too, which then says what is wrong.
    pub detail: Value,
}

/// What came of the event.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The execution's name.
    pub execution: String,
    /// False when the ticket has its execution already.
    pub started: bool,
}

/// Starts the execution; an event that is delivered again changes nothing.
///
/// # Errors
/// When Step Functions refuses.
pub async fn handle(sfn: &Client, config: &Config, input: Input) -> Result<Output, StepError> {
    let execution = execution_name(&input);
    let result = sfn
        .start_execution()
        .state_machine_arn(&config.state_machine_arn)
        .name(&execution)
        .input(input.detail.to_string())
        .send()
        .await;
    match result {
        Ok(_) => Ok(Output { execution, started: true }),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_execution_already_exists()) => {
            Ok(Output { execution, started: false })
        }
        Err(error) => Err(step_error(&format!("start the execution {execution}"), &error)),
    }
}

/// `ticket-35436`, so that the console can be searched by ticket and a second delivery finds the name taken;
/// `ticket-35436-2` when the ticket was opened again after its first onboarding had ended.
/// An event without a usable ticket is named after itself, so that it still shows up in the console.
fn execution_name(input: &Input) -> String {
    event::ticket(&input.detail).map_or_else(|| format!("event-{}", input.id), |ticket| ticket.execution_name())
}

#[cfg(test)]
mod tests {
    use aws_sdk_sfn::operation::start_execution::{StartExecutionError, StartExecutionOutput};
    use aws_sdk_sfn::primitives::DateTime;
    use aws_sdk_sfn::types::error::ExecutionAlreadyExists;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use serde_json::json;

    use super::*;

    fn input(detail: Value) -> Input {
        Input { id: "7bf73129-1428-4cd3-a780-95db273d1602".to_owned(), detail }
    }

    fn config() -> Config {
        Config { state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:onboarding".to_owned() }
    }

    #[tokio::test]
    async fn an_event_delivered_twice_starts_one_execution() {
        let first = mock!(Client::start_execution)
            .match_requests(|request| {
                request.name() == Some("ticket-35436") && request.input() == Some(r#"{"ticket":{"id":35436}}"#)
            })
            .sequence()
            .output(|| {
                StartExecutionOutput::builder()
                    .execution_arn("arn:execution")
                    .start_date(DateTime::from_secs(0))
                    .build()
                    .unwrap()
            })
            .error(|| StartExecutionError::ExecutionAlreadyExists(ExecutionAlreadyExists::builder().build()))
            .build();
        let sfn = mock_client!(aws_sdk_sfn, RuleMode::Sequential, [&first]);
        let event = || input(json!({"ticket": {"id": 35436}}));
        assert!(handle(&sfn, &config(), event()).await.unwrap().started);
        assert!(!handle(&sfn, &config(), event()).await.unwrap().started);
    }

    #[test]
    fn a_second_round_is_another_execution() {
        assert_eq!(execution_name(&input(json!({"ticket": {"id": "35436", "round": 2}}))), "ticket-35436-2");
    }

    #[test]
    fn an_event_without_a_ticket_is_named_after_itself() {
        assert_eq!(execution_name(&input(json!({"ticket": "?"}))), "event-7bf73129-1428-4cd3-a780-95db273d1602");
    }
}
