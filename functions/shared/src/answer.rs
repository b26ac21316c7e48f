//! What the customer brings.

use serde::{Deserialize, Serialize};

/// What the customer is to bring, or brings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The command that Atlas generates.
    #[default]
    Command,
    /// The connection string, or the details of the host.
    Source,
}
