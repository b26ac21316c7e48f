//! What came of undoing an onboarding.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ids::EndpointId;

/// What came of the last clean-up, or of none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CleanUp {
    /// Whether another run would find nothing more to do.
    pub complete: bool,
    /// What is left and why, for the operator. Deletion takes minutes, so that a later run finds less.
    pub leftovers: Vec<String>,
    /// An endpoint that was kept on purpose: Atlas accepted it, and nobody wanted it deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<EndpointId>,
    /// Why the clean-up itself could not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl CleanUp {
    /// Whether nothing is left of what was made.
    #[must_use]
    pub fn has_removed_all(&self) -> bool {
        self.complete && self.leftovers.is_empty() && self.kept.is_none() && self.failure.is_none()
    }
}
