//! A register and executions that remember, and what of them is away.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryError, QueryOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_secretsmanager::operation::delete_secret::{DeleteSecretError, DeleteSecretOutput};
use aws_sdk_sfn::operation::describe_execution::{DescribeExecutionError, DescribeExecutionOutput};
use aws_sdk_sfn::operation::start_execution::{StartExecutionError, StartExecutionOutput};
use aws_sdk_sfn::operation::stop_execution::{StopExecutionError, StopExecutionOutput};
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::error::{ExecutionAlreadyExists, ExecutionDoesNotExist};
use aws_sdk_sqs::operation::send_message::{SendMessageError, SendMessageOutput};
use aws_smithy_mocks::{MockResponse, Rule, RuleMode, mock, mock_client};
use lambda_runtime::tracing::subscriber;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::{Clients, Config, Input, Output, handle};
use register::Register;
use shared::ids::OnboardingId;
use step::StepError;

/// The onboarding of ticket 35436.
pub(super) const ARN: &str = "arn:aws:states:us-east-1:000000000000:execution:onboarding:ticket-35436";
const CLOSINGS: &str = "arn:aws:states:us-east-1:000000000000:execution:closing";

/// An execution, as it is described.
#[derive(Clone)]
pub(super) struct Execution {
    pub(super) status: &'static str,
    pub(super) input: Option<String>,
    pub(super) error: Option<String>,
    pub(super) cause: Option<String>,
    pub(super) output: Option<String>,
}

impl Execution {
    pub(super) fn of(status: &'static str) -> Self {
        Self { status, input: None, error: None, cause: None, output: None }
    }
}

type Meanwhile = Box<dyn FnOnce(&mut State) + Send>;

/// What there is, and what was done to it.
#[derive(Default)]
pub(super) struct State {
    items: BTreeMap<String, Value>,
    executions: BTreeMap<String, Execution>,
    /// The inputs that executions were started with.
    inputs: Vec<Value>,
    /// What was put into the queue of replies.
    replies: Vec<Value>,
    done: Vec<String>,
    /// `read`, `query`, `look`, `number`, `wish`, `put`, `mark`, `vault`, `rest`, `describe`, `start`, `stop`, or one of them
    /// with an ARN's or a key's end.
    away: Vec<String>,
    /// What is done, and not answered.
    lost: Vec<&'static str>,
    /// What others do while this call is made.
    meanwhile: Vec<(&'static str, Meanwhile)>,
    /// A stop takes a while.
    pub(super) stops_slowly: bool,
}

impl State {
    pub(super) fn item(&mut self, arn: &str) -> &mut Value {
        self.items.get_mut(&onboarding(arn)).unwrap()
    }

    pub(super) fn execution(&mut self, arn: &str) -> &mut Execution {
        self.executions.get_mut(arn).unwrap()
    }

    /// Somebody else starts the closing with this number.
    pub(super) fn start_closing(&mut self, number: u32) {
        self.executions.insert(closing_arn(number), Execution::of("RUNNING"));
    }

    /// There is no such item any more.
    pub(super) fn forget(&mut self, arn: &str) {
        self.items.remove(&onboarding(arn));
    }

    fn is_away(&self, call: &str, of: &str) -> bool {
        self.away.iter().any(|away| away == call || away.strip_prefix(call).is_some_and(|end| of.ends_with(end.trim())))
    }

    fn is_lost(&mut self, call: &str) -> bool {
        let lost = self.lost.iter().position(|lost| *lost == call);
        lost.map(|index| self.lost.remove(index)).is_some()
    }

    fn after(&mut self, call: &str) {
        while let Some(index) = self.meanwhile.iter().position(|(at, _)| *at == call) {
            let (_, change) = self.meanwhile.remove(index);
            change(self);
        }
    }
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

/// The key of an onboarding's item.
pub(super) fn onboarding(arn: &str) -> String {
    format!("onboarding/{}", OnboardingId::of(arn))
}

/// An item that waits for the customer.
pub(super) fn item() -> Value {
    item_of(ARN)
}

pub(super) fn item_of(arn: &str) -> Value {
    let shown = json!({"order": 4000, "state": "awaiting-command", "since": "2026-07-04T05:33:18Z"});
    json!({"executionArn": arn, "link": 1, "shown": shown, "open": "open", "lookedAt": 1})
}

/// The name of the closing with this number.
pub(super) fn closing(number: u32) -> String {
    format!("{}_c{number}", OnboardingId::of(ARN))
}

fn closing_arn(number: u32) -> String {
    format!("{CLOSINGS}:{}", closing(number))
}

pub(super) fn seconds_ago(seconds: i64) -> String {
    (OffsetDateTime::now_utc() - Duration::seconds(seconds)).format(&Rfc3339).unwrap()
}

#[derive(Default)]
pub(super) struct World {
    state: Shared,
    log: Log,
}

impl World {
    /// One onboarding, and its execution in this state.
    pub(super) fn of(item: Value, status: &'static str) -> Self {
        let world = Self::default();
        world.executes(item["executionArn"].as_str().unwrap(), Execution::of(status));
        world.knows(item);
        world
    }

    pub(super) fn knows(&self, item: Value) {
        let key = onboarding(item["executionArn"].as_str().unwrap());
        self.change(|state| drop(state.items.insert(key, item)));
    }

    pub(super) fn executes(&self, arn: &str, execution: Execution) {
        self.change(|state| drop(state.executions.insert(arn.to_owned(), execution)));
    }

    /// The closing with this number stands like this.
    pub(super) fn closes(&self, number: u32, execution: Execution) {
        self.executes(&closing_arn(number), execution);
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    pub(super) fn meanwhile(&self, call: &'static str, change: impl FnOnce(&mut State) + Send + 'static) {
        self.change(|state| state.meanwhile.push((call, Box::new(change))));
    }

    pub(super) fn is_away(&self, call: &str) {
        self.change(|state| state.away.push(call.to_owned()));
    }

    pub(super) fn is_back(&self) {
        self.change(|state| state.away.clear());
    }

    /// The next such call is done, and its answer does not come.
    pub(super) fn loses(&self, call: &'static str) {
        self.change(|state| state.lost.push(call));
    }

    pub(super) fn item(&self, arn: &str) -> Value {
        self.state.lock().unwrap().item(arn).clone()
    }

    pub(super) fn done(&self) -> Vec<String> {
        self.state.lock().unwrap().done.clone()
    }

    pub(super) fn inputs(&self) -> Vec<Value> {
        self.state.lock().unwrap().inputs.clone()
    }

    pub(super) fn replies(&self) -> Vec<Value> {
        self.state.lock().unwrap().replies.clone()
    }

    pub(super) fn log(&self) -> String {
        let log = String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap();
        log.lines().filter(|line| !line.contains("INFO")).collect::<Vec<_>>().join("\n")
    }

    /// Lambda is given the event that this execution has ended.
    pub(super) async fn ended(&self, arn: &str) -> Result<Output, StepError> {
        let detail = json!({"executionArn": arn, "status": "FAILED"});
        self.event("aws.states", "Step Functions Execution Status Change", detail).await
    }

    pub(super) async fn scheduled(&self) -> Result<Output, StepError> {
        self.event("aws.events", "Scheduled Event", json!({})).await
    }

    pub(super) async fn cancelled(&self, detail: Value) -> Result<Output, StepError> {
        self.event("causeway.operator", "PrivateLink Cancel Requested", detail).await
    }

    pub(super) async fn event(&self, source: &str, detail_type: &str, detail: Value) -> Result<Output, StepError> {
        self.given(json!({"source": source, "detail-type": detail_type, "detail": detail})).await
    }

    /// Lambda is given this event.
    pub(super) async fn given(&self, event: Value) -> Result<Output, StepError> {
        let machine = |name| format!("arn:aws:states:us-east-1:000000000000:stateMachine:{name}");
        let config = Config {
            state_machine_arn: machine("onboarding"),
            closing_state_machine_arn: machine("closing"),
            register: "register".to_owned(),
            replies: "replies".to_owned(),
            stack: "causeway".to_owned(),
        };
        let clients = Clients {
            register: register(&self.state),
            secrets: secrets(&self.state),
            sfn: sfn(&self.state),
            sqs: sqs(&self.state),
        };
        let input: Input = serde_json::from_value(event).unwrap();
        let writer = self.log.clone();
        let log = subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(log);
        handle(&clients, &config, input).await
    }
}

/// What time helps, but what the SDK does not try again itself: the mocks cannot compute a second answer.
fn no_answer() -> ErrorMetadata {
    ErrorMetadata::builder().code("KmsThrottlingException").build()
}

fn register(state: &Shared) -> Register {
    let state_of = || Arc::clone(state);
    let known = state_of();
    let read = mock!(aws_sdk_dynamodb::Client::get_item).then_compute_response(move |request| {
        let key = request.key().unwrap()["key"].as_s().unwrap();
        let mut state = known.lock().unwrap();
        if state.is_away("read", key) {
            return MockResponse::Error(GetItemError::generic(no_answer()));
        }
        let item = state.items.get(key).map(|item| serde_dynamo::to_item(item).unwrap());
        state.after("read");
        MockResponse::Output(GetItemOutput::builder().set_item(item).build())
    });
    let known = state_of();
    let query = mock!(aws_sdk_dynamodb::Client::query).then_compute_response(move |request| {
        let state = known.lock().unwrap();
        if state.is_away("query", "") {
            return MockResponse::Error(QueryError::generic(no_answer()));
        }
        let mut open: Vec<_> = state.items.iter().filter(|(_, item)| item["open"] == "open").collect();
        open.sort_by_key(|(_, item)| item["lookedAt"].as_u64());
        let most = usize::try_from(request.limit().unwrap()).unwrap();
        let keys = open.into_iter().take(most).map(|(key, _)| serde_dynamo::to_item(json!({ "key": key })).unwrap());
        MockResponse::Output(QueryOutput::builder().set_items(Some(keys.collect())).build())
    });
    let known = state_of();
    let write = mock!(aws_sdk_dynamodb::Client::update_item)
        .then_compute_response(move |request| update(&mut known.lock().unwrap(), request));
    let rules: [&Rule; 3] = [&read, &query, &write];
    Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, rules), "register")
}

/// Does what the register's writes mean, under their conditions.
fn update(state: &mut State, request: &UpdateItemInput) -> MockResponse<UpdateItemOutput, UpdateItemError> {
    let key = request.key().unwrap()["key"].as_s().unwrap().clone();
    let value = |name: &str| -> Value {
        serde_dynamo::from_attribute_value(request.expression_attribute_values().unwrap()[name].clone()).unwrap()
    };
    let call = match request.update_expression().unwrap() {
        "SET #closings = :number" => "number",
        "SET #wish = :wish, #open = :open, #at = if_not_exists(#at, :now)" => "wish",
        "SET #at = :now" => "look",
        "REMOVE #shown.#outcome.#message" => "mark",
        "REMOVE #open, #at" => "rest",
        other => panic!("{other}"),
    };
    if state.is_away(call, &key) {
        return MockResponse::Error(UpdateItemError::generic(no_answer()));
    }
    state.after(call);
    let is_lost = state.is_lost(call);
    let refused = || {
        let refusal = ConditionalCheckFailedException::builder().build();
        MockResponse::Error(UpdateItemError::ConditionalCheckFailedException(refusal))
    };
    let Some(item) = state.items.get_mut(&key) else { return refused() };
    let has_ended = !item["shown"]["outcome"].is_null();
    let is_as_expected = match call {
        "number" => item["closings"].as_u64() < value(":number").as_u64(),
        "wish" => !has_ended && item["wish"].is_null(),
        "look" => !item["open"].is_null(),
        "mark" => item["shown"]["outcome"]["toldBy"] == value(":reference"),
        _ => has_ended,
    };
    if !is_as_expected {
        return refused();
    }
    match call {
        "number" => item["closings"] = value(":number"),
        "wish" => item["wish"] = value(":wish"),
        "look" => item["lookedAt"] = value(":now"),
        "mark" => drop(item["shown"]["outcome"].as_object_mut().unwrap().remove("message")),
        _ => {
            item.as_object_mut().unwrap().retain(|name, _| name != "open" && name != "lookedAt");
            state.done.push("at rest".to_owned());
        }
    }
    if is_lost {
        return MockResponse::Error(UpdateItemError::generic(no_answer()));
    }
    MockResponse::Output(UpdateItemOutput::builder().build())
}

fn sqs(state: &Shared) -> aws_sdk_sqs::Client {
    let known = Arc::clone(state);
    let put = mock!(aws_sdk_sqs::Client::send_message).then_compute_response(move |request| {
        let mut state = known.lock().unwrap();
        if state.is_away("put", "") {
            return MockResponse::Error(SendMessageError::generic(no_answer()));
        }
        let reply: Value = serde_json::from_str(request.message_body().unwrap()).unwrap();
        let (id, reference) = (OnboardingId::of(ARN), reply["reference"].as_str().unwrap());
        assert_eq!(request.message_deduplication_id(), Some(format!("{id}.{reference}").as_str()));
        assert_eq!((request.queue_url(), request.message_group_id()), (Some("replies"), reply["ticket"].as_str()));
        state.done.push(format!("put {reference}"));
        state.replies.push(reply);
        MockResponse::Output(SendMessageOutput::builder().build())
    });
    mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&put])
}

fn secrets(state: &Shared) -> aws_sdk_secretsmanager::Client {
    let known = Arc::clone(state);
    let delete = mock!(aws_sdk_secretsmanager::Client::delete_secret).then_compute_response(move |request| {
        let mut state = known.lock().unwrap();
        if state.is_away("vault", "") {
            return MockResponse::Error(DeleteSecretError::generic(no_answer()));
        }
        assert_eq!(request.secret_id(), Some(format!("causeway/causeway/{}", onboarding(ARN)).as_str()));
        state.done.push("deleted the vault".to_owned());
        MockResponse::Output(DeleteSecretOutput::builder().build())
    });
    mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&delete])
}

fn sfn(state: &Shared) -> aws_sdk_sfn::Client {
    let state_of = || Arc::clone(state);
    let known = state_of();
    let describe = mock!(aws_sdk_sfn::Client::describe_execution).then_compute_response(move |request| {
        let arn = request.execution_arn().unwrap();
        let mut state = known.lock().unwrap();
        if state.is_away("describe", arn) {
            return MockResponse::Error(DescribeExecutionError::generic(no_answer()));
        }
        let execution = state.executions.get(arn).cloned();
        state.after("describe");
        let Some(execution) = execution else {
            let unknown = ExecutionDoesNotExist::builder().build();
            return MockResponse::Error(DescribeExecutionError::ExecutionDoesNotExist(unknown));
        };
        let described = DescribeExecutionOutput::builder()
            .execution_arn(arn)
            .state_machine_arn("arn:machine")
            .start_date(DateTime::from_secs(0))
            .status(execution.status.into())
            .set_error(execution.error)
            .set_input(execution.input)
            .set_cause(execution.cause)
            .set_output(execution.output);
        MockResponse::Output(described.build().unwrap())
    });
    let known = state_of();
    let stop = mock!(aws_sdk_sfn::Client::stop_execution).then_compute_response(move |request| {
        let mut state = known.lock().unwrap();
        let arn = request.execution_arn().unwrap();
        if state.is_away("stop", arn) {
            return MockResponse::Error(StopExecutionError::generic(no_answer()));
        }
        let (error, cause) = (request.error().unwrap(), request.cause().unwrap());
        assert!(error.chars().count() <= 256 && cause.chars().count() <= 32_768, "what Step Functions takes");
        state.done.push(format!("stopped {}: {error}: {cause}", arn.rsplit_once(':').unwrap().1));
        state.after("stop");
        let is_slow = state.stops_slowly;
        let execution = state.executions.get_mut(arn).unwrap();
        if execution.status == "RUNNING" && !is_slow {
            execution.status = "ABORTED";
        }
        MockResponse::Output(StopExecutionOutput::builder().stop_date(DateTime::from_secs(0)).build().unwrap())
    });
    let known = state_of();
    let start = mock!(aws_sdk_sfn::Client::start_execution).then_compute_response(move |request| {
        let mut state = known.lock().unwrap();
        let name = request.name().unwrap();
        if state.is_away("start", name) {
            return MockResponse::Error(StartExecutionError::generic(no_answer()));
        }
        assert_eq!(request.state_machine_arn().unwrap().rsplit_once(':').unwrap().1, "closing");
        state.after("start");
        let arn = format!("{CLOSINGS}:{name}");
        if state.executions.contains_key(&arn) {
            let taken = ExecutionAlreadyExists::builder().build();
            return MockResponse::Error(StartExecutionError::ExecutionAlreadyExists(taken));
        }
        let input = request.input().map(str::to_owned);
        state.executions.insert(arn, Execution { input, ..Execution::of("RUNNING") });
        state.inputs.push(serde_json::from_str(request.input().unwrap()).unwrap());
        state.done.push(format!("started {name}"));
        if state.is_lost("start") {
            return MockResponse::Error(StartExecutionError::generic(no_answer()));
        }
        let started = StartExecutionOutput::builder().execution_arn("arn:started").start_date(DateTime::from_secs(0));
        MockResponse::Output(started.build().unwrap())
    });
    let rules: [&Rule; 3] = [&describe, &stop, &start];
    mock_client!(aws_sdk_sfn, RuleMode::MatchAny, rules)
}
