//! What is to become of an answer that was read.

use lambda_http::http::StatusCode;

use crate::outcome::Outcome;
use answering::Brought;

/// What is to become of an answer that was read.
pub(super) enum Read {
    /// It goes no further than this reply.
    Stop(StatusCode, Outcome),
    /// The wait ends with it.
    Go(Brought, Outcome),
}
