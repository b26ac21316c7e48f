//! The portal against an execution whose history is given, and a vault that remembers what is written.

use super::*;
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
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::http;
use lambda_http::request::RequestContext;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ID: &str = "0123456789abcdef0123456789abcdef";
const VPC: &str = "vpc-0123456789abcdef0";
const COMMAND: &str = "aws ec2 create-vpc-endpoint --vpc-id vpc-0123456789abcdef0 --region us-east-1 --service-name \
    com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8 --vpc-endpoint-type Interface --subnet-ids subnet-0aaaaaaaaaaaaaaaa";

/// The world behind the portal.
#[derive(Clone)]
struct World {
    vault: Arc<Mutex<Value>>,
    entered: Vec<(&'static str, Option<Value>)>,
    status: ExecutionStatus,
    output: Option<Value>,
    cause: Option<Value>,
    /// How often the task token is accepted; afterwards it has timed out.
    accepts: Arc<Mutex<u32>>,
    sent: Arc<Mutex<Vec<String>>>,
}

impl World {
    fn awaiting() -> Self {
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
            output: None,
            cause: None,
            accepts: Arc::new(Mutex::new(1)),
            sent: Arc::default(),
        }
    }

    fn clients(&self) -> Clients {
        let (vault, written) = (self.vault.clone(), self.vault.clone());
        let read = mock!(aws_sdk_secretsmanager::Client::get_secret_value)
            .match_requests(|request| request.secret_id() == Some(&format!("causeway/onboarding/{ID}")))
            .then_compute_output(move |_| {
                GetSecretValueOutput::builder().secret_string(vault.lock().unwrap().to_string()).build()
            });
        let unknown = mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_error(|| {
            GetSecretValueError::ResourceNotFoundException(ResourceNotFoundException::builder().build())
        });
        let write = mock!(aws_sdk_secretsmanager::Client::put_secret_value).then_compute_output(move |request| {
            *written.lock().unwrap() = serde_json::from_str(request.secret_string().unwrap()).unwrap();
            PutSecretValueOutput::builder().build()
        });
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read, &unknown, &write]);
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
                    .set_output(text(&world.output))
                    .set_cause(text(&world.cause))
                    .build()
                    .unwrap()
            }),
            mock!(aws_sdk_sfn::Client::get_execution_history).then_compute_output(move |_| {
                let events = entered.iter().flat_map(|(name, output)| {
                    let event =
                        |kind| HistoryEvent::builder().id(1).r#type(kind).timestamp(DateTime::from_secs(1_783_000_000));
                    let enter = StateEnteredEventDetails::builder().name(*name).build().unwrap();
                    let exit = StateExitedEventDetails::builder().name(*name).set_output(text(output)).build().unwrap();
                    [
                        event(HistoryEventType::TaskStateEntered).state_entered_event_details(enter).build().unwrap(),
                        event(HistoryEventType::TaskStateExited).state_exited_event_details(exit).build().unwrap(),
                    ]
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

    async fn ask(&self, method: &str, path: &str, content_type: &str, accept: &str, body: &str) -> (u16, String) {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("https://connect.example.com{path}"))
            .header("content-type", content_type)
            .header("accept", accept)
            .body(lambda_http::Body::from(body))
            .unwrap()
            .with_raw_http_path(path)
            .with_request_context(RequestContext::ApiGatewayV2(ApiGatewayV2httpRequestContext::default()));
        let response = handle(&self.clients(), request).await;
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        let body = response.body().clone();
        assert!(!body.contains("secret-task-token"), "{body}");
        (response.status().as_u16(), body)
    }

    async fn get(&self) -> Value {
        let (status, body) = self.ask("GET", &format!("/o/{ID}"), "", "application/json", "").await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn bring(&self, command: &str) -> (u16, Value) {
        let body = json!({ "command": command }).to_string();
        let (status, body) = self.ask("POST", &format!("/o/{ID}/command"), "application/json", "*/*", &body).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

#[tokio::test]
async fn the_link_shows_what_is_awaited_and_what_was_handed_out() {
    let shown = World::awaiting().get().await;
    assert_eq!(shown["state"], "awaiting-command");
    assert_eq!(
        (&shown["ticket"], &shown["region"], &shown["vpcId"]),
        (&json!("35436"), &json!("us-east-1"), &json!(VPC))
    );
    assert_eq!(shown["subnetIds"], json!(["subnet-0aaaaaaaaaaaaaaaa"]));
    assert_eq!((&shown["endpoint"], &shown["error"]), (&Value::Null, &Value::Null));
    assert_eq!(shown["timeline"][0]["at"], "2026-07-02T13:46:40Z");
}

#[tokio::test]
async fn a_right_command_resumes_the_execution_with_what_was_read_and_nothing_else() {
    let world = World::awaiting();
    let (status, body) = world.bring(COMMAND).await;
    assert_eq!((status, &body["state"]), (202, &json!("creating-endpoint")));
    assert!(body["preview"].as_str().unwrap().contains("vpce-svc-0667f4ca6f4a2bbc8"), "{body}");
    let sent: Value = serde_json::from_str(&world.sent.lock().unwrap()[0]).unwrap();
    assert_eq!(
        sent,
        json!({
            "serviceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8",
            "subnetIds": ["subnet-0aaaaaaaaaaaaaaaa"],
        })
    );
    assert_eq!(world.get().await["state"], "creating-endpoint");
}

#[tokio::test]
async fn a_wrong_command_is_refused_at_once_and_the_execution_goes_on_waiting() {
    let world = World::awaiting();
    let (status, body) = world.bring(&COMMAND.replace(VPC, "vpc-00000000000000000")).await;
    assert_eq!((status, &body["error"]["code"]), (422, &json!("vpc-mismatch")));
    assert_eq!(body["error"]["span"], json!({"start": 37, "end": 58}));
    assert_eq!(body["error"]["corrected"], COMMAND);
    assert!(world.sent.lock().unwrap().is_empty());
    assert_eq!(world.get().await["state"], "awaiting-command");
}

#[tokio::test]
async fn the_second_answer_is_told_apart_from_a_late_one() {
    let world = World::awaiting();
    assert_eq!(world.bring(COMMAND).await.0, 202);
    let (status, body) = world.bring(COMMAND).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("already-received")));
    let (status, body) = world.bring(&format!("{COMMAND} ")).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("already-answered")));
    assert_eq!(world.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_try_after_a_crash_between_vault_and_execution_is_accepted() {
    let world = World::awaiting();
    assert_eq!(world.bring(COMMAND).await.0, 202);
    // The digest was kept, and the token was never used: as if the first try had died in between.
    *world.accepts.lock().unwrap() = 1;
    assert_eq!(world.bring(COMMAND).await.0, 202);
}

#[tokio::test]
async fn an_answer_between_two_windows_is_not_awaited() {
    let world = World::awaiting();
    *world.accepts.lock().unwrap() = 0;
    let (status, body) = world.bring(COMMAND).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("not-awaited")));
}

#[tokio::test]
async fn an_ended_request_says_so_and_why() {
    for (status, output, cause, state) in [
        (ExecutionStatus::Succeeded, Some(json!({"outcome": "expired", "reason": "too late"})), None, "expired"),
        (ExecutionStatus::Succeeded, Some(json!({"outcome": "declined", "reason": "too late"})), None, "declined"),
        (
            ExecutionStatus::Failed,
            None,
            Some(json!({"outcome": "failed", "reason": "UnauthorizedOperation"})),
            "failed",
        ),
    ] {
        let world = World { status, output, cause, ..World::awaiting() };
        let shown = world.get().await;
        assert_eq!(shown["state"], state);
        assert_eq!(shown["error"], if state == "failed" { Value::Null } else { json!("too late") });
        let (status, body) = world.bring(COMMAND).await;
        assert_eq!((status, &body["error"]["code"]), (410, &json!("ended")));
    }
}

#[tokio::test]
async fn the_endpoint_is_the_one_that_the_steps_described_last() {
    let mut world = World::awaiting();
    let endpoint = json!({"endpointId": "vpce-0123456789abcdef0", "dnsName": null, "target": "dedicated"});
    let mut ready = endpoint.clone();
    ready["dnsName"] = json!("vpce-0123456789abcdef0-abcd1234.example");
    ready["state"] = json!("pendingAcceptance");
    world.entered.extend([
        ("Create endpoint", Some(endpoint)),
        ("Check endpoint", Some(ready)),
        ("Wait for acceptance", Some(json!({}))),
    ]);
    let shown = world.get().await;
    assert_eq!(shown["state"], "awaiting-acceptance");
    assert_eq!(
        shown["endpoint"],
        json!({
            "id": "vpce-0123456789abcdef0", "dnsName": "vpce-0123456789abcdef0-abcd1234.example",
            "state": "pendingAcceptance",
        })
    );
}

#[tokio::test]
async fn unknown_and_malformed_links_look_alike_and_nothing_but_post_acts() {
    let world = World::awaiting();
    let page = "text/html";
    let (status, unknown) = world.ask("GET", "/o/ffffffffffffffffffffffffffffffff", "", page, "").await;
    assert_eq!(status, 404);
    for path in ["/o/short", "/o/", "/", "/o/0123456789ABCDEF0123456789ABCDEF", &format!("/o/{ID}/else")] {
        assert_eq!(world.ask("GET", path, "", page, "").await, (404, unknown.clone()), "{path}");
    }
    let command = format!("/o/{ID}/command");
    for method in ["GET", "HEAD", "PUT"] {
        assert_eq!(world.ask(method, &command, "", page, "").await.0, 405, "{method}");
    }
    assert_eq!(world.ask("POST", &command, "text/plain", page, COMMAND).await.0, 415);
    assert_eq!(world.ask("POST", &command, "application/json", page, "{}").await.0, 422);
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_page_marks_the_token_and_escapes_what_was_pasted() {
    let world = World::awaiting();
    let path = format!("/o/{ID}/command");
    let form = "command=aws+ec2+create-vpc-endpoint+--vpc-id+%3Cscript%3E";
    let (status, page) = world.ask("POST", &path, "application/x-www-form-urlencoded", "text/html,*/*", form).await;
    assert_eq!(status, 422);
    assert!(!page.contains("<script>"), "{page}");
    assert!(page.contains("&lt;script&gt;") && page.contains("<mark>"), "{page}");
    let (status, page) = world.ask("GET", &format!("/o/{ID}"), "", "text/html", "").await;
    assert_eq!(status, 200);
    assert!(page.contains(VPC) && page.contains("<textarea"), "{page}");
}
