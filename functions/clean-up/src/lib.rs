//! Undoes what an onboarding made, in order: its endpoints, its security group, the credentials of its source, its place in
//! the VPC. Before a further attempt it undoes the earlier ones alone.
//!
//! Resources are found by tag, so that one that a crash left unrecorded is deleted too. The network is shared and stays.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client as Ec2;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::VpcEndpoint;
use aws_sdk_secretsmanager::Client as Secrets;
use serde::Deserialize;

use ec2::{is_in_state, of_onboarding, tag_of};
use register::Register;
use secrets::source;
use shared::clean_up::CleanUp;
use shared::ids::{OnboardingId, VpcId};
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
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { stack: config::required("STACK_NAME")?, register: config::required("REGISTER_TABLE")? })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The onboarding to undo.
    pub onboarding: OnboardingId,
    /// The VPC in which it has a place.
    #[serde(default)]
    pub vpc_id: Option<VpcId>,
    /// Undo only the endpoints of the attempts up to this one, and none that Atlas accepted. The security group serves the
    /// next attempt too.
    #[serde(default)]
    pub up_to_attempt: Option<u32>,
}

/// What came of it.
pub type Output = CleanUp;

/// Deletes what is there; run again, it goes on.
///
/// # Errors
/// When a look-up is refused, or the deletion of an earlier attempt's endpoint. What cannot be deleted otherwise is no error
/// but a leftover: undoing goes on with the rest.
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
        return undo_attempts(ec2, endpoints, attempt).await;
    }
    let mut leftovers = delete_endpoints(ec2, &endpoints).await?;
    leftovers.extend(delete_security_groups(ec2, &input.onboarding).await?);
    if let Err(error) = source::schedule_deletion(secrets, &config.stack, &input.onboarding).await {
        leftovers.push(error.to_string());
    }
    // A group that is still in use is the sign of an endpoint that EC2 does not show yet.
    if let (true, Some(vpc)) = (leftovers.is_empty(), &input.vpc_id)
        && let Err(error) = register.give_place_back(vpc, &input.onboarding).await
    {
        leftovers.push(format!("its place in {vpc}: {error}"));
    }
    Ok(CleanUp { complete: leftovers.is_empty(), leftovers, ..CleanUp::default() })
}

/// The next attempt does not wait until they have vanished.
async fn undo_attempts(ec2: &Ec2, mut endpoints: Vec<VpcEndpoint>, attempt: u32) -> Result<Output, StepError> {
    endpoints.retain(|endpoint| is_of_attempt(endpoint, attempt) && !is_in_state(endpoint, &["available"]));
    let refused = delete(ec2, &endpoints).await?;
    if let Some((id, code)) = refused.first_key_value() {
        return Err(StepError::Transient(format!("could not delete {id}, the endpoint of an earlier attempt: {code}")));
    }
    Ok(CleanUp { complete: true, ..CleanUp::default() })
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
mod tests {
    use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
    use aws_sdk_dynamodb::types::AttributeValue;
    use aws_sdk_ec2::error::ErrorMetadata;
    use aws_sdk_ec2::operation::delete_security_group::{DeleteSecurityGroupError, DeleteSecurityGroupOutput};
    use aws_sdk_ec2::operation::delete_vpc_endpoints::DeleteVpcEndpointsOutput;
    use aws_sdk_ec2::operation::describe_security_groups::DescribeSecurityGroupsOutput;
    use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
    use aws_sdk_ec2::types::{SecurityGroup, State, Tag, UnsuccessfulItem, UnsuccessfulItemError, VpcEndpoint};
    use aws_sdk_secretsmanager::operation::delete_secret::{DeleteSecretError, DeleteSecretOutput};
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    const ONBOARDING: &str = "0123456789abcdef0123456789abcdef";

    fn config() -> Config {
        Config { stack: "stack".to_owned(), register: "register".to_owned() }
    }

    fn input(up_to_attempt: Option<u32>) -> Input {
        let (onboarding, vpc_id) = (ONBOARDING.parse().unwrap(), "vpc-0123456789abcdef0".parse().ok());
        Input { onboarding, vpc_id, up_to_attempt }
    }

    fn endpoint(state: &str) -> DescribeVpcEndpointsOutput {
        let endpoint = VpcEndpoint::builder().vpc_endpoint_id("vpce-0123456789abcdef0").state(State::from(state));
        DescribeVpcEndpointsOutput::builder().vpc_endpoints(endpoint.build()).build()
    }

    fn place_is_given_back() -> Rule {
        mock!(aws_sdk_dynamodb::Client::update_item)
            .match_requests(|request| {
                request.key().is_some_and(|key| key["key"] == AttributeValue::S("vpc/vpc-0123456789abcdef0".to_owned()))
                    && request.update_expression() == Some("DELETE #places :ids")
            })
            .then_output(|| UpdateItemOutput::builder().build())
    }

    fn register(rule: &Rule) -> Register {
        Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]), "register")
    }

    fn group() -> DescribeSecurityGroupsOutput {
        let group = SecurityGroup::builder().group_id("sg-0123456789abcdef0").build();
        DescribeSecurityGroupsOutput::builder().security_groups(group).build()
    }

    #[tokio::test]
    async fn a_deletion_that_takes_its_time_is_a_leftover_and_then_done() {
        let endpoints = mock!(Ec2::describe_vpc_endpoints)
            .match_requests(|request| request.filters()[0].values() == [ONBOARDING])
            .sequence()
            .output(|| endpoint("available"))
            .output(|| endpoint("deleting"))
            .output(|| DescribeVpcEndpointsOutput::builder().build())
            .build();
        let delete = mock!(Ec2::delete_vpc_endpoints)
            .match_requests(|request| request.vpc_endpoint_ids() == ["vpce-0123456789abcdef0"])
            .then_output(|| DeleteVpcEndpointsOutput::builder().build());
        let groups = mock!(Ec2::describe_security_groups).then_output(group);
        let delete_group = mock!(Ec2::delete_security_group)
            .sequence()
            .error(|| DeleteSecurityGroupError::generic(ErrorMetadata::builder().code("DependencyViolation").build()))
            .times(2)
            .output(|| DeleteSecurityGroupOutput::builder().build())
            .build();
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &delete, &groups, &delete_group]);
        // It can be had back for some days.
        let source = mock!(aws_sdk_secretsmanager::Client::delete_secret)
            .match_requests(|request| {
                request.secret_id() == Some(&format!("causeway/stack/source/{ONBOARDING}"))
                    && request.recovery_window_in_days() == Some(7)
            })
            .then_output(|| DeleteSecretOutput::builder().build());
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&source]);

        let given_back = place_is_given_back();
        let register = register(&given_back);
        for _ in 0..2 {
            let left = handle(&ec2, &secrets, &register, &config(), input(None)).await.unwrap().leftovers;
            assert_eq!(left, ["vpce-0123456789abcdef0: still being deleted", "sg-0123456789abcdef0: still in use"]);
        }
        assert_eq!(given_back.num_calls(), 0, "an endpoint that is being deleted still counts");
        assert_eq!(
            handle(&ec2, &secrets, &register, &config(), input(None)).await.unwrap(),
            Output { complete: true, ..Output::default() }
        );
        assert_eq!((delete.num_calls(), source.num_calls(), given_back.num_calls()), (1, 3, 1));
    }

    #[tokio::test]
    async fn a_refused_deletion_is_named() {
        let endpoints = mock!(Ec2::describe_vpc_endpoints).then_output(|| endpoint("available"));
        let delete = mock!(Ec2::delete_vpc_endpoints).then_output(|| {
            let error = UnsuccessfulItemError::builder().code("OperationNotPermitted").build();
            let item = UnsuccessfulItem::builder().resource_id("vpce-0123456789abcdef0").error(error).build();
            DeleteVpcEndpointsOutput::builder().unsuccessful(item).build()
        });
        let groups =
            mock!(Ec2::describe_security_groups).then_output(|| DescribeSecurityGroupsOutput::builder().build());
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &delete, &groups]);
        let source = mock!(aws_sdk_secretsmanager::Client::delete_secret)
            .then_error(|| DeleteSecretError::generic(ErrorMetadata::builder().code("AccessDenied").build()));
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&source]);
        let register = register(&place_is_given_back());
        let output = handle(&ec2, &secrets, &register, &config(), input(None)).await.unwrap();
        assert_eq!(output.leftovers[0], "vpce-0123456789abcdef0: OperationNotPermitted");
        assert!(output.leftovers[1].contains("delete the source's secret"), "{:?}", output.leftovers);
        assert_eq!((output.leftovers.len(), output.complete), (2, false));
    }

    #[tokio::test]
    async fn before_a_further_attempt_only_what_the_earlier_ones_lost_is_deleted() {
        let of_attempt = |attempt: &str, state: &str| {
            let tag = Tag::builder().key(tags::ATTEMPT).value(attempt).build();
            let id = format!("vpce-0000000{attempt}-{state}");
            VpcEndpoint::builder().vpc_endpoint_id(id).state(State::from(state)).tags(tag).build()
        };
        let there = [("1", "rejected"), ("2", "available"), ("2", "failed"), ("2", "deleting"), ("3", "pending")];
        let there: Vec<VpcEndpoint> = there.map(|(attempt, state)| of_attempt(attempt, state)).to_vec();
        let endpoints = mock!(Ec2::describe_vpc_endpoints)
            .then_output(move || DescribeVpcEndpointsOutput::builder().set_vpc_endpoints(Some(there.clone())).build());
        let delete = mock!(Ec2::delete_vpc_endpoints)
            .match_requests(|request| request.vpc_endpoint_ids() == ["vpce-00000001-rejected", "vpce-00000002-failed"])
            .sequence()
            .output(|| DeleteVpcEndpointsOutput::builder().build())
            .output(|| {
                let error = UnsuccessfulItemError::builder().code("OperationNotPermitted").build();
                let item = UnsuccessfulItem::builder().resource_id("vpce-00000002-failed").error(error).build();
                DeleteVpcEndpointsOutput::builder().unsuccessful(item).build()
            })
            .build();
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &delete]);
        // Neither the group nor the source nor the place is touched: nothing answers for them.
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, []);
        let given_back = place_is_given_back();
        let register = register(&given_back);
        let undone = handle(&ec2, &secrets, &register, &config(), input(Some(2))).await.unwrap();
        assert_eq!((undone.complete, given_back.num_calls()), (true, 0));
        let error = handle(&ec2, &secrets, &register, &config(), input(Some(2))).await.unwrap_err();
        assert!(matches!(&error, StepError::Transient(text) if text.contains("OperationNotPermitted")), "{error:?}");
    }
}
