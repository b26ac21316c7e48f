//! Calls to the help desk's side, and what its answers mean.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;

use step::StepError;

/// A client for the help desk's side. It follows no redirect, since that would carry credentials to another address.
///
/// # Errors
/// When TLS cannot be set up.
pub(crate) fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none()).build()
}

/// What an answer means that is no success. `doing` completes the sentence "could not …".
pub(crate) fn refusal(doing: &str, answer: &reqwest::Response) -> StepError {
    let status = answer.status();
    let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = wait.map(|wait| format!(" and asks to wait {wait} s")).unwrap_or_default();
    let message = format!("could not {doing}: the help desk answered {status}{wait}");
    if status.is_server_error() || [408, 409, 429].contains(&status.as_u16()) {
        StepError::Transient(message)
    } else {
        StepError::Operator(message)
    }
}

/// What it means that there was no answer, or none that can be read.
pub(crate) fn no_answer(doing: &str, error: reqwest::Error) -> StepError {
    // The address may hold what is nobody's business.
    StepError::Transient(format!("could not {doing}: {}", error.without_url()))
}
