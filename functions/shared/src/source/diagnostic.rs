//! What the intake has to say about a source: the command's shape of a remark, without anything that was secret in it.

use super::Source;
use super::code::Code;
use crate::command::{Severity, Span};
use serde::Serialize;
use serde_json::{Value, json};

/// One remark on the customer's source. It never quotes a user name, a password or a whole connection string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Its stable name.
    pub code: Code,
    /// Whether the source is refused for it.
    pub severity: Severity,
    /// One sentence that names the part and what was expected.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// Where in the connection string, in characters; only ever behind the credentials.
    pub span: Option<Span>,
}

impl Diagnostic {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), message: message.into(), hint: None, span: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn at(mut self, span: Option<Span>) -> Self {
        self.span = span;
        self
    }
}

/// A source that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What was read.
    pub source: Source,
    /// Remarks that the customer may want to know.
    pub notes: Vec<Diagnostic>,
}

/// A source that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The faults, in the order in which they were found; never empty.
    pub diagnostics: Vec<Diagnostic>,
}

impl Refused {
    pub(super) fn only(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic] }
    }

    /// The `error` of the portal's answer: the first fault. A corrected string would hold the password, so none is given.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut error = self.diagnostics.first().map_or_else(|| json!({}), |first| json!(first));
        if let Value::Object(fields) = &mut error {
            fields.insert("corrected".to_owned(), Value::Null);
        }
        error
    }
}

/// Collects faults and notes while a source is read.
#[derive(Debug, Default)]
pub(super) struct Findings {
    faults: Vec<Diagnostic>,
    notes: Vec<Diagnostic>,
}

impl Findings {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let list = match diagnostic.severity {
            Severity::Error => &mut self.faults,
            Severity::Note => &mut self.notes,
        };
        // As many as anybody mends in one go.
        if list.len() < 32 {
            list.push(diagnostic);
        }
    }

    /// Keeps the value, or the fault in its place.
    pub(super) fn keep<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.push(diagnostic)).ok()
    }

    pub(super) fn finish(self, source: Option<Source>) -> Result<Accepted, Refused> {
        match source {
            Some(source) if self.faults.is_empty() => Ok(Accepted { source, notes: self.notes }),
            _ => Err(Refused { diagnostics: self.faults }),
        }
    }
}

/// A host's or an option's name as messages show it: in backticks and cut where it is long; nothing where it does not
/// look like one, since it may then be a piece of a password.
pub(super) fn quoted(name: &str) -> String {
    let is_name = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '.' | '-' | '_' | ':');
    if name.is_empty() || !name.chars().all(is_name) {
        return String::new();
    }
    let shown: String = name.chars().take(100).collect();
    let more = if name.len() > shown.len() { "…" } else { "" };
    format!(" `{shown}{more}`")
}
