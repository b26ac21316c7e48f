//! The help desk, as far as both of its adapters need it: `receive-ticket` hears it, `reply-ticket` answers it.

pub mod comment;
pub mod credentials;
pub mod signature;
pub mod zendesk;

pub use comment::{Block, Comment};
pub use credentials::{CredentialStore, Credentials};
pub use zendesk::Zendesk;

use crate::StepError;
use std::str::FromStr;
use std::time::Duration;

/// Which help desk the tickets are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Zendesk: its webhooks, and its ticket API.
    Zendesk,
    /// Any other that can send and take signed webhooks (Standard Webhooks).
    Webhook,
}

/// A text that names no product.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `zendesk` nor `webhook`")]
pub struct UnknownProduct(String);

impl FromStr for Product {
    type Err = UnknownProduct;

    fn from_str(text: &str) -> Result<Self, UnknownProduct> {
        match text {
            "zendesk" => Ok(Self::Zendesk),
            "webhook" => Ok(Self::Webhook),
            _ => Err(UnknownProduct(text.chars().take(80).collect())),
        }
    }
}

/// Zendesk's address, without a path or a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// An address that has a path, or is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not of the form https://example.zendesk.com")]
pub struct NoOrigin(String);

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let host = ["https://", "http://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
        match host.map(|host| host.trim_end_matches('/')) {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            _ => Err(NoOrigin(text.chars().take(80).collect())),
        }
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

/// A client for the help desk's side. It follows no redirect, since that would carry credentials to another address.
///
/// # Errors
/// When TLS cannot be set up.
pub fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none()).build()
}

/// What an answer means that is no success. `doing` completes the sentence "could not …".
#[must_use]
pub fn refusal(doing: &str, answer: &reqwest::Response) -> StepError {
    let status = answer.status();
    let wait = answer.headers().get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = wait.map(|wait| format!(" and asks to wait {wait} s")).unwrap_or_default();
    let message = format!("could not {doing}: the help desk answered {status}{wait}");
    if status.is_server_error() || [408, 409, 429].contains(&status.as_u16()) {
        StepError::Transient(message)
    } else {
        StepError::Operator(message)
    }
}

/// What it means that there was no answer, or none that can be read.
#[must_use]
pub fn no_answer(doing: &str, error: reqwest::Error) -> StepError {
    // The address may hold what is nobody's business.
    StepError::Transient(format!("could not {doing}: {}", error.without_url()))
}

#[cfg(test)]
mod tests;
