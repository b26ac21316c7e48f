//! The interface endpoint: one per attempt. Nothing is deleted here; what an earlier attempt made is cleaned up before.

use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::create_vpc_endpoint::CreateVpcEndpointError;
use aws_sdk_ec2::types::{ResourceType, VpcEndpointType};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::subnets::Subnets;
use crate::{Config, Input, tagged};
use ec2::{is_in_state, of_onboarding, with_tag};
use shared::ids::{EndpointId, SecurityGroupId, SubnetId};
use shared::left_out::{LeftOut, Why};
use shared::tags;
use step::StepError;
use step::aws::step_error;

/// An endpoint that is there.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) id: EndpointId,
    /// The subnets of the command in which it has no address.
    pub(crate) left_out: Vec<LeftOut>,
}

/// Makes the endpoint of this attempt, in those of the subnets that EC2 takes; nothing when EC2 knows no such service.
pub(crate) async fn make(
    ec2: &Client,
    config: &Config,
    input: &Input,
    mut subnets: Subnets,
    group: &SecurityGroupId,
) -> Result<Option<Made>, StepError> {
    let mut refused = BTreeSet::new();
    loop {
        let error = match ask(ec2, config, input, &subnets, &refused, group).await {
            Ok(id) => return Ok(Some(Made { id: id?, left_out: subnets.left_out().to_vec() })),
            Err(error) if error.code() == Some("InvalidServiceName") => return Ok(None),
            Err(error) => error,
        };
        let said = error.message().unwrap_or_default();
        match refused_for(&error).and_then(|why| subnets.leave_out(why, said)) {
            Some(subnet) => _ = refused.insert(subnet),
            None => return Err(refusal(input, &error)),
        }
        // A run beside this one may have been luckier, with all of them: what is asked for under another token would be a
        // second endpoint.
        if let Some(made) = find(ec2, input).await? {
            return Ok(Some(made));
        }
        if subnets.is_empty() {
            return Err(subnets.none_left(input));
        }
    }
}

/// The endpoint that an earlier run of this attempt made.
pub(crate) async fn find(ec2: &Client, input: &Input) -> Result<Option<Made>, StepError> {
    let own = [of_onboarding(&input.onboarding), with_tag(tags::ATTEMPT, &input.attempt.to_string())];
    let made = ec2::endpoints(ec2, own).await;
    let made = made.map_err(|error| step_error("look for the attempt's endpoint", &error))?;
    let made = made.iter().filter(|endpoint| !is_in_state(endpoint, &["deleting"]));
    let made = made.filter_map(|endpoint| Some((endpoint.vpc_endpoint_id()?.parse().ok()?, endpoint)));
    Ok(made.min_by(|(one, _), (other, _)| EndpointId::cmp(one, other)).map(|(id, endpoint)| {
        let is_in = |subnet: &SubnetId| endpoint.subnet_ids().iter().any(|id| id == subnet.as_str());
        let left_out =
            input.request.subnet_ids.iter().filter(|subnet| !endpoint.subnet_ids().is_empty() && !is_in(subnet));
        Made { id, left_out: left_out.map(|subnet| LeftOut::new(subnet.clone(), Why::Unknown)).collect() }
    }))
}

async fn ask(
    ec2: &Client,
    config: &Config,
    input: &Input,
    subnets: &Subnets,
    refused: &BTreeSet<SubnetId>,
    group: &SecurityGroupId,
) -> Result<Result<EndpointId, StepError>, SdkError<CreateVpcEndpointError>> {
    let answer = ec2
        .create_vpc_endpoint()
        .vpc_endpoint_type(VpcEndpointType::Interface)
        .vpc_id(input.network.vpc_id.as_str())
        .service_name(input.request.service_name.as_str())
        .set_subnet_ids(Some(subnets.ids()))
        .security_group_ids(group.as_str())
        .private_dns_enabled(false)
        .client_token(client_token(input, refused))
        .tag_specifications(tagged(ResourceType::VpcEndpoint, config, input))
        .send()
        .await?;
    let endpoint = answer.vpc_endpoint().and_then(|endpoint| endpoint.vpc_endpoint_id()?.parse().ok());
    Ok(endpoint.ok_or_else(|| StepError::Operator("EC2 made an endpoint and did not say which".to_owned())))
}

/// 64 characters, as many as EC2 takes: one per attempt, so that an attempt does not make two when the service's zones or
/// the free addresses are read otherwise meanwhile. Only what EC2 refused, and so did not make, is asked for again under
/// another.
fn client_token(input: &Input, refused: &BTreeSet<SubnetId>) -> String {
    let mut digest = Sha256::new();
    let attempt = input.attempt.to_string();
    for part in [input.onboarding.as_str(), &attempt].into_iter().chain(refused.iter().map(SubnetId::as_str)) {
        digest.update(part);
        digest.update("\n");
    }
    HEXLOWER.encode(&digest.finalize())
}

/// Why EC2 refuses a subnet, if it is a subnet that it refuses: "… does not support the availability zone of the subnet:
/// subnet-…".
fn refused_for(error: &SdkError<CreateVpcEndpointError>) -> Option<Why> {
    match error.code()? {
        "DuplicateSubnetsInSameZone" => Some(Why::ZoneTaken),
        "InsufficientFreeAddressesInSubnet" => Some(Why::NoFreeAddress),
        _ => is_about_a_zone(error).then_some(Why::ZoneNotOffered),
    }
}

fn is_about_a_zone(error: &SdkError<CreateVpcEndpointError>) -> bool {
    let says = |words| error.message().is_some_and(|text| text.to_ascii_lowercase().contains(words));
    error.code() == Some("InvalidParameter") && says("availability zone")
}

fn refusal(input: &Input, error: &SdkError<CreateVpcEndpointError>) -> StepError {
    let service = &input.request.service_name;
    let described = step_error(&format!("create the endpoint for {service}"), error);
    match error.code() {
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
