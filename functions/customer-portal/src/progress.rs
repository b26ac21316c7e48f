//! Where an onboarding stands, and what has come of it so far.

use serde::Serialize;

use crate::state::State;
use shared::request::EndpointRequest;
use shared::answer::Answer;
use shared::clean_up::CleanUp;
use shared::endpoint::Endpoint;
use shared::verification::Verification;

/// Where an onboarding stands.
#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) state: State,
    /// The last state before the onboarding ended, or the state itself.
    pub(crate) reached: State,
    /// Whether nothing of this will change any more.
    pub(crate) is_final: bool,
    /// Who asked, as the ticket names them.
    pub(crate) customer: Option<String>,
    /// What was read out of the last command that was accepted.
    pub(crate) request: Option<EndpointRequest>,
    pub(crate) endpoint: Option<Endpoint>,
    /// Whether making an endpoint was begun at all.
    pub(crate) has_made: bool,
    /// What came of the last clean-up; nothing when it was not run, still runs or failed.
    pub(crate) clean_up: Option<CleanUp>,
    pub(crate) timeline: Vec<Entry>,
    pub(crate) error: Option<String>,
    /// What came of the last verification of a source.
    pub(crate) verification: Option<Verification>,
    /// The answer that the execution waits for, whatever the vault says.
    pub(crate) awaits: Option<Answer>,
}

/// Something that happened.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    /// When, in RFC 3339, UTC.
    pub(crate) at: String,
    pub(crate) what: String,
}
