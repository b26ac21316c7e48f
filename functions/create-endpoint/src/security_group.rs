//! The endpoint's own security group: it lets the data platform in, on the ports of the target.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::{IpPermission, IpRange, ResourceType};

use crate::{Config, Input, tagged};
use ec2::{filter, of_onboarding};
use shared::ids::SecurityGroupId;
use shared::target::Target;
use step::StepError;
use step::aws::step_error;

/// Finds or makes the security group, with its rule.
pub(crate) async fn ensure(
    ec2: &Client,
    config: &Config,
    input: &Input,
    target: Target,
) -> Result<SecurityGroupId, StepError> {
    let group = match find(ec2, input).await? {
        Some(group) => group,
        None => make(ec2, config, input).await?,
    };
    allow(ec2, config, &group, target).await?;
    Ok(group)
}

async fn find(ec2: &Client, input: &Input) -> Result<Option<SecurityGroupId>, StepError> {
    let answer = ec2
        .describe_security_groups()
        .filters(of_onboarding(&input.onboarding))
        .filters(filter("vpc-id", input.network.vpc_id.as_str()))
        .send()
        .await
        .map_err(|error| step_error("look for the endpoint's security group", &error))?;
    Ok(answer.security_groups().iter().filter_map(|group| group.group_id()?.parse().ok()).min())
}

async fn make(ec2: &Client, config: &Config, input: &Input) -> Result<SecurityGroupId, StepError> {
    let answer = ec2
        .create_security_group()
        // Unique in the VPC, so that a second one cannot be made by mistake.
        .group_name(format!("causeway-{}", input.onboarding))
        .description(format!("Causeway: the data platform to the private endpoint of ticket {}", input.ticket))
        .vpc_id(input.network.vpc_id.as_str())
        .tag_specifications(tagged(ResourceType::SecurityGroup, config, input))
        .send()
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        // Made by a run that was cut, and not visible to the look-up yet.
        Err(error) if matches!(error.code(), Some("InvalidGroup.Duplicate" | "InvalidVpcID.NotFound")) => {
            return Err(StepError::Transient(step_error("make the endpoint's security group", &error).to_string()));
        }
        Err(error) => return Err(step_error("make the endpoint's security group", &error)),
    };
    answer
        .group_id()
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| StepError::Operator("EC2 made a security group and did not say which".to_owned()))
}

async fn allow(ec2: &Client, config: &Config, group: &SecurityGroupId, target: Target) -> Result<(), StepError> {
    let (first, last) = target.ports();
    let ranges = config
        .platform_cidrs
        .iter()
        .map(|cidr| IpRange::builder().cidr_ip(cidr.to_string()).description("the data platform").build());
    let permission = IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(i32::from(first))
        .to_port(i32::from(last))
        .set_ip_ranges(Some(ranges.collect()))
        .build();
    let result =
        ec2.authorize_security_group_ingress().group_id(group.as_str()).ip_permissions(permission).send().await;
    match result {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some("InvalidPermission.Duplicate") => Ok(()),
        Err(error) if error.code() == Some("InvalidGroup.NotFound") => {
            Err(StepError::Transient(step_error(&format!("let the data platform into {group}"), &error).to_string()))
        }
        Err(error) => Err(step_error(&format!("let the data platform into {group}"), &error)),
    }
}
