//! Has a waiting execution go on, with an answer or because its pause is over.

use aws_sdk_sfn::Client;
use serde_json::Value;

use secrets::vault::TaskToken;
use step::StepError;
use step::aws::step_error_of_secret;

/// Ends the wait; false when it has ended otherwise: by an answer before, or because its time has passed.
///
/// # Errors
/// When Step Functions refuses.
pub async fn resume(sfn: &Client, token: &TaskToken, output: &Value) -> Result<bool, StepError> {
    let result = sfn.send_task_success().task_token(token.reveal()).output(output.to_string()).send().await;
    match result {
        Ok(_) => Ok(true),
        Err(error) => match error.as_service_error() {
            Some(refusal) if refusal.is_task_timed_out() || refusal.is_task_does_not_exist() => Ok(false),
            _ => Err(step_error_of_secret("resume the execution", &error)),
        },
    }
}
