//! What a call of AWS failed of, and who acts on it.
//!
//! The SDK's own texts are not passed on: they show the whole answer that they could not read, and such an answer can hold a
//! secret.

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;
use aws_types::request_id::RequestId;

use crate::error::StepError;
use crate::outside::excerpt;

/// How much of a service's message is told: who may not do what to which resource fits in.
const LONGEST_MESSAGE: usize = 400;

/// What neither the status nor the SDK's lists tell: the throttles of KMS, which SQS and Step Functions pass on with status
/// 400 and under names of their own.
const KMS_THROTTLES: [&str; 3] = ["KMS.ThrottlingException", "KmsThrottled", "KmsThrottlingException"];

const NO_ANSWER: &str = "no answer within the time";

/// Turns what an AWS call answered into a step's error: [`StepError::Transient`] when trying later can help,
/// [`StepError::Operator`] otherwise. `doing` completes the sentence "could not …".
///
/// The text holds the kind or the service's code, the status and the request's id. Where somebody must act it holds the
/// service's message too, since that says who may not do what to which resource.
pub fn step_error<E: ProvideErrorMetadata>(doing: &str, error: &SdkError<E, HttpResponse>) -> StepError {
    told(doing, error, error.message())
}

/// As [`step_error`], for a call whose request holds a secret: services quote in their messages what they do not take.
pub fn step_error_of_secret<E: ProvideErrorMetadata>(doing: &str, error: &SdkError<E, HttpResponse>) -> StepError {
    told(doing, error, None)
}

fn told<E: ProvideErrorMetadata>(doing: &str, error: &SdkError<E, HttpResponse>, message: Option<&str>) -> StepError {
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    let (kind, is_transient) = match (error, error.code().filter(|code| is_plain(code))) {
        (SdkError::ConstructionFailure(_), _) => ("a request that cannot be made", false),
        (SdkError::TimeoutError(_), _) => (NO_ANSWER, true),
        (SdkError::DispatchFailure(failure), _) => unsent(failure),
        (_, Some(code)) => (code, passes(status, code)),
        // A proxy, an outage, an answer that broke off: whatever its status, the service did not say no.
        _ => ("an answer that cannot be read", true),
    };
    let mut text = format!("could not {doing}: {kind}");
    if let Some(message) = message.filter(|_| !is_transient) {
        text = format!("{text}: {}", excerpt(message, LONGEST_MESSAGE));
    }
    let status = status.map(|status| format!("status {status}"));
    let request = error.request_id().filter(|id| is_plain(id)).map(|id| format!("request {id}"));
    let known: Vec<String> = status.into_iter().chain(request).collect();
    if !known.is_empty() {
        text = format!("{text} ({})", known.join(", "));
    }
    if is_transient { StepError::Transient(text) } else { StepError::Operator(text) }
}

fn unsent(failure: &DispatchFailure) -> (&'static str, bool) {
    if failure.is_timeout() {
        (NO_ANSWER, true)
    } else if failure.is_user() || failure.as_other() == Some(ErrorKind::ClientError) {
        ("a request that cannot be sent", false)
    } else {
        ("no connection", true)
    }
}

fn passes(status: Option<u16>, code: &str) -> bool {
    status.is_some_and(|status| matches!(status, 408 | 429 | 500..))
        || [THROTTLING_ERRORS, TRANSIENT_ERRORS, &KMS_THROTTLES].iter().any(|codes| codes.contains(&code))
}

/// Whether this can be the code or the id that it stands for, and not a text.
fn is_plain(name: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"._:=/+-".contains(&byte);
    (1..=100).contains(&name.len()) && name.bytes().all(is_sign)
}

#[cfg(test)]
mod tests;
