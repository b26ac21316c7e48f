//! Undoes what an onboarding made, in order: its endpoints, its security group, then the credentials of its source and its
//! vault, and last its place in the VPC. Before a further attempt it undoes the earlier ones alone.
//!
//! Resources are found by tag, so that one that a crash left unrecorded is deleted too. The network is shared and stays.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client as Ec2;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::VpcEndpoint;
use aws_sdk_secretsmanager::Client as Secrets;
use serde::Deserialize;

use ec2::{is_in_state, of_onboarding, tag_of};
use register::Register;
use secrets::{source, vault};
use shared::clean_up::CleanUp;
use shared::ids::{EndpointId, OnboardingId, VpcId};
use shared::tags;
use step::StepError;
use step::aws::step_error;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, which is part of its secrets' names.
    pub stack: String,
    /// The register's table.
    pub register: String,
    /// How many intermediate VPCs there can be.
    pub intermediate_vpcs: usize,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            stack: config::required("STACK_NAME")?,
            register: config::required("REGISTER_TABLE")?,
            intermediate_vpcs: config::list::<String>("INTERMEDIATE_VPC_CIDRS")?.len(),
        })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The onboarding to undo.
    pub onboarding: OnboardingId,
    /// The VPC that was handed out; it may have a place in another one.
    #[serde(default)]
    pub vpc_id: Option<VpcId>,
    /// Whether an endpoint that Atlas accepted stays, and the security group that it needs.
    #[serde(default)]
    pub keep_accepted: bool,
    /// Whether the source was verified, as far as the register knows.
    #[serde(default)]
    pub verified: bool,
    /// Whether nothing of the onboarding runs any more, so that its place is given back when nothing is left.
    #[serde(default = "yes")]
    pub last: bool,
    /// Undo only the endpoints of the attempts up to this one, and none that Atlas accepted. The security group serves the
    /// next attempt too.
    #[serde(default)]
    pub up_to_attempt: Option<u32>,
    /// An endpoint of these attempts that Atlas has rejected, for good: it is deleted even when EC2 does not show it.
    #[serde(default)]
    pub endpoint: Option<EndpointId>,
}

/// What came of it.
pub type Output = CleanUp;

/// Deletes what is there; run again, it goes on.
///
/// # Errors
/// When a look-up is refused, or the deletion of an earlier attempt's endpoint. What cannot be deleted otherwise is no error
/// but a leftover: undoing goes on with the next time.
pub async fn handle(
    ec2: &Ec2,
    secrets: &Secrets,
    register: &Register,
    config: &Config,
    input: Input,
) -> Result<Output, StepError> {
    let endpoints = ec2::endpoints(ec2, [of_onboarding(&input.onboarding)]).await;
    let endpoints = endpoints.map_err(|error| step_error("look for the onboarding's endpoints", &error))?;
    if let Some(attempt) = input.up_to_attempt {
        return undo_attempts(ec2, endpoints, attempt, input.endpoint).await;
    }
    let is_kept = |endpoint: &VpcEndpoint| input.keep_accepted && is_in_state(endpoint, &["available"]);
    let (kept, endpoints): (Vec<_>, Vec<_>) = endpoints.into_iter().partition(is_kept);
    // Atlas has accepted it, and EC2 is about to make it available: which of both it is, the next look tells.
    let is_accepted_now = |endpoint: &VpcEndpoint| input.keep_accepted && is_in_state(endpoint, &["pending"]);
    let (undecided, endpoints): (Vec<_>, Vec<_>) = endpoints.into_iter().partition(is_accepted_now);
    let mut leftovers = delete_endpoints(ec2, &endpoints).await?;
    let undecided = undecided.iter().filter_map(VpcEndpoint::vpc_endpoint_id);
    leftovers.extend(undecided.map(|id| format!("{id}: still being accepted")));
    // The security group serves all endpoints of the onboarding.
    if kept.is_empty() {
        leftovers.extend(delete_security_groups(ec2, &input.onboarding).await?);
    }
    // A group that is still in use is the sign of an endpoint that EC2 does not show yet.
    if leftovers.is_empty() {
        leftovers.extend(delete_secrets(secrets, config, &input, !kept.is_empty()).await);
    }
    if leftovers.is_empty() && input.last && kept.is_empty() {
        leftovers.extend(give_places_back(register, config, &input).await);
    }
    let kept = kept.iter().find_map(|endpoint| endpoint.vpc_endpoint_id()?.parse::<EndpointId>().ok());
    Ok(CleanUp { complete: leftovers.is_empty(), leftovers, kept, failure: None })
}

/// Answers those that could not be deleted, and why. The platform may use a source that works through an endpoint that is
/// kept; it may have heard of it before the register has.
async fn delete_secrets(secrets: &Secrets, config: &Config, input: &Input, endpoint_is_kept: bool) -> Vec<String> {
    let (stack, onboarding) = (&config.stack, &input.onboarding);
    let delete_source = async || {
        if endpoint_is_kept && (input.verified || source::was_verified(secrets, stack, onboarding).await?) {
            return Ok(());
        }
        source::schedule_deletion(secrets, stack, onboarding).await
    };
    let vault = vault::delete(secrets, stack, onboarding).await;
    [delete_source().await, vault].into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
}

/// The place is not always where it was last handed out: the execution may have been stopped when one was taken. Answers the
/// places that could not be given back.
async fn give_places_back(register: &Register, config: &Config, input: &Input) -> Vec<String> {
    let mut leftovers = Vec::new();
    let mut vpcs: BTreeSet<VpcId> = input.vpc_id.iter().cloned().collect();
    for number in 1..=config.intermediate_vpcs {
        match register.intermediate_vpc(number).await {
            Ok(network) => vpcs.extend(network.map(|network| network.vpc_id)),
            Err(error) => leftovers.push(format!("its place in the intermediate VPC {number}: {error}")),
        }
    }
    for vpc in vpcs {
        if let Err(error) = register.give_place_back(&vpc, &input.onboarding).await {
            leftovers.push(format!("its place in {vpc}: {error}"));
        }
    }
    leftovers
}

/// What an execution of the release 0.1.0 means, which gives the place back with every clean-up.
fn yes() -> bool {
    true
}

/// The next attempt does not wait until they have vanished.
async fn undo_attempts(
    ec2: &Ec2,
    mut endpoints: Vec<VpcEndpoint>,
    attempt: u32,
    rejected: Option<EndpointId>,
) -> Result<Output, StepError> {
    let is_shown = |id: &EndpointId| endpoints.iter().any(|shown| shown.vpc_endpoint_id() == Some(id.as_str()));
    if let Some(unseen) = rejected.filter(|id| !is_shown(id)) {
        delete_unseen(ec2, &unseen).await?;
    }
    endpoints.retain(|endpoint| is_of_attempt(endpoint, attempt) && !is_in_state(endpoint, &["available", "pending"]));
    let refused = delete(ec2, &endpoints).await?;
    if let Some((id, code)) = refused.first_key_value() {
        return Err(StepError::Transient(format!("could not delete {id}, the endpoint of an earlier attempt: {code}")));
    }
    Ok(CleanUp { complete: true, ..CleanUp::default() })
}

/// Deletes an endpoint that EC2 does not show. It may be gone: then it has no tags any more, on which the permission hangs.
async fn delete_unseen(ec2: &Ec2, id: &EndpointId) -> Result<(), StepError> {
    match ec2.delete_vpc_endpoints().vpc_endpoint_ids(id.as_str()).send().await {
        Ok(_) => Ok(()),
        Err(error)
            if error.code().is_some_and(|code| code == "UnauthorizedOperation" || code.ends_with(".NotFound")) =>
        {
            Ok(())
        }
        Err(error) => Err(step_error("delete the endpoint that Atlas has rejected", &error)),
    }
}

fn is_of_attempt(endpoint: &VpcEndpoint, up_to: u32) -> bool {
    let attempt = tag_of(endpoint.tags(), tags::ATTEMPT).and_then(|attempt| attempt.parse().ok());
    attempt.is_none_or(|attempt: u32| attempt <= up_to)
}

/// Answers what is left, which is each of them: deletion takes minutes.
async fn delete_endpoints(ec2: &Ec2, endpoints: &[VpcEndpoint]) -> Result<Vec<String>, StepError> {
    let refused = delete(ec2, endpoints).await?;
    let left = endpoints.iter().filter_map(VpcEndpoint::vpc_endpoint_id);
    Ok(left.map(|id| format!("{id}: {}", refused.get(id).map_or("still being deleted", String::as_str))).collect())
}

/// Answers those that EC2 does not delete, with the reason.
async fn delete(ec2: &Ec2, endpoints: &[VpcEndpoint]) -> Result<BTreeMap<String, String>, StepError> {
    let endpoints = endpoints.iter().filter(|endpoint| !is_in_state(endpoint, &["deleting"]));
    let ids: Vec<String> = endpoints.filter_map(|endpoint| endpoint.vpc_endpoint_id().map(str::to_owned)).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let answer = ec2.delete_vpc_endpoints().set_vpc_endpoint_ids(Some(ids)).send().await;
    let answer = answer.map_err(|error| step_error("delete the onboarding's endpoints", &error))?;
    // The call succeeds even when a deletion does not.
    let refused = answer.unsuccessful().iter().filter_map(|item| {
        let code = item.error().and_then(|error| error.code()).unwrap_or("no reason given");
        (!code.ends_with(".NotFound"))
            .then(|| (item.resource_id().unwrap_or("an endpoint").to_owned(), code.to_owned()))
    });
    Ok(refused.collect())
}

async fn delete_security_groups(ec2: &Ec2, onboarding: &OnboardingId) -> Result<Vec<String>, StepError> {
    let found = ec2
        .describe_security_groups()
        .filters(of_onboarding(onboarding))
        .send()
        .await
        .map_err(|error| step_error("look for the onboarding's security group", &error))?;
    let mut leftovers = Vec::new();
    for id in found.security_groups().iter().filter_map(|group| group.group_id()) {
        match ec2.delete_security_group().group_id(id).send().await {
            Ok(_) => {}
            Err(error) if error.code() == Some("InvalidGroup.NotFound") => {}
            // The endpoint's network interfaces vanish some time after the endpoint.
            Err(error) if error.code() == Some("DependencyViolation") => leftovers.push(format!("{id}: still in use")),
            Err(error) => leftovers.push(step_error(&format!("delete {id}"), &error).to_string()),
        }
    }
    Ok(leftovers)
}

#[cfg(test)]
mod tests;
