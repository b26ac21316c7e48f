//! The interface endpoint: one per attempt. Nothing is deleted here; what an earlier attempt made is cleaned up before.

use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::create_vpc_endpoint::CreateVpcEndpointError;
use aws_sdk_ec2::types::{ResourceType, VpcEndpointType};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{Config, Input, tagged};
use ec2::{is_in_state, of_onboarding, with_tag};
use shared::ids::{EndpointId, SecurityGroupId, SubnetId};
use shared::tags;
use step::StepError;
use step::aws::step_error;

/// Makes the endpoint of this attempt, in those of the subnets that EC2 takes.
pub(crate) async fn make(
    ec2: &Client,
    config: &Config,
    input: &Input,
    mut subnets: Vec<SubnetId>,
    group: &SecurityGroupId,
) -> Result<EndpointId, StepError> {
    let mut left_out = BTreeSet::new();
    loop {
        let error = match ask(ec2, config, input, &subnets, &left_out, group).await {
            Ok(endpoint) => return endpoint,
            Err(error) => error,
        };
        match refused_subnet(&error, &subnets) {
            Some(place) if subnets.len() > 1 => _ = left_out.insert(subnets.remove(place)),
            _ => return Err(refusal(input, &error)),
        }
    }
}

/// The endpoint that an earlier run of this attempt made.
pub(crate) async fn find(ec2: &Client, input: &Input) -> Result<Option<EndpointId>, StepError> {
    let own = [of_onboarding(&input.onboarding), with_tag(tags::ATTEMPT, &input.attempt.to_string())];
    let made = ec2::endpoints(ec2, own).await;
    let made = made.map_err(|error| step_error("look for the attempt's endpoint", &error))?;
    let made = made.iter().filter(|endpoint| !is_in_state(endpoint, &["deleting"]));
    Ok(made.filter_map(|endpoint| endpoint.vpc_endpoint_id()?.parse().ok()).min())
}

async fn ask(
    ec2: &Client,
    config: &Config,
    input: &Input,
    subnets: &[SubnetId],
    left_out: &BTreeSet<SubnetId>,
    group: &SecurityGroupId,
) -> Result<Result<EndpointId, StepError>, SdkError<CreateVpcEndpointError>> {
    let answer = ec2
        .create_vpc_endpoint()
        .vpc_endpoint_type(VpcEndpointType::Interface)
        .vpc_id(input.network.vpc_id.as_str())
        .service_name(input.request.service_name.as_str())
        .set_subnet_ids(Some(subnets.iter().map(|subnet| subnet.as_str().to_owned()).collect()))
        .security_group_ids(group.as_str())
        .private_dns_enabled(false)
        .client_token(client_token(input, left_out))
        .tag_specifications(tagged(ResourceType::VpcEndpoint, config, input))
        .send()
        .await?;
    let endpoint = answer.vpc_endpoint().and_then(|endpoint| endpoint.vpc_endpoint_id()?.parse().ok());
    Ok(endpoint.ok_or_else(|| StepError::Operator("EC2 made an endpoint and did not say which".to_owned())))
}

/// 64 characters, as many as EC2 takes: one per attempt, so that an attempt does not make two when the service's zones are
/// read otherwise meanwhile. Only what EC2 refused, and so did not make, is asked for again under another.
fn client_token(input: &Input, left_out: &BTreeSet<SubnetId>) -> String {
    let mut digest = Sha256::new();
    let attempt = input.attempt.to_string();
    for part in [input.onboarding.as_str(), &attempt].into_iter().chain(left_out.iter().map(SubnetId::as_str)) {
        digest.update(part);
        digest.update("\n");
    }
    HEXLOWER.encode(&digest.finalize())
}

/// Which of the subnets EC2 does not take, for its zone or for want of addresses: "… does not support the availability zone
/// of the subnet: subnet-…".
fn refused_subnet(error: &SdkError<CreateVpcEndpointError>, subnets: &[SubnetId]) -> Option<usize> {
    let is_about_a_subnet = is_about_a_zone(error) || error.code() == Some("InsufficientFreeAddressesInSubnet");
    let text = is_about_a_subnet.then(|| error.message())??;
    subnets.iter().position(|subnet| text.contains(subnet.as_str()))
}

fn is_about_a_zone(error: &SdkError<CreateVpcEndpointError>) -> bool {
    error.code() == Some("InvalidParameter") && error.message().is_some_and(|text| text.contains("availability zone"))
}

fn refusal(input: &Input, error: &SdkError<CreateVpcEndpointError>) -> StepError {
    let service = &input.request.service_name;
    let described = step_error(&format!("create the endpoint for {service}"), error);
    match error.code() {
        Some("InvalidServiceName") => StepError::Customer(format!(
            "AWS does not let us reach the endpoint service {service}. Copy the command from Atlas again, and make \
             sure that the Atlas deployment still exists."
        )),
        _ if is_about_a_zone(error) && !input.names_all_subnets() => StepError::Customer(format!(
            "The endpoint service {service} is not offered in the zone of one of the subnets. Give Atlas all subnets \
             that we sent, then copy the command again."
        )),
        Some("VpcEndpointLimitExceeded") => StepError::Transient(format!(
            "{described}. Have AWS's quota \"Interface and Gateway Load Balancer endpoints per VPC\" raised, or lower \
             the parameter EndpointsPerVpc"
        )),
        // An earlier run made it in other subnets, and it is not visible yet.
        Some("IdempotentParameterMismatch") => StepError::Transient(described.to_string()),
        // What was only just made may not be visible everywhere yet.
        Some(code) if code.ends_with(".NotFound") => StepError::Transient(described.to_string()),
        _ => described,
    }
}
