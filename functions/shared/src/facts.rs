//! What is known of an onboarding at one point of its way, as the definition hands it to every message and every wait.

use serde::{Deserialize, Serialize};

use crate::clean_up::CleanUp;
use crate::endpoint::Endpoint;
use crate::failure::message_of;
use crate::left_out::LeftOut;
use crate::network::Network;
use crate::request::EndpointRequest;
use crate::target::Target;
use crate::verification::Verification;

/// What is known. Always all of it, so that whoever keeps the newest has everything, in whatever order it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// The network that is handed out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The target that the ticket named, if it named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// What was read out of the last command that was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<EndpointRequest>,
    /// The endpoint, as last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// What came of the last verification of the last source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Why the customer is asked again: the cause of a step's error, or a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What came of undoing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clean_up: Option<CleanUp>,
}

impl Facts {
    /// What the register keeps of them, for the page: what is for the support engineer alone goes to the ticket.
    #[must_use]
    pub fn for_the_page(mut self) -> Self {
        if let Some(verification) = &mut self.verification {
            verification.for_support = None;
        }
        self
    }

    /// The subnets that the endpoint does without, or will.
    pub fn left_out(&self) -> impl Iterator<Item = &LeftOut> {
        let of_network = self.network.iter().flat_map(|network| &network.left_out);
        of_network.chain(self.endpoint.iter().flat_map(|endpoint| &endpoint.left_out))
    }

    /// Why the customer is asked again, as the customer reads it.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.problem.as_deref().map(message_of)
    }
}
