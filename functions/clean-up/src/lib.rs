//! Undoes what an onboarding made, in order: its endpoints, its security group, the credentials of its source.
//!
//! Resources are found by tag, so that one that a crash left unrecorded is deleted too. The network is shared and stays.

use aws_sdk_ec2::Client as Ec2;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::Client as Secrets;
use serde::Deserialize;

use ec2::{is_in_state, of_onboarding};
use secrets::source;
use shared::clean_up::CleanUp;
use shared::ids::OnboardingId;
use step::StepError;
use step::aws::step_error;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, which is part of its secrets' names.
    pub stack: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When the variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { stack: config::required("STACK_NAME")? })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// The onboarding to undo.
    pub onboarding: OnboardingId,
}

/// What came of it.
pub type Output = CleanUp;

/// Deletes what is there; run again, it goes on.
///
/// # Errors
/// When a look-up is refused. What cannot be deleted is no error but a leftover: undoing goes on with the rest.
pub async fn handle(ec2: &Ec2, secrets: &Secrets, config: &Config, input: Input) -> Result<Output, StepError> {
    let mut leftovers = delete_endpoints(ec2, &input.onboarding).await?;
    leftovers.extend(delete_security_groups(ec2, &input.onboarding).await?);
    if let Err(error) = source::schedule_deletion(secrets, &config.stack, &input.onboarding).await {
        leftovers.push(error.to_string());
    }
    Ok(CleanUp { complete: leftovers.is_empty(), leftovers, ..CleanUp::default() })
}

async fn delete_endpoints(ec2: &Ec2, onboarding: &OnboardingId) -> Result<Vec<String>, StepError> {
    let found = ec2
        .describe_vpc_endpoints()
        .filters(of_onboarding(onboarding))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error("look for the onboarding's endpoints", &error))?;
    let mut leftovers = Vec::new();
    let mut deletable = Vec::new();
    for endpoint in found {
        match endpoint.vpc_endpoint_id() {
            Some(id) if is_in_state(&endpoint, &["deleting"]) => leftovers.push(format!("{id}: still being deleted")),
            Some(id) if !is_in_state(&endpoint, &["deleted"]) => deletable.push(id.to_owned()),
            _ => {}
        }
    }
    if deletable.is_empty() {
        return Ok(leftovers);
    }
    let answer = ec2
        .delete_vpc_endpoints()
        .set_vpc_endpoint_ids(Some(deletable))
        .send()
        .await
        .map_err(|error| step_error("delete the onboarding's endpoints", &error))?;
    // The call succeeds even when a deletion does not.
    for item in answer.unsuccessful() {
        let code = item.error().and_then(|error| error.code()).unwrap_or("no reason given");
        if !code.ends_with(".NotFound") {
            leftovers.push(format!("{}: {code}", item.resource_id().unwrap_or("an endpoint")));
        }
    }
    Ok(leftovers)
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
    use aws_sdk_ec2::error::ErrorMetadata;
    use aws_sdk_ec2::operation::delete_security_group::{DeleteSecurityGroupError, DeleteSecurityGroupOutput};
    use aws_sdk_ec2::operation::delete_vpc_endpoints::DeleteVpcEndpointsOutput;
    use aws_sdk_ec2::operation::describe_security_groups::DescribeSecurityGroupsOutput;
    use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
    use aws_sdk_ec2::types::{SecurityGroup, State, UnsuccessfulItem, UnsuccessfulItemError, VpcEndpoint};
    use aws_sdk_secretsmanager::operation::delete_secret::{DeleteSecretError, DeleteSecretOutput};
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    const ONBOARDING: &str = "0123456789abcdef0123456789abcdef";

    fn config() -> Config {
        Config { stack: "stack".to_owned() }
    }

    fn input() -> Input {
        Input { onboarding: ONBOARDING.parse().unwrap() }
    }

    fn endpoint(state: &str) -> DescribeVpcEndpointsOutput {
        let endpoint = VpcEndpoint::builder().vpc_endpoint_id("vpce-0123456789abcdef0").state(State::from(state));
        DescribeVpcEndpointsOutput::builder().vpc_endpoints(endpoint.build()).build()
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

        assert_eq!(
            handle(&ec2, &secrets, &config(), input()).await.unwrap().leftovers,
            ["sg-0123456789abcdef0: still in use"]
        );
        let second = handle(&ec2, &secrets, &config(), input()).await.unwrap().leftovers;
        assert_eq!(second, ["vpce-0123456789abcdef0: still being deleted", "sg-0123456789abcdef0: still in use"]);
        assert_eq!(
            handle(&ec2, &secrets, &config(), input()).await.unwrap(),
            Output { complete: true, ..Output::default() }
        );
        assert_eq!((delete.num_calls(), source.num_calls()), (1, 3));
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
        let output = handle(&ec2, &secrets, &config(), input()).await.unwrap();
        assert_eq!(output.leftovers[0], "vpce-0123456789abcdef0: OperationNotPermitted");
        assert!(output.leftovers[1].contains("delete the source's secret"), "{:?}", output.leftovers);
        assert_eq!((output.leftovers.len(), output.complete), (2, false));
    }
}
