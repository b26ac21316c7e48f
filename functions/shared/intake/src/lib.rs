//! What the intakes of the command and of the source share: how they say what they found in what a customer brought.

mod code;
mod diagnostic;
mod findings;
mod refused;
mod severity;
mod span;

pub use code::Code;
pub use diagnostic::Diagnostic;
pub use findings::{Findings, MOST};
pub use refused::Refused;
pub use severity::Severity;
pub use span::Span;
