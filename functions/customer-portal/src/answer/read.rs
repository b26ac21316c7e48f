//! What is to become of an answer that was read.

use lambda_http::http::StatusCode;
use serde_json::Value;

use crate::outcome::Outcome;
use crate::state::State;

/// What is to become of an answer that was read.
pub(crate) enum Read {
    /// It goes no further than this reply.
    Stop(StatusCode, Outcome),
    /// The wait ends with this output.
    Go { output: Value, next: State, outcome: Outcome },
}
