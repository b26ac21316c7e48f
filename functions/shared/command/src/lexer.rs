//! Reads one command into words as a POSIX shell would, and remarks on everything that a shell would act on.
//!
//! Nothing is ever expanded. Where a shell would do more than split words, the fault is noted and reading goes on
//! behind it, so that all faults of a command are told at once.

use crate::code::Code;
use crate::cursor::{Cursor, Lexed, Start};
use crate::diagnostic::{Diagnostic, Findings, quoted};
use crate::flags::{self, Values};
use crate::normalise::Char;
use crate::shell::substitution;

/// How many words a command may have. Atlas's has about fifteen; it bounds the work on hostile input.
const MOST_WORDS: usize = 500;

/// Reads the command that begins at `start`.
pub(crate) fn lex(text: &[Char], start: Start, findings: &mut Findings) -> Lexed {
    let mut cursor = Cursor { text, at: start.at, start, word: None, lexed: Lexed::default(), findings };
    cursor.run();
    cursor.finish_word();
    Lexed { end: cursor.at, ..cursor.lexed }
}

impl Cursor<'_> {
    fn run(&mut self) {
        while let Some(ch) = self.peek(0) {
            match ch {
                ' ' | '\t' => self.blank(),
                '\n' if self.breaks_off() => return,
                '\n' => self.finish_word(),
                '\\' => self.backslash(),
                '^' => self.caret(),
                '`' if self.closes_fence() => return,
                '`' => self.backtick(),
                '\'' => self.single_quotes(),
                '"' => self.double_quotes(),
                '$' => self.dollar(),
                '<' => self.less_than(),
                '>' => self.redirection(),
                ';' | '|' | '&' => {
                    if self.separator() {
                        return;
                    }
                }
                '(' | ')' | '*' | '?' | '~' | '!' | '#' => self.shell_character(ch),
                _ => self.literal(ch),
            }
            if self.lexed.words.len() > MOST_WORDS {
                let message = format!("The command has more than {MOST_WORDS} words.");
                let diagnostic =
                    Diagnostic::new(Code::TooLong, message).hint("Paste the one command that Atlas shows.");
                self.findings.push(diagnostic.at(self.span(1)));
                return;
            }
            if self.findings.is_full() {
                return;
            }
        }
    }

    fn literal(&mut self, ch: char) {
        self.word(1).text.push(ch);
        self.at += 1;
    }

    fn blank(&mut self) {
        self.finish_word();
        self.at += 1;
    }

    /// Whether the line break at hand ends the command. One that only lost its continuation character does not.
    fn breaks_off(&mut self) -> bool {
        self.finish_word();
        let ahead = self.count(0, |ch| ch.is_ascii_whitespace());
        let next: String = self.text.iter().skip(self.at + ahead).take(20).map(|char| char.ch).collect();
        let flag = next.strip_prefix("--").is_some_and(|name| name.starts_with(|ch: char| ch.is_ascii_lowercase()));
        let last = self.lexed.words.last();
        let value = last.and_then(|word| flags::find(&word.text)).is_some_and(|flag| flag.values != Values::None);
        let blank_line = self.text.iter().skip(self.at).take(ahead).filter(|char| char.ch == '\n').count() > 1;
        let part = ["ec2 ", "create-vpc-endpoint", "vpc-", "subnet-", "vpce-svc-", "com.amazonaws."];
        let continues =
            flag || (!blank_line && !next.is_empty() && (value || part.iter().any(|part| next.starts_with(part))));
        if continues {
            self.at += ahead;
            let length = self.count(0, |ch| !ch.is_ascii_whitespace());
            let token = quoted(&self.source(length.min(80)));
            let diagnostic =
                Diagnostic::new(Code::BrokenLine, format!("The line break before {token} ends the command."))
                    .hint("Put the command on one line, or end each line but the last with a blank and `\\`.")
                    .label("a new line begins here");
            self.findings.push(diagnostic.at(self.span(length)));
        }
        !continues
    }

    /// Skips a continuation, when the next character with blanks after it ends its line.
    fn continuation(&mut self) -> bool {
        let blanks = self.count(1, |ch| ch == ' ' || ch == '\t');
        match self.peek(1 + blanks) {
            Some('\n') => {
                if blanks > 0 {
                    let note = "Blanks after the continuation character were left out.";
                    self.findings.push(Diagnostic::new(Code::BlankAfterContinuation, note).at(self.span(1)));
                    self.finish_word();
                }
                self.at += blanks + 2;
                self.continued_prompt();
                self.glued_flag();
                true
            }
            None => {
                let note = "Nothing follows the continuation character at the end.";
                self.findings.push(Diagnostic::new(Code::DanglingContinuation, note).at(self.span(1)));
                self.finish_word();
                self.at += blanks + 1;
                true
            }
            Some(_) => false,
        }
    }

    /// A flag on the continued line that a shell would join with the word before.
    fn glued_flag(&mut self) {
        let flag = self.peek(0) == Some('-') && self.peek(1) == Some('-');
        if flag && self.word.is_some() {
            let length = self.count(0, |ch| !ch.is_ascii_whitespace());
            let token = quoted(&self.source(length.min(80)));
            let message = format!("A shell would join {token} with the word before: there is no blank between them.");
            let diagnostic = Diagnostic::new(Code::BrokenLine, message)
                .hint("Put a blank before the continuation character at the end of the line.")
                .label("joined with the line before");
            self.findings.push(diagnostic.at(self.span(length)));
            self.finish_word();
        }
    }

    /// Skips the `> ` that shells print before continued lines, when the command itself came with a prompt.
    fn continued_prompt(&mut self) {
        let marks = self.count(0, |ch| ch == '>');
        if self.start.has_prompt && (1..=2).contains(&marks) && self.peek(marks) == Some(' ') {
            self.at += marks;
        }
    }

    /// A continuation character between blanks: the line breaks were lost on the way.
    fn stray_continuation(&mut self) -> bool {
        let stray = self.word.is_none() && matches!(self.peek(1), Some(' ' | '\t'));
        if stray {
            let token = self.source(1);
            let message = format!("The continuation character `{token}` is not at the end of its line.");
            let diagnostic = Diagnostic::new(Code::StrayContinuation, message)
                .hint("Leave it out where the command goes on on the same line.")
                .label("leave this out");
            self.findings.push(diagnostic.at(self.span(1)));
            self.at += 1;
        }
        stray
    }

    fn backslash(&mut self) {
        if self.continuation() || self.stray_continuation() {
            return;
        }
        if let Some(escaped) = self.peek(1) {
            self.word(2).text.push(escaped);
            self.at += 2;
        }
    }

    fn caret(&mut self) {
        if !self.continuation() && !self.stray_continuation() {
            self.literal('^');
        }
    }

    /// PowerShell's continuation has a blank before it; every other backtick begins a substitution.
    fn backtick(&mut self) {
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at)).map(|char| char.ch);
        if matches!(before, Some(' ' | '\t')) && (self.continuation() || self.stray_continuation()) {
            return;
        }
        let inner = self.count(1, |ch| ch != '`' && ch != '\n');
        let message = "A shell would run what stands in backticks; here nothing is run.";
        let length = if self.peek(1 + inner) == Some('`') { inner + 2 } else { 1 };
        self.fault(length, substitution(message));
    }

    fn closes_fence(&self) -> bool {
        self.start.is_fenced && self.count(0, |ch| ch == '`') >= 3
    }

    fn single_quotes(&mut self) {
        let length = self.count(1, |ch| ch != '\'');
        if self.peek(1 + length).is_none() {
            return self.unclosed_quote();
        }
        let inner: String = self.text.iter().skip(self.at + 1).take(length).map(|char| char.ch).collect();
        self.word(length + 2).text.push_str(&inner);
        self.at += length + 2;
    }

    fn double_quotes(&mut self) {
        let mut end = self.at + 1;
        loop {
            match self.text.get(end).map(|char| char.ch) {
                None => return self.unclosed_quote(),
                Some('"') => break,
                Some('\\') => end += 2,
                Some(_) => end += 1,
            }
        }
        self.word(1);
        self.at += 1;
        while self.at < end {
            match (self.peek(0), self.peek(1)) {
                (Some('\\'), Some('\n')) => self.at += 2,
                (Some('\\'), Some(escaped @ ('$' | '`' | '"' | '\\'))) => {
                    self.word(2).text.push(escaped);
                    self.at += 2;
                }
                (Some('`'), _) => {
                    let message =
                        "A shell would run what stands in backticks, even in double quotes; here nothing is run.";
                    self.fault(1, substitution(message));
                }
                (Some('$'), Some('(' | '{' | 'a'..='z' | 'A'..='Z' | '_')) => self.dollar(),
                (Some(ch), _) => self.literal(ch),
                (None, _) => return,
            }
        }
        self.word(1);
        self.at += 1;
    }

    fn unclosed_quote(&mut self) {
        let mark = self.source(1);
        let diagnostic = Diagnostic::new(Code::UnclosedQuote, format!("The quotation mark {mark} is not closed."))
            .hint("Leave it out: no part of Atlas's command needs quotes.")
            .label("opened here");
        self.fault(1, diagnostic);
    }
}
