//! A command that is being read: where reading stands, the words so far, and the steps that all reading is made of.

use crate::diagnostic::{Diagnostic, Findings};
use crate::normalise::Char;
use intake::Span;

/// One word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// The word without quotes and escapes.
    pub(crate) text: String,
    /// Where it stood in the pasted text.
    pub(crate) span: Span,
    /// Whether a fault inside it was noted already.
    pub(crate) is_faulty: bool,
}

/// A command that was read into words.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    /// The words, the program's name first.
    pub(crate) words: Vec<Word>,
    /// Where the command ended in the text: at its last line break or at the end.
    pub(crate) end: usize,
    /// Whether another command followed on the same line.
    pub(crate) is_cut: bool,
}

impl Lexed {
    /// Whether two commands have the same words.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.words.iter().map(|word| &word.text).eq(other.words.iter().map(|word| &word.text))
    }
}

/// Where and how a command begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// The first character of the program's name.
    pub(crate) at: usize,
    /// A prompt stood before it, so continued lines may begin with `> `.
    pub(crate) has_prompt: bool,
    /// A code fence was opened before it.
    pub(crate) is_fenced: bool,
}

/// A command that is being read.
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a [Char],
    pub(crate) at: usize,
    pub(crate) start: Start,
    pub(crate) word: Option<Word>,
    pub(crate) lexed: Lexed,
    pub(crate) findings: &'a mut Findings,
}

impl Cursor<'_> {
    pub(crate) fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).map(|char| char.ch)
    }

    /// The characters from `ahead` on, as far as `wanted` likes them.
    pub(crate) fn count(&self, ahead: usize, wanted: impl Fn(char) -> bool) -> usize {
        let rest = self.text.get(self.at + ahead..).unwrap_or_default();
        rest.iter().take_while(|char| wanted(char.ch)).count()
    }

    /// The span of the next `length` characters, or of the last one at the end.
    pub(crate) fn span(&self, length: usize) -> Span {
        let last = self.text.get(self.at + length.max(1) - 1).or(self.text.last());
        match (self.text.get(self.at).or(last), last) {
            (Some(first), Some(last)) => first.span().to(last.span()),
            _ => Span { start: 0, end: 0 },
        }
    }

    pub(crate) fn source(&self, length: usize) -> String {
        self.text.iter().skip(self.at).take(length).map(|char| char.ch).collect()
    }

    /// The word that the next `length` characters belong to.
    pub(crate) fn word(&mut self, length: usize) -> &mut Word {
        let span = self.span(length);
        let word = self.word.get_or_insert_with(|| Word { text: String::new(), span, is_faulty: false });
        word.span.end = span.end;
        word
    }

    pub(crate) fn finish_word(&mut self) {
        self.lexed.words.extend(self.word.take());
    }

    pub(crate) fn fault(&mut self, length: usize, diagnostic: Diagnostic) {
        self.findings.push(diagnostic.at(self.span(length)));
        let word = self.word(length);
        word.is_faulty = true;
        self.at += length;
    }
}
