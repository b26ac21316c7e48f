//! The source's secret.

use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::create_secret::{CreateSecretError, CreateSecretOutput};
use aws_sdk_secretsmanager::operation::delete_secret::{DeleteSecretError, DeleteSecretOutput};
use aws_sdk_secretsmanager::operation::describe_secret::{DescribeSecretError, DescribeSecretOutput};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::operation::put_secret_value::{PutSecretValueError, PutSecretValueOutput};
use aws_sdk_secretsmanager::operation::update_secret_version_stage::UpdateSecretVersionStageOutput;
use aws_sdk_secretsmanager::types::error::{
    InternalServiceError, InvalidRequestException, ResourceExistsException, ResourceNotFoundException,
};
use aws_smithy_mocks::{RuleMode, mock, mock_client};

use super::{Owner, create, make_current, put, read, schedule_deletion, was_verified};
use source::{Given, Source};
use step::StepError;

const ID: &str = "0123456789abcdef0123456789abcdef";
const VERSION: &str = "0123456789abcdef0123456789abcdef";
const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:causeway/stack/source/x";

fn source() -> Source {
    let text = "mongodb+srv://user:secret@c-pl-0.abcde.mongodb.net/sales?w=majority".to_owned();
    source::read(&Given { connection_string: Some(text.into()), ..Given::default() }, None).unwrap().source
}

#[tokio::test]
async fn the_secret_is_made_empty_under_the_key_with_its_owner_and_found_again() {
    let make = mock!(Client::create_secret)
        .match_requests(|request| {
            let tags: Vec<_> = request.tags().iter().map(|tag| (tag.key().unwrap(), tag.value().unwrap())).collect();
            request.name() == Some(&format!("causeway/stack/source/{ID}"))
                && request.kms_key_id() == Some("arn:key")
                && request.secret_string().is_none()
                && tags == [("causeway:onboarding", ID), ("causeway:ticket", "35436"), ("causeway:stack", "stack")]
        })
        .sequence()
        .output(|| CreateSecretOutput::builder().arn(ARN).build())
        .error(|| CreateSecretError::ResourceExistsException(ResourceExistsException::builder().build()))
        .build();
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&make]);
    let (onboarding, ticket) = (ID.parse().unwrap(), "35436".parse().unwrap());
    let owner = Owner { stack: "stack", onboarding: &onboarding, ticket: &ticket };
    create(&secrets, owner, Some("arn:key")).await.unwrap();
    create(&secrets, owner, Some("arn:key")).await.unwrap();
}

#[tokio::test]
async fn a_source_is_put_into_its_secret_and_into_none_that_is_deleted() {
    let version = mock!(Client::put_secret_value)
        .match_requests(|request| {
            serde_json::from_str::<Source>(request.secret_string().unwrap()).unwrap() == source()
                && request.client_request_token() == Some(VERSION)
                && request.version_stages() == ["CAUSEWAY_GIVEN"]
        })
        .sequence()
        .output(|| PutSecretValueOutput::builder().arn(ARN).build())
        .error(|| PutSecretValueError::InvalidRequestException(InvalidRequestException::builder().build()))
        .error(|| PutSecretValueError::ResourceNotFoundException(ResourceNotFoundException::builder().build()))
        .build();
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&version]);
    let onboarding = ID.parse().unwrap();
    for expected in [Some(ARN), None, None] {
        assert_eq!(put(&secrets, "stack", &onboarding, VERSION, &source()).await.unwrap().as_deref(), expected);
    }
}

fn described(versions: &[(&str, &[&str])]) -> DescribeSecretOutput {
    let stages = |stages: &[&str]| stages.iter().map(|stage| (*stage).to_owned()).collect();
    let versions = versions.iter().map(|(version, labels)| ((*version).to_owned(), stages(labels))).collect();
    DescribeSecretOutput::builder().set_version_ids_to_stages(Some(versions)).build()
}

#[tokio::test]
async fn the_version_that_works_becomes_the_current_one_once() {
    let known = mock!(Client::describe_secret)
        .sequence()
        .output(|| described(&[("older", &["AWSCURRENT", "CAUSEWAY_VERIFIED"]), (VERSION, &["CAUSEWAY_GIVEN"])]))
        // Only the first of both was done.
        .output(|| described(&[("older", &["AWSCURRENT"]), (VERSION, &["CAUSEWAY_VERIFIED"])]))
        .output(|| described(&[(VERSION, &["AWSCURRENT", "CAUSEWAY_VERIFIED"])]))
        // AWS labels the first version by itself.
        .output(|| described(&[(VERSION, &["AWSCURRENT", "CAUSEWAY_GIVEN"])]))
        .build();
    let moves = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&moves);
    let label = mock!(Client::update_secret_version_stage).then_compute_output(move |request| {
        assert_eq!(request.move_to_version_id(), Some(VERSION));
        let from = request.remove_from_version_id().unwrap_or("none").to_owned();
        seen.lock().unwrap().push((request.version_stage().unwrap().to_owned(), from));
        UpdateSecretVersionStageOutput::builder().build()
    });
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&known, &label]);
    for expected in [
        vec![("CAUSEWAY_VERIFIED", "older"), ("AWSCURRENT", "older")],
        vec![("AWSCURRENT", "older")],
        vec![],
        vec![("CAUSEWAY_VERIFIED", "none")],
    ] {
        make_current(&secrets, ARN, VERSION).await.unwrap();
        let moves = std::mem::take(&mut *moves.lock().unwrap());
        assert_eq!(moves.iter().map(|(label, from)| (&**label, &**from)).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn what_was_seen_to_work_is_known_by_its_label() {
    let known = mock!(Client::describe_secret)
        .match_requests(|request| request.secret_id() == Some(&format!("causeway/stack/source/{ID}")))
        .sequence()
        .output(|| described(&[("older", &["CAUSEWAY_VERIFIED"]), (VERSION, &["AWSCURRENT", "CAUSEWAY_GIVEN"])]))
        .output(|| described(&[(VERSION, &["AWSCURRENT", "CAUSEWAY_GIVEN"])]))
        .output(|| DescribeSecretOutput::builder().build())
        .error(|| DescribeSecretError::ResourceNotFoundException(ResourceNotFoundException::builder().build()))
        .error(|| DescribeSecretError::InternalServiceError(InternalServiceError::builder().build()))
        .build();
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&known]);
    let onboarding = ID.parse().unwrap();
    for expected in [true, false, false, false] {
        assert_eq!(was_verified(&secrets, "stack", &onboarding).await.unwrap(), expected);
    }
    was_verified(&secrets, "stack", &onboarding).await.unwrap_err();
}

#[tokio::test]
async fn what_is_read_is_a_source_or_an_error_without_it() {
    let get = mock!(Client::get_secret_value)
        .sequence()
        .output(|| GetSecretValueOutput::builder().secret_string(serde_json::to_string(&source()).unwrap()).build())
        .output(|| GetSecretValueOutput::builder().secret_string(r#"{"password":"secret"}"#).build())
        .build();
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&get]);
    assert_eq!(read(&secrets, ARN, VERSION).await.unwrap(), source());
    let error = read(&secrets, ARN, VERSION).await.unwrap_err();
    assert!(matches!(error, StepError::Operator(_)) && !error.to_string().contains("secret\""), "{error}");
}

#[tokio::test]
async fn a_deletion_is_scheduled_once_and_again_without_harm() {
    let delete = mock!(Client::delete_secret)
        .match_requests(|request| {
            request.recovery_window_in_days() == Some(7) && request.force_delete_without_recovery().is_none()
        })
        .sequence()
        .output(|| DeleteSecretOutput::builder().build())
        .error(|| DeleteSecretError::InvalidRequestException(InvalidRequestException::builder().build()))
        .error(|| DeleteSecretError::ResourceNotFoundException(ResourceNotFoundException::builder().build()))
        .error(|| DeleteSecretError::InternalServiceError(InternalServiceError::builder().build()))
        .build();
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&delete]);
    let onboarding = ID.parse().unwrap();
    for _ in 0..3 {
        schedule_deletion(&secrets, "stack", &onboarding).await.unwrap();
    }
    schedule_deletion(&secrets, "stack", &onboarding).await.unwrap_err();
}

#[test]
fn a_source_shows_everything_but_its_password() {
    let shown = format!("{:?}", source());
    assert!(shown.contains("c-pl-0.abcde.mongodb.net") && !shown.contains("\"secret\""), "{shown}");
}
