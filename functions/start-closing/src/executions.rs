//! Executions of either state machine, as Step Functions knows them.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;

use step::StepError;
use step::aws::step_error;

/// Describes an execution; none when there is no such execution, or was none for 90 days.
pub(crate) async fn describe(sfn: &Client, arn: &str) -> Result<Option<DescribeExecutionOutput>, StepError> {
    match sfn.describe_execution().execution_arn(arn).send().await {
        Ok(execution) => Ok(Some(execution)),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_execution_does_not_exist()) => Ok(None),
        Err(error) => Err(step_error(&format!("describe the execution {arn}"), &error)),
    }
}

/// Whether an execution has ended without an output.
pub(crate) fn has_failed(execution: &DescribeExecutionOutput) -> bool {
    matches!(execution.status, ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted)
}

/// Stops an execution; one that has ended meanwhile stays as it is.
pub(crate) async fn stop(sfn: &Client, arn: &str, error: &str, cause: &str) -> Result<(), StepError> {
    let stop = sfn.stop_execution().execution_arn(arn).error(error).cause(cause);
    stop.send().await.map(|_| ()).map_err(|error| step_error(&format!("stop the execution {arn}"), &error))
}

/// Starts an execution; false when its name is taken, since somebody else has started it then.
pub(crate) async fn start(sfn: &Client, state_machine: &str, name: &str, input: String) -> Result<bool, StepError> {
    match sfn.start_execution().state_machine_arn(state_machine).name(name).input(input).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_execution_already_exists()) => Ok(false),
        Err(error) => Err(step_error(&format!("start the execution {name}"), &error)),
    }
}
