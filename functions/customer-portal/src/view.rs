//! What page and JSON show of an onboarding: derived from its item, written nowhere.

use serde::Serialize;

use crate::cancel::Standing;
use crate::outcome::Shown;
use shared::answer::Answer;
use shared::clean_up::CleanUp;
use shared::endpoint::{Endpoint, Verdict};
use shared::ids::EndpointId;
use shared::left_out::LeftOut;
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::state::State;
use shared::target::Target;
use shared::verification::Verification;

/// Something that happened.
#[derive(Debug, Serialize)]
pub(crate) struct Entry<'a> {
    /// When, in RFC 3339, UTC.
    pub(crate) at: &'a str,
    pub(crate) what: &'a str,
}

impl Shown {
    pub(crate) fn state(&self) -> State {
        self.onboarding.state()
    }

    /// Whether a fault of ours or of the outside is in the way.
    pub(crate) fn is_held(&self) -> bool {
        self.state() == State::Held
    }

    /// Where it stands; with a fault in the way, where it stood before.
    pub(crate) fn at(&self) -> State {
        match self.state() {
            State::Held => self.onboarding.shown.held_at.unwrap_or_else(|| self.came_to()),
            state => state,
        }
    }

    /// Whether nothing of this will change any more. While it is undone, it has ended and will change.
    pub(crate) fn is_final(&self) -> bool {
        self.onboarding.has_ended()
    }

    /// Whether it is being closed, or is to be. It then asks for nothing.
    pub(crate) fn is_closing(&self) -> bool {
        self.onboarding.is_closing()
    }

    /// Whether it leads nowhere any more, though it may still have to be undone.
    pub(crate) fn has_stopped(&self) -> bool {
        self.state().is_ended() || self.is_closing()
    }

    /// Whether its customer can cancel it on this page.
    pub(crate) fn can_be_cancelled(&self) -> bool {
        !self.is_closing() && Standing::of(&self.onboarding) == Standing::Open
    }

    /// The ticket, within a sentence; a malformed event may have named none.
    pub(crate) fn ticket(&self) -> String {
        self.onboarding.ticket.as_ref().map_or_else(|| "your ticket".to_owned(), |ticket| format!("ticket {ticket}"))
    }

    pub(crate) fn network(&self) -> Option<&Network> {
        self.onboarding.shown.facts.network.as_ref()
    }

    pub(crate) fn target(&self) -> Option<Target> {
        self.onboarding.shown.facts.target
    }

    pub(crate) fn request(&self) -> Option<&EndpointRequest> {
        self.onboarding.request()
    }

    /// Whether making an endpoint was begun at all.
    pub(crate) fn has_made(&self) -> bool {
        self.request().is_some()
    }

    /// What came of the last clean-up, if one was run to its end.
    pub(crate) fn clean_up(&self) -> Option<&CleanUp> {
        self.onboarding.shown.facts.clean_up.as_ref()
    }

    /// An endpoint that is still there after the end, since Atlas accepted it and nobody wanted it deleted.
    pub(crate) fn kept(&self) -> Option<&EndpointId> {
        self.clean_up().and_then(|clean_up| clean_up.kept.as_ref())
    }

    /// The endpoint. Once an onboarding has ended without a connection, there is none to use.
    pub(crate) fn endpoint(&self) -> Option<&Endpoint> {
        let is_there = !self.is_final() || self.state() == State::Connected;
        self.onboarding.shown.facts.endpoint.as_ref().filter(|_| is_there)
    }

    /// The subnets that the endpoint does without. While it is created, what is known of one is an earlier attempt's.
    pub(crate) fn left_out(&self) -> Vec<&LeftOut> {
        let facts = &self.onboarding.shown.facts;
        match self.at() {
            State::CreatingEndpoint => facts.network.iter().flat_map(|network| &network.left_out).collect(),
            _ => facts.left_out().collect(),
        }
    }

    /// What came of the last verification. It was of another source when one was just claimed.
    pub(crate) fn verification(&self) -> Option<&Verification> {
        let is_new = self.just_claimed() == Some(Answer::Source);
        self.onboarding.shown.facts.verification.as_ref().filter(|_| !is_new)
    }

    /// What the customer is told to be wrong. What was just claimed is the answer to it.
    pub(crate) fn error(&self) -> Option<&str> {
        self.onboarding.shown.error.as_deref().filter(|_| self.just_claimed().is_none())
    }

    /// Until when the customer is waited for, in RFC 3339, UTC.
    pub(crate) fn until(&self) -> Option<&str> {
        let is_asked = self.just_claimed().is_none() && !self.is_closing();
        self.onboarding.shown.wait.as_ref().filter(|_| is_asked).map(|wait| wait.until.as_str())
    }

    /// What happened, in its order: what the customer brought may have come before what was told a step earlier.
    pub(crate) fn timeline(&self) -> Vec<Entry<'_>> {
        let lines = self.onboarding.timeline.values();
        let mut entries: Vec<_> = lines.map(|line| Entry { at: &line.at, what: &line.what }).collect();
        // A whole second is written without a fraction, and is before all that have one.
        entries.sort_by_key(|entry| entry.at.trim_end_matches('Z'));
        entries
    }

    /// How far it came: the state, or the last one before the end.
    pub(crate) fn reached(&self) -> State {
        let state = self.at();
        if state.is_ended() { self.came_to() } else { state }
    }

    /// How far it came, by what is known.
    fn came_to(&self) -> State {
        // Waiting alone can expire.
        let has_expired = self.state() == State::Expired;
        let facts = &self.onboarding.shown.facts;
        match facts.endpoint.as_ref().map(|endpoint| endpoint.verdict) {
            // The first line is the ticket's and the last that of the end, or of the fault; what is between began with the network.
            _ if facts.network.is_none() && self.onboarding.timeline.len() > 2 => State::PreparingNetwork,
            _ if facts.network.is_none() => State::Checking,
            _ if !self.has_made() => State::AwaitingCommand,
            Some(Verdict::Accepted) if has_expired || !self.has_given_source() => State::AwaitingSource,
            Some(Verdict::Accepted) => State::Verifying,
            Some(Verdict::AwaitingAcceptance) => State::AwaitingAcceptance,
            _ if has_expired => State::AwaitingCommand,
            Some(Verdict::Rejected | Verdict::Failed) => State::AwaitingAcceptance,
            None | Some(Verdict::Preparing) => State::CreatingEndpoint,
        }
    }

    fn has_given_source(&self) -> bool {
        let facts = &self.onboarding.shown.facts;
        facts.verification.is_some() || self.onboarding.claim.as_ref().is_some_and(|claim| claim.request.is_none())
    }

    /// What the claim that holds is for.
    fn just_claimed(&self) -> Option<Answer> {
        let wait = self.onboarding.shown.wait.as_ref()?;
        self.onboarding.claimed().map(|_| wait.answer)
    }
}
