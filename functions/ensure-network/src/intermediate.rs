//! An intermediate VPC: made once, shared by the onboardings of a stack, followed by the next one when it is full.
//!
//! The register says which VPC it is, so that handing out one that is made asks EC2 nothing.

use aws_sdk_ec2::Client;
use ipnet::Ipv4Net;

use crate::{Config, make, places};
use register::Register;
use shared::ids::{OnboardingId, VpcId};
use shared::network::Network;
use step::StepError;

/// Gives the onboarding a place in the first intermediate VPC that has one; the next VPC is made when none has. Nothing when
/// somebody else is making it.
pub(crate) async fn ensure(
    ec2: &Client,
    register: &Register,
    config: &Config,
    onboarding: &OnboardingId,
) -> Result<Option<Network>, StepError> {
    let mut made = Vec::new();
    let mut missing = None;
    for (number, cidr) in (1..).zip(&config.intermediate_vpc_cidrs) {
        let Some(network) = register.intermediate_vpc(number).await? else {
            missing = missing.or(Some((number, *cidr)));
            continue;
        };
        if register.places(&network.vpc_id).await?.places.contains(onboarding) {
            // An earlier run took it, and its answer was lost. Another VPC may have room since.
            return Ok(Some(network));
        }
        made.push(network);
    }
    for network in made {
        if take(ec2, register, config, &network.vpc_id, onboarding).await? {
            return Ok(Some(network));
        }
    }
    if let Some((number, cidr)) = missing {
        let Some(network) = make(ec2, register, config, number, cidr).await? else {
            return Ok(None);
        };
        if take(ec2, register, config, &network.vpc_id, onboarding).await? {
            return Ok(Some(network));
        }
        // Others were quicker: there may be one more to be made.
        return Ok(None);
    }
    Err(StepError::Transient(format!(
        "all places of the stack's {} intermediate VPCs are taken, {} in each: add a range to the parameter \
         IntermediateVpcCidrs, or have AWS's quota \"Interface and Gateway Load Balancer endpoints per VPC\" raised and \
         then the parameter EndpointsPerVpc",
        config.intermediate_vpc_cidrs.len(),
        config.endpoints_per_vpc
    )))
}

/// Makes the VPC if it is our turn. Nothing when it is somebody else's.
async fn make(
    ec2: &Client,
    register: &Register,
    config: &Config,
    number: usize,
    cidr: Ipv4Net,
) -> Result<Option<Network>, StepError> {
    let Some(lease) = register.lease(number).await? else {
        // It may have been made meanwhile.
        return register.intermediate_vpc(number).await;
    };
    match make::ensure(ec2, config, number, cidr).await {
        Ok(network) => {
            let network = register.settle(number, network).await?;
            make::delete_others(ec2, config, number, &network.vpc_id).await;
            // One that was found may hold endpoints that the register knows nothing of.
            places::set_right(ec2, register, &network.vpc_id).await?;
            Ok(Some(network))
        }
        Err(error) => {
            if let Err(error) = register.end_lease(lease).await {
                tracing::warn!("the lease of the intermediate VPC {number} ends by itself: {error}");
            }
            Err(error)
        }
    }
}

async fn take(
    ec2: &Client,
    register: &Register,
    config: &Config,
    vpc: &VpcId,
    onboarding: &OnboardingId,
) -> Result<bool, StepError> {
    let room = register.places(vpc).await?.room(config.endpoints_per_vpc);
    if register.take_place(vpc, onboarding, room).await? {
        return Ok(true);
    }
    let Some(since) = register.may_set_right(vpc).await? else {
        return Ok(false);
    };
    let room = match places::set_right(ec2, register, vpc).await {
        Ok(places) => places.room(config.endpoints_per_vpc),
        Err(error) => {
            if let Err(error) = register.could_not_set_right(vpc, since).await {
                tracing::warn!("{vpc} is set right later: {error}");
            }
            return Err(error);
        }
    };
    register.take_place(vpc, onboarding, room).await
}
