//! What the intake has to say about a pasted text: one shape for text, HTML and JSON.

use super::code::Code;
use super::request::EndpointRequest;
use serde::Serialize;
use serde_json::{Value, json};

/// How many faults, and how many notes, are told at most. Nobody mends more in one go, and it bounds the work on
/// hostile input.
pub(super) const MOST: usize = 32;

/// Whether a diagnostic refuses the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The command is refused for it.
    Error,
    /// Worth knowing; the command is accepted.
    Note,
}

/// A part of the pasted text, counted in its characters (Unicode scalar values), end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
}

impl Span {
    /// From the start of this to the end of `other`.
    pub(super) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }
}

/// One remark on the pasted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Its stable name.
    pub code: Code,
    /// Whether the command is refused for it.
    pub severity: Severity,
    /// One sentence that names the token and what was expected.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// Where in the pasted text; nothing for what is missing from it.
    pub span: Option<Span>,
    /// A few words for beside the marked token.
    pub label: Option<String>,
    /// What to put in place of the marked token, where that is sure.
    pub suggestion: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            hint: None,
            span: None,
            label: None,
            suggestion: None,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(super) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// A command that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What was read out of it.
    pub request: EndpointRequest,
    /// Remarks, in the order of the text: ignored flags, characters read as others.
    pub notes: Vec<Diagnostic>,
    /// The flags that were given and have no effect, as the AWS CLI writes them.
    pub ignored: Vec<&'static str>,
}

/// A command that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The faults in the order of the text, those of what is missing last; never empty.
    pub diagnostics: Vec<Diagnostic>,
    /// A command that is accepted, where there is one sure correction.
    pub corrected: Option<String>,
}

impl Refused {
    pub(super) fn only(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], corrected: None }
    }

    /// The `error` of the portal's answer: the first fault and the corrected command.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut error = self.diagnostics.first().map_or_else(|| json!({}), |first| json!(first));
        if let Value::Object(fields) = &mut error {
            fields.insert("corrected".to_owned(), json!(self.corrected));
        }
        error
    }
}

/// Collects faults and notes while a text is read.
#[derive(Debug, Default)]
pub(super) struct Findings {
    faults: Vec<Diagnostic>,
    notes: Vec<Diagnostic>,
}

impl Findings {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        match diagnostic.severity {
            Severity::Error if !self.is_full() => self.faults.push(diagnostic),
            Severity::Note if self.notes.len() < MOST => self.notes.push(diagnostic),
            _ => {}
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        for diagnostic in other.faults.into_iter().chain(other.notes) {
            self.push(diagnostic);
        }
    }

    /// Whether reading on is of no use to the customer.
    pub(super) fn is_full(&self) -> bool {
        self.faults.len() >= MOST
    }

    pub(super) fn are_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults and the notes, each in the order of the text.
    pub(super) fn sorted(mut self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        for list in [&mut self.faults, &mut self.notes] {
            list.sort_by_key(|diagnostic| diagnostic.span.map_or(usize::MAX, |span| span.start));
        }
        (self.faults, self.notes)
    }
}

/// A token as messages show it: in backticks, without characters that do not show, cut where it is long.
pub(super) fn quoted(token: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String =
        token.chars().take(LONGEST).map(|ch| if ch.is_control() { '\u{fffd}' } else { ch }).collect();
    if token.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    if shown.contains('`') { format!("“{shown}”") } else { format!("`{shown}`") }
}
