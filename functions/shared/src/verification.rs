//! What came of verifying a source.

use serde::{Deserialize, Serialize};

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// What follows from it.
    pub verdict: Verdict,
    /// The layers up to the first that failed.
    pub layers: Vec<LayerReport>,
    /// Why it does not work, for the customer.
    pub problem: Option<String>,
    /// What to do about it, for the customer.
    pub next_step: Option<String>,
    /// What the support engineer must know of it, where it is ours to mend. Not for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_support: Option<String>,
}

/// What follows from a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The source works.
    Connected,
    /// Time may mend it: try again.
    NotYet,
    /// Only the customer can mend it: ask for the source again.
    AskAgain,
}

/// The layers, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The names have addresses.
    Dns,
    /// The names lead through our endpoint, and into our subnets.
    Ownership,
    /// Every host and port takes a connection.
    Tcp,
    /// Every host shows a certificate for its name.
    Tls,
    /// Every host is a member of the deployment, one is the primary, and the user can log in and read.
    Mongodb,
}

impl Layer {
    /// The layer as it is written, `dns`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Ownership => "ownership",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Mongodb => "mongodb",
        }
    }
}

/// What was seen of one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerReport {
    /// The layer.
    pub name: Layer,
    /// Whether it is as it should be.
    pub passed: bool,
    /// What was seen.
    pub evidence: String,
}
