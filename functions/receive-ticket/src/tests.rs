//! The function against the help desk of the local stack, a secret that can be changed, a register that is written by
//! hand, and a bus that remembers.

mod comments;
mod generic;
mod tickets;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_eventbridge::operation::put_events::PutEventsOutput;
use aws_sdk_eventbridge::types::PutEventsResultEntry;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use axum::routing::post;
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use lambda_http::http;
use serde_json::json;
use sha2::Sha256;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;

use super::*;
use counterparts::help_desk as counterpart;
use shared::event::Ticket;
use shared::ids::OnboardingId;
use signature::ZENDESKS_TEST_SECRET;

const SECRET: &str = "a webhook's secret";
const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:causeway-onboarding";

type Items = Arc<Mutex<BTreeMap<String, Value>>>;

struct Bench {
    desk: String,
    http: reqwest::Client,
    config: Config,
    clients: Clients,
    announced: Arc<Mutex<Vec<Value>>>,
    /// What was passed on of comments.
    passed_on: Arc<Mutex<Vec<Value>>>,
    /// How many of the next events the bus leaves out.
    left_out: Arc<AtomicUsize>,
    secret: Arc<Mutex<Value>>,
    reads: Arc<AtomicUsize>,
    /// The register's items by their keys.
    items: Items,
    /// How many of the next reads of the register fail.
    unread: Arc<AtomicUsize>,
    /// What was posted to a help desk that is not Zendesk.
    replies: Arc<Mutex<Vec<Value>>>,
}

/// The webhook's secret, and when it is used: as (header, value) pairs that can be changed.
struct Delivery {
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Bench {
    async fn new(product: Product) -> Self {
        let (router, _deliveries) = counterpart::new(counterpart::Hook { url: String::new(), secret: String::new() });
        let replies = Arc::new(Mutex::new(Vec::new()));
        let posted = Arc::clone(&replies);
        let take_reply = async move |body: String| posted.lock().unwrap().push(serde_json::from_str(&body).unwrap());
        let router = router.route("/replies", post(take_reply));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let desk = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });

        let (announced, left_out) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let passed_on = Arc::new(Mutex::new(Vec::new()));
        let (seen, comments, omits) = (announced.clone(), passed_on.clone(), left_out.clone());
        let put = mock!(aws_sdk_eventbridge::Client::put_events).then_compute_output(move |request| {
            let [entry] = request.entries() else { panic!("{} entries", request.entries().len()) };
            assert_eq!(entry.event_bus_name(), Some("causeway"));
            assert_eq!(entry.source(), Some("causeway.helpdesk"));
            let seen = match entry.detail_type() {
                Some("PrivateLink Requested") => &seen,
                Some("Customer Answered") => &comments,
                other => panic!("an event {other:?}"),
            };
            if omits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let entry = PutEventsResultEntry::builder().error_code("ThrottlingException").build();
                return PutEventsOutput::builder().failed_entry_count(1).entries(entry).build();
            }
            seen.lock().unwrap().push(serde_json::from_str(entry.detail().unwrap()).unwrap());
            PutEventsOutput::builder().failed_entry_count(0).build()
        });
        let secret = json!({"email": "causeway@example.com", "apiToken": "t", "webhookSecret": SECRET});
        let (secret, reads) = (Arc::new(Mutex::new(secret)), Arc::new(AtomicUsize::new(0)));
        let (content, counted) = (secret.clone(), reads.clone());
        let read = mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_compute_output(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            GetSecretValueOutput::builder().secret_string(content.lock().unwrap().to_string()).build()
        });
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read]);
        let url = if product == Product::Zendesk { desk.clone() } else { format!("{desk}/replies") };
        let help_desk = help_desk::Config { product, url, secret: "help-desk".to_owned() };
        let (items, unread) = (Items::default(), Arc::new(AtomicUsize::new(0)));
        let clients = Clients {
            register: register(&items, &unread),
            events: mock_client!(aws_sdk_eventbridge, RuleMode::MatchAny, [&put]),
            help_desk: HelpDesk::new(help_desk, secrets, TIMEOUT).unwrap(),
        };
        let config = Config {
            tag: "privatelink".to_owned(),
            fields: counterpart::fields::mapping().parse().unwrap(),
            bus: "causeway".to_owned(),
            state_machine_arn: MACHINE.to_owned(),
            register: "register".to_owned(),
        };
        let http = reqwest::Client::new();
        Self { desk, http, config, clients, announced, passed_on, left_out, secret, reads, items, unread, replies }
    }

    /// The register holds this round of a ticket from now on, under way or with its end.
    fn onboarding(&self, ticket: &str, round: u16, end: Option<&End>) {
        let ticket = Ticket { id: ticket.parse().unwrap(), round: round.try_into().unwrap() };
        let arn = ticket.execution_arn(MACHINE);
        let id = OnboardingId::of(&arn);
        let state = end.map_or("awaiting-command", |end| end.state);
        let shown = json!({
            "order": 9000, "state": state, "since": "2026-07-04T05:33:18Z", "outcome": end.map(|end| json!({"at": end.at})),
        });
        let delivery = |delivered: &String| json!({"o.9": {"at": delivered, "what": "posted"}});
        let deliveries = end.and_then(|end| end.delivered.as_ref()).map_or(json!({}), delivery);
        let item = json!({"executionArn": arn, "link": 1, "shown": shown, "deliveries": deliveries});
        self.items.lock().unwrap().insert(format!("onboarding/{id}"), item);
    }

    async fn send(&self, delivery: &Delivery) -> (u16, String) {
        let mut request = http::Request::builder().method("POST").uri("https://x.example/hooks/help-desk");
        for (name, value) in &delivery.headers {
            request = request.header(*name, value);
        }
        let answer = handle(&self.clients, &self.config, request.body(delivery.body.clone().into()).unwrap()).await;
        let retried = answer.headers().contains_key(header::RETRY_AFTER);
        assert_eq!(retried, answer.status() == 503, "Zendesk tries again only when it is told when");
        let body: Value = serde_json::from_str(answer.body()).unwrap();
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty() && !message.contains(SECRET)));
        (answer.status().as_u16(), body["code"].as_str().unwrap().to_owned())
    }

    /// Delivers a payload of Zendesk, and gives the answer's code.
    async fn zendesk(&self, payload: &Value) -> String {
        let (status, code) = self.send(&signed(&payload.to_string())).await;
        assert_eq!(status, 200, "{code}");
        code
    }

    fn passed_on(&self) -> Vec<Value> {
        std::mem::take(&mut *self.passed_on.lock().unwrap())
    }

    fn announced(&self) -> Vec<Value> {
        std::mem::take(&mut *self.announced.lock().unwrap())
    }

    async fn api(&self, request: reqwest::RequestBuilder, agent: &str) -> Value {
        let answer = request.basic_auth(format!("{agent}@example.com/token"), Some("t")).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.json().await.unwrap()
    }

    /// Files a ticket and gives its id.
    async fn file(&self, tags: &[&str], parts: &Value) -> String {
        let fields = counterpart::fields::custom_fields(parts);
        let ticket = json!({"comment": {"body": "Please connect us."}, "tags": tags, "custom_fields": fields});
        let request = self.http.post(format!("{}/api/v2/tickets.json", self.desk)).json(&json!({ "ticket": ticket }));
        self.api(request, "customer").await["ticket"]["id"].to_string()
    }

    /// Makes an organisation and gives its id.
    async fn organize(&self, organization: &Value) -> Value {
        let request = self.http.post(format!("{}/api/v2/organizations.json", self.desk));
        self.api(request.json(&json!({ "organization": organization })), "engineer").await["organization"]["id"].take()
    }

    async fn change(&self, agent: &str, ticket: &str, change: Value) -> Value {
        let request = self.http.put(format!("{}/api/v2/tickets/{ticket}.json", self.desk));
        self.api(request.json(&json!({ "ticket": change })), agent).await["ticket"].take()
    }

    async fn thread(&self, ticket: &str) -> Vec<Value> {
        let request = self.http.get(format!("{}/api/v2/tickets/{ticket}/comments.json", self.desk));
        self.api(request, "engineer").await["comments"].as_array().unwrap()[1..].to_vec()
    }

    async fn status(&self, ticket: &str) -> String {
        let request = self.http.get(format!("{}/api/v2/tickets/{ticket}.json", self.desk));
        self.api(request, "engineer").await["ticket"]["status"].as_str().unwrap().to_owned()
    }

    /// The id of the agent that replies for us.
    async fn us(&self) -> Value {
        let request = self.http.get(format!("{}/api/v2/users/me.json", self.desk));
        self.api(request, "causeway").await["user"]["id"].take()
    }

    async fn fault(&self, method: &str, status: u16, times: u32) {
        let fault = json!({"method": method, "status": status, "retryAfter": 5, "times": times});
        let url = format!("{}/_help-desk/faults", self.desk);
        assert_eq!(self.http.post(url).json(&fault).send().await.unwrap().status(), 204);
    }
}

/// How an onboarding ended.
struct End {
    state: &'static str,
    at: String,
    /// When its last message was posted, if it was.
    delivered: Option<String>,
}

/// The time so many seconds from another.
fn after(at: &str, seconds: i64) -> String {
    (OffsetDateTime::parse(at, &Rfc3339).unwrap() + Duration::seconds(seconds)).format(&Rfc3339).unwrap()
}

fn register(items: &Items, unread: &Arc<AtomicUsize>) -> Register {
    let fails = Arc::clone(unread);
    let away = mock!(aws_sdk_dynamodb::Client::get_item)
        .match_requests(move |_| {
            fails.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        })
        .then_error(|| GetItemError::generic(ErrorMetadata::builder().code("ThrottlingException").build()));
    let items = Arc::clone(items);
    let read = mock!(aws_sdk_dynamodb::Client::get_item).then_compute_output(move |request| {
        let item = items.lock().unwrap().get(request.key().unwrap()["key"].as_s().unwrap()).cloned();
        GetItemOutput::builder().set_item(item.map(|item| serde_dynamo::to_item(item).unwrap())).build()
    });
    Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&away, &read]), "register")
}

fn parts() -> Value {
    json!({
        "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": "dedicated"},
    })
}

/// The parts without these.
fn without(names: &[&str]) -> Value {
    let mut parts = parts();
    for (part, name) in names.iter().map(|name| name.split_once('.').unwrap()) {
        parts[part].as_object_mut().unwrap().remove(name);
    }
    parts
}

fn created(ticket: &Value) -> Value {
    json!({
        "type": "zen:event-type:ticket.created", "account_id": 12_514_403, "id": "01J", "time": "2026-07-04T05:33:18Z",
        "zendesk_event_version": "2022-11-06", "subject": "zen:ticket:35436", "event": {},
        "detail": {"id": ticket, "status": "NEW", "requester_id": "800001", "tags": ["privatelink"]},
    })
}

fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}{body}").as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

fn signed_as(secret: &str, age: Duration, body: &str) -> Delivery {
    let timestamp = (OffsetDateTime::now_utc() - age).format(&Rfc3339).unwrap();
    let headers = vec![
        ("content-type", "application/json; charset=utf-8".to_owned()),
        ("x-zendesk-webhook-signature", signature(secret, &timestamp, body)),
        ("x-zendesk-webhook-signature-timestamp", timestamp),
    ];
    Delivery { headers, body: body.to_owned() }
}

fn signed(body: &str) -> Delivery {
    signed_as(SECRET, Duration::ZERO, body)
}

fn with(mut delivery: Delivery, name: &'static str, value: Option<&str>) -> Delivery {
    delivery.headers.retain(|(known, _)| *known != name);
    delivery.headers.extend(value.map(|value| (name, value.to_owned())));
    delivery
}

#[tokio::test]
async fn what_is_not_the_help_desks_is_refused() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    let body = created(&json!(ticket)).to_string();
    let (signature, timestamp) = ("x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp");
    let huge = format!("{body}{}", " ".repeat(BODY_LIMIT + 1 - body.len()));
    let largest = &huge[..BODY_LIMIT];
    let tampered = Delivery { body: body.replace(&ticket, "1"), ..signed(&body) };
    for (delivery, status, code) in [
        (signed_as("another", Duration::ZERO, &body), 401, "signature"),
        (tampered, 401, "signature"),
        (with(signed(&body), signature, Some("AAAA")), 401, "signature"),
        (with(signed(&body), signature, Some("not base64")), 401, "signature"),
        (with(signed(&body), signature, None), 401, "header-missing"),
        (with(signed(&body), timestamp, None), 401, "header-missing"),
        (with(signed(&body), timestamp, Some("")), 401, "header-missing"),
        (with(signed(&body), timestamp, Some("1614265330")), 401, "timestamp"),
        (signed_as(SECRET, Duration::minutes(6), &body), 401, "timestamp"),
        (signed_as(SECRET, -Duration::minutes(6), &body), 401, "timestamp"),
        (with(signed(&body), "content-type", Some("text/plain")), 415, "content-type"),
        (with(signed(&body), "content-type", None), 415, "content-type"),
        (signed(&huge), 413, "too-large"),
        (signed_as("another", Duration::ZERO, "{"), 401, "signature"),
        (signed("{"), 400, "unreadable"),
        (signed_as(ZENDESKS_TEST_SECRET, Duration::ZERO, &body), 401, "test-webhook"),
        (signed_as(ZENDESKS_TEST_SECRET, Duration::minutes(6), &body), 401, "timestamp"),
        (signed(&body.replace("2022-11-06", "2026-01-01")), 422, "event-version"),
    ] {
        assert_eq!(bench.send(&delivery).await, (status, code.to_owned()), "{:?}", delivery.headers);
    }
    let get = http::Request::get("https://x.example/hooks/help-desk").body(lambda_http::Body::Empty).unwrap();
    assert_eq!(handle(&bench.clients, &bench.config, get).await.status(), 405);
    assert_eq!(bench.announced(), Vec::<Value>::new());

    for age in [Duration::minutes(4), -Duration::minutes(4)] {
        assert_eq!(bench.send(&signed_as(SECRET, age, &body)).await, (200, "announced".to_owned()));
    }
    assert_eq!(bench.send(&signed(largest)).await, (200, "announced".to_owned()));
    assert_eq!(bench.announced().len(), 3);
}

#[tokio::test]
async fn the_test_secret_of_zendesk_opens_nothing_even_when_it_is_set() {
    let bench = Bench::new(Product::Zendesk).await;
    bench.secret.lock().unwrap()["webhookSecret"] = json!(ZENDESKS_TEST_SECRET);
    let ticket = bench.file(&["privatelink"], &parts()).await;
    let delivery = signed_as(ZENDESKS_TEST_SECRET, Duration::ZERO, &created(&json!(ticket)).to_string());
    assert_eq!(bench.send(&delivery).await, (401, "test-webhook".to_owned()));
    assert_eq!(bench.announced(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_rotated_secret_works_at_once_and_wrong_signatures_read_it_once_a_minute() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    let body = created(&json!(ticket)).to_string();
    assert_eq!(bench.send(&signed(&body)).await.1, "announced");
    bench.secret.lock().unwrap()["webhookSecret"] = json!("rotated");
    assert_eq!(bench.send(&signed_as("rotated", Duration::ZERO, &body)).await.1, "announced");
    assert_eq!(bench.reads.load(Ordering::Relaxed), 2);
    for _ in 0..3 {
        assert_eq!(bench.send(&signed_as("guessed", Duration::ZERO, &body)).await.0, 401);
    }
    assert_eq!(bench.reads.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn whatever_is_away_is_asked_for_another_delivery() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    let delivery = signed(&created(&json!(ticket)).to_string());
    let later = (503, "later".to_owned());
    for status in [500, 503, 429, 403] {
        bench.fault("GET", status, 1).await;
        assert_eq!(bench.send(&delivery).await, later, "{status}");
    }
    bench.unread.store(1, Ordering::Relaxed);
    assert_eq!(bench.send(&delivery).await, later, "the register");
    // The bus took the call, and not the event.
    bench.left_out.store(1, Ordering::Relaxed);
    assert_eq!(bench.send(&delivery).await, later);
    assert_eq!(bench.announced(), Vec::<Value>::new());
    // A token that was just rotated is read anew.
    bench.fault("GET", 401, 1).await;
    assert_eq!(bench.send(&delivery).await, (200, "announced".to_owned()));
    bench.fault("GET", 401, 1).await;
    assert_eq!(bench.send(&delivery).await, later);

    // A secret without what is needed is ours to mend; until then the help desk keeps its webhook.
    let bench = Bench::new(Product::Zendesk).await;
    bench.secret.lock().unwrap().as_object_mut().unwrap().remove("webhookSecret");
    assert_eq!(bench.send(&delivery).await, later);
}
