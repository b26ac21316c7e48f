//! Asks for the source: where Atlas shows the connection string, and the two forms.

use maud::{Markup, html};

use super::{faults, value, verification};
use crate::outcome::{Outcome, Shown};
use shared::endpoint::Endpoint;
use shared::target::Target;
use source::Refused;

/// Both halves: Atlas, and here.
pub(super) fn ask(shown: &Shown, outcome: &Outcome) -> Markup {
    let refused = match outcome {
        Outcome::SourceRefused { refused } => Some(refused),
        _ => None,
    };
    let here = html! {
        h2 #here { @if refused.is_some() { "The connection string" } @else { "2. Here: give it to us" } }
        @if let Some(refused) = refused { (not_accepted(refused)) }
        (form(&shown.link.path, refused.is_some()))
        (single_fields(shown))
        (with_curl(&shown.link.url))
    };
    let in_atlas = html! { @if let Some(endpoint) = shown.endpoint() { (in_atlas(endpoint)) } };
    html! {
        (verification::failed(shown))
        @if refused.is_some() {
            (here)
            h2 #in-atlas { "Where Atlas shows it" }
            (in_atlas)
        } @else {
            // With a fault of ours in the way nothing is taken.
            h2 #in-atlas { @if !shown.is_held() { "1. " } "In Atlas: copy the connection string" }
            (in_atlas)
            @if !shown.is_held() { (here) }
        }
        h2 { "What we do with it" }
        p {
            "It is kept encrypted in AWS Secrets Manager and shown to nobody again: not here, not in your ticket. We connect from "
            "inside our network, through this private endpoint alone and always with TLS, before we log in. Give us a database "
            "user of its own that may only read."
        }
    }
}

fn in_atlas(endpoint: &Endpoint) -> Markup {
    let example = match endpoint.target {
        Target::Dedicated => "mongodb+srv://user:password@cluster0-pl-0.abcde.mongodb.net/",
        Target::Federated | Target::OnlineArchive => {
            "mongodb://user:password@atlas-abcde-pl-0.a.query.mongodb.net/?tls=true&authSource=admin"
        }
    };
    html! {
        ol .screens {
            li { "Choose " b { "Connect" } " on your " (endpoint.target) ", then " b { "Private Endpoint" } "." }
            li {
                "Choose this endpoint. Atlas may need 3 to 5 minutes, at times longer, until it offers it."
                dl { (value::copied("VPC Endpoint ID", "endpoint-id", endpoint.endpoint_id.as_str())) }
            }
            li { "Choose " b { "Drivers" } " and copy the connection string. It looks like this:" pre { (example) } }
            li { "Put in the name and the password of a database user." }
        }
        @if !endpoint.target.is_shared() {
            p {
                "The host of the right one mostly has " code { "-pl-" } " in its name. The standard connection string does not "
                "lead through the private endpoint."
            }
        }
    }
}

fn not_accepted(refused: &Refused) -> Markup {
    html! {
        div #error-summary .box .bad role="alert" tabindex="-1" autofocus {
            h3 { "The source was not accepted; nothing was kept." }
            (faults::list(&faults::kinds(&refused.diagnostics.iter().collect::<Vec<_>>())))
            p { "Since it holds a password, it is not shown again. Please give it once more." }
        }
    }
}

fn form(link: &str, is_refused: bool) -> Markup {
    html! {
        form #source-form method="post" action=(format!("{link}/source")) {
            label for="connection-string" { "Connection string" }
            p #connection-string-hint .hint { "With user and password. Characters such as @ / : % in them are percent-encoded, as drivers want it." }
            input #connection-string name="connectionString" type="text" required autocomplete="off" spellcheck="false"
                autocapitalize="off" data-private="public-warning"
                aria-describedby=(if is_refused { "error-summary connection-string-hint public-warning" } else { "connection-string-hint public-warning" })
                aria-invalid=[is_refused.then_some("true")];
            (warning("public-warning"))
            button #send { "Verify the source" }
        }
    }
}

/// Shown by the script while a name is in the field that does not look like one for the private endpoint.
fn warning(id: &str) -> Markup {
    let right = "does not lead through the private endpoint; the right one is under Connect > Private Endpoint.";
    html! {
        p id=(id) .warning role="status"
            data-standard={ "This looks like the standard, public connection string: its host has no -pl- in its name. That one " (right) }
            data-peering={ "This looks like the connection string for VPC peering: its host has -pri in its name. That one " (right) }
            data-federated={ "This looks like the public connection string of a federated database instance or an archive: its host \
                has no -pl- in its name. That one " (right) } {}
    }
}

fn single_fields(shown: &Shown) -> Markup {
    let link = &shown.link.path;
    let is_shared = shown.endpoint().is_some_and(|endpoint| endpoint.target.is_shared());
    let (hosts, ports) = if is_shared {
        ("As in Atlas’s string for the private endpoint, or the endpoint’s DNS name.", "May be empty: it is 27017.")
    } else {
        (
            "As in Atlas’s string for the private endpoint; several are separated by commas.",
            "Empty where the host is a seed list (-pl-0) or the port is 27017.",
        )
    };
    html! {
        details #fields {
            summary { "Give host, user and password instead" }
            form #fields-form method="post" action=(format!("{link}/source")) {
                (field("host", "Host", "text", Some(hosts), true))
                (warning("public-host-warning"))
                (field("port", "Ports", "text", Some(ports), false))
                (field("username", "User", "text", None, true))
                (field("password", "Password", "password", Some("As it is, not percent-encoded."), true))
                (field("database", "Database", "text", Some("May be empty."), false))
                p .hint { "TLS is always on." }
                button #send-fields { "Verify the source" }
            }
        }
    }
}

fn field(name: &str, label: &str, kind: &str, hint: Option<&str>, required: bool) -> Markup {
    let hint_id = format!("{name}-hint");
    html! {
        label for=(name) { (label) }
        @if let Some(hint) = hint { p id=(hint_id) .hint { (hint) } }
        input id=(name) name=(name) type=(kind) required[required] autocomplete="off" spellcheck="false" autocapitalize="off"
            data-private=[(name == "host").then_some("public-host-warning")]
            aria-describedby=[hint.map(|_| hint_id.as_str())];
    }
}

fn with_curl(url: &str) -> Markup {
    let send = format!("curl --data-urlencode connectionString@- {url}/source <<'END'\n(the connection string)\nEND");
    html! {
        details #curl {
            summary { "Send it from a terminal instead" }
            p { "Answers are JSON. Out of a file: " code { "--data-urlencode connectionString@source.txt" } "; so the password stays out of the shell’s history." }
            p .unseen #curl-send-name { "Command for a terminal" }
            pre #curl-send tabindex="0" role="region" aria-labelledby="curl-send-name" { (send) }
        }
    }
}
