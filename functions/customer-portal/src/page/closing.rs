//! While it is being closed: who asked for it, and what becomes of what was created. Nothing is asked any more.

use maud::{Markup, html};

use crate::outcome::Shown;
use shared::wish::{Side, Wish};

/// The section.
pub(super) fn underway(shown: &Shown) -> Markup {
    let wish = shown.onboarding.wish.as_ref();
    html! {
        h2 { "What happens now" }
        @match wish {
            Some(Wish { by: Side::Customer, who, why }) => p #asked .box { (who) " asked for it on this page: " (why) },
            // Who of us it was, and why, is for the support engineer.
            Some(Wish { by: Side::Operator, .. }) => p #asked .box { "Our team closes it." },
            None => @if let Some(reason) = shown.error().filter(|_| shown.state().is_ended()) {
                p #reason .box { (reason) }
            },
        }
        p #left {
            @if !shown.has_made() { "No private endpoint was created." }
            @else if wish.is_some() { "What we had created for this request is being removed; AWS takes minutes." }
            @else {
                "What we had created for this request is being removed, but for an endpoint that Atlas accepted; AWS takes minutes."
            }
        }
        p { "Something to add? Reply to " (shown.ticket()) "; it is read by people." }
    }
}
