use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use lambda_runtime::Diagnostic;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::canned::{CANARY, answer, answering, calling};

async fn read_the_source(url: &str) -> StepError {
    let secrets = aws_sdk_secretsmanager::Client::new(&calling(url));
    let error = secrets.get_secret_value().secret_id("source").send().await.unwrap_err();
    step_error("read the source", &error)
}

async fn look_up_vpcs(url: &str) -> StepError {
    let error = aws_sdk_ec2::Client::new(&calling(url)).describe_vpcs().send().await.unwrap_err();
    step_error("look up VPCs", &error)
}

fn transient(text: &str) -> StepError {
    StepError::Transient(text.to_owned())
}

fn operator(text: &str) -> StepError {
    StepError::Operator(text.to_owned())
}

fn assert_silent(error: &StepError) {
    let diagnostic = Diagnostic::from(error.clone());
    let shown = format!("{error} {error:?} {} {diagnostic:?}", diagnostic.error_message);
    assert!(!shown.contains("canary"), "{shown}");
}

/// An error of Secrets Manager, whose message holds the canary.
fn refusal(status: &str, code: &str) -> String {
    answer(status, &json!({"__type": code, "message": CANARY}).to_string())
}

/// An error of EC2.
fn refusal_of_ec2(status: &str, code: &str, message: &str) -> String {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    answer(status, &format!("<Response><Errors>{error}</Errors><RequestID>7f3a-1</RequestID></Response>"))
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_shows_nothing_of_its_bytes() {
    let broken_off = answer("200 OK", &"x".repeat(500)).replace(&"x".repeat(500), CANARY);
    for (bytes, status) in [
        (answer("200 OK", &format!(r#"{{"SecretString":"{CANARY}"#)), 200),
        (answer("200 OK", &format!(r#"{{"SecretString":["{CANARY}"]}}"#)), 200),
        (answer("500 Internal Server Error", &format!("<html>{CANARY}")), 500),
        (answer("403 Forbidden", &format!("<html>{CANARY}")), 403),
        (refusal("400 Bad Request", &format!("{CANARY} {CANARY}")), 400),
        (broken_off, 200),
    ] {
        let url = answering(bytes).await;
        let text = format!("an answer that cannot be read (status {status}, request 7f3a-1)");
        let (json, xml) = (read_the_source(&url).await, look_up_vpcs(&url).await);
        assert_eq!(json, transient(&format!("could not read the source: {text}")));
        assert_eq!(xml, transient(&format!("could not look up VPCs: {text}")));
        assert_silent(&json);
        assert_silent(&xml);
    }
}

#[tokio::test]
async fn what_time_helps_is_told_by_status_and_code_alone() {
    for (status, code) in [
        ("500 Internal Server Error", "InternalServiceError"),
        ("503 Service Unavailable", "SomethingNew"),
        ("429 Too Many Requests", "SomethingNew"),
        ("408 Request Timeout", "SomethingNew"),
        ("400 Bad Request", "ThrottlingException"),
        ("400 Bad Request", "RequestTimeoutException"),
        ("400 Bad Request", "KmsThrottlingException"),
    ] {
        let text = format!("{code} (status {}, request 7f3a-1)", &status[..3]);
        let json = read_the_source(&answering(refusal(status, code)).await).await;
        assert_eq!(json, transient(&format!("could not read the source: {text}")));
        assert_silent(&json);
        let xml = look_up_vpcs(&answering(refusal_of_ec2(status, code, CANARY)).await).await;
        assert_eq!(xml, transient(&format!("could not look up VPCs: {text}")));
        assert_silent(&xml);
    }
}

#[tokio::test]
async fn where_somebody_must_act_the_message_says_what_it_is_about() {
    let url = answering(refusal_of_ec2("403 Forbidden", "UnauthorizedOperation", "You may not.")).await;
    let text = "could not look up VPCs: UnauthorizedOperation: You may not. (status 403, request 7f3a-1)";
    assert_eq!(look_up_vpcs(&url).await, operator(text));
    let url = answering(refusal_of_ec2("400 Bad Request", "SomethingNew", &"n".repeat(9000))).await;
    let text = look_up_vpcs(&url).await.to_string();
    assert!(text.ends_with("n… (status 400, request 7f3a-1)") && text.len() < 500, "{text}");
}

#[tokio::test]
async fn a_service_that_quotes_a_secret_which_it_does_not_take_is_not_quoted() {
    let url = answering(refusal("400 Bad Request", "ValidationException")).await;
    let secrets = aws_sdk_secretsmanager::Client::new(&calling(&url));
    let error = secrets.put_secret_value().secret_id("source").secret_string(CANARY).send().await.unwrap_err();
    let error = step_error_of_secret("keep the source", &error);
    let text = "could not keep the source: ValidationException (status 400, request 7f3a-1)";
    assert_eq!(error, operator(text));
    assert_silent(&error);
}

#[tokio::test]
async fn where_there_is_no_answer_time_helps() {
    // It is dropped at once, so that nobody listens there.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = read_the_source(&format!("http://{nobody}")).await;
    assert_eq!(error, transient("could not read the source: no connection"));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = read_the_source(&format!("http://{}", silent.local_addr().unwrap())).await;
    assert_eq!(error, transient("could not read the source: no answer within the time"));
}

#[test]
fn a_request_that_cannot_be_made_is_ours() {
    let error = SdkError::<GetSecretValueError, HttpResponse>::construction_failure(CANARY);
    let error = step_error("read the source", &error);
    assert_eq!(error, operator("could not read the source: a request that cannot be made"));
    assert_silent(&error);
}
