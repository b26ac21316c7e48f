//! The answer to what is refused.

use serde_json::{Value, json};

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::severity::Severity;

/// What was brought and is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<C> {
    /// The faults, those of what is missing last; never empty. A note before them says what is to be known first.
    pub diagnostics: Vec<Diagnostic<C>>,
    /// What would be accepted, where there is one sure correction that may be shown: a source's would hold its password.
    pub corrected: Option<String>,
}

impl<C: Code> Refused<C> {
    /// Refused for one fault.
    #[must_use]
    pub fn only(diagnostic: Diagnostic<C>) -> Self {
        Self { diagnostics: vec![diagnostic], corrected: None }
    }

    /// The `error` of the portal's answer: the first fault and the correction.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let fault = self.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
        let mut error = fault.or(self.diagnostics.first()).map_or_else(|| json!({}), |first| json!(first));
        if let Value::Object(fields) = &mut error {
            fields.insert("corrected".to_owned(), json!(self.corrected));
        }
        error
    }
}
