//! The world behind the portal: an execution whose history is given, and a vault that remembers what is written.

use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::operation::create_secret::CreateSecretOutput;
use aws_sdk_secretsmanager::operation::get_secret_value::{GetSecretValueError, GetSecretValueOutput};
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueOutput;
use aws_sdk_secretsmanager::types::error::ResourceNotFoundException;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::operation::get_execution_history::GetExecutionHistoryOutput;
use aws_sdk_sfn::operation::send_task_success::{SendTaskSuccessError, SendTaskSuccessOutput};
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::error::TaskTimedOut;
use aws_sdk_sfn::types::{
    ExecutionStatus, HistoryEvent, HistoryEventType, StateEnteredEventDetails, StateExitedEventDetails,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use lambda_http::RequestExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::http;
use lambda_http::request::RequestContext;
use serde_json::{Value, json};

use crate::{Clients, Config, handle};

pub(super) const ID: &str = "0123456789abcdef0123456789abcdef";
pub(super) const VPC: &str = "vpc-0123456789abcdef0";
pub(super) const COMMAND: &str = "aws ec2 create-vpc-endpoint --vpc-id vpc-0123456789abcdef0 --region us-east-1 --service-name \
    com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8 --vpc-endpoint-type Interface --subnet-ids subnet-0aaaaaaaaaaaaaaaa";

/// The world behind the portal.
#[derive(Clone)]
pub(super) struct World {
    pub(super) vault: Arc<Mutex<Value>>,
    pub(super) entered: Vec<(&'static str, Option<Value>)>,
    pub(super) status: ExecutionStatus,
    pub(super) input: Value,
    pub(super) output: Option<Value>,
    pub(super) error: Option<&'static str>,
    pub(super) cause: Option<Value>,
    /// How often the task token is accepted; afterwards it has timed out.
    pub(super) accepts: Arc<Mutex<u32>>,
    pub(super) sent: Arc<Mutex<Vec<String>>>,
    /// What was kept in the source's secret, version by version.
    pub(super) kept: Arc<Mutex<Vec<String>>>,
}

impl World {
    pub(super) fn awaiting() -> Self {
        let vault = json!({
            "executionArn": "arn:aws:states:us-east-1:123456789012:execution:onboarding:ticket-35436",
            "ticket": "35436",
            "handedOut": {
                "network": {"region": "us-east-1", "vpcId": VPC, "subnetIds": ["subnet-0aaaaaaaaaaaaaaaa"]},
                "target": "dedicated",
            },
            "awaited": {"taskToken": "secret-task-token", "problem": null, "answerDigest": null},
        });
        Self {
            vault: Arc::new(Mutex::new(vault)),
            entered: vec![("Check eligibility", None), ("Ensure network", None), ("Await command", None)],
            status: ExecutionStatus::Running,
            input: json!({"customer": {"name": "Acme Corp"}}),
            output: None,
            error: None,
            cause: None,
            accepts: Arc::new(Mutex::new(1)),
            sent: Arc::default(),
            kept: Arc::default(),
        }
    }

    /// Atlas has accepted the endpoint, and the source is awaited.
    pub(super) fn awaiting_source(target: &str) -> Self {
        let mut world = Self::awaiting();
        {
            let mut vault = world.vault.lock().unwrap();
            vault["awaited"]["answer"] = json!("source");
            vault["handedOut"]["target"] = json!(target);
        }
        let endpoint = json!({
            "endpointId": "vpce-0123456789abcdef0", "dnsName": "vpce-0123456789abcdef0-abcd1234.example",
            "state": "available", "target": target, "verdict": "accepted",
        });
        world.entered.extend([
            ("Create endpoint", Some(endpoint)),
            ("Wait for acceptance", None),
            ("Accepted?", None),
            ("Reply: source wanted", None),
            ("Await source", None),
        ]);
        world
    }

    fn clients(&self) -> Clients {
        let (vault, written, kept) = (self.vault.clone(), self.vault.clone(), self.kept.clone());
        let read = mock!(aws_sdk_secretsmanager::Client::get_secret_value)
            .match_requests(|request| request.secret_id() == Some(&format!("causeway/stack/onboarding/{ID}")))
            .then_compute_output(move |_| {
                GetSecretValueOutput::builder().secret_string(vault.lock().unwrap().to_string()).build()
            });
        let unknown = mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_error(|| {
            GetSecretValueError::ResourceNotFoundException(ResourceNotFoundException::builder().build())
        });
        let write = mock!(aws_sdk_secretsmanager::Client::put_secret_value)
            .match_requests(|request| request.secret_id() == Some(&format!("causeway/stack/onboarding/{ID}")))
            .then_compute_output(move |request| {
                *written.lock().unwrap() = serde_json::from_str(request.secret_string().unwrap()).unwrap();
                PutSecretValueOutput::builder().build()
            });
        let keep = mock!(aws_sdk_secretsmanager::Client::create_secret)
            .match_requests(|request| {
                request.name() == Some(&format!("causeway/stack/source/{ID}"))
                    && request.kms_key_id() == Some("arn:key")
            })
            .then_compute_output(move |request| {
                kept.lock().unwrap().push(request.secret_string().unwrap().to_owned());
                CreateSecretOutput::builder().arn("arn:source").build()
            });
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read, &unknown, &write, &keep]);
        let sfn = self.step_functions();
        let sfn: Vec<&Rule> = sfn.iter().collect();
        Clients { secrets, sfn: mock_client!(aws_sdk_sfn, RuleMode::MatchAny, sfn.as_slice()) }
    }

    fn step_functions(&self) -> Vec<Rule> {
        let (world, entered) = (self.clone(), self.entered.clone());
        let (accepts, refuses, sent) = (self.accepts.clone(), self.accepts.clone(), self.sent.clone());
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
        vec![
            mock!(aws_sdk_sfn::Client::describe_execution).then_compute_output(move |_| {
                DescribeExecutionOutput::builder()
                    .execution_arn("arn")
                    .state_machine_arn("arn")
                    .start_date(DateTime::from_secs(0))
                    .status(world.status.clone())
                    .input(world.input.to_string())
                    .set_output(text(&world.output))
                    .set_error(world.error.map(str::to_owned))
                    .set_cause(text(&world.cause))
                    .build()
                    .unwrap()
            }),
            mock!(aws_sdk_sfn::Client::get_execution_history).then_compute_output(move |_| {
                let last = entered.len() - 1;
                let events = entered.iter().enumerate().flat_map(|(number, (name, output))| {
                    let event =
                        |kind| HistoryEvent::builder().id(1).r#type(kind).timestamp(DateTime::from_secs(1_783_000_000));
                    let enter = StateEnteredEventDetails::builder().name(*name).build().unwrap();
                    let enter = event(HistoryEventType::TaskStateEntered).state_entered_event_details(enter);
                    let exit = StateExitedEventDetails::builder().name(*name).set_output(text(output)).build().unwrap();
                    let exit = event(HistoryEventType::TaskStateExited).state_exited_event_details(exit);
                    // The execution is in the last state, unless that has given its output.
                    let has_left = number < last || output.is_some();
                    [Some(enter), has_left.then_some(exit)].into_iter().flatten().map(|event| event.build().unwrap())
                });
                GetExecutionHistoryOutput::builder().set_events(Some(events.collect())).build().unwrap()
            }),
            mock!(aws_sdk_sfn::Client::send_task_success)
                .match_requests(move |request| {
                    assert_eq!(request.task_token(), Some("secret-task-token"));
                    let mut accepts = accepts.lock().unwrap();
                    let accepted = *accepts > 0;
                    if accepted {
                        *accepts -= 1;
                        sent.lock().unwrap().push(request.output().unwrap().to_owned());
                    }
                    accepted
                })
                .then_output(|| SendTaskSuccessOutput::builder().build()),
            mock!(aws_sdk_sfn::Client::send_task_success)
                .match_requests(move |_| *refuses.lock().unwrap() == 0)
                .then_error(|| SendTaskSuccessError::TaskTimedOut(TaskTimedOut::builder().build())),
        ]
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
            source_key: Some("arn:key".to_owned()),
        };
        let response = handle(&self.clients(), &config, request).await;
        assert!(!response.body().contains("secret-task-token"), "{}", response.body());
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
        let (status, body) = self.ask("GET", &format!("/o/{ID}"), "", "application/json", "").await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(super) async fn bring(&self, command: &str) -> (u16, Value) {
        let body = json!({ "command": command }).to_string();
        let (status, body) = self.ask("POST", &format!("/o/{ID}/command"), "application/json", "*/*", &body).await;
        (status, serde_json::from_str(&body).unwrap())
    }

    pub(super) async fn give(&self, source: &Value) -> (u16, Value) {
        let path = format!("/o/{ID}/source");
        let (status, body) = self.ask("POST", &path, "application/json", "*/*", &source.to_string()).await;
        (status, serde_json::from_str(&body).unwrap())
    }

    /// The page behind the link.
    pub(super) async fn page(&self) -> String {
        let (status, page) = self.ask("GET", &format!("/o/{ID}"), "", "text/html", "").await;
        assert_eq!(status, 200, "{page}");
        page
    }

    /// What the page's form gets: the status and the page.
    pub(super) async fn submit(&self, fields: &[(&str, &str)]) -> (u16, String) {
        self.submit_to("command", fields).await
    }

    pub(super) async fn submit_to(&self, what: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let path = format!("/o/{ID}/{what}");
        self.ask("POST", &path, "application/x-www-form-urlencoded", "text/html,*/*", &body).await
    }
}
