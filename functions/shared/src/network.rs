//! The network that an onboarding hands out to the customer.

use crate::ids::{Region, SubnetId, VpcId};
use serde::{Deserialize, Serialize};

/// What the customer types into Atlas, and therefore all that the customer's command may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// The region of the VPC: the stack's.
    pub region: Region,
    /// The VPC.
    pub vpc_id: VpcId,
    /// Subnets of the VPC, at most one per availability zone; never empty.
    pub subnet_ids: Vec<SubnetId>,
}
