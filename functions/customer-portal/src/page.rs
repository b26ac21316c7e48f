//! The page behind the customer's link. It works without JavaScript and loads nothing from anywhere.
//!
//! One page for the whole way: where it stands ([`words`]), the steps ([`steps`]), what is asked or told now ([`now`], which
//! has a part for each), what happened so far. The script asks for the page again and puts in the sections whose version
//! has changed; what is being typed stays.

mod cancel;
mod closing;
mod command;
mod diagnosis;
mod ending;
mod endpoint;
mod faults;
mod now;
mod source;
mod steps;
mod value;
mod verification;
mod words;

use std::sync::LazyLock;

use data_encoding::{BASE64, HEXLOWER};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::outcome::{Outcome, Reply, Shown};
use crate::problem::Problem;
use register::Onboarding;
use shared::state::State;

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// Allows the page's own stylesheet and script, by their digests, its own form and address; nothing else.
pub(crate) fn content_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let digest = |text| BASE64.encode(&Sha256::digest(text));
        format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
            digest(SCRIPT),
            digest(STYLE)
        )
    });
    &POLICY
}

/// The page.
pub(crate) fn html(reply: &Reply) -> Markup {
    match reply {
        Reply::Shown(shown) => match &shown.outcome {
            Outcome::CancelAsked { why, problem } => {
                document(cancel::TITLE, None, &cancel::question(shown, why, problem.as_ref()))
            }
            _ => onboarding(shown),
        },
        Reply::Problem(problem, link) => without_onboarding(problem, link.as_ref()),
    }
}

fn onboarding(shown: &Shown) -> Markup {
    let words = words::of(shown);
    let title = match &shown.outcome {
        Outcome::Refused { .. } => "Not accepted: the command from Atlas",
        Outcome::SourceRefused { .. } => "Not accepted: the source",
        Outcome::Problem { problem, .. } => &problem.message,
        _ => words.title,
    };
    let headline = html! {
        h1 #state tabindex="-1" { (words.title) }
        p #turn .box[shown.is_held()] { strong { (words.turn.label()) } " " (words.lead) }
        @if shown.is_held() {
            @let since = &shown.onboarding.shown.since;
            p #held-since .hint { "It has been so since " time datetime=(since) { (to_the_minute(since)) } "." }
        }
        @if let Some(until) = shown.until() {
            p #until .hint {
                "We wait for it until " time datetime=(until) { (to_the_minute(until)) } ". Then we remind you on your ticket, which also "
                "says when this request ends."
            }
        }
    };
    let now = now::section(shown, &Outcome::None);
    let version = version(&now);
    // What came of an answer stays until something else is asked: the version is that of the page without it.
    let now = if matches!(shown.outcome, Outcome::None) { now } else { now::section(shown, &shown.outcome) };
    // So that the script announces it.
    let state = if shown.is_closing() { "closing" } else { shown.state().name() };
    let body = html! {
        p #announcement .unseen role="status" {}
        (masthead(shown))
        main #main data-state=(state) data-link=(shown.link.path) data-final[shown.is_final()] {
            (section("headline", &headline))
            // What is to be done now comes before what else there is.
            section #now data-version=(version) { (now) }
            (section("steps", &steps::list(shown)))
            (section("history", &history(shown)))
            (section("cancel", &cancel::link(shown)))
        }
        footer {
            p #freshness {
                @if shown.is_final() {
                    "This page is up to date; nothing changes here any more."
                } @else {
                    noscript { "To see whether something has changed, " a href=(shown.link.path) { "load this page again" } "." }
                }
            }
            p { "Keep the link of this page to yourself: whoever has it can see this request and answer it." }
        }
        script { (PreEscaped(SCRIPT)) }
    };
    let is_calm = matches!(shown.outcome, Outcome::None | Outcome::Accepted { .. } | Outcome::Cancelled { .. });
    let reload = reload_seconds(shown).filter(|_| is_calm);
    document(title, reload.map(|seconds| (seconds, shown.link.path.as_str())), &body)
}

/// The page for an answer without an onboarding to show.
fn without_onboarding(problem: &Problem, link: Option<&Address>) -> Markup {
    let link = link.map(|link| &link.path);
    let body = html! {
        header .masthead { p { "Private endpoint for MongoDB Atlas" } }
        main #main .narrow data-state=(problem.code) data-final {
            h1 #state tabindex="-1" { (problem.message) }
            p { (problem.hint) }
            @if let Some(link) = link {
                @if let Some(pasted) = &problem.pasted {
                    (command::form(link, pasted, command::Focus::None, None))
                }
                p { a href=(link) { "See where your request stands" } }
            }
        }
    };
    document(&problem.message, None, &body)
}

fn document(title: &str, reload: Option<(u32, &str)>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                // With no-referrer a browser would say `Origin: null` for the page's own form. Nobody else is told
                // anything with this either.
                meta name="referrer" content="same-origin";
                // Nothing is asked in these states, so that loading the page again takes nothing away.
                @if let Some((seconds, link)) = reload {
                    noscript { meta http-equiv="refresh" content=(format!("{seconds};url={link}")); }
                }
                title { (title) " · Private endpoint for MongoDB Atlas" }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
}

fn masthead(shown: &Shown) -> Markup {
    let Onboarding { ticket, customer, .. } = &shown.onboarding;
    html! {
        header .masthead {
            p { "Private endpoint for MongoDB Atlas" }
            p {
                @if let Some(ticket) = ticket { "Ticket " (ticket) } @else { "Your ticket" }
                @if let Some(customer) = customer { " of " (customer) }
            }
        }
    }
}

/// A part of the page that the script replaces when its version has changed.
fn section(id: &str, content: &Markup) -> Markup {
    html! { section id=(id) data-version=(version(content)) { (content) } }
}

fn version(content: &Markup) -> String {
    HEXLOWER.encode(&Sha256::digest(content.0.as_bytes())[..6])
}

fn history(shown: &Shown) -> Markup {
    let timeline = shown.timeline();
    html! {
        h2 { "What happened so far" }
        @if timeline.is_empty() { p { "Nothing yet." } }
        ol .timeline {
            @for entry in &timeline {
                li { time datetime=(entry.at) { (readable(entry.at)) } " " span { (entry.what) } }
            }
        }
    }
}

/// After how many seconds the page loads itself again where there is no script; never where something is typed.
fn reload_seconds(shown: &Shown) -> Option<u32> {
    match shown.state() {
        _ if shown.is_final() => None,
        _ if shown.is_closing() => Some(30),
        State::AwaitingCommand | State::AwaitingSource => None,
        State::AwaitingAcceptance | State::Held => Some(30),
        _ => Some(5),
    }
}

/// `2026-07-04T05:33:18.123Z` as `2026-07-04 05:33:18 UTC`.
fn readable(at: &str) -> String {
    let seconds = at.split(['.', 'Z']).next().unwrap_or(at);
    format!("{} UTC", seconds.replace('T', " "))
}

/// `2026-07-04T05:33:18.123Z` as `2026-07-04 05:33 UTC`.
fn to_the_minute(at: &str) -> String {
    let minutes = at.rsplit_once(':').map_or(at, |(minutes, _)| minutes);
    format!("{} UTC", minutes.replace('T', " "))
}
