//! What is to become of an answer that was read.

use lambda_http::http::StatusCode;

use crate::outcome::Outcome;
use shared::request::EndpointRequest;
use source::Source;

/// What is to become of an answer that was read.
pub(super) enum Read {
    /// It goes no further than this reply.
    Stop(StatusCode, Outcome),
    /// The wait ends with it.
    Go(Brought, Outcome),
}

/// An answer that is right.
pub(super) enum Brought {
    Command(EndpointRequest),
    Source(Box<Source>),
}

impl Brought {
    /// What the register keeps of it besides its digest.
    pub(super) fn request(&self) -> Option<EndpointRequest> {
        match self {
            Self::Command(request) => Some(request.clone()),
            Self::Source(_) => None,
        }
    }
}
