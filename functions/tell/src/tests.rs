//! What is told, to whom, and in which order.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_secretsmanager::error::ErrorMetadata;
use aws_sdk_secretsmanager::operation::delete_secret::{DeleteSecretError, DeleteSecretOutput};
use aws_sdk_sqs::operation::send_message::SendMessageOutput;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use serde_json::json;

use super::*;
use shared::failure::Failure;
use shared::state::State;

type Calls = Arc<Mutex<Vec<String>>>;

fn update(calls: &Calls) -> Rule {
    let calls = Arc::clone(calls);
    mock!(aws_sdk_dynamodb::Client::update_item)
        .match_requests(move |request| {
            let shown = request.expression_attribute_values().unwrap()[":shown"].as_m().unwrap();
            let state = shown["state"].as_s().unwrap();
            let ends = if shown.contains_key("outcome") { ", the end" } else { "" };
            calls.lock().unwrap().push(format!("the page: {state}{ends}"));
            true
        })
        .then_output(|| UpdateItemOutput::builder().build())
}

fn send(calls: &Calls) -> Rule {
    let calls = Arc::clone(calls);
    mock!(aws_sdk_sqs::Client::send_message)
        .match_requests(move |request| {
            let reply: Reply = serde_json::from_str(request.message_body().unwrap()).unwrap();
            calls.lock().unwrap().push(format!("ticket {}: {}", reply.ticket, reply.message.name()));
            let id = OnboardingId::of(&reply.execution_arn);
            request.message_group_id() == Some("35436")
                && request.message_deduplication_id() == Some(&format!("{id}.o.7"))
        })
        .then_output(|| SendMessageOutput::builder().build())
}

fn delete(calls: &Calls) -> Rule {
    let calls = Arc::clone(calls);
    mock!(aws_sdk_secretsmanager::Client::delete_secret)
        .match_requests(move |request| {
            calls.lock().unwrap().push("the vault goes".to_owned());
            request.secret_id().unwrap().starts_with("causeway/causeway/onboarding/")
        })
        .then_output(|| DeleteSecretOutput::builder().build())
}

fn config() -> Config {
    Config { stack: "causeway".to_owned(), register: "register".to_owned(), replies: "https://replies".to_owned() }
}

fn input(ticket: &str, message: &Value) -> Input {
    let input = json!({
        "executionArn": "arn:aws:states:us-east-1:123456789012:execution:causeway-onboarding:ticket-35436",
        "event": {"ticket": {"id": ticket}},
        "step": 7,
        "retry": 0,
        "message": message,
        "facts": {"network": null},
    });
    serde_json::from_value(input).unwrap()
}

async fn tell(dynamodb: &[&Rule], calls: &Calls, input: Input) -> Result<Output, StepError> {
    let (send, delete) = (send(calls), delete(calls));
    let clients = Clients {
        register: Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, dynamodb), "register"),
        secrets: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&delete]),
        sqs: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&send]),
    };
    handle(&clients, &config(), input).await
}

async fn told(ticket: &str, message: Value) -> (Vec<String>, Option<String>) {
    let calls = Calls::default();
    let output = tell(&[&update(&calls)], &calls, input(ticket, &message)).await.unwrap();
    let calls = calls.lock().unwrap().clone();
    (calls, output.reason)
}

#[tokio::test]
async fn a_message_is_on_the_page_before_it_is_on_its_way_to_the_ticket() {
    let (calls, reason) = told("35436", json!({"name": "endpoint-ready"})).await;
    assert_eq!(
        (calls, reason),
        (vec!["the page: awaiting-acceptance".to_owned(), "ticket 35436: endpoint-ready".to_owned()], None)
    );
}

#[tokio::test]
async fn what_is_for_the_page_alone_does_not_reach_the_ticket() {
    for (message, state) in [
        (json!({"name": "preparing"}), "preparing-network"),
        (json!({"name": "not-yet"}), "verifying"),
        (json!({"name": "closing", "ending": "expired"}), "expired"),
    ] {
        assert_eq!(told("35436", message).await.0, [format!("the page: {state}")]);
    }
}

#[tokio::test]
async fn with_an_end_that_nothing_closes_the_vault_goes_and_the_execution_gets_the_reason() {
    let (calls, reason) = told("35436", json!({"name": "declined", "reason": "Another plan."})).await;
    assert_eq!(calls, ["the page: declined, the end", "ticket 35436: declined", "the vault goes"]);
    assert_eq!(reason.unwrap(), "Another plan.");
    let (calls, reason) = told("35436", json!({"name": "expired", "awaited": "command"})).await;
    assert_eq!(calls, ["the page: expired, the end", "ticket 35436: expired"]);
    assert_eq!(reason.unwrap(), "The command from Atlas did not arrive in time.");
}

#[tokio::test]
async fn an_event_without_a_ticket_is_told_on_its_page() {
    let failed = json!({"name": "failed", "failure": {"state": "Check eligibility", "error": "Step.InvalidInput"}});
    let (calls, _) = told("no ticket", failed).await;
    assert_eq!(calls, ["the page: failed, the end"]);
}

#[tokio::test]
async fn a_record_that_could_not_be_opened_is_opened_by_what_is_told() {
    let calls = Calls::default();
    let missing = mock!(aws_sdk_dynamodb::Client::update_item)
        .sequence()
        .error(|| UpdateItemError::ConditionalCheckFailedException(ConditionalCheckFailedException::builder().build()))
        .output(|| UpdateItemOutput::builder().build())
        .build();
    let open = mock!(aws_sdk_dynamodb::Client::put_item).then_output(|| PutItemOutput::builder().build());
    let failed = json!({"name": "failed", "failure": {"state": "Open record", "error": "Step.Operator"}});
    tell(&[&missing, &open], &calls, input("35436", &failed)).await.unwrap();
    assert_eq!((missing.num_calls(), open.num_calls()), (2, 1));
    assert_eq!(*calls.lock().unwrap(), ["ticket 35436: failed"]);
}

#[tokio::test]
async fn the_register_keeps_what_the_end_says_and_its_cause_once() {
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    let update = mock!(aws_sdk_dynamodb::Client::update_item)
        .match_requests(move |request| {
            let outcome = &request.expression_attribute_values().unwrap()[":shown"].as_m().unwrap()["outcome"];
            let kept: Outcome = serde_dynamo::from_attribute_value(outcome.clone()).unwrap();
            let failure =
                Failure { state: "Create endpoint".to_owned(), error: "Step.Operator".to_owned(), cause: None };
            assert_eq!(
                (kept.message, kept.reason.map(|reason| reason.len())),
                (Some(Message::Failed { failure }), Some(4000))
            );
            seen.lock().unwrap().push(format!("told by {}", kept.told_by.unwrap()));
            true
        })
        .then_output(|| UpdateItemOutput::builder().build());
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "x".repeat(32_768)});
    tell(&[&update], &calls, input("35436", &json!({"name": "failed", "failure": failure}))).await.unwrap();
    assert_eq!(calls.lock().unwrap()[0], "told by o.7");
}

#[tokio::test]
async fn a_vault_that_cannot_be_deleted_undoes_no_end() {
    let calls = Calls::default();
    let (update, send) = (update(&calls), send(&calls));
    let refused = mock!(aws_sdk_secretsmanager::Client::delete_secret)
        .then_error(|| DeleteSecretError::generic(ErrorMetadata::builder().code("AccessDeniedException").build()));
    let clients = Clients {
        register: Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&update]), "register"),
        secrets: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&refused]),
        sqs: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&send]),
    };
    let declined = json!({"name": "declined", "reason": "Another plan."});
    let output = handle(&clients, &config(), input("35436", &declined)).await.unwrap();
    assert_eq!(output.reason.as_deref(), Some("Another plan."));
    assert_eq!(*calls.lock().unwrap(), ["the page: declined, the end", "ticket 35436: declined"]);
}

#[test]
fn only_what_the_customer_can_mend_is_told_on_the_page() {
    let error = |error: &str| {
        let failure = json!({"state": "Create endpoint", "error": error, "cause": "No address is free."});
        let message = serde_json::from_value(json!({"name": "failed", "failure": failure})).unwrap();
        View::of(&message, &Facts::default()).unwrap().error
    };
    assert_eq!(error("Step.Customer").as_deref(), Some("No address is free."));
    assert_eq!(error("Step.Operator"), None);
    assert_eq!(error("Execution.Aborted"), None);
}

#[test]
fn of_a_fault_the_page_is_told_where_it_came_in_the_way_and_what_the_customer_can_mend() {
    let problem = Facts { problem: Some("No such service.".to_owned()), ..Facts::default() };
    let held = |step: &str| {
        let failure = json!({"state": step, "error": "Step.Operator", "cause": "not authorised"});
        let message = serde_json::from_value(json!({"name": "held", "failure": failure})).unwrap();
        let View { state, held_at, error, .. } = View::of(&message, &problem).unwrap();
        assert_eq!(state, State::Held);
        (held_at, error)
    };
    assert_eq!(held("Await command"), (Some(State::AwaitingCommand), Some("No such service.".to_owned())));
    // The problem of the attempt before.
    assert_eq!(held("Create endpoint"), (Some(State::CreatingEndpoint), None));
    assert_eq!(held("A state of another release"), (None, None));
}

#[test]
fn who_of_us_closed_a_request_and_why_is_not_told_on_the_page() {
    let closed = |by: &str| {
        let wish = json!({"by": by, "who": "Grace", "why": "the contract has ended"});
        let message = serde_json::from_value(json!({"name": "closed", "wish": wish})).unwrap();
        let View { state, error, line, .. } = View::of(&message, &Facts::default()).unwrap();
        (state, error.unwrap(), line.unwrap())
    };
    let ours = (State::Closed, "Our team closed it.".to_owned(), "The request was closed by our team");
    assert_eq!(closed("operator"), ours);
    let (_, error, line) = closed("customer");
    assert_eq!(error, "Grace asked for it on this page: the contract has ended");
    assert_eq!(line, "The request was closed, as was asked on this page");
}

#[tokio::test]
async fn the_longest_message_fits_into_the_queue() {
    // SQS takes 256 KiB, and so does Step Functions of a state's input, which holds the same.
    const MOST: usize = 256 * 1024;
    // What verify-source tells, of the characters that need most room; a cause as long as Step Functions keeps one.
    let (told, cause) = ("\u{10348}".repeat(2001), "\"".repeat(32_768));
    let layer = |name: &str| json!({"name": name, "passed": true, "evidence": told});
    let layers = ["dns", "ownership", "tcp", "tls", "mongodb"].map(layer);
    let mut input = input("35436", &json!({"name": "failed", "failure": {"state": "?", "error": "?", "cause": cause}}));
    input.facts = serde_json::from_value(json!({
        "verification": {"verdict": "ask-again", "layers": layers, "problem": told, "nextStep": told},
        "problem": cause,
    }))
    .unwrap();
    let lengths = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lengths);
    let send = mock!(aws_sdk_sqs::Client::send_message)
        .match_requests(move |request| {
            seen.lock().unwrap().push(request.message_body().unwrap().len());
            true
        })
        .then_output(|| SendMessageOutput::builder().build());
    let calls = Calls::default();
    let clients = Clients {
        register: Register::with_client(
            mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&update(&calls)]),
            "register",
        ),
        secrets: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&delete(&calls)]),
        sqs: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&send]),
    };
    let output = handle(&clients, &config(), input).await.unwrap();
    let lengths = lengths.lock().unwrap();
    assert!(lengths[0] < MOST, "{lengths:?}");
    assert!(output.reason.unwrap().len() < MOST);
}

#[tokio::test]
async fn a_message_that_was_held_is_known_by_the_step_at_which_it_was_first_tried() {
    let calls = Calls::default();
    let again = Input { step: 12, first: Some(7), ..input("35436", &json!({"name": "endpoint-ready"})) };
    // Only a message of step 7 is taken.
    tell(&[&update(&calls)], &calls, again).await.unwrap();
    assert_eq!(*calls.lock().unwrap(), ["the page: awaiting-acceptance", "ticket 35436: endpoint-ready"]);
}

#[tokio::test]
async fn a_fault_is_told_to_the_page_and_the_support_engineer_and_so_is_its_end() {
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "not authorised"});
    let (calls, reason) = told("35436", json!({"name": "held", "failure": failure})).await;
    assert_eq!((calls, reason), (vec!["the page: held".to_owned(), "ticket 35436: held".to_owned()], None));
    let calls = Calls::default();
    let over = Input { goes_on: true, ..input("35436", &json!({"name": "not-yet"})) };
    tell(&[&update(&calls)], &calls, over).await.unwrap();
    assert_eq!(*calls.lock().unwrap(), ["the page: verifying", "ticket 35436: not-yet"]);
}

#[tokio::test]
async fn what_is_for_the_support_engineer_goes_to_the_ticket_and_not_to_the_page() {
    let seen: Calls = Arc::default();
    let (page, ticket) = (Arc::clone(&seen), Arc::clone(&seen));
    let update = mock!(aws_sdk_dynamodb::Client::update_item)
        .match_requests(move |request| {
            let shown = format!("{:?}", request.expression_attribute_values());
            page.lock().unwrap().push(format!("page: {}", shown.contains("Ours to mend.")));
            true
        })
        .then_output(|| UpdateItemOutput::builder().build());
    let send = mock!(aws_sdk_sqs::Client::send_message)
        .match_requests(move |request| {
            let told = request.message_body().unwrap().contains("Ours to mend.");
            ticket.lock().unwrap().push(format!("ticket: {told}"));
            true
        })
        .then_output(|| SendMessageOutput::builder().build());
    let clients = Clients {
        register: Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&update]), "register"),
        secrets: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, []),
        sqs: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&send]),
    };
    let mut input = input("35436", &json!({"name": "source-wanted"}));
    let verification = json!({
        "verdict": "ask-again", "layers": [], "problem": "Why.", "nextStep": "What to do.", "forSupport": "Ours to mend.",
    });
    input.facts.verification = serde_json::from_value(verification).unwrap();
    handle(&clients, &config(), input).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["page: false", "ticket: true"]);
}

#[tokio::test]
async fn a_pause_that_follows_another_is_on_the_page_alone_and_keeps_since_when() {
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "No."});
    let message = json!({"name": "held", "failure": failure});
    let since = "2026-07-04T05:33:18Z";
    for (there, kept) in [("held", true), ("creating-endpoint", false)] {
        let item = json!({"executionArn": "arn", "link": 1, "shown": {"order": 1, "state": there, "since": since}});
        let read = mock!(aws_sdk_dynamodb::Client::get_item).then_output(move || {
            let item = serde_dynamo::to_item(&item).unwrap();
            aws_sdk_dynamodb::operation::get_item::GetItemOutput::builder().set_item(Some(item)).build()
        });
        let write = mock!(aws_sdk_dynamodb::Client::update_item)
            .match_requests(move |request| {
                let shown = request.expression_attribute_values().unwrap()[":shown"].as_m().unwrap();
                (shown["since"].as_s().unwrap() == since) == kept
            })
            .then_output(|| UpdateItemOutput::builder().build());
        let calls = Calls::default();
        let input = Input { again: true, ..input("35436", &message) };
        tell(&[&read, &write], &calls, input).await.unwrap();
        assert!(calls.lock().unwrap().is_empty(), "the ticket was told once");
    }
}
