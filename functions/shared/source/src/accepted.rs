//! A source that was accepted.

use crate::diagnostic::{Diagnostic, Findings, Refused};
use crate::model::Source;

/// A source that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What was read.
    pub source: Source,
    /// Remarks that the customer may want to know.
    pub notes: Vec<Diagnostic>,
}

impl Accepted {
    /// The source, unless something was found that refuses it.
    pub(crate) fn unless_refused(source: Option<Source>, findings: Findings) -> Result<Self, Refused> {
        let (diagnostics, notes) = findings.parted();
        match source {
            Some(source) if diagnostics.is_empty() => Ok(Self { source, notes }),
            _ => Err(Refused { diagnostics, corrected: None }),
        }
    }
}
