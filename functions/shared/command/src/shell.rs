//! What a shell would act on: substitutions, redirections, separators. Nothing is expanded or run; each is a fault.

use crate::code::Code;
use crate::cursor::Cursor;
use crate::diagnostic::{Diagnostic, quoted};
use crate::suspicious::placeholder;

/// How long a `<placeholder>` may be; what is longer is a redirection.
const LONGEST_PLACEHOLDER: usize = 64;

impl Cursor<'_> {
    pub(crate) fn dollar(&mut self) {
        match self.peek(1) {
            Some('(') => {
                let length = self.enclosed(')');
                let message = "A shell would run what stands in `$(…)`; here nothing is run.";
                self.fault(length, substitution(message));
            }
            Some('{') => {
                let length = self.enclosed('}');
                let diagnostic = placeholder(&self.source(length));
                self.fault(length, diagnostic);
            }
            Some('a'..='z' | 'A'..='Z' | '_') => {
                let length = 1 + self.count(1, |ch| ch.is_ascii_alphanumeric() || ch == '_');
                let token = quoted(&self.source(length));
                let diagnostic = Diagnostic::new(
                    Code::Placeholder,
                    format!("{token} is a variable of a shell, whose value is not in the text."),
                )
                .hint("Put the value itself in its place, or copy the command from Atlas as it is.")
                .label("still to be replaced");
                self.fault(length, diagnostic);
            }
            _ => self.shell_character('$'),
        }
    }

    /// The length from `$` to what closes it on this line, or to the next blank when nothing does.
    fn enclosed(&self, close: char) -> usize {
        let length = self.count(0, |ch| ch != close && ch != '\n' && ch != '"');
        if self.peek(length) == Some(close) {
            length + 1
        } else {
            self.count(0, |ch| !ch.is_ascii_whitespace() && ch != '"')
        }
    }

    pub(crate) fn less_than(&mut self) {
        let name = |ch: char| ch.is_alphanumeric() || matches!(ch, ' ' | '-' | '_' | '.' | '\'');
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let length = rest.iter().take(LONGEST_PLACEHOLDER).take_while(|char| name(char.ch)).count();
        if length > 0 && self.peek(1 + length) == Some('>') {
            let diagnostic = placeholder(&self.source(length + 2));
            self.fault(length + 2, diagnostic);
        } else {
            self.redirection();
        }
    }

    /// Skips the operator and its file.
    pub(crate) fn redirection(&mut self) {
        let operator = self.count(0, |ch| matches!(ch, '<' | '>' | '|' | '&'));
        let blanks = self.count(operator, |ch| ch == ' ' || ch == '\t');
        let file = if self.peek(operator + blanks) == Some('-') {
            0
        } else {
            blanks + self.count(operator + blanks, |ch| !ch.is_ascii_whitespace())
        };
        let token = quoted(&self.source(operator));
        let diagnostic = Diagnostic::new(
            Code::Redirection,
            format!("A shell would read or write a file at {token}; here nothing is run."),
        )
        .hint("Leave the redirection out.")
        .label("redirection");
        self.findings.push(diagnostic.at(self.span(operator)));
        // The number of a stream, as in `2>`, belongs to the operator.
        if self.word.as_ref().is_some_and(|word| word.text.bytes().all(|byte| byte.is_ascii_digit())) {
            self.word = None;
        }
        self.finish_word();
        self.at += operator + file;
    }

    /// Whether the command ends here: only when no flag of its own follows.
    pub(crate) fn separator(&mut self) -> bool {
        let operator = self.count(0, |ch| matches!(ch, ';' | '|' | '&'));
        let blanks = self.count(operator, |ch| ch == ' ' || ch == '\t');
        let token = quoted(&self.source(operator.min(80)));
        let diagnostic = Diagnostic::new(
            Code::CommandSeparator,
            format!("A shell would begin another command at {token}; here nothing is run."),
        )
        .hint("Paste the one command that Atlas shows and nothing else.")
        .label("another command would begin here");
        self.findings.push(diagnostic.at(self.span(operator)));
        self.finish_word();
        self.at += operator + blanks;
        if matches!(self.peek(0), Some('-')) {
            return false;
        }
        self.at += self.count(0, |ch| ch != '\n');
        self.lexed.is_cut = true;
        true
    }

    pub(crate) fn shell_character(&mut self, ch: char) {
        let (length, what) = match ch {
            '#' if self.word.is_none() => (self.count(0, |ch| ch != '\n'), "begin a comment"),
            '*' | '?' => (1, "look for files"),
            '~' => (1, "put a home directory"),
            '!' => (1, "look into the history of commands"),
            '(' | ')' => (1, "group commands"),
            _ => (1, "act"),
        };
        let diagnostic =
            Diagnostic::new(Code::ShellCharacter, format!("A shell would {what} at `{ch}`; here nothing is run."))
                .hint("Leave it out: Atlas's command has no such character.")
                .label("special to a shell");
        self.findings.push(diagnostic.at(self.span(1)));
        if length > 1 {
            self.at += length;
        } else {
            let word = self.word(1);
            word.text.push(ch);
            word.is_faulty = true;
            self.at += 1;
        }
    }
}

/// The fault of text that a shell would run.
pub(crate) fn substitution(message: &str) -> Diagnostic {
    Diagnostic::new(Code::CommandSubstitution, message)
        .hint("Put the value itself in its place, or copy the command from Atlas as it is.")
        .label("another command")
}
