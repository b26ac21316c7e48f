//! Replies at the help desk of the local stack, with a queue and a register that remember what they were told.

mod refused;
mod standing;
mod webhook;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_sqs::operation::change_message_visibility::{ChangeMessageVisibilityError, ChangeMessageVisibilityOutput};
use aws_sdk_sqs::operation::send_message::{SendMessageError, SendMessageOutput};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use axum::Router;
use lambda_runtime::tracing::subscriber;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use counterparts::help_desk as counterpart;
use help_desk::{HelpDesk, Product};
use register::Register;
use secrets::signing_key::SigningKey;

const ARN: &str = "arn:aws:states:us-east-1:123456789012:execution:causeway-onboarding:ticket-35436";
const SIGNING_KEY: &str = "0123456789abcdef0123456789abcdef";
const REPLY_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const RECEIPT: &str = "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a";

/// The queues and the register, and what of them is away.
#[derive(Default)]
struct State {
    /// What is written: `7 is Posted`, `kept back for 10 s`, `given up …`, in its order.
    written: Vec<String>,
    /// The register's item.
    item: Option<Value>,
    /// `read`, `deliver`, `pause`, `give-up`.
    away: Vec<&'static str>,
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

struct Bench {
    url: String,
    clients: Clients,
    config: Config,
    state: Shared,
    log: Log,
}

fn is_away(state: &Shared, what: &'static str) -> bool {
    state.lock().unwrap().away.contains(&what)
}

fn register(state: &Shared) -> Register {
    let away = Arc::clone(state);
    let no_answer = || ErrorMetadata::builder().code("ThrottlingException").build();
    let unreadable = mock!(aws_sdk_dynamodb::Client::get_item)
        .match_requests(move |_| is_away(&away, "read"))
        .then_error(move || GetItemError::generic(no_answer()));
    let kept = Arc::clone(state);
    let read = mock!(aws_sdk_dynamodb::Client::get_item).then_compute_output(move |_| {
        let item = kept.lock().unwrap().item.as_ref().map(|item| serde_dynamo::to_item(item).unwrap());
        GetItemOutput::builder().set_item(item).build()
    });
    let away = Arc::clone(state);
    let refused = mock!(aws_sdk_dynamodb::Client::update_item)
        .match_requests(move |_| is_away(&away, "deliver"))
        .then_error(move || UpdateItemError::generic(no_answer()));
    let kept = Arc::clone(state);
    let deliver = mock!(aws_sdk_dynamodb::Client::update_item).then_compute_output(move |request| {
        let reference = &request.expression_attribute_names().unwrap()["#message"];
        let delivery = &request.expression_attribute_values().unwrap()[":delivery"];
        let delivery: Value = serde_dynamo::from_attribute_value(delivery.clone()).unwrap();
        let mut state = kept.lock().unwrap();
        state.written.push(format!("{reference} is {}", delivery["what"].as_str().unwrap()));
        if let Some(item) = &mut state.item
            && item["deliveries"][reference].is_null()
        {
            item["deliveries"][reference] = delivery;
        }
        UpdateItemOutput::builder().build()
    });
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&unreadable, &read, &refused, &deliver]);
    Register::with_client(client, "register")
}

fn sqs(state: &Shared) -> aws_sdk_sqs::Client {
    let away = Arc::clone(state);
    let no_answer = || aws_sdk_sqs::error::ErrorMetadata::builder().code("RequestThrottled").build();
    let no_pause = mock!(aws_sdk_sqs::Client::change_message_visibility)
        .match_requests(move |_| is_away(&away, "pause"))
        .then_error(move || ChangeMessageVisibilityError::generic(no_answer()));
    let told = Arc::clone(state);
    let pause = mock!(aws_sdk_sqs::Client::change_message_visibility).then_compute_output(move |request| {
        assert_eq!((request.queue_url(), request.receipt_handle()), (Some("https://replies"), Some(RECEIPT)));
        told.lock().unwrap().written.push(format!("kept back for {} s", request.visibility_timeout().unwrap()));
        ChangeMessageVisibilityOutput::builder().build()
    });
    let away = Arc::clone(state);
    let no_end = mock!(aws_sdk_sqs::Client::send_message)
        .match_requests(move |_| is_away(&away, "give-up"))
        .then_error(move || SendMessageError::generic(no_answer()));
    let told = Arc::clone(state);
    let give_up = mock!(aws_sdk_sqs::Client::send_message).then_compute_output(move |request| {
        assert_eq!(request.queue_url(), Some("https://dead-replies"));
        let (group, known_by) = (request.message_group_id().unwrap(), request.message_deduplication_id().unwrap());
        let body = request.message_body().unwrap().len();
        told.lock().unwrap().written.push(format!("given up in {group} as {known_by}, {body} bytes"));
        SendMessageOutput::builder().build()
    });
    let rules: [&Rule; 4] = [&no_pause, &pause, &no_end, &give_up];
    mock_client!(aws_sdk_sqs, RuleMode::MatchAny, rules)
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

/// An onboarding whose page has come as far as this step.
fn item(step: u64) -> Value {
    let shown = json!({"order": step * 1000, "state": "awaiting-command", "since": "2026-07-04T05:33:18Z"});
    json!({"executionArn": ARN, "ticket": "35436", "link": 3, "shown": shown, "timeline": {}, "deliveries": {}})
}

fn ended(step: u64) -> Value {
    let mut item = item(step);
    item["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z"});
    item
}

/// A message that `tell` has put into the queue at step 7.
fn message(message: &Value) -> String {
    let network = json!({"region": "us-east-1", "vpcId": "vpc-0b1c2d3e4f5a6b7c8", "subnetIds": ["subnet-0aa11bb2"]});
    let facts = json!({"network": network, "cleanUp": {"complete": true, "leftovers": []}});
    json!({"executionArn": ARN, "ticket": "35436", "reference": "o.7", "message": message, "facts": facts}).to_string()
}

fn instructions() -> String {
    message(&json!({"name": "instructions"}))
}

fn failed() -> String {
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "<b>no</b>"});
    message(&json!({"name": "failed", "failure": failure}))
}

impl Bench {
    fn new(product: Product, url: &str) -> Self {
        let secret = json!({"email": "causeway@example.com", "apiToken": "t", "replySecret": REPLY_SECRET}).to_string();
        let read = mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_compute_output(move |request| {
            let secret = if request.secret_id() == Some("signing-key") { SIGNING_KEY } else { &secret };
            GetSecretValueOutput::builder().secret_string(secret).build()
        });
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read]);
        let config = help_desk::Config { product, url: url.to_owned(), secret: "help-desk".to_owned() };
        let state = Shared::default();
        state.lock().unwrap().item = Some(item(8));
        let clients = Clients {
            help_desk: HelpDesk::new(config, secrets.clone(), TIMEOUT).unwrap(),
            register: register(&state),
            signing_key: SigningKey::new(secrets, "signing-key"),
            sqs: sqs(&state),
        };
        let config = Config {
            portal_url: "https://connect.example.com".to_owned(),
            signing_key_secret: "signing-key".to_owned(),
            register: "register".to_owned(),
            replies: "https://replies".to_owned(),
            dead_replies: "https://dead-replies".to_owned(),
        };
        Self { url: url.to_owned(), clients, config, state, log: Log::default() }
    }

    /// With one ticket at Zendesk.
    async fn zendesk() -> Self {
        let (router, _deliveries) = counterpart::new(counterpart::Hook { url: String::new(), secret: String::new() });
        let url = serve(router).await;
        let ticket = json!({"ticket": {"comment": {"body": "Please connect us."}}});
        let request = reqwest::Client::new().post(format!("{url}/api/v2/tickets.json")).json(&ticket);
        assert_eq!(request.bearer_auth("t").send().await.unwrap().status(), 201);
        Self::new(Product::Zendesk, &url)
    }

    /// Takes a message out of the queue for the first time, and says whether it is done.
    async fn reply(&self, body: &str) -> bool {
        self.try_again(body, 1, Duration::ZERO).await
    }

    async fn try_again(&self, body: &str, tries: u32, age: Duration) -> bool {
        let sent = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().saturating_sub(age);
        let input = json!({"Records": [{
            "messageId": "m-1",
            "receiptHandle": RECEIPT,
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": tries.to_string(),
                "SentTimestamp": sent.as_millis().to_string(),
                "MessageGroupId": "35436",
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
        }]});
        let log = self.log.clone();
        let log = subscriber::fmt().with_ansi(false).with_writer(move || log.clone()).finish();
        let guard = tracing::subscriber::set_default(log);
        let output = handle(&self.clients, &self.config, serde_json::from_value(input).unwrap()).await;
        drop(guard);
        let output = serde_json::to_value(output).unwrap();
        if output == json!({"batchItemFailures": []}) {
            return true;
        }
        assert_eq!(output, json!({"batchItemFailures": [{"itemIdentifier": "m-1"}]}));
        false
    }

    fn written(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().written)
    }

    fn away(&self, what: &[&'static str]) {
        self.state.lock().unwrap().away = what.to_vec();
    }

    fn keep(&self, item: Option<Value>) {
        self.state.lock().unwrap().item = item;
    }

    fn log(&self) -> String {
        String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap()
    }

    async fn fault(&self, fault: Value) {
        let request = reqwest::Client::new().post(format!("{}/_help-desk/faults", self.url)).json(&fault);
        assert_eq!(request.send().await.unwrap().status(), 204);
    }

    async fn put(&self, change: Value) {
        let url = format!("{}/api/v2/tickets/35436.json", self.url);
        let request = reqwest::Client::new().put(url).bearer_auth("engineer").json(&json!({ "ticket": change }));
        assert_eq!(request.send().await.unwrap().status(), 200);
    }

    async fn get(&self, path: &str) -> Value {
        let request = reqwest::Client::new().get(format!("{}/api/v2/{path}", self.url)).bearer_auth("t");
        request.send().await.unwrap().json().await.unwrap()
    }

    /// The comments after the ticket's own text.
    async fn thread(&self) -> Vec<Value> {
        self.get("tickets/35436/comments.json").await["comments"].as_array().unwrap()[1..].to_vec()
    }
}

#[tokio::test]
async fn a_message_is_posted_with_the_link_that_is_valid_and_its_delivery_is_kept() {
    let bench = Bench::zendesk().await;
    assert!(bench.reply(&instructions()).await);
    assert_eq!(bench.written(), ["o.7 is posted"]);
    let thread = bench.thread().await;
    let [comment] = thread.as_slice() else { panic!("{thread:?}") };
    let link = Link::derive(SIGNING_KEY, OnboardingId::of(ARN), 3).unwrap().reveal();
    let text = comment["body"].as_str().unwrap();
    assert!(text.contains(&format!("https://connect.example.com/o/{link}")), "{text}");
    assert!(text.ends_with("\n\nReference: ticket-35436/o.7 (instructions)."), "{text}");
    assert_eq!(bench.get("tickets/35436.json").await["ticket"]["status"], "pending");
}

#[tokio::test]
async fn a_message_that_is_tried_again_says_nothing_twice() {
    let bench = Bench::zendesk().await;
    bench.fault(json!({"method": "PUT", "status": 409, "times": 1})).await;
    // Posted, and then it could not be kept that it was.
    bench.away(&["deliver"]);
    assert!(!bench.reply(&failed()).await);
    assert_eq!(bench.written(), ["kept back for 10 s"]);
    bench.away(&[]);
    assert!(bench.reply(&failed()).await);
    assert!(bench.reply(&failed()).await, "what is known to be posted is not even looked for");
    assert_eq!(bench.written(), ["o.7 is posted"]);
    let thread = bench.thread().await;
    let [public, note] = thread.as_slice() else { panic!("{thread:?}") };
    assert_eq!((&public["public"], &note["public"]), (&json!(true), &json!(false)));
    assert!(public["html_body"].as_str().unwrap().starts_with("<p>We could not finish"));
    let text = note["body"].as_str().unwrap();
    assert!(
        text.contains("Cause: <b>no</b>") && text.ends_with("Reference: ticket-35436/o.7-note (failed)."),
        "{text}"
    );
    assert_eq!(bench.get("tickets/35436.json").await["ticket"]["status"], "open");
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_not_posted_twice() {
    let bench = Bench::zendesk().await;
    let fault = json!({"action": "PUT", "fault": "cut-after", "times": 1});
    let answer = reqwest::Client::new().post(format!("{}/_faults", bench.url)).json(&fault).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert!(!bench.reply(&instructions()).await);
    assert!(bench.reply(&instructions()).await);
    assert_eq!(bench.written(), ["kept back for 10 s", "o.7 is posted"]);
    assert_eq!(bench.thread().await.len(), 1);
}

#[tokio::test]
async fn whoever_else_quotes_our_reference_has_not_said_it() {
    let bench = Bench::zendesk().await;
    let quoted = "> Reference: ticket-35436/o.7 (instructions).\n\nI expect this.";
    bench.put(json!({"comment": {"body": quoted, "author_id": counterpart::CUSTOMER}})).await;
    bench.put(json!({"comment": {"body": quoted, "public": false}})).await;
    assert!(bench.reply(&instructions()).await);
    assert_eq!(bench.thread().await.len(), 3);
}

#[tokio::test]
async fn messages_behind_one_that_stays_stay_too() {
    let bench = Bench::zendesk().await;
    bench.fault(json!({"method": "PUT", "status": 503, "times": 1})).await;
    let record = |message: &str, body: String| {
        let attributes = json!({"ApproximateReceiveCount": "1", "SentTimestamp": "?"});
        json!({"messageId": message, "receiptHandle": RECEIPT, "body": body, "attributes": attributes})
    };
    let input = json!({"Records": [record("m-1", instructions()), record("m-2", failed())]});
    let output = handle(&bench.clients, &bench.config, serde_json::from_value(input).unwrap()).await;
    let kept: Vec<_> = output.batch_item_failures.iter().map(|kept| kept.item_identifier.as_str()).collect();
    assert_eq!(kept, ["m-1", "m-2"]);
    assert_eq!(bench.written(), ["kept back for 10 s"]);
    assert_eq!(bench.thread().await, Vec::<Value>::new());
}
