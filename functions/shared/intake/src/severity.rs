//! Whether a remark refuses what was brought.

use serde::Serialize;

/// Whether a diagnostic refuses what was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is refused for this.
    Error,
    /// Worth knowing; it is accepted.
    Note,
}
