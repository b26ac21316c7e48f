//! What an accepted command asks for.

use serde::{Deserialize, Serialize};

use crate::ids::{ServiceName, SubnetId};

/// What was read out of an accepted command: the only things taken from the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointRequest {
    /// The endpoint service that Atlas made.
    pub service_name: ServiceName,
    /// Some or all of the subnets that were handed out, each once.
    pub subnet_ids: Vec<SubnetId>,
}
