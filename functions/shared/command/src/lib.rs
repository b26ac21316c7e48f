//! The intake of the customer's command: what Atlas prints, and what mail programs, chat tools and shells make of it.
//!
//! The command is evidence, not a program. It is read, never run; only the service name and a choice among the subnets
//! that were handed out are taken from it. Everything else is compared, or remarked on, or refused.
//!
//! The way of a text: [`normalise`] (plain characters that remember their place) > [`find`] (the command among prompts,
//! fences and sentences) > [`lexer`] (words, as a POSIX shell reads them) > [`arguments`] (flags and values, as the AWS
//! CLI sorts them) > [`judge`] and [`rules`] (compared with what was handed out).

mod accepted;
mod answer;
mod arguments;
mod bare;
mod code;
mod cursor;
mod diagnostic;
mod entity;
mod find;
pub mod flags;
mod full_stop;
mod judge;
mod letter;
mod lexer;
mod mentions;
mod normalise;
mod once;
mod program;
mod prose;
mod quoted_printable;
mod render;
mod request;
mod rules;
mod shell;
mod subnets;
mod suspicious;
#[cfg(test)]
mod tests;

pub use accepted::Accepted;
pub use code::Code;
pub use diagnostic::{Diagnostic, Refused};
pub use letter::{is_meant, read_letter};
pub use render::to_text;
pub use request::print;
pub use rules::check;

use arguments::Arguments;
use diagnostic::Findings;
use find::{Command, Found};
use full_stop::drop_full_stop;
use intake::Span;
use judge::{Judged, is_our_operation, judge, letter_case};
use mentions::Mentions;
use request::corrected;
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::target::Target;

/// Whether a character does not show. The intake never reads such a one as if it were not there.
#[must_use]
pub fn is_unseen(character: char) -> bool {
    normalise::unseen(character).is_some()
}

/// The longest text that is read, in bytes. Atlas's command has about 250; an e-mail around it a few thousand.
pub const LONGEST: usize = 16 * 1024;

/// Reads a pasted text as [`read`] does, from bytes that may not be text at all.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(pasted: &[u8], network: &Network, target: Option<Target>) -> Result<Accepted, Refused> {
    if pasted.len() > LONGEST {
        return Err(too_long());
    }
    match std::str::from_utf8(pasted) {
        Ok(text) => read(text, network, target),
        Err(error) => {
            let valid = pasted.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
            let start = valid.unwrap_or_default().chars().count();
            let diagnostic = Diagnostic::new(Code::NotUtf8, "The text is not UTF-8 from here on.")
                .hint("Copy the command from Atlas again, or save the file as UTF-8.")
                .at(Span { start, end: start + 1 })
                .label("not text");
            Err(Refused::only(diagnostic))
        }
    }
}

/// Reads what the customer pasted: Atlas's command in any form that a shell takes, or only the service's name or ID.
///
/// # Errors
/// All faults at once, with the corrected command where there is one sure correction.
pub fn read(pasted: &str, network: &Network, target: Option<Target>) -> Result<Accepted, Refused> {
    if pasted.len() > LONGEST {
        return Err(too_long());
    }
    let mut findings = Findings::default();
    let text = normalise::normalise(pasted, &mut findings);
    let Found { commands, around, answer } = find::find(&text);
    // Where the text is the one command and nothing else, its flags are all that can name a service.
    let has_more = commands.len() > 1 || answer.is_some() || !around.is_empty();
    let Some((mut command, mut is_ambiguous)) = only_command(commands, &mut findings) else {
        return bare::read(&text, answer, findings, network, target)
            .map_err(|refused| Refused { diagnostics: once::each(refused.diagnostics, pasted), ..refused });
    };
    findings.append(command.findings);
    if let Some(span) = answer {
        findings.push(bare::already_run(span));
    }
    if command.lexed.words.len() > 2 {
        drop_full_stop(&mut command.lexed.words, &mut findings);
    }
    if let Some(program) = command.lexed.words.first() {
        letter_case(program, "aws", &mut findings);
    }
    let mut of_flags = Findings::default();
    let is_cut = command.lexed.is_cut;
    let arguments = Arguments::sort(command.lexed, &mut of_flags);
    let mut judged = Judged::default();
    let mut ignored = Vec::new();
    // The flags of another command are no faults.
    if is_our_operation(&arguments.plain, &mut findings) {
        findings.append(of_flags);
        ignored = arguments.without_effect(&mut findings);
        judged = judge(&arguments, is_cut, network, target, &mut findings);
    }
    // Last, so that no number of other lines hides what is wrong with the command itself.
    findings.append(around);
    if has_more || judged.has_several_services {
        let mentions = Mentions::of(&text, network);
        if let [first, second, ..] = mentions.services.as_slice() {
            findings.push(bare::several_services(first, second));
            is_ambiguous = true;
        }
    }
    let subnet_ids = judged.subnet_ids;
    let is_clean = findings.are_clean();
    let (diagnostics, notes) = findings.sorted();
    let mut diagnostics = once::each(diagnostics, pasted);
    match judged.service_name.filter(|_| !is_ambiguous) {
        Some(service_name) if is_clean => {
            let request = EndpointRequest { service_name, subnet_ids };
            check(&request, network, target)?;
            Ok(Accepted { request, notes, ignored })
        }
        service_name => {
            if diagnostics.is_empty() {
                diagnostics.push(Diagnostic::new(Code::NotACommand, "The text could not be read as Atlas's command."));
            }
            // The first thing to know for whoever ran it: that it was not needed.
            let run = notes.into_iter().find(|note| note.code == Code::AlreadyRun);
            let diagnostics = run.into_iter().chain(diagnostics).collect();
            let corrected = service_name.map(|service_name| corrected(service_name, subnet_ids, network));
            Err(Refused { diagnostics, corrected })
        }
    }
}

/// The command to judge: the first that makes an endpoint. Remarks on all others, and says whether another one would
/// make another endpoint.
fn only_command(mut commands: Vec<Command>, findings: &mut Findings) -> Option<(Command, bool)> {
    let creates = |command: &Command| command.lexed.words.iter().any(|word| word.text == "create-vpc-endpoint");
    let chosen = commands.iter().position(creates).unwrap_or(0);
    let command = (chosen < commands.len()).then(|| commands.remove(chosen))?;
    let mut is_ambiguous = false;
    for other in commands {
        is_ambiguous |= creates(&other) && !other.lexed.says_the_same(&command.lexed);
        let begin = other.lexed.words.get(..3).unwrap_or(&other.lexed.words);
        if let (Some(first), Some(last)) = (begin.first(), begin.last()) {
            let name: Vec<&str> = begin.iter().map(|word| word.text.as_str()).collect();
            let message = format!("The text has a second command, {}.", diagnostic::quoted(&name.join(" ")));
            let diagnostic = Diagnostic::new(Code::SeveralCommands, message)
                .hint("Paste only the command that begins with `aws ec2 create-vpc-endpoint`.")
                .label("another command");
            findings.push(diagnostic.at(first.span.to(last.span)));
        }
    }
    Some((command, is_ambiguous))
}

fn too_long() -> Refused {
    let diagnostic =
        Diagnostic::new(Code::TooLong, "The text is longer than 16 KiB; Atlas's command has about 250 characters.")
            .hint("Paste the command alone.");
    Refused::only(diagnostic)
}
