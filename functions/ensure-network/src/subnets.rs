//! The subnets of a VPC, one per availability zone: an interface endpoint takes no two in one zone.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use ipnet::Ipv4Net;

use ec2::filter;
use shared::ids::{SubnetId, VpcId};
use shared::left_out::{LeftOut, Why};
use step::StepError;
use step::aws::step_error;

/// A subnet, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subnet {
    pub(crate) id: SubnetId,
    pub(crate) zone: String,
    pub(crate) cidr: Ipv4Net,
    free_addresses: i32,
}

/// All subnets of the VPC that have a range of IPv4, in which an endpoint has its addresses.
pub(crate) async fn all(ec2: &Client, vpc: &VpcId) -> Result<Vec<Subnet>, StepError> {
    described(ec2, vpc).await?.iter().filter(|subnet| has_ipv4(subnet)).map(read).collect()
}

/// The subnets of the VPC in which an endpoint finds an address, and those in which it finds none.
pub(crate) async fn sorted(ec2: &Client, vpc: &VpcId) -> Result<(Vec<Subnet>, Vec<LeftOut>), StepError> {
    let (mut usable, mut left_out) = (Vec::new(), Vec::new());
    for subnet in described(ec2, vpc).await? {
        if !has_ipv4(&subnet) {
            left_out.push(LeftOut::new(id_of(&subnet)?, Why::NoIpv4));
            continue;
        }
        let subnet = read(&subnet)?;
        if subnet.free_addresses > 0 {
            usable.push(subnet);
        } else {
            left_out.push(LeftOut::new(subnet.id, Why::NoFreeAddress));
        }
    }
    Ok((usable, left_out))
}

async fn described(ec2: &Client, vpc: &VpcId) -> Result<Vec<aws_sdk_ec2::types::Subnet>, StepError> {
    ec2.describe_subnets()
        .filters(filter("vpc-id", vpc.as_str()))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error(&format!("list the subnets of {vpc}"), &error))
}

/// One of IPv6 alone has no range of IPv4, whether EC2 says that it is one or not.
fn has_ipv4(subnet: &aws_sdk_ec2::types::Subnet) -> bool {
    subnet.ipv6_native() != Some(true) && subnet.cidr_block().is_some_and(|cidr| !cidr.is_empty())
}

/// Of each zone the subnet with the most free addresses, in the order of the zones.
pub(crate) fn one_per_zone(mut subnets: Vec<Subnet>) -> Vec<Subnet> {
    subnets.sort_by(|one, other| other.free_addresses.cmp(&one.free_addresses).then_with(|| one.id.cmp(&other.id)));
    let mut zones = BTreeMap::new();
    for subnet in subnets {
        zones.entry(subnet.zone.clone()).or_insert(subnet);
    }
    zones.into_values().collect()
}

/// Reads what EC2 answers about a subnet.
pub(crate) fn read(subnet: &aws_sdk_ec2::types::Subnet) -> Result<Subnet, StepError> {
    Ok(Subnet {
        id: id_of(subnet)?,
        zone: subnet.availability_zone().ok_or_else(|| unreadable(subnet))?.to_owned(),
        cidr: subnet.cidr_block().and_then(|cidr| cidr.parse().ok()).ok_or_else(|| unreadable(subnet))?,
        free_addresses: subnet.available_ip_address_count().ok_or_else(|| unreadable(subnet))?,
    })
}

fn id_of(subnet: &aws_sdk_ec2::types::Subnet) -> Result<SubnetId, StepError> {
    subnet.subnet_id().and_then(|id| id.parse().ok()).ok_or_else(|| unreadable(subnet))
}

fn unreadable(subnet: &aws_sdk_ec2::types::Subnet) -> StepError {
    let id = subnet.subnet_id().unwrap_or("without an id");
    StepError::Operator(format!("EC2 described a subnet in a way that cannot be read: {id}"))
}
