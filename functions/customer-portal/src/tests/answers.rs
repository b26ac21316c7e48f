//! What scripts get: the facts as JSON, and what becomes of a command.

use serde_json::{Value, json};

use super::world::{COMMAND, VPC, World, endpoint, request};
use shared::answer::Answer;

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
    let line = json!({"at": "2026-07-02T13:46:40Z", "what": "Your ticket was received and is being checked"});
    assert_eq!(shown["timeline"][0], line);
    let names: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    let contract = ["state", "ticket", "region", "vpcId", "subnetIds", "endpoint", "verification", "timeline", "error"];
    assert_eq!(names, contract);
}

#[tokio::test]
async fn a_right_command_resumes_the_execution_with_what_was_read_and_nothing_else() {
    let world = World::awaiting();
    let (status, body) = world.bring(COMMAND).await;
    assert_eq!((status, &body["state"]), (202, &json!("creating-endpoint")));
    assert!(body["preview"].as_str().unwrap().contains("vpce-svc-0667f4ca6f4a2bbc8"), "{body}");
    assert_eq!(world.aws().sent, [request()]);
    let shown = world.get().await;
    assert_eq!(shown["state"], "creating-endpoint");
}

#[tokio::test]
async fn a_wrong_command_is_refused_at_once_and_the_execution_goes_on_waiting() {
    let world = World::awaiting();
    let before = world.item();
    let (status, body) = world.bring(&COMMAND.replace(VPC, "vpc-00000000000000000")).await;
    assert_eq!((status, &body["error"]["code"]), (422, &json!("vpc-mismatch")));
    assert_eq!(body["error"]["span"], json!({"start": 37, "end": 58}));
    assert_eq!(body["error"]["corrected"], COMMAND);
    assert!(world.aws().sent.is_empty());
    assert_eq!(world.item(), before);
}

#[tokio::test]
async fn the_second_answer_is_told_apart_from_a_late_one() {
    let world = World::awaiting();
    assert_eq!(world.bring(COMMAND).await.0, 202);
    let (status, body) = world.bring(COMMAND).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("already-received")));
    let (status, body) = world.bring(&format!("{COMMAND} ")).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("already-answered")));
    assert_eq!(world.aws().sent.len(), 1);
}

#[tokio::test]
async fn an_ended_request_says_so_and_why() {
    for (state, error) in [("expired", Some("too late")), ("declined", Some("too late")), ("failed", None)] {
        let world = World::awaiting().tell(state, None).end();
        let world = match error {
            Some(error) => world.error(error),
            None => world,
        };
        let shown = world.get().await;
        assert_eq!((&shown["state"], &shown["error"]), (&json!(state), &json!(error)));
        let (status, body) = world.bring(COMMAND).await;
        assert_eq!((status, &body["error"]["code"]), (410, &json!("ended")));
    }
}

#[tokio::test]
async fn a_declined_ticket_has_its_page_and_takes_nothing() {
    let world = World::checking().tell("declined", Some("The request was declined")).end().error("Another plan.");
    let shown = world.get().await;
    assert_eq!((&shown["state"], &shown["error"]), (&json!("declined"), &json!("Another plan.")));
    assert_eq!((&shown["region"], &shown["vpcId"], &shown["subnetIds"]), (&Value::Null, &Value::Null, &json!([])));
    let page = world.page().await;
    assert!(page.contains("This request was declined") && page.contains("reply to ticket 35436"), "{page}");
    assert_eq!(world.bring(COMMAND).await.0, 410);
}

#[tokio::test]
async fn a_ticket_that_could_not_be_read_has_its_page_too() {
    let world = World::checking().tell("failed", Some("The request failed")).end();
    let world = world.change(|item| {
        item.as_object_mut().unwrap().remove("ticket");
        item.as_object_mut().unwrap().remove("customer");
    });
    let shown = world.get().await;
    assert_eq!((&shown["state"], &shown["ticket"]), (&json!("failed"), &Value::Null));
    let page = world.page().await;
    assert!(page.contains("<p>Your ticket</p>") && page.contains("answer on your ticket"), "{page}");
    assert!(!page.contains("ticket ."), "{page}");
}

#[tokio::test]
async fn the_endpoint_is_the_one_that_the_steps_described_last() {
    let shown = World::ready("dedicated").get().await;
    assert_eq!(shown["state"], "awaiting-acceptance");
    let expected = json!({
        "id": "vpce-0123456789abcdef0", "dnsName": "vpce-0123456789abcdef0-abcd1234.example",
        "state": "pendingAcceptance",
    });
    assert_eq!(shown["endpoint"], expected);
}

#[tokio::test]
async fn subnets_that_the_endpoint_does_without_are_told() {
    let mut made = endpoint("dedicated", "pendingAcceptance", "awaiting-acceptance");
    made["leftOut"] = json!([{"subnetId": "subnet-0aa11bb22cc33dd44", "why": "no-free-address"}]);
    let without = || World::ready("dedicated").know(&json!({"endpoint": made}));
    let shown = without().get().await;
    assert_eq!(shown["endpoint"]["leftOut"], made["leftOut"]);
    let page = without().page().await;
    assert!(page.contains("Left out: subnet-0aa11bb22cc33dd44 has no free address. The endpoint works"), "{page}");
    let page = World::ready("dedicated").page().await;
    assert!(!page.contains("Left out"), "{page}");
}

#[tokio::test]
async fn an_endpoint_is_shown_after_the_end_only_where_it_connects() {
    for (state, is_there) in [("connected", true), ("expired", false), ("failed", false)] {
        let shown = World::awaiting_source("dedicated").tell(state, None).end().get().await;
        assert_eq!(shown["endpoint"].is_object(), is_there, "{state}");
    }
}

#[tokio::test]
async fn what_was_wrong_is_gone_when_another_answer_is_there() {
    let world = World::awaiting().error("AWS knows no such service.");
    assert_eq!(world.get().await["error"], "AWS knows no such service.");
    assert_eq!(world.bring(COMMAND).await.0, 202);
    assert_eq!(world.get().await["error"], Value::Null);
}

#[tokio::test]
async fn what_happened_is_told_in_its_order() {
    let world = World::awaiting().take(Answer::Command).change(|item| {
        item["timeline"]["o.9"] = json!({"at": "2026-07-02T13:46:40.001Z", "what": "first"});
        item["timeline"]["o.10"] = json!({"at": "2026-07-02T13:46:40.001Z", "what": "second"});
    });
    let shown = world.get().await;
    let told: Vec<_> =
        shown["timeline"].as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap()).collect();
    let expected = [
        "Your ticket was received and is being checked",
        "first",
        "second",
        "The network is being prepared",
        "The VPC ID and the subnet IDs were sent to the ticket",
        "The command was received; the endpoint is being created",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn while_it_is_undone_the_request_has_ended_already() {
    for state in ["expired", "failed"] {
        let failed = endpoint("dedicated", "failed", "failed");
        let world = World::ready("dedicated").know(&json!({"endpoint": failed}));
        let world = world.tell(state, Some("The request is being closed"));
        assert_eq!(world.get().await["state"], state);
        let page = world.page().await;
        assert!(page.contains("is being removed") && !page.contains(" data-final>"), "{page}");
        assert_eq!(world.bring(COMMAND).await.0, 410);
    }
}
