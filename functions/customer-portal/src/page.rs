//! The page behind the customer's link. It works without JavaScript and loads nothing from anywhere.

use crate::progress::State;
use crate::reply::{Outcome, Problem, Shown};
use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use shared::command::{Diagnostic, Refused};
use shared::vault::HandedOut;

const STYLE: &str = include_str!("page.css");

/// Allows the page's own stylesheet, by its digest, and its own form; nothing else.
pub(crate) fn content_security_policy() -> String {
    let digest = BASE64.encode(&Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The page for an onboarding.
pub(crate) fn shown(shown: &Shown) -> Markup {
    let state = shown.progress.state;
    // Reloading must not take away what is being typed.
    let reload = match (&shown.outcome, state) {
        (Outcome::Refused { .. }, _) | (_, State::AwaitingCommand) => None,
        (_, state) if state.is_ended() => None,
        (_, State::AwaitingAcceptance) => Some(10),
        _ => Some(3),
    };
    let link = format!("/o/{}", shown.id);
    let body = html! {
        (headline(state))
        @if let Outcome::Accepted { preview, notes } = &shown.outcome {
            p.good role="status" { "Your command was received. We create: " (preview) }
            (remarks(notes))
        }
        @if let Some(error) = &shown.progress.error { p.bad { (error) } }
        @if let (State::AwaitingCommand, Some(handed_out)) = (state, &shown.vault.handed_out) {
            (ask(handed_out, &link, &shown.outcome))
        }
        @if let Some(endpoint) = &shown.progress.endpoint {
            h2 { "Your private endpoint" }
            dl {
                dt { "VPC endpoint ID" } dd { code { (endpoint.id) } }
                @if let Some(name) = &endpoint.dns_name { dt { "DNS name" } dd { code { (name) } } }
                @if let Some(state) = &endpoint.state { dt { "State in AWS" } dd { (state) } }
            }
            @if state == State::AwaitingAcceptance {
                p {
                    "In Atlas, open Network Access > Private Endpoint > " (endpoint.target.atlas_tab()) ", enter the "
                    @if endpoint.target.is_shared() { "endpoint ID and the DNS name" } @else { "endpoint ID" }
                    " and choose Finalize. Should it fail there, choose Edit or Retry; do not delete it."
                }
            }
        }
        h2 { "What happened so far" }
        ol.timeline {
            @for entry in &shown.progress.timeline {
                li { time datetime=(entry.at) { (readable(&entry.at)) } " " (entry.what) }
            }
        }
        p.small { "Ticket " (shown.vault.ticket) ". We read the command and never run it." }
    };
    document(headline_text(state).0, reload.map(|seconds| (seconds, link)), &body)
}

/// The page for an answer without an onboarding.
pub(crate) fn problem(problem: &Problem) -> Markup {
    let body = html! {
        h1 { (problem.message) }
        p { (problem.hint) }
    };
    document(&problem.message, None, &body)
}

fn document(title: &str, reload: Option<(u32, String)>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                @if let Some((seconds, link)) = reload { meta http-equiv="refresh" content=(format!("{seconds};url={link}")); }
                title { (title) " · Private endpoint" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
}

/// What is going on, and who must act.
fn headline_text(state: State) -> (&'static str, &'static str) {
    match state {
        State::Checking => ("Your request is being checked", "Nothing is needed from you; it takes seconds."),
        State::PreparingNetwork => ("Your network is being prepared", "Nothing is needed from you; it takes seconds."),
        State::AwaitingCommand => ("Bring us the command from Atlas", "It is your turn; about five minutes."),
        State::CreatingEndpoint => {
            ("Your private endpoint is being created", "Nothing is needed from you; it takes less than a minute.")
        }
        State::AwaitingAcceptance => (
            "Finalize in Atlas",
            "It is your turn, then Atlas's: it accepts the endpoint by itself, usually within minutes.",
        ),
        State::Connected => ("Connected", "Atlas accepted the private endpoint. Nothing more is needed."),
        State::Declined => ("This request was declined", "Nothing was created."),
        State::Expired => {
            ("This request has expired", "What we had created is removed. To start again, open a new ticket.")
        }
        State::Failed => {
            ("This request failed", "It is our turn: a colleague looks into it and replies to your ticket.")
        }
    }
}

fn headline(state: State) -> Markup {
    let (title, turn) = headline_text(state);
    html! { h1 { (title) } p.turn { (turn) } }
}

fn ask(handed_out: &HandedOut, link: &str, outcome: &Outcome) -> Markup {
    let network = &handed_out.network;
    let tab = handed_out.target.map_or("the tab of your deployment", shared::target::Target::atlas_tab);
    let (pasted, refused) = match outcome {
        Outcome::Refused { refused, pasted } => (pasted.as_str(), Some(refused)),
        _ => ("", None),
    };
    html! {
        h2 { "1. In Atlas" }
        p {
            "Open Network Access > Private Endpoint > " (tab) " > Add Private Endpoint. Choose AWS and the region "
            code { (network.region.atlas_name()) } " (" (network.region) "), then enter:"
        }
        dl {
            dt { "Your VPC ID" } dd { code { (network.vpc_id) } }
            dt { "Your Subnet IDs" } dd { @for subnet in &network.subnet_ids { code { (subnet) } br; } }
        }
        h2 { "2. Here" }
        p { "Atlas shows a command that starts with " code { "aws ec2 create-vpc-endpoint" } ". Do not run it; paste it whole. We read it and never run it." }
        @if let Some(refused) = refused { (diagnosis(refused, pasted)) }
        form method="post" action=(format!("{link}/command")) {
            label for="command" { "The command from Atlas" }
            textarea #command name="command" rows="6" required spellcheck="false" autocomplete="off" { "\n" (pasted) }
            button { "Create the private endpoint" }
        }
    }
}

fn diagnosis(refused: &Refused, pasted: &str) -> Markup {
    html! {
        div.bad role="alert" {
            @for diagnostic in &refused.diagnostics {
                p { strong { (diagnostic.message) } @if let Some(hint) = &diagnostic.hint { " " (hint) } }
            }
            @if let Some(span) = refused.diagnostics.iter().find_map(|diagnostic| diagnostic.span) {
                pre {
                    (pasted.chars().take(span.start).collect::<String>())
                    mark { (pasted.chars().skip(span.start).take(span.end - span.start).collect::<String>()) }
                    (pasted.chars().skip(span.end).collect::<String>())
                }
            }
            @if let Some(corrected) = &refused.corrected { p { "Did you mean this?" } pre { (corrected) } }
        }
    }
}

fn remarks(notes: &[Diagnostic]) -> Markup {
    html! { @for note in notes { p.small { (note.message) } } }
}

/// `2026-07-04T05:33:18.123Z` as `2026-07-04 05:33:18 UTC`.
fn readable(at: &str) -> String {
    let seconds = at.split(['.', 'Z']).next().unwrap_or(at);
    format!("{} UTC", seconds.replace('T', " "))
}
