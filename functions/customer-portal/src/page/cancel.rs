//! The quiet link to cancel, and the page that asks before.

use maud::{Markup, html};

use super::masthead;
use crate::outcome::Shown;
use crate::problem::Problem;
use shared::wish::Why;

/// The link at the end of the page; nothing where a request can no longer be cancelled by its customer.
pub(super) fn link(shown: &Shown) -> Markup {
    html! {
        @if shown.can_be_cancelled() {
            p { a #cancel-link href=(format!("{}/cancel", shown.link.path)) { "Cancel this request" } }
        }
    }
}

/// What the page asks, and what would come of it.
pub(super) fn question(shown: &Shown, why: &str, problem: Option<&Problem>) -> Markup {
    let link = &shown.link.path;
    html! {
        (masthead(shown))
        main #main .narrow data-state="cancel" data-final {
            h1 #state tabindex="-1" { (TITLE) }
            @if let Some(problem) = problem {
                div #error-summary .box .bad role="alert" tabindex="-1" autofocus {
                    p { strong { (problem.message) } " " (problem.hint) }
                }
            }
            p #consequences { (consequences(shown)) " This cannot be taken back." }
            p { "Your link then shows that the request was closed, and takes nothing more. To start again, open a new ticket." }
            form #cancel-form method="post" action=(format!("{link}/cancel")) {
                label for="why" { "Why? (optional)" }
                p #why-hint .hint {
                    "At most " (Why::LONGEST) " characters. Our team reads it, and whoever has this link can."
                }
                textarea #why name="why" rows="3" maxlength=(Why::LONGEST)
                    aria-describedby=(if problem.is_some() { "error-summary why-hint" } else { "why-hint" })
                    aria-invalid=[problem.map(|_| "true")] { "\n" (why) }
                button #cancel-request { "Cancel the request" }
            }
            p { a #keep href=(link) { "Keep the request, and go back" } }
        }
    }
}

/// The question.
pub(super) const TITLE: &str = "Cancel this request?";

fn consequences(shown: &Shown) -> Markup {
    html! {
        @match shown.endpoint() {
            Some(endpoint) => {
                "We then delete the private endpoint " code { (endpoint.endpoint_id) } " and its security group; in Atlas, its ID "
                "leads nowhere from then on."
            }
            None if shown.has_made() => "We then delete the private endpoint that is being created, and its security group.",
            None => "No private endpoint was created yet; we then create none.",
        }
    }
}
