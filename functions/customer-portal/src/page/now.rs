//! What is asked or told now: one part for each state in which there is something to do or to know.

use maud::{Markup, html};

use super::{closing, command, ending, endpoint, source, verification};
use crate::outcome::{Outcome, Shown};
use shared::state::State;

/// The section.
pub(super) fn section(shown: &Shown, outcome: &Outcome) -> Markup {
    html! {
        @if let Outcome::Problem { problem, .. } = outcome {
            div #notice .box role="alert" tabindex="-1" autofocus {
                p { strong { (problem.message) } " " (problem.hint) }
            }
        }
        @match shown.at() {
            _ if shown.is_closing() => (closing::underway(shown)),
            State::Checking | State::PreparingNetwork => (command::what_we_create(shown)),
            State::AwaitingCommand => (command::ask(shown, outcome)),
            State::CreatingEndpoint | State::Held => (endpoint::created(shown, outcome)),
            State::AwaitingAcceptance => { (endpoint::finalize(shown)) (endpoint::created(shown, outcome)) }
            State::AwaitingSource => { (source::ask(shown, outcome)) (endpoint::created(shown, outcome)) }
            State::Verifying => { (verification::underway(shown)) (endpoint::created(shown, outcome)) }
            State::Connected => {
                (endpoint::connected(shown))
                (verification::done(shown))
                (endpoint::created(shown, outcome))
            }
            State::Declined | State::Expired | State::Failed | State::Closed => (ending::told(shown)),
        }
    }
}
