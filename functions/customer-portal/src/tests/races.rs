//! What is lost on the way, what comes twice, at once or too late: no answer counts twice or for another one.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Event, Level, Metadata, Subscriber};

use super::world::{Aws, COMMAND, Happens, SIGNING_KEY, StepFunctions, TOKEN, World, link, request};
use register::{Claim, unix_milliseconds};
use shared::answer::Answer;

const STRING: &str = "mongodb+srv://reader:se%3Acret@cluster0-pl-0.abcde.mongodb.net/sales";

fn string(text: &str) -> Value {
    json!({ "connectionString": text })
}

fn code((status, body): (u16, Value)) -> (u16, String) {
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn an_answer_is_claimed_before_it_is_kept_and_passed_on() {
    let world = World::awaiting();
    world.get().await;
    world.calls();
    assert_eq!(world.bring(COMMAND).await.0, 202);
    assert_eq!(world.calls(), ["GetItem", "GetSecretValue", "UpdateItem", "SendTaskSuccess"]);
    let world = World::awaiting_source("dedicated");
    world.get().await;
    world.calls();
    assert_eq!(world.give(&string(STRING)).await.0, 202);
    let calls = ["GetItem", "GetSecretValue", "UpdateItem", "PutSecretValue", "SendTaskSuccess"];
    assert_eq!(world.calls(), calls);
}

#[tokio::test]
async fn a_success_that_got_lost_is_not_called_a_failure() {
    let world = World::awaiting();
    world.aws().step_functions = StepFunctions::Lost;
    assert_eq!(code(world.bring(COMMAND).await), no(409, "already-received"));
    assert_eq!(world.get().await["state"], "creating-endpoint");
    assert_eq!(world.aws().sent, [request()]);
}

#[tokio::test]
async fn an_answer_that_came_after_its_window_is_not_called_received() {
    let world = World::awaiting().change(|item| item["shown"]["wait"]["until"] = json!("2026-07-02T14:00:00.5Z"));
    world.aws().waits = false;
    assert_eq!(code(world.bring(COMMAND).await), no(409, "not-awaited"));
    let world = world.tell("awaiting-command", Some("A reminder was sent to the ticket"));
    assert_eq!(code(world.bring(COMMAND).await), no(409, "not-awaited"));
    let world = world.wait(Answer::Command);
    assert_eq!(world.bring(COMMAND).await.0, 202, "the next window takes it");
}

#[tokio::test]
async fn an_answer_for_a_wait_that_has_just_ended_is_answered_from_what_is_there_now() {
    let reminded = |aws: &mut Aws| {
        let item = aws.item.as_mut().unwrap();
        item["shown"]["order"] = json!(9000);
        item["shown"].as_object_mut().unwrap().remove("wait");
    };
    let expired = |aws: &mut Aws| {
        let item = aws.item.as_mut().unwrap();
        item["shown"]["order"] = json!(9000);
        item["shown"]["state"] = json!("expired");
    };
    for (meanwhile, answer) in
        [(reminded as Happens, no(409, "not-awaited")), (expired as fn(&mut Aws), no(410, "ended"))]
    {
        let world = World::awaiting();
        world.aws().meanwhile = Some(("UpdateItem", meanwhile));
        assert_eq!(code(world.bring(COMMAND).await), answer);
        assert!(world.aws().sent.is_empty());
    }
}

#[tokio::test]
async fn what_could_not_be_passed_on_can_be_sent_again_and_later_another() {
    let other = format!("{COMMAND} --output json");
    let world = World::awaiting();
    world.aws().step_functions = StepFunctions::Refuses;
    assert_eq!(code(world.bring(COMMAND).await), no(503, "unavailable"));
    assert!(world.aws().item.as_ref().unwrap()["refused"].is_string(), "the window does not count");
    assert_eq!(code(world.bring(&other).await), no(409, "already-answered"), "the first may still resume it");
    world.aws().step_functions = StepFunctions::Well;
    assert_eq!(world.bring(COMMAND).await.0, 202);
    assert_eq!(world.get().await["state"], "creating-endpoint");

    let world = World::awaiting();
    world.aws().step_functions = StepFunctions::Refuses;
    assert_eq!(code(world.bring(COMMAND).await), no(503, "unavailable"));
    world.aws().step_functions = StepFunctions::Well;
    let world = world.change(|item| item["claim"]["at"] = json!(unix_milliseconds() - Claim::HOLDS));
    assert_eq!(world.get().await["state"], "awaiting-command", "a promise that nobody keeps is not shown");
    assert_eq!(world.bring(&other).await.0, 202);

    let world = World::awaiting_source("dedicated");
    world.aws().step_functions = StepFunctions::Refuses;
    assert_eq!(code(world.give(&string(STRING)).await), no(503, "unavailable"));
    assert!(world.aws().item.as_ref().unwrap()["refused"].is_string(), "the window does not count");
    world.aws().step_functions = StepFunctions::Well;
    assert_eq!(world.give(&string(STRING)).await.0, 202);
    let versions = world.aws().versions.clone();
    assert_eq!(versions[0], versions[1], "the same answer is the same version");
}

#[tokio::test]
async fn a_window_does_not_count_in_which_the_register_could_not_be_read_for_an_answer() {
    let world = World::awaiting();
    world.aws().cannot_read = true;
    world.submit_to("cancel", &[("why", "")]).await;
    assert!(world.aws().item.as_ref().unwrap()["refused"].is_null(), "a wish is no answer");
    assert_eq!(code(world.bring(COMMAND).await), no(503, "unavailable"));
    assert!(world.aws().item.as_ref().unwrap()["refused"].is_string());
}

#[tokio::test]
async fn of_many_at_once_one_counts_and_the_others_leave_nothing_behind() {
    let claimed = |aws: &mut Aws| {
        let item = aws.item.as_mut().unwrap();
        let order = item["shown"]["order"].clone();
        item["claim"] = json!({"order": order, "digest": "0", "at": unix_milliseconds(), "request": request()});
    };
    let world = World::awaiting();
    world.aws().meanwhile = Some(("UpdateItem", claimed));
    assert_eq!(code(world.bring(COMMAND).await), no(409, "already-answered"));
    assert_eq!(world.item()["claim"]["digest"], "0");
    assert!(world.aws().sent.is_empty());

    let world = World::awaiting_source("dedicated");
    let sources: Vec<_> = (0..8).map(|number| string(&STRING.replace("sales", &format!("sales{number}")))).collect();
    let statuses = join_all(sources.iter().map(|source| world.give(source))).await;
    let mut statuses: Vec<_> = statuses.into_iter().map(|(status, _)| status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409, 409, 409, 409, 409, 409, 409]);
    let aws = world.aws();
    assert_eq!((aws.sent.len(), aws.kept.len()), (1, 1));
}

#[tokio::test]
async fn another_command_than_the_one_that_counts_leaves_no_trace() {
    let world = World::awaiting();
    assert_eq!(world.bring(COMMAND).await.0, 202);
    let before = world.item();
    for other in [&format!("{COMMAND} --output json"), "another"] {
        assert_eq!(code(world.bring(other).await), no(409, "already-answered"), "{other}");
    }
    assert_eq!(world.item(), before);
}

#[tokio::test]
async fn another_source_is_not_put_in_the_place_of_the_one_that_is_verified() {
    let world = World::awaiting_source("dedicated");
    assert_eq!(world.give(&string(STRING)).await.0, 202);
    let other = string(&STRING.replace("sales", "other"));
    assert_eq!(code(world.give(&other).await), no(409, "already-answered"));
    assert_eq!(world.aws().kept.len(), 1);
}

#[tokio::test]
async fn what_was_received_stays_received_when_the_onboarding_has_gone_on() {
    let world = World::awaiting();
    assert_eq!(world.bring(COMMAND).await.0, 202);
    let world = world.tell("awaiting-acceptance", None);
    assert_eq!(code(world.bring(COMMAND).await), no(409, "already-received"));
    assert_eq!(code(world.bring("another").await), no(409, "already-answered"));
    assert_eq!(code(world.give(&string(STRING)).await), no(409, "not-awaited"));
    // When it is asked for again, the same may be sent again.
    let world = world.tell("preparing-network", None);
    assert_eq!(code(world.bring(COMMAND).await), no(409, "not-awaited"));
    let world = world.wait(Answer::Command);
    assert_eq!(world.bring(COMMAND).await.0, 202);
}

#[tokio::test]
async fn a_source_for_an_onboarding_that_is_being_closed_is_kept_nowhere() {
    let world = World::awaiting_source("dedicated");
    world.aws().is_closing = true;
    assert_eq!(code(world.give(&string(STRING)).await), no(409, "not-awaited"));
    let aws = world.aws();
    assert!(aws.sent.is_empty() && aws.kept.is_empty());
}

#[tokio::test]
async fn an_answer_whose_token_is_gone_is_not_awaited() {
    let world = World::awaiting().change(|item| item["shown"]["wait"]["vaultVersion"] = json!("gone"));
    let before = world.item();
    assert_eq!(code(world.bring(COMMAND).await), no(409, "not-awaited"));
    assert_eq!(world.item(), before);
}

/// Keeps what is logged, as deployed.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{field}: {value:?}").unwrap();
    }
}

#[tokio::test]
async fn nothing_secret_reaches_the_log_whatever_fails() {
    let log = Log::default();
    let guard = set_default(log.clone());
    let path = link();
    for world in [World::awaiting(), World::awaiting_source("dedicated")] {
        for step_functions in [StepFunctions::Refuses, StepFunctions::Lost, StepFunctions::Well] {
            world.aws().step_functions = step_functions;
            world.bring(COMMAND).await;
            world.give(&string(STRING)).await;
            world.page().await;
        }
        world.aws().item = Some(json!({"shown": "no onboarding"}));
        world.bring(COMMAND).await;
    }
    drop(guard);
    let log = log.0.lock().unwrap();
    assert!(log.contains("the portal could not answer"), "{log}");
    let key = path.rsplit('.').next().unwrap();
    for secret in [TOKEN, SIGNING_KEY, key, "se:cret", "se%3Acret"] {
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "{secret}");
    }
}
