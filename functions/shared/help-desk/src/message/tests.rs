//! A golden file for each message: what the ticket's reader sees.

use serde_json::{Value, json};

use super::*;

fn thread(message: Value) -> String {
    let message: Message = serde_json::from_value(message).unwrap();
    let arn = "arn:aws:states:us-east-1:123456789012:execution:causeway-onboarding:ticket-35436";
    let comments = message.comments(arn).unwrap().into_iter().map(|comment| {
        let kind = if comment.public { "public" } else { "internal" };
        let status = comment.status.unwrap_or("as it was");
        format!("--- {kind}, status {status}\n{}\n\n--- the same as HTML\n{}\n", comment.text(), comment.html())
    });
    comments.collect()
}

fn network() -> Value {
    json!({
        "region": "us-east-1",
        "vpcId": "vpc-0b1c2d3e4f5a6b7c8",
        "subnetIds": ["subnet-0aa11bb22cc33dd44", "subnet-0bb11bb22cc33dd44"],
    })
}

fn endpoint(target: &str) -> Value {
    json!({
        "endpointId": "vpce-0123456789abcdef0",
        "dnsName": "vpce-0123456789abcdef0-abcd1234.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com",
        "target": target,
    })
}

#[test]
fn declined() {
    insta::assert_snapshot!(thread(
        json!({"name": "declined", "reason": "AWS PrivateLink is part of the business plan."})
    ));
}

#[test]
fn instructions() {
    let link = "https://connect.example.com/o/0123456789abcdef0123456789abcdef";
    for (name, target) in [("dedicated", json!("dedicated")), ("shared", json!("federated")), ("open", json!(null))] {
        let message = json!({
            "name": "instructions", "network": network(), "target": target, "link": link, "attempt": 0, "problem": null,
        });
        insta::assert_snapshot!(format!("instructions-{name}"), thread(message));
    }
    let message = json!({
        "name": "instructions", "network": network(), "target": "dedicated", "link": link, "attempt": 1,
        "problem": "{\"errorType\":\"Step.Customer\",\"errorMessage\":\"AWS knows no endpoint service by this name.\"}",
    });
    insta::assert_snapshot!("instructions-again", thread(message));
}

#[test]
fn reminder() {
    let message = |awaited, window| {
        let link = "https://connect.example.com/o/0123456789abcdef0123456789abcdef";
        thread(json!({"name": "reminder", "awaited": awaited, "link": link, "window": window, "windows": 7}))
    };
    insta::assert_snapshot!(format!("{}\n{}\n{}", message("command", 1), message("command", 6), message("source", 2)));
}

#[test]
fn endpoint_ready() {
    let message = |target| {
        let link = "https://connect.example.com/o/0123456789abcdef0123456789abcdef";
        thread(json!({"name": "endpoint-ready", "endpoint": endpoint(target), "link": link}))
    };
    insta::assert_snapshot!(format!("{}\n{}", message("dedicated"), message("online-archive")));
}

#[test]
fn source_wanted() {
    let message = |attempt, problem: Value| {
        let link = "https://connect.example.com/o/0123456789abcdef0123456789abcdef";
        let endpoint = endpoint("dedicated");
        thread(json!({
            "name": "source-wanted", "endpoint": endpoint, "link": link, "attempt": attempt, "problem": problem,
        }))
    };
    let again = message(1, json!("This is the standard connection string, which does not go through the endpoint."));
    insta::assert_snapshot!(format!("{}\n{again}", message(0, json!(null))));
}

#[test]
fn connected() {
    insta::assert_snapshot!(thread(json!({
        "name": "connected",
        "endpoint": endpoint("dedicated"),
        "checks": [
            {"name": "dns", "passed": true, "evidence": "3 hosts"},
            {"name": "ownership", "passed": true, "evidence": "all lead to vpce-0123456789abcdef0"},
        ],
    })));
}

#[test]
fn expired() {
    let command =
        thread(json!({"name": "expired", "awaited": "command", "cleanUp": {"complete": true, "leftovers": []}}));
    let acceptance = thread(
        json!({"name": "expired", "awaited": "acceptance", "cleanUp": {"complete": false, "leftovers": ["sg-0cc: still in use"]}}),
    );
    insta::assert_snapshot!(format!("{command}\n{acceptance}"));
}

#[test]
fn failed() {
    let failure = |error: &str, cause: &str| {
        let failure = json!({"state": "Create endpoint", "error": error, "cause": cause});
        thread(json!({"name": "failed", "failure": failure, "cleanUp": {"complete": true, "leftovers": []}}))
    };
    let ours = failure("Step.Operator", "{\"errorMessage\":\"could not create: UnauthorizedOperation\"}");
    let theirs = failure("Step.Customer", "The VPC vpc-0b1c2d3e4f5a6b7c8 does not exist in us-east-1.");
    insta::assert_snapshot!(format!("{ours}\n{theirs}"));
}

#[test]
fn a_message_that_ends_the_onboarding_is_known_as_an_end() {
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": null});
    let ends = [
        json!({"name": "connected", "endpoint": endpoint("dedicated"), "checks": []}),
        json!({"name": "declined", "reason": "?"}),
        json!({"name": "expired", "awaited": "command", "cleanUp": {"complete": true, "leftovers": []}}),
        json!({"name": "failed", "failure": failure, "cleanUp": {"complete": true, "leftovers": []}}),
    ];
    let references = ends.map(|message| {
        let message: Message = serde_json::from_value(message).unwrap();
        message.comments("arn:ticket-35436-2").unwrap()[0].reference.clone()
    });
    assert_eq!(references, ENDS.map(|end| format!("ticket-35436-2/{end}")));
}

#[test]
fn what_was_kept_and_why_a_clean_up_failed_is_told_to_the_support_engineer_alone() {
    let failure = json!({"state": "Announce", "error": "States.Timeout"});
    let cause = "{\"errorMessage\":\"could not look for endpoints\"}";
    let clean_up = json!({
        "complete": true,
        "leftovers": ["sg-0cc: still in use"],
        "kept": "vpce-0123456789abcdef0",
        "failure": {"state": "Clean up", "error": "Step.Operator", "cause": cause},
    });
    let message: Message =
        serde_json::from_value(json!({"name": "failed", "failure": failure, "cleanUp": clean_up})).unwrap();
    assert_eq!(message.reason().as_deref(), Some("No cause was given."));
    let comments = message.comments("arn:ticket-35436").unwrap();
    let [public, note] = comments.as_slice() else { panic!("{comments:?}") };
    for line in [
        "sg-0cc: still in use",
        "vpce-0123456789abcdef0: kept, since the source works; only the platform was not told",
        "Clean-up itself failed: could not look for endpoints",
    ] {
        assert!(note.text().contains(line) && !public.text().contains(line), "{line}");
    }
    assert!(!public.text().contains("is removed"), "nothing is called removed that is still there");
}

#[test]
fn an_expired_onboarding_says_in_its_result_what_did_not_come() {
    let reason = |awaited| {
        let clean_up = json!({"complete": true, "leftovers": []});
        let message: Message =
            serde_json::from_value(json!({"name": "expired", "awaited": awaited, "cleanUp": clean_up})).unwrap();
        message.reason().unwrap()
    };
    assert_eq!(reason("command"), "The command from Atlas did not arrive in time.");
    assert_eq!(reason("acceptance"), "Atlas did not accept the endpoint in time.");
    assert_eq!(reason("source"), "The connection string did not arrive in time.");
}

#[test]
fn an_endpoint_is_not_called_ready_before_its_name_is_known() {
    let endpoint = json!({"endpointId": "vpce-0123456789abcdef0", "target": "federated"});
    let message: Message =
        serde_json::from_value(json!({"name": "endpoint-ready", "endpoint": endpoint, "link": "?"})).unwrap();
    let error = message.comments("arn:ticket-35436").unwrap_err();
    assert!(matches!(&error, StepError::InvalidInput(text) if text.contains("vpce-0123456789abcdef0")), "{error}");
}
