//! An intermediate VPC: made once, shared by the onboardings of a stack, followed by the next one when it is full.
//!
//! EC2 has no client token for VPCs and subnets. They are found by their tags, before and after they are made.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Tag};
use ipnet::Ipv4Net;

use crate::Config;
use crate::subnets::{self, Subnet};
use ec2::{filter, tagged, with_tag};
use shared::ids::VpcId;
use shared::tags;
use step::StepError;
use step::aws::step_error;

/// An intermediate VPC is cut into 16 subnets, more than any region has zones.
const SUBNET_BITS: u8 = 4;

/// Gives the first intermediate VPC that has room, with a subnet in every zone; makes what is missing.
pub(crate) async fn ensure(ec2: &Client, config: &Config) -> Result<(VpcId, Vec<Subnet>), StepError> {
    let made = find(ec2, config).await?;
    for (number, cidr) in (1..).zip(&config.intermediate_vpc_cidrs) {
        let vpc = match made.get(&number) {
            Some(vpc) if count_endpoints(ec2, vpc).await? >= config.endpoints_per_vpc => continue,
            Some(vpc) => vpc.clone(),
            None => make_vpc(ec2, config, number, *cidr).await?,
        };
        switch_dns_on(ec2, &vpc).await?;
        return Ok((vpc.clone(), ensure_subnets(ec2, config, &vpc, *cidr).await?));
    }
    Err(StepError::Operator(format!(
        "all {} intermediate VPCs of the stack hold {} endpoints: add a range to the parameter IntermediateVpcCidrs, \
         or have AWS's quota raised and then EndpointsPerVpc",
        config.intermediate_vpc_cidrs.len(),
        config.endpoints_per_vpc
    )))
}

/// The stack's intermediate VPCs by number. Should one exist twice, the one with the smallest id counts.
async fn find(ec2: &Client, config: &Config) -> Result<BTreeMap<usize, VpcId>, StepError> {
    let vpcs = ec2
        .describe_vpcs()
        .filters(with_tag(tags::STACK, &config.stack))
        .filters(filter("tag-key", tags::INTERMEDIATE_VPC))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error("look for intermediate VPCs", &error))?;
    let mut found = BTreeMap::<usize, VpcId>::new();
    for vpc in &vpcs {
        let number = vpc.tags().iter().find(|tag| tag.key() == Some(tags::INTERMEDIATE_VPC)).and_then(Tag::value);
        let (Some(number), Some(id)) =
            (number.and_then(|number| number.parse().ok()), vpc.vpc_id().and_then(|id| id.parse::<VpcId>().ok()))
        else {
            return Err(StepError::Operator(format!(
                "the VPC {} has the tag {} with a value that is no number",
                vpc.vpc_id().unwrap_or("without an ID"),
                tags::INTERMEDIATE_VPC
            )));
        };
        let smallest = found.get(&number).is_none_or(|other| id < *other);
        if smallest {
            found.insert(number, id);
        }
    }
    Ok(found)
}

async fn count_endpoints(ec2: &Client, vpc: &VpcId) -> Result<usize, StepError> {
    let endpoints = ec2
        .describe_vpc_endpoints()
        .filters(filter("vpc-id", vpc.as_str()))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error(&format!("count the endpoints of {vpc}"), &error))?;
    Ok(endpoints.len())
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
        .map_err(|error| step_error("make an intermediate VPC", &error))?;
    let made: VpcId = answer
        .vpc()
        .and_then(|vpc| vpc.vpc_id())
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| StepError::Operator("EC2 made a VPC and did not say which".to_owned()))?;
    // An earlier run may have made one that was not visible yet when we looked.
    match find(ec2, config).await?.remove(&number) {
        Some(older) if older != made => {
            ec2.delete_vpc()
                .vpc_id(made.as_str())
                .send()
                .await
                .map_err(|error| step_error(&format!("delete {made}, which {older} makes needless"), &error))?;
            Ok(older)
        }
        _ => Ok(made),
    }
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
    subnets::one_per_zone(ec2, vpc).await
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

/// A VPC that was only just made may not be visible everywhere yet.
fn fresh<E: ProvideErrorMetadata>(doing: &str, vpc: &VpcId, error: &SdkError<E>) -> StepError {
    let described = step_error(&format!("{doing} in {vpc}"), error);
    if error.code() == Some("InvalidVpcID.NotFound") { StepError::Transient(described.to_string()) } else { described }
}
