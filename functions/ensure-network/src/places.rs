//! The places of a VPC, set right against what EC2 has.

use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{VpcEndpoint, VpcEndpointType};

use ec2::{filter, tag_of};
use register::{Places, Register};
use shared::ids::{OnboardingId, VpcId};
use shared::tags;
use step::StepError;
use step::aws::step_error;

/// Counts the endpoints beyond one for each place, and gives back the places of those who have ended and have no endpoint left.
///
/// EC2 is asked first: whoever makes an endpoint has had a place since before, so that a place which is missing in the
/// register then was never there.
pub(crate) async fn set_right(ec2: &Client, register: &Register, vpc: &VpcId) -> Result<Places, StepError> {
    let endpoints = endpoints(ec2, vpc).await?;
    let mut places = register.places(vpc).await?;
    let present: BTreeSet<&OnboardingId> = endpoints.iter().flatten().collect();
    let others = endpoints.len() - places.places.iter().filter(|id| present.contains(id)).count();
    if places.others != others {
        register.count_others(vpc, others).await?;
        places.others = others;
    }
    for id in places.places.iter().filter(|id| !present.contains(id)) {
        // What ended long ago is forgotten.
        if register.read(id).await?.is_none_or(|onboarding| onboarding.has_ended()) {
            register.give_place_back(vpc, id).await?;
        }
    }
    Ok(places)
}

/// The onboarding of each endpoint that counts against the VPC's quota, if it is one's.
pub(crate) async fn endpoints(ec2: &Client, vpc: &VpcId) -> Result<Vec<Option<OnboardingId>>, StepError> {
    let endpoints = ec2::endpoints(ec2, [filter("vpc-id", vpc.as_str())]).await;
    let endpoints = endpoints.map_err(|error| step_error(&format!("count the endpoints of {vpc}"), &error))?;
    // Gateway endpoints have a quota of their own.
    let counts = |endpoint: &&VpcEndpoint| endpoint.vpc_endpoint_type() != Some(&VpcEndpointType::Gateway);
    Ok(endpoints.iter().filter(counts).map(owner).collect())
}

fn owner(endpoint: &VpcEndpoint) -> Option<OnboardingId> {
    tag_of(endpoint.tags(), tags::ONBOARDING)?.parse().ok()
}
