//! The endpoint service that the customer named: it must exist, be Atlas's, and be offered in our subnets' zones.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;

use crate::{Config, Input};
use shared::ids::SubnetId;
use step::StepError;
use step::aws::step_error;

/// The requested subnets that lie in a zone of the service.
pub(crate) async fn usable_subnets(ec2: &Client, config: &Config, input: &Input) -> Result<Vec<SubnetId>, StepError> {
    let request = &input.request;
    let service = &request.service_name;
    let answer = match ec2.describe_vpc_endpoint_services().service_names(service.as_str()).send().await {
        Ok(answer) => answer,
        Err(error) if error.code() == Some("InvalidServiceName") => {
            return Err(StepError::Customer(format!(
                "AWS knows no endpoint service {service}. Atlas replaces the service when its last private endpoint is \
                 deleted: copy the command from Atlas again."
            )));
        }
        Err(error) => return Err(step_error(&format!("look up the endpoint service {service}"), &error)),
    };
    let details = answer.service_details().iter().find(|details| details.service_name() == Some(service.as_str()));
    let owner = details.and_then(|details| details.owner()).unwrap_or("unknown");
    if !config.atlas_accounts.is_empty() && !config.atlas_accounts.iter().any(|account| account == owner) {
        return Err(StepError::Customer(format!(
            "The endpoint service {service} does not belong to MongoDB Atlas. Copy the command from Atlas's dialog \
             for private endpoints; other products print commands of the same shape."
        )));
    }
    // A service of another region tells no zones; then EC2 itself has the last word.
    let offered = details.map(|details| details.availability_zones()).unwrap_or_default();
    if offered.is_empty() {
        return Ok(request.subnet_ids.clone());
    }
    let zones = zones_of(ec2, &request.subnet_ids).await?;
    let is_offered = |subnet: &&SubnetId| zones.get(subnet.as_str()).is_some_and(|zone| offered.contains(zone));
    let usable: Vec<SubnetId> = request.subnet_ids.iter().filter(is_offered).cloned().collect();
    if usable.is_empty() {
        let chosen: Vec<&str> = zones.values().map(String::as_str).collect();
        let (offered, chosen) = (offered.join(", "), chosen.join(", "));
        return Err(if input.names_all_subnets() {
            StepError::Operator(format!(
                "the endpoint service {service} is offered in {offered}, and all subnets of {} lie in {chosen}: the VPC \
                 needs a subnet in one of the service's zones",
                input.network.vpc_id
            ))
        } else {
            StepError::Customer(format!(
                "The endpoint service {service} is offered in {offered}, and the subnets of the command lie in {chosen}. \
                 Give Atlas all subnets that we sent, then copy the command again."
            ))
        });
    }
    Ok(usable)
}

async fn zones_of(ec2: &Client, subnets: &[SubnetId]) -> Result<BTreeMap<String, String>, StepError> {
    let ids = subnets.iter().map(|subnet| subnet.as_str().to_owned()).collect();
    let answer = ec2
        .describe_subnets()
        .set_subnet_ids(Some(ids))
        .send()
        .await
        .map_err(|error| step_error("look up the zones of the subnets", &error))?;
    let zone = |subnet: &aws_sdk_ec2::types::Subnet| {
        Some((subnet.subnet_id()?.to_owned(), subnet.availability_zone()?.to_owned()))
    };
    Ok(answer.subnets().iter().filter_map(zone).collect())
}
