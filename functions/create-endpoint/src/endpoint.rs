//! The interface endpoint: at most one at a time per onboarding.

use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::create_vpc_endpoint::CreateVpcEndpointError;
use aws_sdk_ec2::types::{ResourceType, VpcEndpoint, VpcEndpointType};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{Config, Input, tagged};
use ec2::{is_in_state, of_onboarding};
use shared::ids::{EndpointId, SecurityGroupId, SubnetId};
use step::StepError;
use step::aws::step_error;

/// Finds the endpoint that a run before made, or makes it. One of an earlier attempt is deleted first.
pub(crate) async fn ensure(
    ec2: &Client,
    config: &Config,
    input: &Input,
    subnets: &[SubnetId],
    group: &SecurityGroupId,
) -> Result<EndpointId, StepError> {
    let earlier = ec2
        .describe_vpc_endpoints()
        .filters(of_onboarding(&input.onboarding))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error("look for the onboarding's endpoint", &error))?;
    let (wanted, ended): (Vec<&VpcEndpoint>, Vec<&VpcEndpoint>) = earlier
        .iter()
        .filter(|endpoint| !is_in_state(endpoint, &["deleting", "deleted"]))
        .partition(|endpoint| is_wanted(endpoint, input, subnets));
    let ended: Vec<String> =
        ended.iter().filter_map(|endpoint| endpoint.vpc_endpoint_id().map(str::to_owned)).collect();
    if !ended.is_empty() {
        delete(ec2, ended).await?;
    }
    match wanted.iter().filter_map(|endpoint| endpoint.vpc_endpoint_id()?.parse().ok()).min() {
        Some(endpoint) => Ok(endpoint),
        None => make(ec2, config, input, subnets, group).await,
    }
}

fn is_wanted(endpoint: &VpcEndpoint, input: &Input, subnets: &[SubnetId]) -> bool {
    let has: BTreeSet<&str> = endpoint.subnet_ids().iter().map(String::as_str).collect();
    let wants: BTreeSet<&str> = subnets.iter().map(SubnetId::as_str).collect();
    !is_in_state(endpoint, &["rejected", "failed", "expired"])
        && endpoint.service_name() == Some(input.request.service_name.as_str())
        && has == wants
}

async fn delete(ec2: &Client, endpoints: Vec<String>) -> Result<(), StepError> {
    let answer = ec2
        .delete_vpc_endpoints()
        .set_vpc_endpoint_ids(Some(endpoints))
        .send()
        .await
        .map_err(|error| step_error("delete the endpoint of an earlier attempt", &error))?;
    match answer.unsuccessful().first() {
        None => Ok(()),
        Some(item) => Err(StepError::Transient(format!(
            "could not delete {}, the endpoint of an earlier attempt: {}",
            item.resource_id().unwrap_or("an endpoint"),
            item.error().and_then(|error| error.code()).unwrap_or("no reason given")
        ))),
    }
}

async fn make(
    ec2: &Client,
    config: &Config,
    input: &Input,
    subnets: &[SubnetId],
    group: &SecurityGroupId,
) -> Result<EndpointId, StepError> {
    let answer = ec2
        .create_vpc_endpoint()
        .vpc_endpoint_type(VpcEndpointType::Interface)
        .vpc_id(input.network.vpc_id.as_str())
        .service_name(input.request.service_name.as_str())
        .set_subnet_ids(Some(subnets.iter().map(|subnet| subnet.as_str().to_owned()).collect()))
        .security_group_ids(group.as_str())
        .private_dns_enabled(false)
        .client_token(client_token(input, subnets))
        .tag_specifications(tagged(ResourceType::VpcEndpoint, config, input))
        .send()
        .await
        .map_err(|error| refusal(input, &error))?;
    answer
        .vpc_endpoint()
        .and_then(|endpoint| endpoint.vpc_endpoint_id()?.parse().ok())
        .ok_or_else(|| StepError::Operator("EC2 made an endpoint and did not say which".to_owned()))
}

/// 64 characters, as many as EC2 takes: the same for a retry, another for another attempt or request.
fn client_token(input: &Input, subnets: &[SubnetId]) -> String {
    let mut digest = Sha256::new();
    let attempt = input.attempt.to_string();
    let parts =
        [input.onboarding.as_str(), &attempt, input.network.vpc_id.as_str(), input.request.service_name.as_str()];
    for part in parts.into_iter().chain(subnets.iter().map(SubnetId::as_str)) {
        digest.update(part);
        digest.update("\n");
    }
    HEXLOWER.encode(&digest.finalize())
}

fn refusal(input: &Input, error: &SdkError<CreateVpcEndpointError>) -> StepError {
    let service = &input.request.service_name;
    let described = step_error(&format!("create the endpoint for {service}"), error);
    match error.code() {
        Some("InvalidServiceName") => StepError::Customer(format!(
            "AWS does not let us reach the endpoint service {service}. Copy the command from Atlas again, and make \
             sure that the Atlas deployment still exists."
        )),
        Some("InvalidParameter") if error.message().is_some_and(|text| text.contains("availability zone")) => {
            StepError::Customer(format!(
                "The endpoint service {service} is not offered in the zone of one of the subnets. Give Atlas all \
                 subnets that we sent, then copy the command again."
            ))
        }
        Some("VpcEndpointLimitExceeded") => StepError::Operator(format!(
            "{described}. Have AWS's quota for interface endpoints per VPC raised, or lower EndpointsPerVpc."
        )),
        // What was only just made may not be visible everywhere yet.
        Some(code) if code.ends_with(".NotFound") => StepError::Transient(described.to_string()),
        _ => described,
    }
}
