//! What was found so far.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::severity::Severity;

/// How many faults, and how many notes, are told at most. Nobody mends more in one go, and it bounds the work on
/// hostile input.
pub const MOST: usize = 32;

/// Collects faults and notes while a text is read.
#[derive(Debug)]
pub struct Findings<C> {
    faults: Vec<Diagnostic<C>>,
    notes: Vec<Diagnostic<C>>,
}

impl<C> Default for Findings<C> {
    fn default() -> Self {
        Self { faults: Vec::new(), notes: Vec::new() }
    }
}

impl<C: Code> Findings<C> {
    /// Adds one remark; what is too many is left out.
    pub fn push(&mut self, diagnostic: Diagnostic<C>) {
        let list = match diagnostic.severity {
            Severity::Error => &mut self.faults,
            Severity::Note => &mut self.notes,
        };
        if list.len() < MOST {
            list.push(diagnostic);
        }
    }

    /// Adds what was found elsewhere.
    pub fn append(&mut self, other: Self) {
        for diagnostic in other.faults.into_iter().chain(other.notes) {
            self.push(diagnostic);
        }
    }

    /// Keeps the value, or the fault in its place.
    pub fn keep<T>(&mut self, result: Result<T, Diagnostic<C>>) -> Option<T> {
        result.map_err(|diagnostic| self.push(diagnostic)).ok()
    }

    /// Whether reading on is of no use to the customer.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.faults.len() >= MOST
    }

    /// Whether there is neither a fault nor a note.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty() && self.notes.is_empty()
    }

    /// Whether there is no fault.
    #[must_use]
    pub fn are_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults and the notes, each in the order in which they were found.
    #[must_use]
    pub fn parted(self) -> (Vec<Diagnostic<C>>, Vec<Diagnostic<C>>) {
        (self.faults, self.notes)
    }

    /// The faults and the notes, each in the order of the text.
    #[must_use]
    pub fn sorted(mut self) -> (Vec<Diagnostic<C>>, Vec<Diagnostic<C>>) {
        for list in [&mut self.faults, &mut self.notes] {
            list.sort_by_key(|diagnostic| diagnostic.span.map_or(usize::MAX, |span| span.start));
        }
        (self.faults, self.notes)
    }
}
