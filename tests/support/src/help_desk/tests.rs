use axum::http::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::fields::{ATLAS_REGION, CUSTOMER_ID};
use super::*;

struct Bench {
    base: String,
    announced: UnboundedReceiver<Value>,
    client: reqwest::Client,
}

impl Bench {
    async fn new() -> Self {
        let (announce, announced) = unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router(announce)).await });
        Self { base, announced, client: reqwest::Client::builder().no_proxy().build().unwrap() }
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
async fn tagged_tickets_are_announced_once_and_no_others() {
    let mut bench = Bench::new().await;
    bench.file(said("not ours")).await;
    let facts = json!({
        "customer": { "id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1" },
        "atlas": { "region": "US_EAST_1", "target": "dedicated" },
    });
    let fields = fields::custom_fields(&facts);
    bench.file(json!({ "comment": { "body": "x" }, "tags": ["privatelink"], "custom_fields": fields })).await;
    let expected = json!({
        "ticket": { "id": "35437" },
        "customer": { "id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1" },
        "atlas": { "region": "US_EAST_1", "target": "dedicated" },
    });
    assert_eq!(bench.announced.try_recv().unwrap(), expected);

    // Tagged later, and without any field.
    bench.put(json!({ "tags": ["privatelink"] })).await;
    bench.put(json!({ "status": "open" })).await;
    assert_eq!(bench.announced.try_recv().unwrap(), json!({ "ticket": { "id": "35436" } }));
    assert!(bench.announced.try_recv().is_err());
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
    let expected = json!({
        "ticket": { "id": "35436" },
        "customer": { "id": "acme", "name": "Acme <Corp>", "plan": "business", "region": "us-east-1" },
        "atlas": { "region": "US_EAST_1" },
        "network": { "vpcId": "vpc-0b1c" },
    });
    assert_eq!(bench.announced.try_recv().unwrap(), expected);
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
