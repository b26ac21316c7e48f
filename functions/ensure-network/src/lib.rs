//! Finds or makes the network that is handed out: an existing VPC, or an intermediate VPC that onboardings share.
//!
//! Each onboarding takes a place in its VPC before it is told of it, so that no more are promised than a VPC can hold.

mod existing;
mod intermediate;
mod make;
mod places;
mod subnets;

use aws_sdk_ec2::Client;
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use register::Register;
use shared::ids::{OnboardingId, Region, VpcId};
use shared::network::Network;
use step::StepError;
use step::config::{self, ConfigError};
use subnets::Subnet;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The region of the stack.
    pub region: Region,
    /// The stack's name, for tags.
    pub stack: String,
    /// The register's table.
    pub register: String,
    /// The VPC to use for every onboarding whose ticket names none.
    pub existing_vpc_id: Option<VpcId>,
    /// Whether a ticket may name any VPC, not only one that is tagged as allowed.
    pub allow_any_vpc: bool,
    /// One range per intermediate VPC, in the order in which they are made.
    pub intermediate_vpc_cidrs: Vec<Ipv4Net>,
    /// How many endpoints a VPC takes: AWS's quota is 50 interface endpoints per VPC.
    pub endpoints_per_vpc: usize,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing or unreadable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            region: config::required("AWS_REGION")?,
            stack: config::required("STACK_NAME")?,
            register: config::required("REGISTER_TABLE")?,
            existing_vpc_id: config::optional("EXISTING_VPC_ID")?,
            allow_any_vpc: config::required("ALLOW_ANY_VPC")?,
            intermediate_vpc_cidrs: config::list("INTERMEDIATE_VPC_CIDRS")?,
            endpoints_per_vpc: config::required("ENDPOINTS_PER_VPC")?,
        })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// Whose place it is.
    pub onboarding: OnboardingId,
    /// The customer's id on the data platform.
    pub customer_id: String,
    /// The VPC that the ticket asks for.
    pub vpc_id: Option<VpcId>,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Output {
    /// The network to hand out, in which the onboarding has a place.
    Ready {
        /// The network.
        network: Network,
    },
    /// Somebody else is making the VPC: come again.
    Busy {
        /// Why it is not there yet, for those who have come again for too long.
        problem: String,
    },
    /// The VPC that the ticket asks for cannot be used.
    Declined {
        /// The reason and the way out, for the customer.
        reason: String,
    },
}

/// Finds or makes the network. A run that was cut in the middle is completed by the next.
///
/// # Errors
/// [`StepError::Operator`] when the configured VPC is unfit, [`StepError::Transient`] when there is no place left.
pub async fn handle(ec2: &Client, register: &Register, config: &Config, input: Input) -> Result<Output, StepError> {
    let Some(vpc) = input.vpc_id.as_ref().or(config.existing_vpc_id.as_ref()) else {
        // Boxed, since the compiler gives up on futures that are nested deeper.
        let network = Box::pin(intermediate::ensure(ec2, register, config, &input.onboarding)).await?;
        return Ok(network.map_or_else(busy, |network| Output::Ready { network }));
    };
    let ours = config.existing_vpc_id.as_ref() == Some(vpc);
    let customer = (!ours && !config.allow_any_vpc).then_some(input.customer_id.as_str());
    let existing::Usable { subnets, left_out } = match existing::check(ec2, &config.region, vpc, customer).await? {
        Ok(usable) => usable,
        Err(reason) if ours => return Err(StepError::Operator(reason)),
        Err(reason) => return Ok(Output::Declined { reason }),
    };
    let places = places::set_right(ec2, register, vpc).await?;
    if !register.take_place(vpc, &input.onboarding, places.room(config.endpoints_per_vpc)).await? {
        return Err(StepError::Transient(format!(
            "the VPC {vpc} has no room for another endpoint: of {1} that it takes, {0} were made by somebody else, and the \
             rest is promised. Have AWS's quota \"Interface and Gateway Load Balancer endpoints per VPC\" raised and then the parameter \
             EndpointsPerVpc, or name another VPC",
            places.others, config.endpoints_per_vpc
        )));
    }
    Ok(Output::Ready { network: Network { left_out, ..handed_out(config, vpc.clone(), subnets) } })
}

fn busy() -> Output {
    let problem = "another onboarding is making the next intermediate VPC, and does not finish; the logs of \
                   ensure-network say why";
    Output::Busy { problem: problem.to_owned() }
}

fn handed_out(config: &Config, vpc_id: VpcId, subnets: Vec<Subnet>) -> Network {
    Network {
        region: config.region.clone(),
        vpc_id,
        subnet_cidrs: subnets.iter().map(|subnet| subnet.cidr).collect(),
        subnet_ids: subnets.into_iter().map(|subnet| subnet.id).collect(),
        left_out: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
