//! Comments against a register of one item, a vault, an execution that waits, and a queue.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_sfn::operation::send_task_success::{SendTaskSuccessError, SendTaskSuccessOutput};
use aws_sdk_sfn::types::error::{KmsAccessDeniedException, TaskTimedOut};
use aws_sdk_sqs::operation::send_message::{SendMessageError, SendMessageOutput};
use aws_sdk_sqs::types::error::KmsThrottled;
use aws_smithy_mocks::{MockResponse, Rule, RuleMode, mock, mock_client};
use serde_json::{Value, json};

use super::*;

const ARN: &str = "arn:aws:states:us-east-1:000000000000:execution:onboarding:ticket-35436";

/// What is there, and what was done.
#[derive(Default)]
struct World {
    item: Value,
    /// Whether the execution waits, and what it was resumed with.
    waits: bool,
    resumed: Vec<Value>,
    /// The answers in the queue, each under its deduplication id.
    queue: Vec<(String, Value)>,
    /// How many of the next answers Step Functions refuses.
    denied: u32,
    /// How many of the next messages the queue refuses.
    refused: u32,
}

type Shared = Arc<Mutex<World>>;

fn item() -> Value {
    json!({
        "executionArn": ARN, "ticket": "35436", "link": 1, "timeline": {}, "deliveries": {},
        "shown": {
            "order": 5000, "state": "awaiting-command", "since": "2026-07-04T05:33:18.123Z",
            "wait": {"answer": "command", "until": "2099-07-05T05:33:18.123Z", "vaultVersion": "v1"},
            "facts": {"network": {
                "region": "us-east-1", "vpcId": "vpc-0b1c2d3e4f5a6b7c8", "subnetIds": ["subnet-0aa11bb22cc33dd44"],
            }},
        },
    })
}

/// The item is kept as the register's own conditions have it, which `tests/register.rs` tries at a table.
fn update_item(world: &Shared) -> Rule {
    let world = Arc::clone(world);
    mock!(aws_sdk_dynamodb::Client::update_item).then_compute_response(move |request| {
        let item = &mut world.lock().unwrap().item;
        let value = |name: &str| -> Value {
            serde_dynamo::from_attribute_value(request.expression_attribute_values().unwrap()[name].clone()).unwrap()
        };
        let as_item = |item: &Value| serde_dynamo::to_item(item).unwrap();
        let refusal = |item: &Value| {
            let refusal = ConditionalCheckFailedException::builder().set_item(Some(as_item(item))).build();
            MockResponse::Error(UpdateItemError::ConditionalCheckFailedException(refusal))
        };
        if request.update_expression() == Some("SET #claim = :claim") {
            let claim = &item["claim"];
            let is_others = claim["order"] == value(":order") && claim["digest"] != value(":digest");
            if item["shown"]["order"] != value(":order") || is_others {
                return refusal(item);
            }
            item["claim"] = value(":claim");
            return MockResponse::Output(UpdateItemOutput::builder().build());
        }
        if request.update_expression() == Some("SET #refused = :now") {
            item["refused"] = value(":now");
            return MockResponse::Output(UpdateItemOutput::builder().build());
        }
        let reference = request.expression_attribute_names().unwrap()["#step"].clone();
        let is_question = request.update_expression().unwrap().contains("#questioned = :now");
        let was_asked = is_question && !item["questioned"].is_null();
        if !item["timeline"][&reference].is_null() || !item["fence"].is_null() || was_asked {
            return refusal(item);
        }
        item["timeline"][&reference] = value(":line");
        if is_question {
            item["questioned"] = value(":now");
        }
        MockResponse::Output(UpdateItemOutput::builder().set_attributes(Some(as_item(item))).build())
    })
}

fn clients(world: &Shared) -> Clients {
    let (read, waiting, queued) = (Arc::clone(world), Arc::clone(world), Arc::clone(world));
    let get = mock!(aws_sdk_dynamodb::Client::get_item).then_compute_output(move |_| {
        let item = serde_dynamo::to_item(&read.lock().unwrap().item).unwrap();
        GetItemOutput::builder().set_item(Some(item)).build()
    });
    let vault = mock!(aws_sdk_secretsmanager::Client::get_secret_value)
        .match_requests(|request| request.version_id() == Some("v1"))
        .then_output(|| GetSecretValueOutput::builder().secret_string(r#"{"taskToken":"token"}"#).build());
    let resume = mock!(aws_sdk_sfn::Client::send_task_success).then_compute_response(move |request| {
        let mut world = waiting.lock().unwrap();
        if let Some(left) = world.denied.checked_sub(1) {
            world.denied = left;
            let denied = KmsAccessDeniedException::builder().build();
            return MockResponse::Error(SendTaskSuccessError::KmsAccessDeniedException(denied));
        }
        if !std::mem::take(&mut world.waits) {
            let over = TaskTimedOut::builder().build();
            return MockResponse::Error(SendTaskSuccessError::TaskTimedOut(over));
        }
        world.resumed.push(serde_json::from_str(request.output().unwrap()).unwrap());
        MockResponse::Output(SendTaskSuccessOutput::builder().build())
    });
    let send = mock!(aws_sdk_sqs::Client::send_message).then_compute_response(move |request| {
        let mut world = queued.lock().unwrap();
        if let Some(left) = world.refused.checked_sub(1) {
            world.refused = left;
            return MockResponse::Error(SendMessageError::KmsThrottled(KmsThrottled::builder().build()));
        }
        assert_eq!(request.message_group_id(), Some("35436"));
        let body: Value = serde_json::from_str(request.message_body().unwrap()).unwrap();
        let id = request.message_deduplication_id().unwrap().to_owned();
        world.queue.push((id, body["message"]["answer"].clone()));
        MockResponse::Output(SendMessageOutput::builder().build())
    });
    let update = update_item(world);
    Clients {
        register: Register::with_client(
            mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&get, &update]),
            "register",
        ),
        secrets: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&vault]),
        sfn: mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [&resume]),
        sqs: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&send]),
    }
}

fn world() -> Shared {
    Arc::new(Mutex::new(World { item: item(), waits: true, ..World::default() }))
}

fn request() -> Value {
    json!({
        "serviceName": "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4",
        "subnetIds": ["subnet-0aa11bb22cc33dd44"],
    })
}

fn command() -> Value {
    json!({"kind": "command", "request": request()})
}

async fn take(
    world: &Shared,
    comment: &str,
    wait: Option<u64>,
    said: &Value,
) -> Result<Option<&'static str>, StepError> {
    let config = Config {
        stack: "causeway".to_owned(),
        state_machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:onboarding".to_owned(),
        register: "register".to_owned(),
        replies: "https://replies".to_owned(),
    };
    let detail = json!({"ticket": {"id": "35436"}, "comment": comment, "wait": wait, "said": said});
    let input = serde_json::from_value(json!({"id": "of the event", "detail": detail})).unwrap();
    handle(&clients(world), &config, input).await.map(|output| output.answer)
}

/// What the ticket is told, whatever was put into the queue twice.
fn told(world: &Shared) -> Vec<Value> {
    let mut told: Vec<(String, Value)> = Vec::new();
    for (id, answer) in &world.lock().unwrap().queue {
        match told.iter().find(|(known, _)| known == id) {
            Some((_, known)) => assert_eq!(known, answer, "{id} is told in two ways"),
            None => told.push((id.clone(), answer.clone())),
        }
    }
    told.into_iter().map(|(_, answer)| answer).collect()
}

fn taken() -> Value {
    json!({"kind": "command-taken", "request": request()})
}

fn late(why: &str) -> Value {
    json!({"kind": "command-late", "why": why})
}

#[tokio::test]
async fn a_command_resumes_the_execution_once_however_often_it_comes() {
    let world = world();
    for _ in 0..3 {
        assert_eq!(take(&world, "7", Some(5000), &command()).await.unwrap(), Some("command-taken"));
    }
    assert_eq!(world.lock().unwrap().resumed, [request()]);
    assert_eq!(told(&world), [taken()]);
    let id = OnboardingId::of(ARN);
    assert!(world.lock().unwrap().queue.iter().all(|(known, _)| *known == format!("{id}.7")));
    // It was posted.
    world.lock().unwrap().item["deliveries"] = json!({"7": {"at": "2026-07-04T05:34:18.123Z", "what": "posted"}});
    assert_eq!(take(&world, "7", Some(5000), &command()).await.unwrap(), None);
}

#[tokio::test]
async fn what_was_taken_is_told_after_the_queue_was_away_and_the_onboarding_has_gone_on() {
    let world = world();
    world.lock().unwrap().refused = 3;
    assert!(take(&world, "7", Some(5000), &command()).await.is_err());
    world.lock().unwrap().refused = 0;
    let shown = json!({
        "order": 9000, "state": "held", "since": "2026-07-04T05:35:18.123Z", "facts": {"request": request()},
    });
    world.lock().unwrap().item["shown"] = shown;
    assert_eq!(take(&world, "7", Some(5000), &command()).await.unwrap(), Some("command-taken"));
    assert_eq!((told(&world), world.lock().unwrap().resumed.len()), (vec![taken()], 1));
}

#[tokio::test]
async fn what_was_claimed_and_not_passed_on_is_not_called_taken_and_its_window_does_not_count() {
    let world = world();
    world.lock().unwrap().denied = 1;
    assert!(take(&world, "7", Some(5000), &command()).await.is_err());
    assert!(world.lock().unwrap().item["refused"].is_string());
    assert_eq!(told(&world), Vec::<Value>::new());
    // Its wait has ended meanwhile, and a fault keeps the next one from beginning.
    let mut item = world.lock().unwrap().item.clone();
    item["shown"] = json!({
        "order": 9000, "state": "held", "heldAt": "awaiting-command", "since": "2026-07-04T05:35:18.123Z", "facts": {},
    });
    world.lock().unwrap().item = item;
    assert_eq!(take(&world, "7", Some(5000), &command()).await.unwrap(), Some("command-late"));
    assert_eq!((told(&world), world.lock().unwrap().resumed.len()), (vec![late("held")], 0));
}

#[tokio::test]
async fn of_two_comments_the_first_counts() {
    let world = world();
    let mut other = command();
    other["request"]["serviceName"] = json!("com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000001");
    take(&world, "7", Some(5000), &command()).await.unwrap();
    take(&world, "8", Some(5000), &other).await.unwrap();
    // The same command once more.
    take(&world, "9", Some(5000), &command()).await.unwrap();
    assert_eq!(told(&world), [taken(), late("already-answered"), late("already-received")]);
    assert_eq!(world.lock().unwrap().resumed, [request()]);
}

#[tokio::test]
async fn a_command_is_for_the_wait_that_it_met() {
    // A reminder has come in between, and no answer.
    let world = world();
    world.lock().unwrap().item["shown"]["order"] = json!(7000);
    take(&world, "7", Some(5000), &command()).await.unwrap();
    assert_eq!(told(&world), [taken()]);

    // An answer on the page was taken and did not work, so that another is asked for.
    let world = self::world();
    world.lock().unwrap().item["claim"] =
        json!({"order": 5000, "digest": "of the page", "at": 0, "request": request()});
    world.lock().unwrap().item["shown"]["order"] = json!(9000);
    take(&world, "7", Some(5000), &command()).await.unwrap();
    assert_eq!((told(&world), world.lock().unwrap().resumed.len()), (vec![late("not-awaited")], 0));

    // It met none.
    let world = self::world();
    take(&world, "7", None, &command()).await.unwrap();
    assert_eq!((told(&world), world.lock().unwrap().resumed.len()), (vec![late("not-awaited")], 0));
}

#[tokio::test]
async fn a_refused_command_gets_its_diagnosis_while_one_is_awaited() {
    let refused = json!({"kind": "command-refused", "codes": ["vpc-mismatch"], "corrected": request()});
    let world = world();
    take(&world, "7", Some(5000), &refused).await.unwrap();
    assert_eq!(told(&world), std::slice::from_ref(&refused));
    let world = self::world();
    world.lock().unwrap().item["shown"] =
        json!({"order": 9000, "state": "awaiting-source", "since": "2026-07-04T05:35:18.123Z"});
    take(&world, "7", None, &refused).await.unwrap();
    assert_eq!(told(&world), [late("not-awaited")]);
}

#[tokio::test]
async fn nothing_is_taken_of_a_password_and_a_question_is_answered_once() {
    let world = world();
    assert_eq!(take(&world, "7", None, &json!({"kind": "password"})).await.unwrap(), Some("password-seen"));
    let question = json!({"kind": "question"});
    assert_eq!(take(&world, "8", None, &question).await.unwrap(), Some("standing"));
    assert_eq!(take(&world, "9", None, &question).await.unwrap(), None);
    // The first one again: its answer may have got lost.
    assert_eq!(take(&world, "8", None, &question).await.unwrap(), Some("standing"));
    let standing = json!({"kind": "standing", "state": "awaiting-command"});
    assert_eq!(told(&world), [json!({"kind": "password-seen"}), standing]);
    assert_eq!(world.lock().unwrap().resumed, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_being_closed_answers_no_comment() {
    let world = world();
    world.lock().unwrap().item["fence"] = json!({"closing": 1, "since": "2026-07-04T05:35:18.123Z"});
    assert_eq!(take(&world, "7", Some(5000), &command()).await.unwrap(), None);
    assert_eq!((told(&world), world.lock().unwrap().resumed.len()), (vec![], 0));
}
