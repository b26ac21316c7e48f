//! How it ended when it did not end well: why, what is left, where to write.

use maud::{Markup, html};

use crate::outcome::Shown;
use shared::state::State;

/// The reason and what became of what was created.
pub(super) fn told(shown: &Shown) -> Markup {
    let state = shown.state();
    html! {
        h2 { "What this means" }
        @if let Some(reason) = shown.error() { p #reason .box .bad { (reason) } }
        @else if state == State::Failed && shown.is_final() { p #reason { "Something went wrong on our side." } }
        @if let Some(left) = what_is_left(shown) { p #left { (left) } }
        @if shown.has_made() && state == State::Failed {
            p { "If Atlas lists the endpoint as failed, leave it there for the moment." }
        }
        @if shown.has_made() && state == State::Expired {
            p { "If Atlas still lists the endpoint’s ID, choose " b { "Edit" } " there when the next request has given you a new one." }
        }
        @if state != State::Declined {
            p { "Something to add, or no answer? Reply to " (shown.ticket()) "; it is read by people." }
        }
    }
}

/// A claim to rely on, so only what was seen.
fn what_is_left(shown: &Shown) -> Option<&'static str> {
    match shown.clean_up() {
        _ if shown.state() == State::Declined => None,
        _ if !shown.has_made() => Some("No private endpoint was created."),
        Some(clean_up) if clean_up.has_removed_all() => Some("What we had created for this request is removed."),
        _ if !shown.is_final() => Some("What we had created for this request is being removed; AWS takes minutes."),
        Some(_) => Some(
            "Not everything that we had created is removed yet. That is ours to finish; it needs nothing from you.",
        ),
        None => None,
    }
}
