//! Makes an intermediate VPC, or completes one that an earlier run began.
//!
//! EC2 has no client token for VPCs and subnets. They are found by their tags before they are made. Two can exist for one
//! number when a lease ended too early, or when EC2 made one and its answer did not come; the
//! register says which one counts, and only that one is ever handed out.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType};
use ipnet::Ipv4Net;

use crate::subnets::{self, Subnet};
use crate::{Config, handed_out, places};
use ec2::{filter, tagged, with_tag};
use shared::ids::VpcId;
use shared::network::Network;
use shared::tags;
use step::StepError;
use step::aws::step_error;

/// An intermediate VPC is cut into 16 subnets, more than any region has zones.
const SUBNET_BITS: u8 = 4;

/// Finds or makes the VPC with this number, with a subnet in every zone; makes what is missing.
pub(crate) async fn ensure(ec2: &Client, config: &Config, number: usize, cidr: Ipv4Net) -> Result<Network, StepError> {
    let vpc = match find(ec2, config, number).await?.into_iter().min() {
        Some(vpc) => vpc,
        None => make_vpc(ec2, config, number, cidr).await?,
    };
    switch_dns_on(ec2, &vpc).await?;
    let subnets = ensure_subnets(ec2, config, &vpc, cidr).await?;
    if subnets.is_empty() {
        return Err(StepError::Transient(format!("EC2 names no availability zone for {vpc}")));
    }
    Ok(handed_out(config, vpc, subnets))
}

/// Deletes what a second maker made. Nobody was ever told of it; one that is seen and stays is in the logs.
pub(crate) async fn delete_others(ec2: &Client, config: &Config, number: usize, counts: &VpcId) {
    let others = match find(ec2, config, number).await {
        Ok(found) => found.into_iter().filter(|vpc| vpc != counts),
        Err(error) => return tracing::warn!("a second intermediate VPC {number} could stay: {error}"),
    };
    for vpc in others {
        if let Err(error) = delete(ec2, &vpc).await {
            tracing::warn!("{vpc} stays, which {counts} makes needless: {error}");
        }
    }
}

async fn delete(ec2: &Client, vpc: &VpcId) -> Result<(), StepError> {
    if !places::endpoints(ec2, vpc).await?.is_empty() {
        return Err(StepError::Operator(format!("there are endpoints in {vpc}")));
    }
    for subnet in subnets::all(ec2, vpc).await? {
        let deleted = ec2.delete_subnet().subnet_id(subnet.id.as_str()).send().await;
        deleted.map_err(|error| step_error(&format!("delete {}", subnet.id), &error))?;
    }
    let deleted = ec2.delete_vpc().vpc_id(vpc.as_str()).send().await;
    deleted.map(|_| ()).map_err(|error| step_error(&format!("delete {vpc}"), &error))
}

/// The stack's VPCs with this number.
async fn find(ec2: &Client, config: &Config, number: usize) -> Result<Vec<VpcId>, StepError> {
    let vpcs = ec2
        .describe_vpcs()
        .filters(with_tag(tags::STACK, &config.stack))
        .filters(with_tag(tags::INTERMEDIATE_VPC, &number.to_string()))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error("look for intermediate VPCs", &error))?;
    Ok(vpcs.iter().filter_map(|vpc| vpc.vpc_id()?.parse().ok()).collect())
}

async fn make_vpc(ec2: &Client, config: &Config, number: usize, cidr: Ipv4Net) -> Result<VpcId, StepError> {
    let (name, tag) = (format!("{} intermediate VPC {number}", config.stack), number.to_string());
    let tags = [("Name", name.as_str()), (tags::STACK, &config.stack), (tags::INTERMEDIATE_VPC, &tag)];
    let answer = ec2
        .create_vpc()
        .cidr_block(cidr.to_string())
        .tag_specifications(tagged(ResourceType::Vpc, tags))
        .send()
        .await
        .map_err(|error| {
            let described = step_error("make an intermediate VPC", &error);
            match error.code() {
                Some("VpcLimitExceeded") => StepError::Transient(format!(
                    "{described}. Have AWS's quota \"VPCs per Region\" raised, or delete a VPC that nobody needs"
                )),
                _ => described,
            }
        })?;
    answer
        .vpc()
        .and_then(|vpc| vpc.vpc_id()?.parse().ok())
        .ok_or_else(|| StepError::Operator("EC2 made a VPC and did not say which".to_owned()))
}

/// Both attributes, which EC2 takes one at a time. To switch on what is on is no change.
async fn switch_dns_on(ec2: &Client, vpc: &VpcId) -> Result<(), StepError> {
    let on = || AttributeBooleanValue::builder().value(true).build();
    let support = ec2.modify_vpc_attribute().vpc_id(vpc.as_str()).enable_dns_support(on()).send().await;
    support.map_err(|error| fresh("switch DNS support on", vpc, &error))?;
    let hostnames = ec2.modify_vpc_attribute().vpc_id(vpc.as_str()).enable_dns_hostnames(on()).send().await;
    hostnames.map_err(|error| fresh("switch DNS hostnames on", vpc, &error))?;
    Ok(())
}

/// A subnet in every zone of the region; those that are there are kept.
async fn ensure_subnets(ec2: &Client, config: &Config, vpc: &VpcId, cidr: Ipv4Net) -> Result<Vec<Subnet>, StepError> {
    let zones = zones(ec2).await?;
    let mut all = subnets::all(ec2, vpc).await?;
    for zone in zones {
        if all.iter().any(|subnet| subnet.zone == zone) {
            continue;
        }
        let subnet = make_subnet(ec2, config, vpc, &zone, free_range(cidr, &all)?).await?;
        all.push(subnet);
    }
    // Not asked for again: what was only just made may not be visible yet.
    Ok(subnets::one_per_zone(all))
}

async fn zones(ec2: &Client) -> Result<Vec<String>, StepError> {
    let answer = ec2
        .describe_availability_zones()
        .filters(filter("state", "available"))
        .filters(filter("zone-type", "availability-zone"))
        .send()
        .await
        .map_err(|error| step_error("list the region's availability zones", &error))?;
    let mut zones: Vec<String> =
        answer.availability_zones().iter().filter_map(|zone| zone.zone_name().map(str::to_owned)).collect();
    zones.sort();
    Ok(zones)
}

fn free_range(cidr: Ipv4Net, taken: &[Subnet]) -> Result<Ipv4Net, StepError> {
    let too_small = || StepError::Operator(format!("the range {cidr} has no room for another subnet"));
    let mut ranges = cidr.subnets(cidr.prefix_len() + SUBNET_BITS).map_err(|_| too_small())?;
    ranges
        .find(|range| !taken.iter().any(|subnet| subnet.cidr.contains(range) || range.contains(&subnet.cidr)))
        .ok_or_else(too_small)
}

async fn make_subnet(
    ec2: &Client,
    config: &Config,
    vpc: &VpcId,
    zone: &str,
    cidr: Ipv4Net,
) -> Result<Subnet, StepError> {
    let name = format!("{} {zone}", config.stack);
    let answer = ec2
        .create_subnet()
        .vpc_id(vpc.as_str())
        .availability_zone(zone)
        .cidr_block(cidr.to_string())
        .tag_specifications(tagged(ResourceType::Subnet, [("Name", name.as_str()), (tags::STACK, &config.stack)]))
        .send()
        .await
        .map_err(|error| fresh(&format!("make the subnet for {zone}"), vpc, &error))?;
    let unsaid = || StepError::Operator("EC2 made a subnet and did not say which".to_owned());
    subnets::read(answer.subnet().ok_or_else(unsaid)?)
}

/// What was only just made may not be visible everywhere yet.
fn fresh<E: ProvideErrorMetadata>(doing: &str, vpc: &VpcId, error: &SdkError<E>) -> StepError {
    let described = step_error(&format!("{doing} in {vpc}"), error);
    match error.code() {
        Some("InvalidVpcID.NotFound" | "InvalidSubnet.Conflict") => StepError::Transient(described.to_string()),
        _ => described,
    }
}
