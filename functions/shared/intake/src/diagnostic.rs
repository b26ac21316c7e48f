//! One remark: one shape for text, HTML and JSON.

use serde::{Serialize, Serializer};

use crate::code::Code;
use crate::severity::Severity;
use crate::span::Span;

/// One remark on what was brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(bound = "C: Code")]
pub struct Diagnostic<C> {
    /// Its stable name.
    #[serde(serialize_with = "by_name")]
    pub code: C,
    /// Whether what was brought is refused for it.
    pub severity: Severity,
    /// One sentence that names the token and what was expected.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// Where in the text; nothing for what is missing from it.
    pub span: Option<Span>,
    /// A few words for beside the marked token.
    pub label: Option<&'static str>,
    /// What to put in place of the marked token, where that is sure.
    pub suggestion: Option<String>,
}

impl<C: Code> Diagnostic<C> {
    /// A remark with its message alone.
    #[must_use]
    pub fn new(code: C, message: impl Into<String>) -> Self {
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

    /// With the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With its place, where it has one.
    #[must_use]
    pub fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into();
        self
    }

    /// With a few words for beside the marked token.
    #[must_use]
    pub fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// With what to put in place of the marked token.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

fn by_name<C: Code, S: Serializer>(code: &C, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}
