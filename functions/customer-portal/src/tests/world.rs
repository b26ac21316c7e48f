//! The world behind the portal: an item in a register, a vault, a source's secret, and an execution that waits.

use std::sync::{Arc, Mutex, MutexGuard};

use lambda_http::RequestExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::http;
use lambda_http::request::RequestContext;
use serde_json::{Value, json};

use super::aws;
use crate::{Clients, Config, handle};
use register::unix_milliseconds;
use secrets::link::Link;
use shared::answer::Answer;
use shared::ids::OnboardingId;

pub(super) const ARN: &str = "arn:aws:states:us-east-1:123456789012:execution:onboarding:ticket-35436";
pub(super) const VPC: &str = "vpc-0123456789abcdef0";
pub(super) const COMMAND: &str = "aws ec2 create-vpc-endpoint --vpc-id vpc-0123456789abcdef0 --region us-east-1 --service-name \
    com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8 --vpc-endpoint-type Interface --subnet-ids subnet-0aaaaaaaaaaaaaaaa";
pub(super) const TOKEN: &str = "secret-task-token";
pub(super) const SIGNING_KEY: &str = "0123456789abcdef0123456789abcdef";
const LATER: &str = "2099-07-09T13:46:40.123Z";

/// What the portal speaks with, and what has become of it.
#[derive(Default)]
pub(super) struct Aws {
    /// The onboarding's item; nothing when there is none.
    pub(super) item: Option<Value>,
    /// Whether the execution waits.
    pub(super) waits: bool,
    /// How Step Functions answers.
    pub(super) step_functions: StepFunctions,
    /// Whether the source's secret is on its way out.
    pub(super) is_closing: bool,
    /// What resumed the execution.
    pub(super) sent: Vec<Value>,
    /// What was put into the source's secret.
    pub(super) kept: Vec<Value>,
    /// The versions that these are.
    pub(super) versions: Vec<String>,
    /// The register can be written, and not be read.
    pub(super) cannot_read: bool,
    /// The calls, in their order.
    pub(super) calls: Vec<&'static str>,
    /// Happens once, right before this call is answered.
    pub(super) meanwhile: Option<(&'static str, Happens)>,
}

/// What happens in between.
pub(super) type Happens = fn(&mut Aws);

/// How Step Functions answers.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum StepFunctions {
    #[default]
    Well,
    /// Its answer gets lost, and it is asked once more by the SDK.
    Lost,
    /// It refuses whatever it is asked.
    Refuses,
}

/// The world behind the portal.
pub(super) struct World {
    aws: Arc<Mutex<Aws>>,
    clients: Clients,
}

impl World {
    fn of(item: Option<Value>) -> Self {
        let aws = Arc::new(Mutex::new(Aws { item, waits: true, ..Aws::default() }));
        let clients = aws::clients(&aws);
        Self { aws, clients }
    }

    /// The ticket is being checked.
    pub(super) fn checking() -> Self {
        Self::of(Some(json!({
            "executionArn": ARN,
            "ticket": "35436",
            "customer": "Acme Corp",
            "link": 1,
            "shown": {"order": 0, "state": "checking", "since": "2026-07-02T13:46:40Z", "facts": {}},
            "timeline": {"o.0": {"at": "2026-07-02T13:46:40Z", "what": "Your ticket was received and is being checked"}},
            "deliveries": {},
        })))
    }

    pub(super) fn preparing() -> Self {
        Self::checking().tell("preparing-network", Some("The network is being prepared"))
    }

    /// The command is awaited.
    pub(super) fn awaiting() -> Self {
        let network = json!({"region": "us-east-1", "vpcId": VPC, "subnetIds": ["subnet-0aaaaaaaaaaaaaaaa"]});
        Self::preparing()
            .know(&json!({"network": network, "target": "dedicated"}))
            .tell("preparing-network", Some("The VPC ID and the subnet IDs were sent to the ticket"))
            .wait(Answer::Command)
    }

    /// The endpoint is there, and Atlas has not accepted it.
    pub(super) fn ready(target: &str) -> Self {
        Self::awaiting()
            .take(Answer::Command)
            .know(&json!({"request": request(), "target": target}))
            .know(&json!({"endpoint": endpoint(target, "pendingAcceptance", "awaiting-acceptance")}))
            .tell("awaiting-acceptance", Some("The endpoint is ready and waits for Atlas to accept it"))
    }

    /// Atlas has accepted the endpoint, and the source is awaited.
    pub(super) fn awaiting_source(target: &str) -> Self {
        Self::ready(target)
            .know(&json!({"endpoint": endpoint(target, "available", "accepted")}))
            .tell(
                "awaiting-acceptance",
                Some("Atlas accepted the endpoint; the connection string was asked for on the ticket"),
            )
            .wait(Answer::Source)
    }

    /// A fault of ours came in its way where it stood; one of the release before did not say where.
    pub(super) fn held(self, at: Option<&str>) -> Self {
        let world = self.tell("held", Some("A fault on our side is in the way; nothing is lost"));
        match at {
            Some(at) => world.change(|item| item["shown"]["heldAt"] = json!(at)),
            None => world,
        }
    }

    /// The next step shows this state, and a line of the timeline.
    pub(super) fn tell(self, state: &str, line: Option<&str>) -> Self {
        {
            let mut aws = self.aws();
            let item = aws.item.as_mut().unwrap();
            let step = next_step(item);
            let shown = &mut item["shown"];
            shown["state"] = json!(state);
            shown.as_object_mut().unwrap().retain(|name, _| !["wait", "error", "heldAt"].contains(&name.as_str()));
            if let Some(what) = line {
                let at = format!("2026-07-02T13:{:02}:40.123Z", 46 + step);
                item["timeline"][format!("o.{step}")] = json!({"at": at, "what": what, "forTicket": true});
            }
        }
        self
    }

    /// The execution waits, with the next step.
    pub(super) fn wait(self, answer: Answer) -> Self {
        {
            let mut aws = self.aws();
            aws.waits = true;
            let item = aws.item.as_mut().unwrap();
            next_step(item);
            let shown = &mut item["shown"];
            shown["state"] = json!(if answer == Answer::Command { "awaiting-command" } else { "awaiting-source" });
            shown["wait"] = json!({"answer": answer, "until": LATER, "vaultVersion": "v1"});
        }
        self
    }

    /// An answer, of which nobody knows what it was, was claimed just now and has resumed the execution.
    pub(super) fn take(self, answer: Answer) -> Self {
        {
            let mut aws = self.aws();
            aws.waits = false;
            let item = aws.item.as_mut().unwrap();
            let order = item["shown"]["order"].clone();
            let (what, request) = match answer {
                Answer::Command => ("The command was received; the endpoint is being created", request()),
                Answer::Source => ("The source is being verified", Value::Null),
            };
            item["claim"] = json!({"order": order, "digest": "0", "at": unix_milliseconds(), "request": request});
            // As the message does that the execution sends when it goes on.
            let step = order.as_u64().unwrap() / 1000;
            let at = format!("2026-07-02T13:{:02}:41Z", 46 + step);
            item["timeline"][format!("o.{step}")] = json!({"at": at, "what": what});
        }
        self
    }

    /// The customer is told that this is wrong.
    pub(super) fn error(self, error: &str) -> Self {
        self.change(|item| item["shown"]["error"] = json!(error))
    }

    /// The execution is over, as the last state said.
    pub(super) fn end(self) -> Self {
        self.aws().waits = false;
        self.change(|item| item["shown"]["outcome"] = json!({"at": "2026-07-02T14:00:00Z", "reason": "for the vendor"}))
    }

    pub(super) fn know(self, facts: &Value) -> Self {
        self.change(|item| {
            for (name, fact) in facts.as_object().unwrap() {
                item["shown"]["facts"][name] = fact.clone();
            }
        })
    }

    pub(super) fn change(self, change: impl FnOnce(&mut Value)) -> Self {
        change(self.aws().item.as_mut().unwrap());
        self
    }

    pub(super) fn aws(&self) -> MutexGuard<'_, Aws> {
        self.aws.lock().unwrap()
    }

    /// The item as it is now.
    pub(super) fn item(&self) -> Value {
        self.aws().item.clone().unwrap_or_default()
    }

    /// The calls since they were last asked for.
    pub(super) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.aws().calls)
    }

    /// Sends a request and checks what holds for every answer.
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> http::Response<String> {
        let request = http::Request::builder().method(method).uri(format!("https://abc123.example{path}"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request
            .body(lambda_http::Body::from(body))
            .unwrap()
            .with_raw_http_path(path)
            .with_request_context(RequestContext::ApiGatewayV2(ApiGatewayV2httpRequestContext::default()));
        let config = Config {
            portal_url: "https://connect.example.com".to_owned(),
            stack: "stack".to_owned(),
            register: "register".to_owned(),
            signing_key: "signing-key".to_owned(),
        };
        let response = handle(&self.clients, &config, request).await;
        for secret in [TOKEN, SIGNING_KEY] {
            assert!(!response.body().contains(secret), "{}", response.body());
        }
        response
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        accept: &str,
        body: &str,
    ) -> (u16, String) {
        let response = self.send(method, path, &[("content-type", content_type), ("accept", accept)], body).await;
        (response.status().as_u16(), response.into_body())
    }

    pub(super) async fn get(&self) -> Value {
        let (status, body) = self.ask("GET", &link(), "", "application/json", "").await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(super) async fn bring(&self, command: &str) -> (u16, Value) {
        self.post("command", &json!({ "command": command })).await
    }

    pub(super) async fn give(&self, source: &Value) -> (u16, Value) {
        self.post("source", source).await
    }

    pub(super) async fn cancel(&self, body: &Value) -> (u16, Value) {
        self.post("cancel", body).await
    }

    /// A closing has it.
    pub(super) fn fenced(self) -> Self {
        self.change(|item| item["fence"] = json!({"closing": 1, "since": "2026-07-02T14:00:00.123Z"}))
    }

    /// Somebody wants it closed.
    pub(super) fn wished(self, by: &str) -> Self {
        self.change(|item| item["wish"] = json!({"by": by, "who": "Acme Corp", "why": "the project is put off"}))
    }

    async fn post(&self, what: &str, body: &Value) -> (u16, Value) {
        let path = format!("{}/{what}", link());
        let (status, body) = self.ask("POST", &path, "application/json", "*/*", &body.to_string()).await;
        (status, serde_json::from_str(&body).unwrap())
    }

    /// The page behind the link.
    pub(super) async fn page(&self) -> String {
        let (status, page) = self.ask("GET", &link(), "", "text/html", "").await;
        assert_eq!(status, 200, "{page}");
        page
    }

    /// What the page's form gets: the status and the page.
    pub(super) async fn submit(&self, fields: &[(&str, &str)]) -> (u16, String) {
        self.submit_to("command", fields).await
    }

    pub(super) async fn submit_to(&self, what: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let path = format!("{}/{what}", link());
        self.ask("POST", &path, "application/x-www-form-urlencoded", "text/html,*/*", &body).await
    }
}

/// The path of the customer's link of this number.
pub(super) fn numbered(number: u32) -> String {
    let link = Link::derive(SIGNING_KEY, OnboardingId::of(ARN), number).unwrap();
    format!("/o/{}", link.reveal())
}

/// The path of the customer's link.
pub(super) fn link() -> String {
    numbered(1)
}

pub(super) fn endpoint(target: &str, state: &str, verdict: &str) -> Value {
    json!({
        "endpointId": "vpce-0123456789abcdef0", "dnsName": "vpce-0123456789abcdef0-abcd1234.example", "target": target,
        "state": state, "verdict": verdict, "problem": null,
    })
}

pub(super) fn request() -> Value {
    let service = "com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8";
    json!({"serviceName": service, "subnetIds": ["subnet-0aaaaaaaaaaaaaaaa"]})
}

fn next_step(item: &mut Value) -> u64 {
    let step = item["shown"]["order"].as_u64().unwrap() / 1000 + 1;
    item["shown"]["order"] = json!(step * 1000);
    step
}
