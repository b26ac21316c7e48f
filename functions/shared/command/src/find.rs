//! Finds the commands in a pasted text: behind prompts, in code fences, between the lines of an e-mail.

use crate::answer;
use crate::code::Code;
use crate::cursor::{Lexed, Start};
use crate::diagnostic::{Diagnostic, Findings, quoted};
use crate::lexer::lex;
use crate::normalise::Char;
use crate::program::{begin_of_command, is_prompt};
use crate::prose::{begins_program, is_prose};
use intake::Span;

/// How many commands are read. Two are too many already; a few more may hold the one that is meant.
const MOST_COMMANDS: usize = 8;

/// How many lines may be looked at as the beginning of a long answer; it keeps the work linear.
const MOST_LOOKS: usize = 8;

/// A command in the text.
#[derive(Debug)]
pub(crate) struct Command {
    /// Its words.
    pub(crate) lexed: Lexed,
    /// What was remarked on while it was read.
    pub(crate) findings: Findings,
}

/// What was found in a text.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its commands.
    pub(crate) commands: Vec<Command>,
    /// What is to be said about the text around them.
    pub(crate) around: Findings,
    /// Where AWS's answer to a command stands.
    pub(crate) answer: Option<Span>,
}

/// The commands of the text, and what is to be said about the text around them.
pub(crate) fn find(text: &[Char]) -> Found {
    let mut commands = Vec::new();
    let mut around = Around::default();
    let plain: Vec<char> = text.iter().map(|char| char.ch).collect();
    // One buffer for every line: thousands of short ones would each cost an allocation.
    let mut line_text = String::new();
    let mut at = 0;
    while at < text.len() && commands.len() < MOST_COMMANDS && !around.findings.is_full() {
        let rest = text.get(at..).unwrap_or_default();
        let line = rest.iter().position(|char| char.ch == '\n').and_then(|length| rest.get(..length)).unwrap_or(rest);
        let plain_line = plain.get(at..at + line.len()).unwrap_or_default();
        if let Some(length) = around.answer(plain.get(at..).unwrap_or_default(), line) {
            at += length;
            at += usize::from(text.get(at).is_some_and(|char| char.ch == '\n'));
        } else if let Some(offset) = begin_of_command(plain_line) {
            let mut findings = Findings::default();
            let start = around.prefix(line, offset, Start { at: at + offset, has_prompt: false, is_fenced: false });
            let lexed = lex(text, start, &mut findings);
            // After `;` and the like the rest is another command's; one fault says so.
            around.is_quiet |= lexed.is_cut || findings.is_full();
            at = lexed.end.max(at + 1);
            commands.push(Command { lexed, findings });
            if text.get(at).is_some_and(|char| char.ch == '\n') {
                at += 1;
            }
        } else {
            line_text.clear();
            line_text.extend(plain_line);
            around.line(line, &line_text);
            at += line.len() + 1;
        }
    }
    let (around, answer) = around.finish();
    Found { commands, around, answer }
}

#[derive(Debug, Default)]
struct Around {
    findings: Findings,
    is_fenced: bool,
    is_quiet: bool,
    /// The first plain text.
    prose: Option<Span>,
    /// The first line with a mail program's `>` before it.
    quoted_line: Option<Span>,
    /// A command had such a mark, or a prompt, before it.
    is_quotation: bool,
    /// The first line of AWS's answer to a command.
    answer: Option<Span>,
    /// How many lines were looked at as the beginning of an answer that may be long.
    looks: usize,
}

impl Around {
    /// Judges what stands before a command on its line.
    fn prefix(&mut self, line: &[Char], offset: usize, start: Start) -> Start {
        let before = line.get(..offset).unwrap_or_default();
        let text = string(before);
        let text = text.trim();
        let fence = is_fence(text);
        let is_fenced = self.is_fenced || fence;
        let has_prompt = is_prompt(&string(before));
        self.is_quotation |= has_prompt || text.starts_with("> ");
        if text.is_empty() || fence || has_prompt {
            return Start { has_prompt, is_fenced, ..start };
        }
        let unquoted = text.trim_start_matches(['>', ' ']);
        let Some(span) = span(before) else { return Start { is_fenced, ..start } };
        if unquoted.ends_with(':') && is_prose(unquoted) {
            self.prose.get_or_insert(span);
        } else {
            let first = text.split_ascii_whitespace().next().unwrap_or_default();
            let diagnostic =
                Diagnostic::new(Code::TextBeforeCommand, format!("{} stands before `aws`.", quoted(first)))
                    .hint("Begin with `aws`, as Atlas's command does.")
                    .label("leave this out");
            self.findings.push(diagnostic.at(span));
        }
        Start { has_prompt, is_fenced, ..start }
    }

    /// The length of the answer of AWS that begins with this line.
    fn answer(&mut self, rest: &[char], line: &[Char]) -> Option<usize> {
        // Each look at what begins with a brace may go to the end of the text.
        if line.iter().find(|char| !is_blank(char.ch) && char.ch != '>').is_some_and(|char| char.ch == '{') {
            self.looks += 1;
        }
        let length = (self.looks <= MOST_LOOKS).then(|| answer::length(rest, line.len())).flatten()?;
        if self.answer.is_none() {
            self.answer = span(line);
        }
        Some(length)
    }

    /// Judges a line that no command begins on.
    fn line(&mut self, line: &[Char], text: &str) {
        let mut text = text.trim();
        if text.starts_with('>') {
            text = text.trim_start_matches(['>', ' ', '\t']);
            if self.quoted_line.is_none() {
                self.quoted_line = span(line);
            }
        }
        if is_fence(text) {
            self.is_fenced = !self.is_fenced;
            return;
        }
        if self.is_quiet || text.bytes().all(|byte| byte == b'-') || is_prompt_alone(text) {
            return;
        }
        if is_prose(text) {
            if self.prose.is_none() {
                self.prose = span(line);
            }
            return;
        }
        let Some(span) = span(line) else { return };
        if begins_program(text) {
            let first = text.split_ascii_whitespace().next().unwrap_or_default();
            let diagnostic = Diagnostic::new(
                Code::SeveralCommands,
                format!("The line that begins with {} is another command.", quoted(first)),
            )
            .hint("Paste the one command that Atlas shows and nothing else.")
            .label("another command");
            self.findings.push(diagnostic.at(span));
        } else {
            self.findings.push(not_plain_text(span));
        }
    }

    /// A `>` before other lines alone is a redirection.
    fn finish(mut self) -> (Findings, Option<Span>) {
        if let Some(span) = self.prose {
            let note = "The text around the command was left out.";
            self.findings.push(Diagnostic::new(Code::IgnoredText, note).at(span));
        }
        if let (Some(span), false) = (self.quoted_line, self.is_quotation) {
            self.findings.push(not_plain_text(span));
        }
        (self.findings, self.answer)
    }
}

fn not_plain_text(span: Span) -> Diagnostic {
    Diagnostic::new(Code::TextAroundCommand, "This line is neither part of the command nor plain text.")
        .hint("Paste the one command that Atlas shows and nothing else.")
        .label("leave this out")
        .at(span)
}

/// The prompt that a shell prints when a command has ended.
fn is_prompt_alone(text: &str) -> bool {
    text.ends_with(['$', '%', '#', '❯', '>']) && is_prompt(&format!("{text} "))
}

/// Three backticks, and perhaps the name of a language.
fn is_fence(text: &str) -> bool {
    text.strip_prefix("```").is_some_and(|language| language.chars().all(char::is_alphanumeric))
}

fn is_blank(ch: char) -> bool {
    ch == ' ' || ch == '\t'
}

fn string(text: &[Char]) -> String {
    text.iter().map(|char| char.ch).collect()
}

/// The span of the text without the blanks around it.
fn span(text: &[Char]) -> Option<Span> {
    let seen = |char: &&Char| !is_blank(char.ch);
    Some(text.iter().find(seen)?.span().to(text.iter().rfind(seen)?.span()))
}
