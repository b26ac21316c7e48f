//! Where an onboarding can stand, as the customer sees it.

use serde::{Deserialize, Serialize};

/// Where an onboarding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The ticket is read.
    Checking,
    /// The VPC and its subnets are found or made.
    PreparingNetwork,
    /// The customer is to bring Atlas's command.
    AwaitingCommand,
    /// The endpoint is made.
    CreatingEndpoint,
    /// The customer is to finalize in Atlas, and Atlas to accept.
    AwaitingAcceptance,
    /// The customer is to bring the source.
    AwaitingSource,
    /// The source is verified.
    Verifying,
    /// A fault of ours or of the outside is in the way; it goes on by itself.
    Held,
    /// Done.
    Connected,
    /// The ticket could not be served.
    Declined,
    /// The customer did not act in time.
    Expired,
    /// Something went wrong.
    Failed,
    /// Somebody wanted it closed.
    Closed,
}

impl State {
    /// The state as it is written, `awaiting-command`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::PreparingNetwork => "preparing-network",
            Self::AwaitingCommand => "awaiting-command",
            Self::CreatingEndpoint => "creating-endpoint",
            Self::AwaitingAcceptance => "awaiting-acceptance",
            Self::AwaitingSource => "awaiting-source",
            Self::Verifying => "verifying",
            Self::Held => "held",
            Self::Connected => "connected",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Closed => "closed",
        }
    }

    /// Whether it leads nowhere else.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Connected | Self::Declined | Self::Expired | Self::Failed | Self::Closed)
    }
}
