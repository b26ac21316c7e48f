//! What an onboarding waits for that is not ours to do.

use serde::{Deserialize, Serialize};

/// What did not come when an onboarding expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaited {
    /// The command that Atlas generates, from the customer.
    Command,
    /// Atlas's acceptance of the endpoint, after the customer has finalized.
    Acceptance,
    /// The connection string, or the details of the host, from the customer.
    Source,
}

impl Awaited {
    /// That it did not come, in a sentence.
    #[must_use]
    pub fn missed(self) -> &'static str {
        match self {
            Self::Command => "The command from Atlas did not arrive in time.",
            Self::Acceptance => "Atlas did not accept the endpoint in time.",
            Self::Source => "The connection string did not arrive in time.",
        }
    }
}
