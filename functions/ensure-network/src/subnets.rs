//! The subnets of a VPC, one per availability zone: an interface endpoint takes no two in one zone.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use ipnet::Ipv4Net;

use ec2::filter;
use shared::ids::{SubnetId, VpcId};
use step::StepError;
use step::aws::step_error;

/// A subnet, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subnet {
    pub(crate) id: SubnetId,
    pub(crate) zone: String,
    pub(crate) cidr: Ipv4Net,
}

/// All subnets of the VPC.
pub(crate) async fn all(ec2: &Client, vpc: &VpcId) -> Result<Vec<Subnet>, StepError> {
    let answer = ec2
        .describe_subnets()
        .filters(filter("vpc-id", vpc.as_str()))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error(&format!("list the subnets of {vpc}"), &error))?;
    answer.iter().map(read).collect()
}

/// The subnet with the smallest id of each zone, in the order of the zones: the same choice on every run.
pub(crate) async fn one_per_zone(ec2: &Client, vpc: &VpcId) -> Result<Vec<Subnet>, StepError> {
    let mut subnets = all(ec2, vpc).await?;
    subnets.sort();
    let mut zones = BTreeMap::new();
    for subnet in subnets {
        zones.entry(subnet.zone.clone()).or_insert(subnet);
    }
    Ok(zones.into_values().collect())
}

/// Reads what EC2 answers about a subnet.
pub(crate) fn read(subnet: &aws_sdk_ec2::types::Subnet) -> Result<Subnet, StepError> {
    let unreadable = || {
        let id = subnet.subnet_id().unwrap_or("without an ID");
        StepError::Operator(format!("EC2 described the subnet {id} in a way that cannot be read"))
    };
    Ok(Subnet {
        id: subnet.subnet_id().and_then(|id| id.parse().ok()).ok_or_else(unreadable)?,
        zone: subnet.availability_zone().ok_or_else(unreadable)?.to_owned(),
        cidr: subnet.cidr_block().and_then(|cidr| cidr.parse().ok()).ok_or_else(unreadable)?,
    })
}
