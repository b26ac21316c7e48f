use std::collections::VecDeque;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::fields::{ATLAS_REGION, CUSTOMER_ID};
use super::*;

const SECRET: &str = "a secret";

struct Bench {
    base: String,
    client: reqwest::Client,
    webhooks: UnboundedReceiver<(HeaderMap, Bytes)>,
}

impl Bench {
    async fn new() -> Self {
        Self::with_receiver([]).await
    }

    /// With a receiver that answers like this, and with success after that.
    async fn with_receiver(answers: impl Into<VecDeque<StatusCode>>) -> Self {
        let (received, webhooks) = unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.into()));
        let hook = Router::new().route(
            "/hook",
            post(move |headers: HeaderMap, body: Bytes| async move {
                received.send((headers, body)).unwrap();
                answers.lock().unwrap().pop_front().unwrap_or(StatusCode::OK)
            }),
        );
        let hook = Hook { url: format!("{}/hook", serve(hook).await), secret: SECRET.to_owned() };
        let (router, deliveries) = new(hook);
        tokio::spawn(deliveries.run());
        Self { base: serve(router).await, client: reqwest::Client::builder().no_proxy().build().unwrap(), webhooks }
    }

    /// The next webhook's payload, its signature checked.
    async fn webhook(&mut self) -> Value {
        let (headers, body) = self.webhooks.recv().await.unwrap();
        let header = |name: &str| headers[name].to_str().unwrap();
        let timestamp = header("x-zendesk-webhook-signature-timestamp");
        // As Zendesk documents it: base64(HMAC-SHA256(secret, timestamp + body)).
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(&[timestamp.as_bytes(), &body].concat());
        mac.verify_slice(&BASE64.decode(header("x-zendesk-webhook-signature").as_bytes()).unwrap()).unwrap();
        for name in ["x-zendesk-account-id", "x-zendesk-webhook-id", "x-zendesk-webhook-invocation-id"] {
            assert!(!header(name).is_empty(), "{name}");
        }
        assert!(header("content-type").starts_with("application/json"));
        serde_json::from_slice(&body).unwrap()
    }

    async fn api(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/api/v2/{path}", self.base);
        let answer =
            self.client.request(method, url).basic_auth("a/token", Some("t")).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.api(Method::GET, path, Value::Null).await
    }

    async fn file(&self, ticket: Value) -> Value {
        let (status, mut answer) = self.api(Method::POST, "tickets.json", json!({ "ticket": ticket })).await;
        assert_eq!(status, 201, "{answer}");
        answer["ticket"].take()
    }

    async fn put(&self, ticket: Value) -> (u16, Value) {
        self.api(Method::PUT, "tickets/35436.json", json!({ "ticket": ticket })).await
    }

    async fn page(&self, path: &str) -> String {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap().text().await.unwrap()
    }

    async fn submit_form(&self, form: &[(&str, &str)]) -> String {
        let answer = self.client.post(format!("{}/tickets", self.base)).form(form).send().await.unwrap();
        answer.url().path().to_owned()
    }
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    base
}

fn said(body: &str) -> Value {
    json!({ "subject": "Hello", "comment": { "body": body } })
}

#[tokio::test]
async fn a_ticket_is_filed_shown_and_answered() {
    let bench = Bench::new().await;
    let ticket = bench.file(said("Good morning")).await;
    assert_eq!((&ticket["id"], &ticket["status"]), (&json!(35436), &json!("new")));
    assert_eq!(bench.file(said("Another")).await["id"], 35437);

    let reply = json!({ "status": "pending", "tags": ["seen"], "custom_fields": [{ "id": CUSTOMER_ID, "value": "acme" }],
                        "comment": { "html_body": "<p>See <a href=\"https://x.example\">this</a></p>", "public": true } });
    let (status, answer) = bench.put(reply).await;
    assert_eq!((status, &answer["ticket"]["status"]), (200, &json!("pending")));
    bench.put(json!({ "comment": { "body": "A note", "public": false } })).await;

    let (_, shown) = bench.get("tickets/35436.json").await;
    assert_eq!((&shown["ticket"]["status"], &shown["ticket"]["tags"]), (&json!("pending"), &json!(["seen"])));
    let fields = shown["ticket"]["custom_fields"].as_array().unwrap();
    assert!(fields.contains(&json!({ "id": CUSTOMER_ID, "value": "acme" })), "{fields:?}");
    assert!(fields.contains(&json!({ "id": ATLAS_REGION, "value": null })), "{fields:?}");

    let (_, thread) = bench.get("tickets/35436/comments.json").await;
    let comments = thread["comments"].as_array().unwrap();
    let seen: Vec<_> =
        comments.iter().map(|comment| (comment["plain_body"].clone(), comment["public"].clone())).collect();
    let expected = [("Good morning", true), ("See this (https://x.example)", true), ("A note", false)];
    assert_eq!(seen, expected.map(|(text, public)| (json!(text), json!(public))));
    assert_eq!(comments[1]["html_body"], "<p>See <a href=\"https://x.example\">this</a></p>");
    assert_eq!((&comments[0]["type"], &thread["count"]), (&json!("Comment"), &json!(3)));
}

#[tokio::test]
async fn zendesks_refusals() {
    let bench = Bench::new().await;
    let answer = bench.client.get(format!("{}/api/v2/tickets/35436.json", bench.base)).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let (status, missing) = bench.get("tickets/35436.json").await;
    assert_eq!((status, missing), (404, json!({ "error": "RecordNotFound", "description": "Not found" })));
    assert_eq!(bench.get("tickets/35436/comments.json").await.0, 404);
    assert_eq!(bench.put(json!({})).await.0, 404);
    assert_eq!(bench.api(Method::POST, "tickets.json", json!({ "ticket": { "subject": "x" } })).await.0, 422);

    bench.file(said("x")).await;
    assert_eq!(bench.get("tickets/35436/other.json").await.0, 404);
    assert_eq!(bench.put(json!({ "status": "closed" })).await.0, 200);
    assert_eq!(bench.put(json!({ "status": "open" })).await.0, 422);
}

#[tokio::test]
async fn an_agent_is_known_by_the_id_that_its_comments_bear() {
    let bench = Bench::new().await;
    bench.file(said("x")).await;
    bench.put(json!({ "comment": { "body": "A reply" } })).await;
    let (status, me) = bench.get("users/me.json").await;
    let (_, thread) = bench.get("tickets/35436/comments.json").await;
    assert_eq!((status, &me["user"]["id"]), (200, &thread["comments"][1]["author_id"]));
    assert_eq!(bench.get("users/900001.json").await.0, 404);
}

#[tokio::test]
async fn a_deleted_ticket_is_gone() {
    let bench = Bench::new().await;
    bench.file(said("x")).await;
    let url = format!("{}/api/v2/tickets/35436.json", bench.base);
    let delete = async || bench.client.delete(&url).basic_auth("a/token", Some("t")).send().await.unwrap().status();
    assert_eq!(delete().await, 204);
    assert_eq!(delete().await, 404);
    assert_eq!(bench.get("tickets/35436.json").await.0, 404);
    assert_eq!(bench.put(json!({ "status": "open" })).await.0, 404);
    assert_eq!(bench.file(said("y")).await["id"], 35437);
}

#[tokio::test]
async fn a_merged_ticket_is_closed_for_good() {
    let bench = Bench::new().await;
    bench.file(said("the same")).await;
    bench.file(said("the one that stays")).await;
    let merge = async |target: &str, ids: &[u64]| {
        bench.api(Method::POST, &format!("tickets/{target}/merge.json"), json!({ "ids": ids })).await.0
    };
    assert_eq!(merge("35437", &[35436, 9]).await, 404);
    assert_eq!(merge("35437", &[35437]).await, 422);
    assert_eq!(merge("35437", &[35436]).await, 200);
    assert_eq!(bench.get("tickets/35436.json").await.1["ticket"]["status"], "closed");
    assert_eq!(bench.put(json!({ "comment": { "body": "late" } })).await.0, 422);
    assert_eq!(bench.get("tickets/35437.json").await.1["ticket"]["status"], "new");
    assert_eq!(bench.get("tickets/35437/comments.json").await.1["comments"][1]["public"], false);
    assert_eq!(merge("35436", &[35437]).await, 422, "nothing is merged into a closed one");
}

#[tokio::test]
async fn a_safe_update_of_an_outdated_ticket_is_refused() {
    let bench = Bench::new().await;
    let stamp = bench.file(said("x")).await["updated_at"].clone();
    let update = json!({ "safe_update": true, "updated_stamp": stamp, "comment": { "body": "first" } });
    let (status, updated) = bench.put(update.clone()).await;
    assert_eq!(status, 200);
    let (status, refused) = bench.put(update).await;
    assert_eq!((status, &refused["error"]), (409, &json!("UpdateConflict")));
    assert_eq!(bench.get("tickets/35436/comments.json").await.1["count"], 2);
    let fresh = json!({ "safe_update": true, "updated_stamp": updated["ticket"]["updated_at"], "status": "open" });
    assert_eq!(bench.put(fresh).await.0, 200);
}

#[tokio::test]
async fn a_tagged_ticket_is_announced_as_zendesk_does_and_no_other() {
    let mut bench = Bench::new().await;
    bench.file(said("not ours")).await;
    let facts = json!({"customer": {"id": "acme"}, "atlas": {"region": "US_EAST_1"}});
    let fields = fields::custom_fields(&facts);
    let ticket =
        json!({"subject": "PrivateLink", "comment": {"body": "x"}, "tags": ["privatelink"], "custom_fields": fields});
    let filed = bench.file(ticket).await;
    let announced = bench.webhook().await;
    // Ids and times apart, the recorded shape of an event subscription; it holds no custom fields.
    let expected = json!({
        "type": "zen:event-type:ticket.created",
        "account_id": 12_514_403,
        "id": announced["id"],
        "time": filed["created_at"],
        "zendesk_event_version": "2022-11-06",
        "subject": "zen:ticket:35437",
        "detail": {
            "actor_id": "800001", "id": "35437", "subject": "PrivateLink", "description": "x", "status": "NEW",
            "requester_id": "800001", "organization_id": null, "form_id": null, "tags": ["privatelink"],
            "via": {"channel": "api"}, "created_at": filed["created_at"], "updated_at": filed["updated_at"],
        },
        "event": {},
    });
    assert_eq!(announced, expected);
    assert!(announced["id"].as_str().is_some_and(|id| !id.is_empty()));
}

#[tokio::test]
async fn each_change_of_a_tagged_ticket_is_an_event() {
    let mut bench = Bench::new().await;
    bench.file(said("tagged later")).await;
    bench.put(json!({ "tags": ["privatelink"] })).await;
    let tagged = bench.webhook().await;
    assert_eq!(tagged["type"], "zen:event-type:ticket.tags_changed");
    assert_eq!(tagged["event"], json!({"tags_added": ["privatelink"], "tags_removed": []}));

    bench.put(json!({ "custom_fields": [{"id": CUSTOMER_ID, "value": "acme"}] })).await;
    let filled_in = bench.webhook().await;
    assert_eq!(filled_in["type"], "zen:event-type:ticket.custom_field_changed");
    let field = json!({"id": "360000000101", "title": "Customer ID", "type": "text"});
    assert_eq!(filled_in["event"], json!({"custom_field": field, "current": "acme", "previous": null}));

    bench.put(json!({ "status": "solved", "comment": {"body": "Done", "public": true} })).await;
    let events = [bench.webhook().await, bench.webhook().await];
    let of_type = |kind: &str| {
        let kind = format!("zen:event-type:ticket.{kind}");
        events.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("{kind} in {events:?}"))
    };
    assert_eq!(of_type("status_changed")["event"], json!({"current": "SOLVED", "previous": "NEW"}));
    assert_eq!(of_type("status_changed")["detail"]["status"], "SOLVED");
    let author = json!({"id": "900001", "is_staff": true, "name": "An agent"});
    let comment = json!({"author": author, "body": "Done", "id": "354360001", "is_public": true});
    assert_eq!(of_type("comment_added")["event"], json!({ "comment": comment }));
}

#[tokio::test]
async fn a_webhook_is_sent_again_while_its_receiver_is_busy_or_away() {
    let busy = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS, StatusCode::CONFLICT];
    let mut bench = Bench::with_receiver(busy).await;
    bench.file(json!({ "comment": {"body": "x"}, "tags": ["privatelink"] })).await;
    let first = bench.webhook().await;
    for _ in busy {
        assert_eq!(bench.webhook().await, first);
    }
    // A refusal is final.
    let mut bench = Bench::with_receiver([StatusCode::UNAUTHORIZED]).await;
    bench.file(json!({ "comment": {"body": "x"}, "tags": ["privatelink"] })).await;
    bench.webhook().await;
    bench.put(json!({ "status": "open" })).await;
    assert_eq!(bench.webhook().await["type"], "zen:event-type:ticket.status_changed");
}

#[tokio::test]
async fn a_customers_comment_opens_the_ticket_again() {
    let bench = Bench::new().await;
    bench.file(json!({ "comment": {"body": "x"}, "tags": ["privatelink"] })).await;
    bench.put(json!({ "status": "solved" })).await;
    let page = bench.page("/tickets/35436").await;
    assert!(page.contains("/tickets/35436/reply") && page.contains("/tickets/35436/reopen"), "{page}");
    assert!(bench.page("/tickets/35436/reply").await.contains("<textarea"));
    let url = format!("{}/tickets/35436/reply", bench.base);
    let answer = bench.client.post(url).form(&[("comment", "Once\r\nmore")]).send().await.unwrap();
    assert_eq!(answer.url().path(), "/tickets/35436");
    let (_, thread) = bench.get("tickets/35436/comments.json?sort_order=desc&per_page=1").await;
    assert_eq!(thread["comments"].as_array().unwrap().len(), 1);
    assert_eq!(thread["comments"][0]["body"], "Once\nmore");
    assert_eq!(thread["comments"][0]["author_id"], CUSTOMER);
    assert_eq!(bench.get("tickets/35436.json").await.1["ticket"]["status"], "open");

    bench.put(json!({ "status": "solved" })).await;
    bench.client.post(format!("{}/tickets/35436/reopen", bench.base)).send().await.unwrap();
    assert_eq!(bench.get("tickets/35436.json").await.1["ticket"]["status"], "open");
}

#[tokio::test]
async fn the_api_fails_as_often_as_it_is_told_to() {
    let bench = Bench::new().await;
    bench.file(said("x")).await;
    let faults = format!("{}/_help-desk/faults", bench.base);
    for fault in [
        json!({"method": "GET", "status": 429, "retryAfter": 7, "times": 1}),
        json!({"method": "PUT", "status": 409, "times": 1}),
    ] {
        assert_eq!(bench.client.post(&faults).json(&fault).send().await.unwrap().status(), 204);
    }
    let url = format!("{}/api/v2/tickets/35436.json", bench.base);
    let busy = bench.client.get(url).basic_auth("a/token", Some("t")).send().await.unwrap();
    assert_eq!((busy.status().as_u16(), &busy.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    assert_eq!(bench.get("tickets/35436.json").await.0, 200);
    let (status, conflict) = bench.put(json!({ "status": "open" })).await;
    assert_eq!((status, &conflict["error"]), (409, &json!("UpdateConflict")));
    assert_eq!(bench.put(json!({ "status": "open" })).await.0, 200);

    let fault = json!({"method": "GET", "status": 503, "times": 3});
    bench.client.post(&faults).json(&fault).send().await.unwrap();
    assert_eq!(bench.get("tickets/35436.json").await.0, 503);
    assert_eq!(bench.client.delete(&faults).send().await.unwrap().status(), 204);
    assert_eq!(bench.get("tickets/35436.json").await.0, 200);
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_there_and_pages_are_spared() {
    let bench = Bench::new().await;
    bench.file(said("x")).await;
    for fault in [
        json!({"action": "PUT", "fault": "cut-after", "times": 1}),
        json!({"action": "GET", "fault": "throttled", "where": "comments", "times": 1}),
    ] {
        let answer = bench.client.post(format!("{}/_faults", bench.base)).json(&fault).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    let url = format!("{}/api/v2/tickets/35436.json", bench.base);
    let comment = json!({ "ticket": {"comment": {"body": "Done", "public": true}} });
    bench.client.put(url).basic_auth("a/token", Some("t")).json(&comment).send().await.unwrap_err();
    assert!(bench.page("/tickets/35436?comments").await.contains("Done"));
    let (status, busy) = bench.get("tickets/35436/comments.json").await;
    assert_eq!((status, &busy["error"]), (429, &json!("APIRateLimitExceeded")));
    assert_eq!(bench.get("tickets/35436/comments.json").await.1["count"], 2);
}

#[tokio::test]
async fn any_credentials_do_and_none_do_not() {
    let bench = Bench::new().await;
    bench.file(said("x")).await;
    let url = format!("{}/api/v2/tickets/35436.json", bench.base);
    let ask = |request: reqwest::RequestBuilder| async { request.send().await.unwrap().status().as_u16() };
    assert_eq!(ask(bench.client.get(&url)).await, 401);
    assert_eq!(ask(bench.client.get(&url).basic_auth("", Some(""))).await, 401);
    assert_eq!(ask(bench.client.get(&url).bearer_auth("")).await, 401);
    assert_eq!(ask(bench.client.get(&url).basic_auth("a@example.com/token", Some("t"))).await, 200);
    assert_eq!(ask(bench.client.get(&url).bearer_auth("t")).await, 200);
}

#[tokio::test]
async fn the_form_files_a_ticket_as_the_api_would() {
    let mut bench = Bench::new().await;
    let form = [
        ("customerId", "acme"),
        ("customerName", "Acme <Corp>"),
        ("plan", "business"),
        ("region", "us-east-1"),
        ("atlasRegion", "US_EAST_1"),
        ("target", ""),
        ("vpcId", " vpc-0b1c "),
    ];
    assert_eq!(bench.submit_form(&form).await, "/tickets/35436");
    assert_eq!(bench.webhook().await["type"], "zen:event-type:ticket.created");
    let ticket = bench.get("tickets/35436.json").await.1["ticket"].take();
    let facts = json!({
        "customer": { "id": "acme", "name": "Acme <Corp>", "plan": "business", "region": "us-east-1" },
        "atlas": { "region": "US_EAST_1" },
        "network": { "vpcId": "vpc-0b1c" },
    });
    for field in fields::custom_fields(&facts) {
        assert!(ticket["custom_fields"].as_array().unwrap().contains(&field), "{field} in {ticket}");
    }
    assert_eq!(bench.get("tickets/35436.json").await.1["ticket"]["tags"], json!(["privatelink"]));
    let list = bench.page("/").await;
    assert!(list.contains("PrivateLink to MongoDB Atlas for Acme &lt;Corp&gt;"), "{list}");
}

#[tokio::test]
async fn the_thread_shows_the_newest_first_with_links_and_notes_apart() {
    let bench = Bench::new().await;
    bench.file(said("First <script>")).await;
    bench.put(json!({ "comment": { "body": "Go to https://x.example/o/1.", "public": true } })).await;
    bench.put(json!({ "comment": { "body": "Between us", "public": false } })).await;
    let page = bench.page("/tickets/35436").await;
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"));
    assert!(at("Between us") < at("Go to") && at("Go to") < at("First &lt;script&gt;"));
    assert!(page[..at("Between us")].contains("<article class=\"internal\">"));
    assert!(
        page[at("Between us")..]
            .contains("<a href=\"https://x.example/o/1\" rel=\"noreferrer\">https://x.example/o/1</a>.")
    );
    assert!(!page[at("Between us")..].contains("<article class=\"internal\">"));
    assert!(page.contains("http-equiv=\"refresh\""));
    assert!(bench.page("/tickets/1").await.contains("There is no such ticket"));
}
