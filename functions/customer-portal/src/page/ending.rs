//! How it ended when it did not end well: why, what is left, where to write.

use maud::{Markup, html};

use super::to_the_minute;
use crate::outcome::Shown;
use shared::state::State;

/// The reason and what became of what was created.
pub(super) fn told(shown: &Shown) -> Markup {
    let state = shown.state();
    // An endpoint that was kept is not the one that the customer would have to put right in Atlas.
    let is_gone = shown.has_made() && shown.kept().is_none();
    html! {
        h2 { "What this means" }
        @if let Some(reason) = shown.error() {
            // To have closed it is nobody's fault.
            p #reason .box .bad[state != State::Closed] { (reason) }
        }
        @else if state == State::Failed && shown.is_final() { p #reason { "Something went wrong on our side." } }
        @if let Some(outcome) = shown.onboarding.shown.outcome.as_ref().filter(|_| state == State::Closed) {
            p #closed { "It was closed on " time datetime=(outcome.at) { (to_the_minute(&outcome.at)) } "." }
        }
        @if let Some(left) = what_is_left(shown) { p #left { (left) } }
        @if is_gone && state == State::Failed {
            p { "If Atlas lists the endpoint as failed, leave it there for the moment." }
        }
        @if is_gone && matches!(state, State::Expired | State::Closed) {
            p { "If Atlas still lists the endpoint’s ID, choose " b { "Edit" } " there when the next request has given you a new one." }
        }
        @if state != State::Declined {
            p { "Something to add, or no answer? Reply to " (shown.ticket()) "; it is read by people." }
        }
    }
}

/// A claim to rely on, so only what was seen.
fn what_is_left(shown: &Shown) -> Option<Markup> {
    if let Some(id) = shown.kept() {
        return Some(html! {
            "The private endpoint " code { (id) } ", which Atlas accepted, stays as it is: nothing that Atlas accepted was "
            "deleted. Reply to " (shown.ticket()) " if you still want to be connected, which takes a new endpoint, or to "
            "have this one deleted."
        });
    }
    let left = match shown.clean_up() {
        _ if shown.state() == State::Declined => return None,
        _ if !shown.has_made() => "No private endpoint was created.",
        Some(clean_up) if clean_up.has_removed_all() => "What we had created for this request is removed.",
        _ if !shown.is_final() => "What we had created for this request is being removed; AWS takes minutes.",
        Some(_) => {
            "Not everything that we had created is removed yet. That is ours to finish; it needs nothing from you."
        }
        None => return None,
    };
    Some(html! { (left) })
}
