//! The endpoint service that the customer named: it must exist, be Atlas's, and be offered somewhere.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;

use crate::{Config, Input};
use step::StepError;
use step::aws::step_error;

/// The zones in which the service is offered; nothing when EC2 knows no such service. One of another region tells no zones.
pub(crate) async fn zones(ec2: &Client, config: &Config, input: &Input) -> Result<Option<Vec<String>>, StepError> {
    let service = &input.request.service_name;
    let answer = match ec2.describe_vpc_endpoint_services().service_names(service.as_str()).send().await {
        Ok(answer) => answer,
        Err(error) if error.code() == Some("InvalidServiceName") => return Ok(None),
        Err(error) => return Err(step_error(&format!("look up the endpoint service {service}"), &error)),
    };
    let mut found = answer.service_details().iter();
    let Some(details) = found.find(|details| details.service_name() == Some(service.as_str())) else {
        return Ok(None);
    };
    let owner = details.owner().unwrap_or("unknown");
    if !config.atlas_accounts.is_empty() && !config.atlas_accounts.iter().any(|account| account == owner) {
        return Err(StepError::Customer(format!(
            "The endpoint service {service} does not belong to MongoDB Atlas. Copy the command from Atlas's dialog \
             for private endpoints; other products print commands of the same shape."
        )));
    }
    Ok(Some(details.availability_zones().to_vec()))
}
