//! A register, a vault and an execution that waits, and what an operator's event does to them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_secretsmanager::operation::get_secret_value::{GetSecretValueError, GetSecretValueOutput};
use aws_sdk_secretsmanager::types::error::ResourceNotFoundException;
use aws_sdk_sfn::operation::send_task_success::{SendTaskSuccessError, SendTaskSuccessOutput};
use aws_sdk_sfn::types::error::{TaskDoesNotExist, TaskTimedOut};
use aws_smithy_mocks::{MockResponse, Rule, RuleMode, mock, mock_client};
use lambda_runtime::tracing::subscriber;
use serde_json::Value;

use super::*;

/// The onboarding of ticket 35436.
const ARN: &str = "arn:aws:states:us-east-1:000000000000:execution:onboarding:ticket-35436";
const TOKEN: &str = "AQCEAAAAKgAAAAMAAAAA";

/// How Step Functions answers a token whose wait is over.
#[derive(Clone, Copy, Default)]
enum Late {
    #[default]
    TimedOut,
    Unknown,
    /// It answers nothing but this, whether the wait is over or not.
    Refused,
}

#[derive(Default)]
struct State {
    items: BTreeMap<String, Value>,
    /// The vaults' contents, by name and version.
    vaults: BTreeMap<(String, String), String>,
    /// Whether the execution waits.
    waits: bool,
    late: Late,
    /// `register` or `vault`.
    away: Option<&'static str>,
    /// What was asked of the vault and of Step Functions.
    calls: Vec<String>,
}

type Shared = Arc<Mutex<State>>;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct World {
    state: Shared,
    log: Log,
}

impl World {
    /// The onboarding of this execution is held.
    fn held(arn: &str) -> Self {
        let world = Self::default();
        world.knows(held(arn));
        world.change(|state| {
            let vault = (format!("causeway/stack/onboarding/{}", OnboardingId::of(arn)), "v1".to_owned());
            state.vaults.insert(vault, json!({"taskToken": TOKEN}).to_string());
            state.waits = true;
        });
        world
    }

    fn knows(&self, item: Value) {
        let key = format!("onboarding/{}", OnboardingId::of(item["executionArn"].as_str().unwrap()));
        self.change(|state| drop(state.items.insert(key, item)));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    fn log(&self) -> String {
        String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap()
    }

    /// Lambda is given the event.
    async fn asked(&self) -> Result<Verdict, StepError> {
        let detail = json!({"ticket": "35436", "who": "Ada", "why": "The permission is there."});
        let event = json!({"source": "causeway.operator", "detail": detail});
        let config = Config {
            stack: "stack".to_owned(),
            state_machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:onboarding".to_owned(),
            register: "register".to_owned(),
        };
        let (get, read, resume) =
            (get_item(&self.state), get_secret_value(&self.state), send_task_success(&self.state));
        let clients = Clients {
            register: Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&get]), "register"),
            secrets: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read]),
            sfn: mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [&resume]),
        };
        let writer = self.log.clone();
        let log = subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(log);
        let output = handle(&clients, &config, step::input::read(event).unwrap()).await;
        let told = format!("{output:?} {}", self.log());
        assert!(!told.contains(TOKEN), "{told}");
        output.map(|output| output.verdict)
    }
}

fn held(arn: &str) -> Value {
    let shown = json!({"order": 4000, "state": "held", "since": "2026-07-04T05:33:18Z", "pause": "v1"});
    json!({"executionArn": arn, "link": 1, "shown": shown})
}

/// What time helps, but what the SDK does not try again itself: the mocks cannot compute a second answer.
fn no_answer() -> ErrorMetadata {
    ErrorMetadata::builder().code("KmsThrottlingException").build()
}

fn get_item(state: &Shared) -> Rule {
    let state = Arc::clone(state);
    mock!(aws_sdk_dynamodb::Client::get_item).then_compute_response(move |request| {
        let state = state.lock().unwrap();
        assert_eq!(request.consistent_read(), Some(true));
        if state.away == Some("register") {
            return MockResponse::Error(GetItemError::generic(no_answer()));
        }
        let item = state.items.get(request.key().unwrap()["key"].as_s().unwrap());
        let item = item.map(|item| serde_dynamo::to_item(item).unwrap());
        MockResponse::Output(GetItemOutput::builder().set_item(item).build())
    })
}

fn get_secret_value(state: &Shared) -> Rule {
    let state = Arc::clone(state);
    mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_compute_response(move |request| {
        let mut state = state.lock().unwrap();
        state.calls.push("read the vault".to_owned());
        if state.away == Some("vault") {
            return MockResponse::Error(GetSecretValueError::generic(no_answer()));
        }
        let of = (request.secret_id().unwrap().to_owned(), request.version_id().unwrap().to_owned());
        match state.vaults.get(&of) {
            Some(content) => MockResponse::Output(GetSecretValueOutput::builder().secret_string(content).build()),
            None => MockResponse::Error(GetSecretValueError::ResourceNotFoundException(
                ResourceNotFoundException::builder().build(),
            )),
        }
    })
}

fn send_task_success(state: &Shared) -> Rule {
    let state = Arc::clone(state);
    mock!(aws_sdk_sfn::Client::send_task_success).then_compute_response(move |request| {
        let mut state = state.lock().unwrap();
        assert_eq!((request.task_token(), request.output()), (Some(TOKEN), Some("{}")));
        state.calls.push("resumed".to_owned());
        let late = state.late;
        MockResponse::Error(match late {
            Late::Refused => {
                let refusal = ErrorMetadata::builder().code("InvalidToken").message(format!("{TOKEN} is no token"));
                SendTaskSuccessError::generic(refusal.build())
            }
            _ if std::mem::take(&mut state.waits) => {
                return MockResponse::Output(SendTaskSuccessOutput::builder().build());
            }
            Late::TimedOut => SendTaskSuccessError::TaskTimedOut(TaskTimedOut::builder().build()),
            Late::Unknown => SendTaskSuccessError::TaskDoesNotExist(TaskDoesNotExist::builder().build()),
        })
    })
}

#[tokio::test]
async fn what_is_held_goes_on_and_the_log_says_who_wanted_it() {
    let world = World::held(ARN);
    assert_eq!(world.asked().await.unwrap(), Verdict::GoesOn);
    assert_eq!(world.calls(), ["read the vault", "resumed"]);
    let log = world.log();
    assert!(log.contains("Ada") && log.contains("The permission is there.") && log.contains(ARN), "{log}");
}

#[tokio::test]
async fn an_event_that_is_delivered_again_or_too_late_finds_the_pause_over() {
    for late in [Late::TimedOut, Late::Unknown] {
        let world = World::held(ARN);
        world.change(|state| state.late = late);
        assert_eq!(world.asked().await.unwrap(), Verdict::GoesOn);
        assert_eq!(world.asked().await.unwrap(), Verdict::NotHeld);
        assert!(world.log().contains("the pause was over already"), "{}", world.log());
    }
}

#[tokio::test]
async fn it_is_the_tickets_last_onboarding_that_is_meant() {
    let second = format!("{ARN}_2");
    let world = World::held(&second);
    let mut first = held(ARN);
    first["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z"});
    world.knows(first);
    assert_eq!(world.asked().await.unwrap(), Verdict::GoesOn);
}

#[tokio::test]
async fn what_is_not_held_is_left_alone() {
    let world = World::default();
    assert_eq!(world.asked().await.unwrap(), Verdict::NotHeld);
    assert!(world.log().contains("no onboarding"), "{}", world.log());

    let (fence, wish) = (json!({"closing": 1, "since": "x"}), json!({"by": "customer", "who": "Bob", "why": "x"}));
    for (place, value) in [
        // It waits for the customer, or the pause is one that nobody can end.
        ("/shown/pause", Value::Null),
        ("/shown/outcome", json!({"at": "2026-07-04T05:33:18Z"})),
        ("/fence", fence),
        ("/wish", wish),
    ] {
        let world = World::held(ARN);
        let mut item = held(ARN);
        let (parent, field) = place.rsplit_once('/').unwrap();
        item.pointer_mut(parent).unwrap()[field] = value;
        world.knows(item);
        assert_eq!(world.asked().await.unwrap(), Verdict::NotHeld, "{place}");
        assert!(world.calls().is_empty(), "{place}");
        assert!(world.log().contains("nothing of it is held"), "{}", world.log());
    }
}

#[tokio::test]
async fn a_version_that_the_vault_has_not_is_a_pause_that_is_over() {
    let world = World::held(ARN);
    world.change(|state| state.vaults.clear());
    assert_eq!(world.asked().await.unwrap(), Verdict::NotHeld);
    assert_eq!(world.calls(), ["read the vault"]);
}

#[tokio::test]
async fn while_register_or_vault_is_away_the_event_comes_again() {
    for away in ["register", "vault"] {
        let world = World::held(ARN);
        world.change(|state| state.away = Some(away));
        assert!(matches!(world.asked().await, Err(StepError::Transient(_))), "{away}");
        world.change(|state| state.away = None);
        assert_eq!(world.asked().await.unwrap(), Verdict::GoesOn, "{away}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_without_the_token() {
    let world = World::held(ARN);
    world.change(|state| state.late = Late::Refused);
    let refused = world.asked().await.unwrap_err();
    assert!(matches!(&refused, StepError::Operator(said) if said.contains("resume the execution")), "{refused:?}");
}

#[test]
fn an_event_without_who_or_why_is_refused_with_the_place() {
    let right = json!({"detail": {"ticket": "35436", "who": "Ada", "why": "It is mended."}});
    for (place, value, problem) in [
        ("/detail/ticket", json!("a b"), "expected a ticket ID (1 to 40 letters, digits or -) at `detail.ticket`"),
        ("/detail/who", json!(" "), "expected a text at `detail.who`"),
        ("/detail/why", json!(""), "expected a text at `detail.why`"),
        ("/detail/why", json!("é".repeat(501)), "expected at most 500 characters at `detail.why`"),
        ("/detail", json!({"ticket": "35436", "why": "x"}), "missing field `who` at `detail`"),
    ] {
        let mut wrong = right.clone();
        *wrong.pointer_mut(place).unwrap() = value;
        assert_eq!(step::input::read::<Input>(wrong).unwrap_err().to_string(), problem);
    }
}

#[test]
fn what_came_of_it_is_a_word() {
    let written = |verdict| serde_json::to_value(Output { verdict }).unwrap();
    assert_eq!(written(Verdict::GoesOn), json!({"verdict": "goes-on"}));
    assert_eq!(written(Verdict::NotHeld), json!({"verdict": "not-held"}));
}
