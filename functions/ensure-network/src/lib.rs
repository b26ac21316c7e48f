//! Finds or makes the network that is handed out: an existing VPC, or an intermediate VPC that onboardings share.
//!
//! The function runs one at a time (reserved concurrency 1), so that two onboardings never make two VPCs.

mod existing;
mod intermediate;
mod subnets;

use aws_sdk_ec2::Client;
use ipnet::Ipv4Net;
use serde::Deserialize;

use shared::ids::{Region, VpcId};
use shared::network::Network;
use step::StepError;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The region of the stack.
    pub region: Region,
    /// The stack's name, for tags.
    pub stack: String,
    /// The VPC to use for every onboarding whose ticket names none.
    pub existing_vpc_id: Option<VpcId>,
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
            existing_vpc_id: config::optional("EXISTING_VPC_ID")?,
            intermediate_vpc_cidrs: config::list("INTERMEDIATE_VPC_CIDRS")?,
            endpoints_per_vpc: config::required("ENDPOINTS_PER_VPC")?,
        })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The VPC that the ticket asks for.
    pub vpc_id: Option<VpcId>,
}

/// The network to hand out.
pub type Output = Network;

/// Finds or makes the network. A run that was cut in the middle is completed by the next.
///
/// # Errors
/// [`StepError::Customer`] when the VPC that the ticket names is unsuitable, [`StepError::Operator`] when the
/// configured one is, or when no intermediate VPC has room left.
pub async fn handle(ec2: &Client, config: &Config, input: Input) -> Result<Output, StepError> {
    let (vpc_id, subnets) = match (input.vpc_id, &config.existing_vpc_id) {
        (Some(vpc), _) => {
            let subnets = existing::check(ec2, &config.region, &vpc).await?.map_err(StepError::Customer)?;
            (vpc, subnets)
        }
        (None, Some(vpc)) => {
            let subnets = existing::check(ec2, &config.region, vpc).await?.map_err(StepError::Operator)?;
            (vpc.clone(), subnets)
        }
        (None, None) => intermediate::ensure(ec2, config).await?,
    };
    Ok(Network {
        region: config.region.clone(),
        vpc_id,
        subnet_cidrs: subnets.iter().map(|subnet| subnet.cidr).collect(),
        subnet_ids: subnets.into_iter().map(|subnet| subnet.id).collect(),
    })
}

#[cfg(test)]
mod tests;
