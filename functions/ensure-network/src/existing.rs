//! An existing VPC: whoever names it must be allowed to, it must be fit for an interface endpoint, and is never changed.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::{Vpc, VpcAttributeName};

use crate::subnets::{self, Subnet};
use shared::ids::{Region, VpcId};
use shared::left_out::LeftOut;
use shared::tags;
use step::StepError;
use step::aws::step_error;

/// How many of the subnets that are left out are told: a VPC may have hundreds.
const MOST_TOLD: usize = 8;

/// What of the VPC is handed out.
#[derive(Debug)]
pub(crate) struct Usable {
    /// One subnet per zone.
    pub(crate) subnets: Vec<Subnet>,
    /// Those in which an endpoint finds no address, the first few.
    pub(crate) left_out: Vec<LeftOut>,
}

/// Gives the VPC's subnets, one per zone, or the reason why the VPC cannot be used. It must be allowed for the customer, if
/// one is given.
pub(crate) async fn check(
    ec2: &Client,
    region: &Region,
    vpc: &VpcId,
    customer: Option<&str>,
) -> Result<Result<Usable, String>, StepError> {
    let Some(described) = describe(ec2, vpc).await? else {
        return Ok(Err(format!(
            "The VPC {vpc} does not exist in {region}. Name a VPC of the data platform in that region, or none: then one \
             is provided."
        )));
    };
    if let Some(customer) = customer.filter(|customer| !is_allowed(&described, customer)) {
        return Ok(Err(format!(
            "The VPC {vpc} is not open to this request. Name none: then one is provided. If it has to be this one, the \
             data platform's operator must allow it first, by the tag {} of the VPC, with the value true or {customer}.",
            tags::ALLOWED
        )));
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
    let (usable, mut left_out) = subnets::sorted(ec2, vpc).await?;
    let subnets = subnets::one_per_zone(usable);
    if subnets.is_empty() {
        return Ok(Err(format!(
            "The VPC {vpc} has no subnet with a free IPv4 address, and an interface endpoint needs one. Add one, or name \
             another VPC."
        )));
    }
    left_out.truncate(MOST_TOLD);
    Ok(Ok(Usable { subnets, left_out }))
}

async fn describe(ec2: &Client, vpc: &VpcId) -> Result<Option<Vpc>, StepError> {
    match ec2.describe_vpcs().vpc_ids(vpc.as_str()).send().await {
        Ok(answer) => Ok(answer.vpcs.unwrap_or_default().into_iter().next()),
        Err(error) if error.code() == Some("InvalidVpcID.NotFound") => Ok(None),
        Err(error) => Err(step_error(&format!("look up {vpc}"), &error)),
    }
}

fn is_allowed(vpc: &Vpc, customer: &str) -> bool {
    ec2::tag_of(vpc.tags(), tags::ALLOWED).is_some_and(|value| value == "true" || value == customer)
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
    value
        .and_then(aws_sdk_ec2::types::AttributeBooleanValue::value)
        .ok_or_else(|| StepError::Operator(format!("EC2 does not say whether {vpc} has {}", attribute.as_str())))
}
