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

impl Answer {
    /// The answer as it is written, `command`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Source => "source",
        }
    }
}
