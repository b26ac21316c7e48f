//! Reads a text without a command: only a service's name or ID, or else the reason why it is not enough.

use crate::accepted::Accepted;
use crate::code::Code;
use crate::cursor::{Start, Word};
use crate::diagnostic::{Diagnostic, Findings, Refused, quoted};
use crate::full_stop::drop_full_stop;
use crate::lexer::lex;
use crate::mentions::{Mention, Mentions};
use crate::normalise::Char;
use crate::prose::begins_program;
use crate::request::corrected;
use crate::rules;
use crate::subnets::handed_out;
use intake::Span;
use shared::ids::{ServiceId, ServiceName};
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::target::Target;

/// What a service's ID and a service's name begin with, the shorter first.
const SERVICE_PREFIXES: [&str; 2] = ["vpce-svc-", "com.amazonaws."];

/// Reads the text; all subnets that were handed out are meant unless some of them are named. `answer` is where AWS's
/// answer to the command stands in it.
pub(crate) fn read(
    text: &[Char],
    answer: Option<Span>,
    mut findings: Findings,
    network: &Network,
    target: Option<Target>,
) -> Result<Accepted, Refused> {
    let seen = |char: &Char| !char.ch.is_ascii_whitespace();
    let (Some(first), Some(last)) = (text.iter().position(seen), text.iter().rposition(seen)) else {
        findings.push(
            Diagnostic::new(Code::Empty, "Nothing was pasted.")
                .hint("Paste the command that Atlas shows, or the endpoint service's name."),
        );
        return refuse(findings, None, network);
    };
    let text = text.get(first..=last).unwrap_or_default();
    let source: String = text.iter().map(|char| char.ch).collect();
    if is_service(&source) && text.iter().all(seen) {
        let start = Start { at: 0, has_prompt: false, is_fenced: false };
        let mut lexed = lex(text, start, &mut findings);
        drop_full_stop(&mut lexed.words, &mut findings);
        if let [word] = lexed.words.as_slice() {
            return service(word, findings, network, target);
        }
    }
    let mentions = Mentions::of(text, network);
    if let (Some(first), Some(last)) = (text.first(), text.last()) {
        let whole = first.span().to(last.span());
        return among_others(&source, whole, answer, &mentions, findings, network, target);
    }
    refuse(findings, None, network)
}

/// Takes the one service out of a text with more in it: AWS's answer, a resource of Terraform, the JSON of Atlas's API.
fn among_others(
    source: &str,
    whole: Span,
    answer: Option<Span>,
    mentions: &Mentions,
    mut findings: Findings,
    network: &Network,
    target: Option<Target>,
) -> Result<Accepted, Refused> {
    if let Some(span) = answer {
        findings.push(already_run(span));
    }
    let is_stated =
        !is_for_a_shell(source) && (mentions.is_labelled || (answer.is_some() && !mentions.vpcs.is_empty()));
    let (mention, sure) = match mentions.services.as_slice() {
        [only] if !mentions.has_malformed => (Some(only), rules::service_name(&only.text, network, target)),
        [first, second, ..] => {
            findings.push(several_services(first, second));
            return refuse(findings, None, network);
        }
        _ => {
            findings.push(if answer.is_some() { answer_only(whole) } else { not_a_command(source).at(whole) });
            return refuse(findings, None, network);
        }
    };
    if !is_stated {
        findings.push(if answer.is_some() { answer_only(whole) } else { not_a_command(source).at(whole) });
        return refuse(findings, sure.ok(), network);
    }
    let service_name = findings.keep(sure.map_err(|fault| fault.at(mention.map(|mention| mention.span))));
    for vpc in &mentions.vpcs {
        if let Some(fault) = rules::vpc(&vpc.text, network) {
            findings.push(fault.at(vpc.span));
        }
    }
    let named = mentions.subnets.iter().map(|subnet| (subnet.text.clone(), subnet.span)).collect();
    let named = handed_out(named, network, &mut findings);
    match service_name {
        Some(service_name) if findings.are_clean() => {
            if let Some(mention) = mention.filter(|_| answer.is_none()) {
                let note = "The endpoint service was taken out of the text; the rest was left out.";
                findings.push(Diagnostic::new(Code::ServiceFound, note).at(mention.span));
            }
            let subnet_ids = if named.is_empty() { network.subnet_ids.clone() } else { named };
            let request = EndpointRequest { service_name, subnet_ids };
            rules::check(&request, network, target)?;
            Ok(Accepted { request, notes: findings.sorted().1, ignored: Vec::new() })
        }
        service_name => refuse(findings, service_name, network),
    }
}

/// A command that lost its beginning, or one of another program, is not read as if it were a text about a service.
fn is_for_a_shell(source: &str) -> bool {
    source.contains("create-vpc-endpoint") || source.lines().any(begins_program)
}

fn refuse(findings: Findings, service: Option<ServiceName>, network: &Network) -> Result<Accepted, Refused> {
    let corrected = service.map(|name| corrected(name, Vec::new(), network));
    Err(Refused { diagnostics: told(findings), corrected })
}

/// The faults, and before them that the command was run already.
fn told(findings: Findings) -> Vec<Diagnostic> {
    let (faults, notes) = findings.sorted();
    notes.into_iter().filter(|note| note.code == Code::AlreadyRun).chain(faults).collect()
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

/// Whether a text begins as a service does.
pub(crate) fn is_service(text: &str) -> bool {
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

/// The remark that the customer did what the platform does.
pub(crate) fn already_run(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::AlreadyRun,
        "You have run the command: this is AWS's answer. There is no need to, we run it for you.",
    )
    .hint("Paste the command alone; it does not matter how AWS answered.")
    .label("AWS's answer")
    .at(span)
}

fn answer_only(whole: Span) -> Diagnostic {
    Diagnostic::new(Code::AnswerOnly, "The command itself is not in the text, only what came of it.")
        .hint("Paste the command that Atlas shows, which begins with `aws ec2 create-vpc-endpoint`.")
        .label("no command")
        .at(whole)
}

/// The fault of a text that could mean either of two services.
pub(crate) fn several_services(first: &Mention, second: &Mention) -> Diagnostic {
    let message =
        format!("The text names two endpoint services, {} and {}.", quoted(&first.text), quoted(&second.text));
    Diagnostic::new(Code::SeveralServices, message)
        .hint("Paste only the command that Atlas shows for this private endpoint.")
        .label("another service")
        .at(second.span)
}
