//! AWS as every step uses it: one configuration for the clients, one reading of their errors.

use std::error::Error;
use std::fmt::Debug;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::error::StepError;

/// The configuration for the SDK's clients: region, credentials and endpoints from the function's environment.
pub async fn aws_config() -> aws_config::SdkConfig {
    aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await
}

/// Codes that mean "later": throttles, outages and the eventual consistency of tags and ids.
/// EC2's errors are not modelled in the SDK, so they can only be told apart by code.
const TRANSIENT: [&str; 15] = [
    "EC2ThrottledException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "InternalServiceErrorException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "Unavailable",
];

/// Turns what an AWS call answered into a step's error: [`StepError::Transient`] when trying later can help,
/// [`StepError::Operator`] otherwise. `doing` completes the sentence "could not …".
pub fn step_error<E, R>(doing: &str, error: &SdkError<E, R>) -> StepError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: Debug,
{
    match (error.as_service_error(), error.code()) {
        (Some(_), Some(code)) => {
            let message = format!("could not {doing}: {code}: {}", error.message().unwrap_or("no message"));
            if TRANSIENT.contains(&code) { StepError::Transient(message) } else { StepError::Operator(message) }
        }
        // No answer, or one that nobody understands: the network, a proxy, an outage.
        _ => StepError::Transient(format!("could not {doing}: {}", DisplayErrorContext(error))),
    }
}
