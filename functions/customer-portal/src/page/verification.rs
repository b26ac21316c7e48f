//! What was seen of the source, layer by layer.

use maud::{Markup, html};

use super::diagnosis::with_code;
use crate::outcome::Shown;
use shared::verification::{Layer, Verification};

/// While it is verified: the first time, or again because Atlas is not ready yet.
pub(super) fn underway(shown: &Shown) -> Markup {
    html! {
        @match shown.verification() {
            None => p { "We look up its hosts, check that they lead through this endpoint, connect and log in." },
            Some(verification) => {
                div #not-yet .box {
                    p { strong { "Not there yet." } @if let Some(problem) = &verification.problem { " " (with_code(problem)) } }
                    p { "Atlas may need some minutes after it has accepted the endpoint. We try again by ourselves." }
                }
                (folded(verification))
            }
        }
    }
}

/// Why the source is asked for once more.
pub(super) fn failed(shown: &Shown) -> Markup {
    html! {
        @if let Some(problem) = shown.error() {
            div #problem .box .bad {
                p { strong { "With the last source we did not get through." } " " (with_code(problem)) }
                @if let Some(next_step) = shown.verification().and_then(|last| last.next_step.as_ref()) {
                    p { (with_code(next_step)) }
                }
            }
        }
        @if let Some(verification) = shown.verification() { (folded(verification)) }
    }
}

/// What holds at the end.
pub(super) fn done(shown: &Shown) -> Markup {
    html! {
        @if let Some(verification) = shown.verification() {
            h2 { "What we checked" }
            (layers(verification))
        }
    }
}

/// For who wants to know more than the problem and the next step.
fn folded(verification: &Verification) -> Markup {
    html! { details #checked { summary { "What we checked" } (layers(verification)) } }
}

fn layers(verification: &Verification) -> Markup {
    html! {
        dl #layers .plain {
            @for layer in &verification.layers {
                div {
                    dt { (title(layer.name)) ": " @if layer.passed { "passed" } @else { "failed" } }
                    dd { (with_code(&layer.evidence)) }
                }
            }
        }
    }
}

fn title(layer: Layer) -> &'static str {
    match layer {
        Layer::Dns => "Names in the DNS",
        Layer::Ownership => "Leads through this endpoint",
        Layer::Tcp => "Ports",
        Layer::Tls => "TLS certificates",
        Layer::Mongodb => "MongoDB, and the login",
    }
}
