//! Calls to the help desk's side.

use std::time::Duration;

/// A client for the help desk's side. It follows no redirect, since that would carry credentials to another address.
///
/// # Errors
/// When TLS cannot be set up.
pub(crate) fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none()).build()
}
