//! Whether an answer is awaited, and why it is not taken when it is not.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use register::{Onboarding, Wait};
use shared::answer::Answer;
use shared::late::Late;
use shared::state::State;

/// The execution begins to count a little before the wait's end is written down.
const EARLY: Duration = Duration::minutes(1);

/// The wait for this answer, if that is what is waited for: nothing is, once the onboarding is to be closed.
#[must_use]
pub fn awaited(onboarding: &Onboarding, wanted: Answer) -> Option<&Wait> {
    let wait = onboarding.shown.wait.as_ref()?;
    let is_over = onboarding.state().is_ended() || onboarding.is_closing();
    (wait.answer == wanted && !is_over).then_some(wait)
}

/// Why an answer is not taken, by what stands in the register. `digest` is what the answer is known by.
///
/// Step Functions' word that a wait is over is no more than that: it may have been ended by this very answer, whose
/// success got lost on the way back. Then it was received.
#[must_use]
pub fn refusal(onboarding: &Onboarding, wanted: Answer, digest: &str) -> Late {
    let state = at(onboarding);
    if onboarding.is_closing() {
        return Late::Closing;
    }
    if state.is_ended() {
        return Late::Ended;
    }
    // What is asked for again is not "already" there.
    let is_past = match wanted {
        Answer::Command => matches!(
            state,
            State::CreatingEndpoint | State::AwaitingAcceptance | State::AwaitingSource | State::Verifying
        ),
        Answer::Source => state == State::Verifying,
    };
    let is_over = awaited(onboarding, wanted).is_some_and(is_over);
    let is_of_its_kind = |has_request| has_request == (wanted == Answer::Command);
    let claim = onboarding.claim.as_ref().filter(|claim| is_of_its_kind(claim.request.is_some()));
    match claim.filter(|_| is_past && !is_over) {
        Some(claim) if claim.digest == digest => Late::AlreadyReceived,
        Some(_) => Late::AlreadyAnswered,
        None if onboarding.state() == State::Held => Late::Held,
        None => Late::NotAwaited,
    }
}

/// Where it stands; with a fault in the way, where it stood before.
fn at(onboarding: &Onboarding) -> State {
    match onboarding.state() {
        State::Held => onboarding.shown.held_at.unwrap_or(State::Held),
        state => state,
    }
}

/// Whether the wait's time is up.
fn is_over(wait: &Wait) -> bool {
    let until = OffsetDateTime::parse(&wait.until, &Rfc3339);
    until.is_ok_and(|until| OffsetDateTime::now_utc() + EARLY >= until)
}
