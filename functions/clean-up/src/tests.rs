use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_ec2::error::ErrorMetadata;
use aws_sdk_ec2::operation::delete_security_group::{DeleteSecurityGroupError, DeleteSecurityGroupOutput};
use aws_sdk_ec2::operation::delete_vpc_endpoints::{DeleteVpcEndpointsError, DeleteVpcEndpointsOutput};
use aws_sdk_ec2::operation::describe_security_groups::DescribeSecurityGroupsOutput;
use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
use aws_sdk_ec2::types::{SecurityGroup, State, Tag, UnsuccessfulItem, UnsuccessfulItemError, VpcEndpoint};
use aws_sdk_secretsmanager::operation::delete_secret::{DeleteSecretError, DeleteSecretOutput};
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use serde_json::json;

use super::*;

const ONBOARDING: &str = "0123456789abcdef0123456789abcdef";

fn config() -> Config {
    Config { stack: "stack".to_owned(), register: "register".to_owned(), intermediate_vpcs: 2 }
}

fn input(up_to_attempt: Option<u32>) -> Input {
    let (onboarding, vpc_id) = (ONBOARDING.parse().unwrap(), "vpc-0123456789abcdef0".parse().ok());
    Input { onboarding, vpc_id, up_to_attempt, keep_accepted: false, verified: false, endpoint: None, last: true }
}

fn endpoint(state: &str) -> DescribeVpcEndpointsOutput {
    let endpoint = VpcEndpoint::builder().vpc_endpoint_id("vpce-0123456789abcdef0").state(State::from(state));
    DescribeVpcEndpointsOutput::builder().vpc_endpoints(endpoint.build()).build()
}

/// The place in this VPC is given back.
fn place_is_given_back(vpc: &'static str) -> Rule {
    mock!(aws_sdk_dynamodb::Client::update_item)
        .match_requests(move |request| {
            request.key().is_some_and(|key| key["key"] == AttributeValue::S(format!("vpc/{vpc}")))
                && request.update_expression() == Some("DELETE #places :ids")
        })
        .then_output(|| UpdateItemOutput::builder().build())
}

/// The second intermediate VPC is made, the first is not.
fn intermediate_vpc() -> Rule {
    mock!(aws_sdk_dynamodb::Client::get_item).then_compute_output(|request| {
        let network = json!({"network": {"region": "us-east-1", "vpcId": "vpc-0fedcba9876543210", "subnetIds": []}});
        let is_made = request.key().unwrap()["key"] == AttributeValue::S("intermediate-vpc/2".to_owned());
        GetItemOutput::builder().set_item(is_made.then(|| serde_dynamo::to_item(network).unwrap())).build()
    })
}

fn register(rules: &[&Rule]) -> Register {
    Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, rules), "register")
}

/// The onboarding has no security group.
fn no_group() -> Rule {
    mock!(Ec2::describe_security_groups).then_output(|| DescribeSecurityGroupsOutput::builder().build())
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
        .times(2)
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
        .times(2)
        .build();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &delete, &groups, &delete_group]);
    // It can be had back for some days.
    let source = mock!(aws_sdk_secretsmanager::Client::delete_secret)
        .match_requests(|request| {
            request.secret_id() == Some(&format!("causeway/stack/source/{ONBOARDING}"))
                && request.recovery_window_in_days() == Some(7)
        })
        .then_output(|| DeleteSecretOutput::builder().build());
    let vault = mock!(aws_sdk_secretsmanager::Client::delete_secret)
        .match_requests(|request| {
            request.secret_id() == Some(&format!("causeway/stack/onboarding/{ONBOARDING}"))
                && request.force_delete_without_recovery() == Some(true)
        })
        .then_output(|| DeleteSecretOutput::builder().build());
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&source, &vault]);

    let given_back = place_is_given_back("vpc-0123456789abcdef0");
    let also = place_is_given_back("vpc-0fedcba9876543210");
    let numbers = intermediate_vpc();
    let register = register(&[&given_back, &also, &numbers]);
    for _ in 0..2 {
        let left = handle(&ec2, &secrets, &register, &config(), input(None)).await.unwrap().leftovers;
        assert_eq!(left, ["vpce-0123456789abcdef0: still being deleted", "sg-0123456789abcdef0: still in use"]);
    }
    let kept = (given_back.num_calls(), source.num_calls(), vault.num_calls());
    assert_eq!(kept, (0, 0, 0), "endpoints go first, and one that is being deleted has its place");
    let not_last = Input { last: false, ..input(None) };
    assert!(handle(&ec2, &secrets, &register, &config(), not_last).await.unwrap().complete);
    assert_eq!(given_back.num_calls(), 0, "something of the onboarding may still run");
    assert_eq!(
        handle(&ec2, &secrets, &register, &config(), input(None)).await.unwrap(),
        Output { complete: true, ..Output::default() }
    );
    assert_eq!((delete.num_calls(), source.num_calls(), vault.num_calls()), (1, 2, 2));
    assert_eq!((given_back.num_calls(), also.num_calls()), (1, 1));
}

#[tokio::test]
async fn a_refused_deletion_is_named() {
    let endpoints = mock!(Ec2::describe_vpc_endpoints).then_output(|| endpoint("available"));
    let delete = mock!(Ec2::delete_vpc_endpoints).then_output(|| {
        let error = UnsuccessfulItemError::builder().code("OperationNotPermitted").build();
        let item = UnsuccessfulItem::builder().resource_id("vpce-0123456789abcdef0").error(error).build();
        DeleteVpcEndpointsOutput::builder().unsuccessful(item).build()
    });
    let groups = no_group();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &delete, &groups]);
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, []);
    let register = register(&[]);
    let output = handle(&ec2, &secrets, &register, &config(), input(None)).await.unwrap();
    assert_eq!(output.leftovers, ["vpce-0123456789abcdef0: OperationNotPermitted"]);
    assert!(!output.complete);
}

#[tokio::test]
async fn a_secret_that_stays_is_named_and_the_place_is_kept() {
    let endpoints = mock!(Ec2::describe_vpc_endpoints).then_output(|| DescribeVpcEndpointsOutput::builder().build());
    let groups = no_group();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &groups]);
    let refused = mock!(aws_sdk_secretsmanager::Client::delete_secret)
        .then_error(|| DeleteSecretError::generic(ErrorMetadata::builder().code("AccessDenied").build()));
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&refused]);
    let output = handle(&ec2, &secrets, &register(&[]), &config(), input(None)).await.unwrap();
    let [source, vault] = &output.leftovers[..] else { panic!("{:?}", output.leftovers) };
    assert!(source.contains("delete the source's secret") && vault.contains("delete the onboarding's vault"));
    assert!(!output.complete);
}

#[tokio::test]
async fn an_endpoint_that_atlas_accepted_stays_unless_somebody_wants_it_gone() {
    let there = ["available", "rejected"].map(|state| {
        VpcEndpoint::builder().vpc_endpoint_id(format!("vpce-{:08x}", state.len())).state(State::from(state)).build()
    });
    let endpoints = mock!(Ec2::describe_vpc_endpoints)
        .then_output(move || DescribeVpcEndpointsOutput::builder().set_vpc_endpoints(Some(there.to_vec())).build());
    let deleted = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&deleted);
    let delete = mock!(Ec2::delete_vpc_endpoints).then_compute_output(move |request| {
        seen.lock().unwrap().push(request.vpc_endpoint_ids().join(" "));
        DeleteVpcEndpointsOutput::builder().build()
    });
    let groups = no_group();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &delete, &groups]);
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, []);
    let keep = Input { keep_accepted: true, ..input(None) };
    let kept = handle(&ec2, &secrets, &register(&[]), &config(), keep).await.unwrap();
    assert_eq!(kept.kept.unwrap().as_str(), "vpce-00000009");
    assert_eq!((kept.leftovers.len(), groups.num_calls()), (1, 0), "its group stays with it");
    let gone = handle(&ec2, &secrets, &register(&[]), &config(), input(None)).await.unwrap();
    assert_eq!((gone.kept, gone.leftovers.len()), (None, 2));
    assert_eq!(*deleted.lock().unwrap(), ["vpce-00000008", "vpce-00000009 vpce-00000008"]);
}

#[tokio::test]
async fn an_endpoint_that_is_about_to_be_available_is_waited_for() {
    let endpoints = mock!(Ec2::describe_vpc_endpoints)
        .sequence()
        .output(|| endpoint("pending"))
        .times(2)
        .output(|| endpoint("available"))
        .build();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &no_group()]);
    let vault = mock!(aws_sdk_secretsmanager::Client::delete_secret)
        .match_requests(|request| request.secret_id().is_some_and(|id| id.contains("/onboarding/")))
        .then_output(|| DeleteSecretOutput::builder().build());
    let verified = mock!(aws_sdk_secretsmanager::Client::describe_secret).then_output(|| {
        let stages = ("v1".to_owned(), vec!["CAUSEWAY_VERIFIED".to_owned()]);
        DescribeSecretOutput::builder().set_version_ids_to_stages(Some([stages].into())).build()
    });
    // Nothing answers for the deletion of an endpoint or of the source, which the platform may use.
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&vault, &verified]);
    let look = async || {
        let keep = Input { keep_accepted: true, ..input(None) };
        handle(&ec2, &secrets, &register(&[]), &config(), keep).await.unwrap()
    };
    for _ in 0..2 {
        assert_eq!(look().await.leftovers[0], "vpce-0123456789abcdef0: still being accepted");
    }
    let kept = look().await;
    assert_eq!((kept.complete, kept.kept.unwrap().as_str()), (true, "vpce-0123456789abcdef0"));
    assert_eq!(vault.num_calls(), 1);
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
    let given_back = place_is_given_back("vpc-0123456789abcdef0");
    let register = register(&[&given_back]);
    let undone = handle(&ec2, &secrets, &register, &config(), input(Some(2))).await.unwrap();
    assert_eq!((undone.complete, given_back.num_calls()), (true, 0));
    let error = handle(&ec2, &secrets, &register, &config(), input(Some(2))).await.unwrap_err();
    assert!(matches!(&error, StepError::Transient(text) if text.contains("OperationNotPermitted")), "{error:?}");
}

#[tokio::test]
async fn before_a_further_attempt_what_atlas_rejected_is_deleted_though_ec2_does_not_show_it() {
    let endpoints = mock!(Ec2::describe_vpc_endpoints).then_output(|| DescribeVpcEndpointsOutput::builder().build());
    let refusal = |code: &str| DeleteVpcEndpointsError::generic(ErrorMetadata::builder().code(code).build());
    let delete = mock!(Ec2::delete_vpc_endpoints)
        .match_requests(|request| request.vpc_endpoint_ids() == ["vpce-0123456789abcdef0"])
        .sequence()
        .output(|| DeleteVpcEndpointsOutput::builder().build())
        // It is gone, with the tag that allows it.
        .error(move || refusal("UnauthorizedOperation"))
        .error(move || refusal("InvalidVpcEndpointId.NotFound"))
        .error(move || refusal("InvalidParameter"))
        .build();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&endpoints, &delete]);
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, []);
    let undo = async || {
        let rejected = Input { endpoint: "vpce-0123456789abcdef0".parse().ok(), ..input(Some(2)) };
        handle(&ec2, &secrets, &register(&[]), &config(), rejected).await
    };
    for _ in 0..3 {
        assert!(undo().await.unwrap().complete);
    }
    undo().await.unwrap_err();
}
