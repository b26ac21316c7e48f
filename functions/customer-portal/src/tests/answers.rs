//! What scripts get: the facts as JSON, and what becomes of a command.

use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};

use super::world::{COMMAND, VPC, World};

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
async fn a_failure_gives_its_reason_to_the_customer_only_when_it_is_the_customers() {
    for (error, reason) in [("Step.Customer", json!("The VPC lacks DNS hostnames.")), ("Step.Operator", Value::Null)] {
        let cause = Some(json!({"outcome": "failed", "reason": "The VPC lacks DNS hostnames."}));
        let world = World { status: ExecutionStatus::Failed, error: Some(error), cause, ..World::awaiting() };
        assert_eq!(world.get().await["error"], reason, "{error}");
        assert_eq!(world.page().await.contains("DNS hostnames"), reason.is_string(), "{error}");
    }
}

#[tokio::test]
async fn the_reason_for_asking_again_is_the_message_and_not_its_wrapping() {
    let world = World::awaiting();
    let cause = json!({"errorType": "Step.Customer", "errorMessage": "AWS knows no such service."}).to_string();
    world.vault.lock().unwrap()["awaited"]["problem"] = json!(cause);
    assert_eq!(world.get().await["error"], "AWS knows no such service.");
}

#[tokio::test]
async fn while_it_is_cleaned_up_the_request_has_ended_already() {
    let endpoint = |verdict: &str| json!({"endpointId": "vpce-0123456789abcdef0", "dnsName": "vpce-0", "target": "dedicated", "verdict": verdict});
    for (way, state) in [
        (vec![("Another window?", None)], "expired"),
        (vec![("Check acceptance", Some(endpoint("awaiting-acceptance"))), ("Accepted?", None)], "expired"),
        (vec![("Check acceptance", Some(endpoint("failed"))), ("Accepted?", None)], "failed"),
        (vec![("Create endpoint", None)], "failed"),
    ] {
        let mut world = World::awaiting();
        world.entered.extend(way);
        world.entered.extend([
            ("Clean up", None),
            ("Cleaned up?", None),
            ("Wait for deletion", None),
            ("Clean up", None),
        ]);
        let shown = world.get().await;
        assert_eq!(shown["state"], state);
        let closing =
            shown["timeline"].as_array().unwrap().iter().filter(|entry| entry["what"] == "The request is being closed");
        assert_eq!(closing.count(), 1);
        assert_eq!(world.bring(COMMAND).await.0, 410);
    }
}
