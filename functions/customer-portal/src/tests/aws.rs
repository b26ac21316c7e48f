//! The AWS services that [`World`](super::world::World) is made of: they answer from its state, and change it.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::{ConditionalCheckFailedException, InternalServerError};
use aws_sdk_secretsmanager::operation::get_secret_value::{GetSecretValueError, GetSecretValueOutput};
use aws_sdk_secretsmanager::operation::put_secret_value::{PutSecretValueError, PutSecretValueOutput};
use aws_sdk_secretsmanager::types::error::{InvalidRequestException, ResourceNotFoundException};
use aws_sdk_sfn::operation::send_task_success::{SendTaskSuccessError, SendTaskSuccessOutput};
use aws_sdk_sfn::types::error::{KmsAccessDeniedException, TaskTimedOut};
use aws_smithy_mocks::{MockResponse, Rule, RuleMode, mock, mock_client};
use serde_json::{Value, json};

use super::world::{ARN, Aws, SIGNING_KEY, StepFunctions, TOKEN};
use crate::Clients;
use register::Register;
use secrets::signing_key::SigningKey;
use shared::ids::OnboardingId;

type Shared = Arc<Mutex<Aws>>;

pub(super) fn clients(aws: &Shared) -> Clients {
    let (get, update) = (get_item(aws), update_item(aws));
    let (read, put) = (get_secret_value(aws), put_secret_value(aws));
    let resume = send_task_success(aws);
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read, &put]);
    Clients {
        register: Register::with_client(
            mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&get, &update]),
            "register",
        ),
        signing_key: SigningKey::new(secrets.clone(), "signing-key"),
        secrets,
        sfn: mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [&resume]),
    }
}

/// The world, with one more call to its account.
fn called<'a>(aws: &'a Shared, call: &'static str) -> MutexGuard<'a, Aws> {
    let mut aws = aws.lock().unwrap();
    aws.calls.push(call);
    if let Some((_, meanwhile)) = aws.meanwhile.take_if(|(before, _)| *before == call) {
        meanwhile(&mut aws);
    }
    aws
}

fn id() -> OnboardingId {
    OnboardingId::of(ARN)
}

fn get_item(aws: &Shared) -> Rule {
    let aws = Arc::clone(aws);
    mock!(aws_sdk_dynamodb::Client::get_item).then_compute_response(move |request| {
        let aws = called(&aws, "GetItem");
        if aws.cannot_read {
            return MockResponse::Error(GetItemError::InternalServerError(InternalServerError::builder().build()));
        }
        assert_eq!(request.consistent_read(), Some(true));
        let key = request.key().unwrap()["key"].as_s().unwrap();
        let item = aws.item.as_ref().filter(|_| *key == format!("onboarding/{}", id()));
        let item = item.map(|item| serde_dynamo::to_item(item).unwrap());
        MockResponse::Output(GetItemOutput::builder().set_item(item).build())
    })
}

/// Gives a claim, under the condition that what is shown is the wait that it is for, and that nobody else's holds; or keeps
/// a wish, under the condition that what is shown is what was read, and that it is the first.
fn update_item(aws: &Shared) -> Rule {
    let aws = Arc::clone(aws);
    mock!(aws_sdk_dynamodb::Client::update_item).then_compute_response(move |request| {
        let mut aws = called(&aws, "UpdateItem");
        let written = format!("{request:?}");
        for secret in [TOKEN, SIGNING_KEY, "se:cret", "se%3Acret"] {
            assert!(!written.contains(secret), "{written}");
        }
        let value = |name: &str| -> Value {
            let value = request.expression_attribute_values().unwrap()[name].clone();
            serde_dynamo::from_attribute_value(value).unwrap()
        };
        let condition = request.condition_expression().unwrap();
        let refusal = || {
            let refusal = ConditionalCheckFailedException::builder().build();
            MockResponse::Error(UpdateItemError::ConditionalCheckFailedException(refusal))
        };
        if request.update_expression().is_some_and(|update| update.starts_with("SET #wish = :wish")) {
            let first = "attribute_exists(#key) AND attribute_not_exists(#shown.#outcome) \
                         AND attribute_not_exists(#wish) AND #shown.#order = :order";
            assert_eq!(condition, first);
            let is_first = |item: &&mut Value| {
                let shown = &item["shown"];
                shown["outcome"].is_null() && item["wish"].is_null() && shown["order"] == value(":order")
            };
            let Some(item) = aws.item.as_mut().filter(is_first) else { return refusal() };
            item["wish"] = value(":wish");
            return MockResponse::Output(UpdateItemOutput::builder().build());
        }
        if request.update_expression() == Some("SET #refused = :now") {
            assert_eq!(condition, "attribute_exists(#key)");
            let Some(item) = aws.item.as_mut() else { return refusal() };
            item["refused"] = value(":now");
            return MockResponse::Output(UpdateItemOutput::builder().build());
        }
        let open = "#shown.#order = :order AND attribute_not_exists(#fence) AND attribute_not_exists(#wish) AND (";
        assert!(condition.starts_with(open), "{condition}");
        let is_free = |item: &Value| {
            let claim = &item["claim"];
            if !item["fence"].is_null() || !item["wish"].is_null() {
                return false;
            }
            claim.is_null()
                || claim["order"] != value(":order")
                || claim["digest"] == value(":digest")
                || claim["at"].as_u64() <= value(":free").as_u64()
        };
        let item = aws.item.as_mut().filter(|item| item["shown"]["order"] == value(":order") && is_free(item));
        let Some(item) = item else { return refusal() };
        item["claim"] = value(":claim");
        MockResponse::Output(UpdateItemOutput::builder().build())
    })
}

/// The signing key, which was never rotated, and the version of the vault that the register names.
fn get_secret_value(aws: &Shared) -> Rule {
    let aws = Arc::clone(aws);
    let vault = format!("causeway/stack/onboarding/{}", id());
    mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_compute_response(move |request| {
        let (secret, version, stage) = (request.secret_id().unwrap(), request.version_id(), request.version_stage());
        let content = match (secret, version, stage) {
            ("signing-key", None, Some("AWSCURRENT")) => Some(SIGNING_KEY.to_owned()),
            (secret, Some("v1"), None) if *secret == vault => {
                drop(called(&aws, "GetSecretValue"));
                Some(json!({"taskToken": TOKEN}).to_string())
            }
            _ => None,
        };
        if secret == "signing-key" {
            drop(called(&aws, "GetSecretValue of the signing key"));
        }
        match content {
            Some(content) => MockResponse::Output(GetSecretValueOutput::builder().secret_string(content).build()),
            None => MockResponse::Error(GetSecretValueError::ResourceNotFoundException(
                ResourceNotFoundException::builder().build(),
            )),
        }
    })
}

fn put_secret_value(aws: &Shared) -> Rule {
    let aws = Arc::clone(aws);
    let source = format!("causeway/stack/source/{}", id());
    mock!(aws_sdk_secretsmanager::Client::put_secret_value).then_compute_response(move |request| {
        assert_eq!(request.secret_id(), Some(source.as_str()));
        let mut aws = called(&aws, "PutSecretValue");
        if aws.is_closing {
            let refusal = InvalidRequestException::builder().build();
            return MockResponse::Error(PutSecretValueError::InvalidRequestException(refusal));
        }
        let version = request.client_request_token().unwrap().to_owned();
        aws.versions.push(version);
        aws.kept.push(serde_json::from_str(request.secret_string().unwrap()).unwrap());
        MockResponse::Output(PutSecretValueOutput::builder().arn("arn:source").build())
    })
}

fn send_task_success(aws: &Shared) -> Rule {
    let aws = Arc::clone(aws);
    mock!(aws_sdk_sfn::Client::send_task_success).then_compute_response(move |request| {
        let mut aws = called(&aws, "SendTaskSuccess");
        assert_eq!(request.task_token(), Some(TOKEN));
        if aws.step_functions == StepFunctions::Refuses {
            let refusal = KmsAccessDeniedException::builder().build();
            return MockResponse::Error(SendTaskSuccessError::KmsAccessDeniedException(refusal));
        }
        let has_resumed = std::mem::take(&mut aws.waits);
        if has_resumed {
            aws.sent.push(serde_json::from_str(request.output().unwrap()).unwrap());
        }
        if has_resumed && aws.step_functions == StepFunctions::Well {
            return MockResponse::Output(SendTaskSuccessOutput::builder().build());
        }
        MockResponse::Error(SendTaskSuccessError::TaskTimedOut(TaskTimedOut::builder().build()))
    })
}
