//! The steps of the way: done, current, to come.

use maud::{Markup, html};

use crate::outcome::Shown;
use shared::state::State;

/// The steps in their order, who acts, and the states of each.
const STEPS: [(&str, &str, &[State]); 7] = [
    ("Request checked", "by us", &[State::Checking]),
    ("Network prepared", "by us", &[State::PreparingNetwork]),
    ("Command from Atlas", "by you", &[State::AwaitingCommand]),
    ("Private endpoint created", "by us", &[State::CreatingEndpoint]),
    ("Endpoint entered in Atlas", "by you, then Atlas", &[State::AwaitingAcceptance]),
    ("Connection string given", "by you", &[State::AwaitingSource]),
    ("Connection verified", "by us", &[State::Verifying]),
];

/// The list.
pub(super) fn list(shown: &Shown) -> Markup {
    let reached = shown.reached();
    let at = match shown.state() {
        State::Connected => STEPS.len(),
        _ => STEPS.iter().position(|(_, _, states)| states.contains(&reached)).unwrap_or(0),
    };
    html! {
        h2 { "The steps" }
        @if !shown.has_stopped() {
            p #about .hint {
                "This request connects your MongoDB Atlas deployment to our data platform over AWS PrivateLink. It is for "
                "whoever manages network access in your Atlas project."
            }
        }
        ol .steps {
            @for (number, (title, who, _)) in STEPS.iter().enumerate() {
                @let (class, is) = match number {
                    _ if number < at => ("done", "done"),
                    _ if number > at => ("to-come", if shown.has_stopped() { "not reached" } else { "to come" }),
                    _ if shown.has_stopped() => ("stopped", "stopped here"),
                    _ if shown.is_held() => ("current", "on hold by a fault of ours"),
                    _ => ("current", "now"),
                };
                li class=(class) aria-current=[(class == "current").then_some("step")] {
                    span .step { (title) } " "
                    span .who { (who) ": " (is) }
                }
            }
        }
    }
}
