//! Why an answer of the customer is not taken.

use serde::{Deserialize, Serialize};

/// Why an answer comes too late, or too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Late {
    /// Nothing of its kind is awaited.
    NotAwaited,
    /// A fault of ours is in the way.
    Held,
    /// It was received already.
    AlreadyReceived,
    /// Another was received before it.
    AlreadyAnswered,
    /// The onboarding is being closed.
    Closing,
    /// The onboarding has ended.
    Ended,
}
