//! Replies at the help desk of the local stack, and at a receiver of webhooks.

use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use counterparts::help_desk as counterpart;
use help_desk::signature::is_standard;
use help_desk::{Config, Product};

const ARN: &str = "arn:aws:states:us-east-1:123456789012:execution:causeway-onboarding:ticket-35436";
const REPLY_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

fn help_desk(product: Product, url: &str) -> HelpDesk {
    let secret = json!({"email": "causeway@example.com", "apiToken": "t", "replySecret": REPLY_SECRET}).to_string();
    let read = mock!(aws_sdk_secretsmanager::Client::get_secret_value)
        .then_output(move || GetSecretValueOutput::builder().secret_string(&secret).build());
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read]);
    let config = Config { product, url: url.to_owned(), secret: "help-desk".to_owned() };
    HelpDesk::new(config, secrets, TIMEOUT).unwrap()
}

fn failed() -> Input {
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "<b>no</b>"});
    let message = json!({"name": "failed", "failure": failure, "cleanUp": {"complete": true, "leftovers": []}});
    serde_json::from_value(json!({"event": {"ticket": {"id": "35436"}}, "executionArn": ARN, "message": message}))
        .unwrap()
}

struct Zendesk {
    url: String,
    help_desk: HelpDesk,
}

impl Zendesk {
    /// With one ticket.
    async fn new() -> Self {
        let (router, _deliveries) = counterpart::new(counterpart::Hook { url: String::new(), secret: String::new() });
        let url = serve(router).await;
        let ticket = json!({"ticket": {"comment": {"body": "Please connect us."}}});
        let request = reqwest::Client::new().post(format!("{url}/api/v2/tickets.json")).json(&ticket);
        assert_eq!(request.bearer_auth("t").send().await.unwrap().status(), 201);
        Self { help_desk: help_desk(Product::Zendesk, &url), url }
    }

    async fn reply(&self) -> Result<usize, StepError> {
        handle(&self.help_desk, failed()).await.map(|output| output.posted)
    }

    async fn fault(&self, fault: Value) {
        let request = reqwest::Client::new().post(format!("{}/_help-desk/faults", self.url)).json(&fault);
        assert_eq!(request.send().await.unwrap().status(), 204);
    }

    async fn get(&self, path: &str) -> Value {
        let request = reqwest::Client::new().get(format!("{}/api/v2/{path}", self.url)).bearer_auth("t");
        request.send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn a_step_that_is_retried_says_nothing_twice() {
    let zendesk = Zendesk::new().await;
    zendesk.fault(json!({"method": "PUT", "status": 409, "times": 1})).await;
    assert_eq!(zendesk.reply().await, Ok(2), "one conflict is mended at once");
    assert_eq!(zendesk.reply().await, Ok(0));
    let thread = zendesk.get("tickets/35436/comments.json").await;
    let [_, public, note] = thread["comments"].as_array().unwrap().as_slice() else { panic!("{thread}") };
    assert_eq!((&public["public"], &note["public"]), (&json!(true), &json!(false)));
    assert!(public["html_body"].as_str().unwrap().starts_with("<p>We could not finish"));
    let text = note["body"].as_str().unwrap();
    assert!(text.contains("Cause: <b>no</b>") && text.ends_with("Reference: ticket-35436/failed-details."), "{text}");
    assert_eq!(zendesk.get("tickets/35436.json").await["ticket"]["status"], "open");
}

#[tokio::test]
async fn what_time_mends_is_retried_and_the_rest_is_ours() {
    let zendesk = Zendesk::new().await;
    for (fault, expected) in [
        (
            json!({"method": "PUT", "status": 429, "retryAfter": 7, "times": 1}),
            "429 Too Many Requests and asks to wait 7 s",
        ),
        (json!({"method": "GET", "status": 503, "times": 1}), "503 Service Unavailable"),
        (json!({"method": "PUT", "status": 409, "times": 2}), "it changes while it is replied to"),
    ] {
        zendesk.fault(fault).await;
        let error = zendesk.reply().await.unwrap_err();
        assert!(matches!(&error, StepError::Transient(message) if message.contains(expected)), "{error}");
    }
    zendesk.fault(json!({"method": "GET", "status": 403, "times": 1})).await;
    assert!(matches!(zendesk.reply().await, Err(StepError::Operator(_))));
    assert_eq!(zendesk.reply().await, Ok(2));

    // Fresh credentials are tried once; then they are wrong, which no retry mends.
    zendesk.fault(json!({"method": "GET", "status": 401, "times": 3})).await;
    assert!(matches!(zendesk.reply().await, Err(StepError::Operator(_))));
}

#[tokio::test]
async fn any_other_help_desk_gets_a_signed_webhook() {
    let received = Arc::new(Mutex::new(Vec::<(HeaderMap, String)>::new()));
    let seen = received.clone();
    let hook = post(move |headers: HeaderMap, body: String| async move {
        let mut seen = seen.lock().unwrap();
        seen.push((headers, body));
        [StatusCode::TOO_MANY_REQUESTS, StatusCode::NO_CONTENT, StatusCode::GONE][seen.len() - 1]
    });
    let url = serve(Router::new().route("/causeway", hook)).await;
    let help_desk = help_desk(Product::Webhook, &format!("{url}/causeway"));
    assert!(matches!(handle(&help_desk, failed()).await, Err(StepError::Transient(_))));
    assert_eq!(handle(&help_desk, failed()).await, Ok(Output { posted: 2, reason: Some("<b>no</b>".to_owned()) }));
    assert!(matches!(handle(&help_desk, failed()).await, Err(StepError::Operator(_))));

    let received = received.lock().unwrap();
    for (headers, body) in received.iter() {
        let header = |name: &str| headers[name].to_str().unwrap();
        // The same each time, so that the receiver can drop repeats.
        assert_eq!(header("webhook-id"), "ticket-35436/failed");
        let (timestamp, signature) = (header("webhook-timestamp"), header("webhook-signature"));
        assert!(is_standard(REPLY_SECRET, "ticket-35436/failed", timestamp, body.as_bytes(), signature).unwrap());
    }
    let body: Value = serde_json::from_str(&received[0].1).unwrap();
    assert_eq!((&body["ticket"], body["comments"].as_array().unwrap().len()), (&json!("35436"), 2));
    let public = &body["comments"][0];
    assert_eq!((&public["public"], &public["status"]), (&json!(true), &json!("open")));
    assert_eq!(public["reference"], "ticket-35436/failed");
    assert!(public["body"].as_str().unwrap().ends_with("Reference: ticket-35436/failed."));
    assert!(public["htmlBody"].as_str().unwrap().ends_with("<p>Reference: ticket-35436/failed.</p>"));
    assert_eq!((&body["comments"][1]["public"], &body["comments"][1]["status"]), (&json!(false), &json!(null)));
}
