//! Reads a text without a command: only a service's name or ID, or else the reason why it is not enough.

use crate::accepted::Accepted;
use crate::code::Code;
use crate::cursor::{Start, Word};
use crate::diagnostic::{Diagnostic, Findings, Refused};
use crate::lexer::lex;
use crate::normalise::Char;
use crate::request::corrected;
use crate::rules;
use shared::ids::{ServiceId, ServiceName};
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::target::Target;

/// What a service's ID and a service's name begin with, the shorter first.
const SERVICE_PREFIXES: [&str; 2] = ["vpce-svc-", "com.amazonaws."];

/// Reads the text; all subnets that were handed out are meant.
pub(crate) fn read(
    text: &[Char],
    mut findings: Findings,
    network: &Network,
    target: Option<Target>,
) -> Result<Accepted, Refused> {
    let seen = |char: &Char| !char.ch.is_ascii_whitespace();
    let (Some(first), Some(last)) = (text.iter().position(seen), text.iter().rposition(seen)) else {
        findings.push(Diagnostic::new(Code::Empty, "Nothing was pasted.").hint("Paste the command that Atlas shows."));
        return refuse(findings, None, network);
    };
    let text = text.get(first..=last).unwrap_or_default();
    let source: String = text.iter().map(|char| char.ch).collect();
    if is_service(&source) && text.iter().all(seen) {
        let start = Start { at: 0, has_prompt: false, is_fenced: false };
        if let [word] = lex(text, start, &mut findings).words.as_slice() {
            return service(word, findings, network, target);
        }
    }
    if let (Some(first), Some(last)) = (text.first(), text.last()) {
        findings.push(not_a_command(&source).at(first.span().to(last.span())));
    }
    refuse(findings, only_service(&source, network, target), network)
}

fn refuse(findings: Findings, service: Option<ServiceName>, network: &Network) -> Result<Accepted, Refused> {
    let corrected = service.map(|name| corrected(name, Vec::new(), network));
    Err(Refused { diagnostics: findings.sorted().0, corrected })
}

fn service(
    word: &Word,
    mut findings: Findings,
    network: &Network,
    target: Option<Target>,
) -> Result<Accepted, Refused> {
    let sure = match rules::service_name(&full_name(&word.text, network), network, target) {
        Ok(name) => Some(name),
        Err(fault) => {
            let suggested = fault.suggestion.as_ref().and_then(|name| rules::service_name(name, network, target).ok());
            findings.push(fault.at(word.span));
            suggested
        }
    };
    match sure {
        Some(service_name) if findings.are_clean() => {
            let request = EndpointRequest { service_name, subnet_ids: network.subnet_ids.clone() };
            Ok(Accepted { request, notes: findings.sorted().1, ignored: Vec::new() })
        }
        sure => refuse(findings, sure, network),
    }
}

/// The one acceptable service that is named anywhere in the text.
fn only_service(source: &str, network: &Network, target: Option<Target>) -> Option<ServiceName> {
    // Thousands of short words are passed over before anything is done with them.
    let long = source.split_ascii_whitespace().filter(|word| word.len() > SERVICE_PREFIXES[0].len());
    let words = long.map(|word| word.trim_matches(|ch: char| !ch.is_ascii_alphanumeric()));
    let mut named: Option<ServiceName> = None;
    for word in words.filter(|word| is_service(word)) {
        let full = full_name(word, network);
        match &named {
            Some(name) if name.as_str() == full => {}
            Some(_) => return None,
            None => named = Some(rules::service_name(&full, network, target).ok()?),
        }
    }
    named
}

fn is_service(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '\'', '`', '<', '(']);
    SERVICE_PREFIXES
        .iter()
        .any(|prefix| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}

fn full_name(text: &str, network: &Network) -> String {
    text.parse::<ServiceId>().map_or_else(|_| text.to_owned(), |id| rules::name_from_id(&id, network))
}

/// The text itself is not repeated: it may be anything, also a secret.
fn not_a_command(source: &str) -> Diagnostic {
    let (message, hint) = if source.contains("mongodb://") || source.contains("mongodb+srv://") {
        (
            "This is a connection string, not the command.",
            "Paste the command from Atlas first; the connection string is asked for when the endpoint is accepted.",
        )
    } else if source.contains("create-vpc-endpoint") {
        (
            "The command does not begin with `aws ec2 create-vpc-endpoint`.",
            "Copy the whole command from Atlas, from `aws` to its end.",
        )
    } else {
        (
            "There is no AWS CLI command in the text.",
            "Paste the command that Atlas shows, which begins with `aws ec2 create-vpc-endpoint`, or the endpoint \
             service's name.",
        )
    };
    Diagnostic::new(Code::NotACommand, message).hint(hint).label("not Atlas's command")
}
