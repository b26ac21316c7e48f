//! How Atlas writes a request as a command.

use shared::ids::{ServiceName, SubnetId};
use shared::network::Network;
use shared::request::EndpointRequest;

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

pub(crate) fn listed(subnet_ids: &[SubnetId], separator: &str) -> String {
    subnet_ids.iter().map(SubnetId::as_str).collect::<Vec<_>>().join(separator)
}

/// The command for a service with those of our subnets that the customer named, or with all of them.
pub(crate) fn corrected(service_name: ServiceName, subnet_ids: Vec<SubnetId>, network: &Network) -> String {
    let subnet_ids = if subnet_ids.is_empty() { network.subnet_ids.clone() } else { subnet_ids };
    print(&EndpointRequest { service_name, subnet_ids }, network)
}
