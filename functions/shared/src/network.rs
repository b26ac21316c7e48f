//! The network that an onboarding hands out to the customer.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use crate::ids::{Region, SubnetId, VpcId};
use crate::left_out::LeftOut;

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
    /// The ranges of these subnets: where the endpoint's addresses lie. Empty in an onboarding of before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnet_cidrs: Vec<Ipv4Net>,
    /// Subnets of an existing VPC in which an endpoint finds no address, and which are not handed out: the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}
