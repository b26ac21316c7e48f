//! An existing VPC: it must be fit for an interface endpoint, and is never changed.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::VpcAttributeName;

use crate::subnets::{self, Subnet};
use shared::ids::{Region, VpcId};
use step::StepError;
use step::aws::step_error;

/// Gives the VPC's subnets, one per zone, or the reason why the VPC cannot be used.
pub(crate) async fn check(
    ec2: &Client,
    region: &Region,
    vpc: &VpcId,
) -> Result<Result<Vec<Subnet>, String>, StepError> {
    match ec2.describe_vpcs().vpc_ids(vpc.as_str()).send().await {
        Ok(answer) if !answer.vpcs().is_empty() => {}
        Err(error) if error.code() != Some("InvalidVpcID.NotFound") => {
            return Err(step_error(&format!("look up {vpc}"), &error));
        }
        _ => {
            return Ok(Err(format!(
                "The VPC {vpc} does not exist in {region}. Name a VPC of the data platform in that region, or none: \
                 then one is provided."
            )));
        }
    }
    for attribute in [VpcAttributeName::EnableDnsSupport, VpcAttributeName::EnableDnsHostnames] {
        if !is_on(ec2, vpc, &attribute).await? {
            return Ok(Err(format!(
                "The VPC {vpc} has {} switched off, which an interface endpoint's DNS names need. Switch it on, or \
                 name another VPC.",
                attribute.as_str()
            )));
        }
    }
    let subnets = subnets::one_per_zone(ec2, vpc).await?;
    if subnets.is_empty() {
        return Ok(Err(format!(
            "The VPC {vpc} has no subnet, and an interface endpoint needs one. Add one, or name another VPC."
        )));
    }
    Ok(Ok(subnets))
}

async fn is_on(ec2: &Client, vpc: &VpcId, attribute: &VpcAttributeName) -> Result<bool, StepError> {
    let answer = ec2
        .describe_vpc_attribute()
        .vpc_id(vpc.as_str())
        .attribute(attribute.clone())
        .send()
        .await
        .map_err(|error| step_error(&format!("read {} of {vpc}", attribute.as_str()), &error))?;
    let value = match attribute {
        VpcAttributeName::EnableDnsHostnames => answer.enable_dns_hostnames(),
        _ => answer.enable_dns_support(),
    };
    Ok(value.and_then(aws_sdk_ec2::types::AttributeBooleanValue::value).unwrap_or(false))
}
