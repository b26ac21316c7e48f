//! What is taken from the customer, and how it is written: as Atlas's command and as a sentence.

use super::diagnostic::Accepted;
use crate::ids::{ServiceName, SubnetId};
use crate::network::Network;
use serde::{Deserialize, Serialize};

/// What was read out of an accepted command: the only things taken from the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndpointRequest {
    /// The endpoint service that Atlas made.
    pub service_name: ServiceName,
    /// Some or all of the subnets that were handed out, each once.
    pub subnet_ids: Vec<SubnetId>,
}

/// The command that Atlas prints for a request.
#[must_use]
pub fn print(request: &EndpointRequest, network: &Network) -> String {
    format!(
        "aws ec2 create-vpc-endpoint --vpc-id {} --region {} --service-name {} --vpc-endpoint-type Interface \
         --subnet-ids {}",
        network.vpc_id,
        network.region,
        request.service_name,
        listed(&request.subnet_ids, " "),
    )
}

impl Accepted {
    /// In one line what will be created, where and with what, and which flags were ignored.
    #[must_use]
    pub fn preview(&self, network: &Network) -> String {
        let subnets = &self.request.subnet_ids;
        let mut line = format!(
            "An interface endpoint for {} in {}, VPC {}, {} {}; private DNS off",
            self.request.service_name,
            network.region,
            network.vpc_id,
            if subnets.len() == 1 { "subnet" } else { "subnets" },
            listed(subnets, ", "),
        );
        if !self.ignored.is_empty() {
            line.push_str("; ignored: ");
            line.push_str(&self.ignored.join(", "));
        }
        line.push('.');
        line
    }
}

pub(super) fn listed(subnet_ids: &[SubnetId], separator: &str) -> String {
    subnet_ids.iter().map(SubnetId::as_str).collect::<Vec<_>>().join(separator)
}
