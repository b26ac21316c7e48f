//! A golden file for each message: what the ticket's reader sees.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::*;

const LINK: &str =
    "https://connect.example.com/o/0123456789abcdef0123456789abcdef.1.00112233445566778899aabbccddeeff00112233";

fn reply(message: &Value, facts: &Value) -> Reply {
    let arn = "arn:aws:states:us-east-1:123456789012:execution:causeway-onboarding:ticket-35436";
    let reply = json!({"executionArn": arn, "ticket": "35436", "reference": "o.7", "message": message, "facts": facts});
    serde_json::from_value(reply).unwrap()
}

fn thread(message: &Value, facts: &Value) -> String {
    let comments = comments(&reply(message, facts), LINK).unwrap().into_iter().map(|comment| {
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

/// Nothing is left.
fn removed() -> Value {
    json!({"complete": true, "leftovers": []})
}

/// Nothing is left but what was kept on purpose.
fn kept() -> Value {
    json!({"complete": true, "leftovers": [], "kept": "vpce-0123456789abcdef0"})
}

/// What Zendesk takes as a comment, in bytes of HTML.
const COMMENT: usize = 64 * 1024 - 1;

#[test]
fn the_longest_messages_fit_into_a_comment() {
    // As long as verify-source tells, and of the character that needs most room.
    let told = "\"".repeat(2000);
    let layers = ["dns", "ownership", "tcp", "tls", "mongodb"];
    let layers = layers.map(|name| json!({"name": name, "passed": true, "evidence": told}));
    let verification = json!({"verdict": "ask-again", "layers": layers, "problem": told, "nextStep": told});
    // As long as Step Functions keeps a cause.
    let cause = "\"".repeat(32_768);
    let failure = json!({"state": "Announce", "error": "Step.Customer", "cause": cause});
    let facts = json!({
        "network": network(),
        "endpoint": endpoint("federated"),
        "verification": verification,
        "problem": cause,
        "cleanUp": {
            "complete": false,
            "leftovers": ["\"".repeat(600)],
            "kept": "vpce-0123456789abcdef0",
            "failure": failure,
        },
    });
    for message in [
        json!({"name": "declined", "reason": "\"".repeat(1000)}),
        json!({"name": "instructions"}),
        json!({"name": "endpoint-ready"}),
        json!({"name": "source-wanted"}),
        json!({"name": "connected"}),
        json!({"name": "expired", "awaited": "source"}),
        json!({"name": "failed", "failure": failure}),
        json!({"name": "closed", "wish": {"by": "operator", "who": "\"".repeat(100), "why": "\"".repeat(500)}}),
    ] {
        for comment in comments(&reply(&message, &facts), LINK).unwrap() {
            let length = comment.html().len().max(comment.text().len());
            assert!(length <= COMMENT, "{message:.40}: {length} bytes");
        }
    }
}

#[test]
fn declined() {
    let message = json!({"name": "declined", "reason": "AWS PrivateLink is part of the business plan."});
    insta::assert_snapshot!(thread(&message, &json!({})));
}

#[test]
fn instructions() {
    let message = json!({"name": "instructions"});
    for (name, target) in [("dedicated", json!("dedicated")), ("shared", json!("federated")), ("open", json!(null))] {
        let facts = json!({"network": network(), "target": target, "problem": null});
        insta::assert_snapshot!(format!("instructions-{name}"), thread(&message, &facts));
    }
    let problem = "{\"errorType\":\"Step.Customer\",\"errorMessage\":\"AWS knows no endpoint service by this name.\"}";
    let facts = json!({"network": network(), "target": "dedicated", "problem": problem});
    insta::assert_snapshot!("instructions-again", thread(&message, &facts));
}

#[test]
fn reminder() {
    let message = |awaited, window| {
        thread(&json!({"name": "reminder", "awaited": awaited, "window": window, "windows": 7}), &json!({}))
    };
    insta::assert_snapshot!(format!("{}\n{}\n{}", message("command", 1), message("command", 6), message("source", 2)));
}

#[test]
fn the_last_reminder_of_a_source_says_that_the_next_message_names_the_day() {
    let message = json!({"name": "reminder", "awaited": "source", "window": 6, "windows": 7});
    insta::assert_snapshot!(thread(&message, &json!({})));
}

#[test]
fn last_window() {
    let mut reply =
        reply(&json!({"name": "last-window", "seconds": 604_800}), &json!({"endpoint": endpoint("dedicated")}));
    assert!(comments(&reply, LINK).is_err(), "it has no date yet");
    reply.message.date(OffsetDateTime::from_unix_timestamp(1_783_000_000).unwrap());
    let [comment] = &comments(&reply, LINK).unwrap()[..] else { panic!("one comment") };
    insta::assert_snapshot!(comment.text());
}

#[test]
fn acceptance_reminder() {
    let message = |target| thread(&json!({"name": "acceptance-reminder"}), &json!({"endpoint": endpoint(target)}));
    insta::assert_snapshot!(format!("{}\n{}", message("dedicated"), message("online-archive")));
}

#[test]
fn endpoint_ready() {
    let message = |target| thread(&json!({"name": "endpoint-ready"}), &json!({"endpoint": endpoint(target)}));
    insta::assert_snapshot!(format!("{}\n{}", message("dedicated"), message("online-archive")));
}

#[test]
fn the_endpoint_is_told_with_the_subnets_that_it_does_without() {
    let (mut network, mut endpoint) = (network(), endpoint("dedicated"));
    network["leftOut"] = json!([{"subnetId": "subnet-0cc11bb22cc33dd44", "why": "no-ipv4"}]);
    endpoint["leftOut"] = json!([{"subnetId": "subnet-0bb11bb22cc33dd44", "why": "zone-not-offered"}]);
    let told = thread(&json!({"name": "endpoint-ready"}), &json!({"network": network, "endpoint": endpoint}));
    for said in [
        "subnet-0cc11bb22cc33dd44 has IPv6 alone",
        "subnet-0bb11bb22cc33dd44 lies in an availability zone in which the endpoint service is not offered",
        "nothing is needed from you",
    ] {
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn source_wanted() {
    let message = |problem: Value| {
        thread(&json!({"name": "source-wanted"}), &json!({"endpoint": endpoint("dedicated"), "problem": problem}))
    };
    let again = message(json!("This is the standard connection string, which does not go through the endpoint."));
    insta::assert_snapshot!(format!("{}\n{again}", message(json!(null))));
}

#[test]
fn what_of_a_source_is_ours_to_mend_is_told_to_the_support_engineer() {
    let verification = json!({
        "verdict": "ask-again", "layers": [], "problem": "The problem.", "nextStep": "The next step.",
        "forSupport": "The cluster has members in us-east-2.",
    });
    let facts = json!({"endpoint": endpoint("dedicated"), "verification": verification, "problem": "The problem."});
    let told = comments(&reply(&json!({"name": "source-wanted"}), &facts), LINK).unwrap();
    let told: Vec<_> = told.iter().map(|comment| (comment.public, comment.text().contains("us-east-2"))).collect();
    assert_eq!(told, [(true, false), (false, true)]);
}

#[test]
fn connected() {
    let layers = json!([
        {"name": "dns", "passed": true, "evidence": "3 hosts"},
        {"name": "ownership", "passed": true, "evidence": "all lead to vpce-0123456789abcdef0"},
    ]);
    let verification = json!({"verdict": "connected", "layers": layers, "problem": null, "nextStep": null});
    let facts = json!({"endpoint": endpoint("dedicated"), "verification": verification});
    insta::assert_snapshot!(thread(&json!({"name": "connected"}), &facts));
}

#[test]
fn expired() {
    let message = |awaited, clean_up: Value| {
        thread(&json!({"name": "expired", "awaited": awaited}), &json!({"cleanUp": clean_up}))
    };
    let command = message("command", removed());
    let acceptance = message("acceptance", json!({"complete": false, "leftovers": ["sg-0cc: still in use"]}));
    let source = message("source", removed());
    insta::assert_snapshot!(format!("{command}\n{acceptance}\n{source}"));
    insta::assert_snapshot!(
        "expired-kept",
        format!("{}\n{}", message("source", kept()), message("acceptance", kept()))
    );
}

#[test]
fn failed() {
    let message = |failure: Value, clean_up: Value| {
        thread(&json!({"name": "failed", "failure": failure}), &json!({"cleanUp": clean_up}))
    };
    let failure = |error: &str, cause: &str| {
        message(json!({"state": "Create endpoint", "error": error, "cause": cause}), removed())
    };
    let ours = failure("Step.Operator", "{\"errorMessage\":\"could not create: UnauthorizedOperation\"}");
    let theirs = failure("Step.Customer", "The VPC vpc-0b1c2d3e4f5a6b7c8 does not exist in us-east-1.");
    insta::assert_snapshot!(format!("{ours}\n{theirs}"));
    let timeout = json!({"state": "Announce", "error": "States.Timeout"});
    insta::assert_snapshot!("failed-kept", message(timeout, kept()));
    let stopped = json!({"state": "Await command", "error": "Execution.Aborted", "cause": null});
    insta::assert_snapshot!("failed-stopped", message(stopped, removed()));
}

#[test]
fn closed() {
    let message = |by, clean_up: Value| {
        let wish = json!({"by": by, "who": "Acme Corp", "why": "the project is put off"});
        thread(&json!({"name": "closed", "wish": wish}), &json!({"cleanUp": clean_up}))
    };
    let left = json!({"complete": false, "leftovers": ["sg-0cc: still in use"]});
    insta::assert_snapshot!(
        "closed-customer",
        format!("{}\n{}", message("customer", removed()), message("customer", left))
    );
    insta::assert_snapshot!(
        "closed-operator",
        format!("{}\n{}", message("operator", removed()), message("operator", kept()))
    );
}

#[test]
fn why_our_team_closed_a_request_is_for_the_support_engineer() {
    let wish = json!({"by": "operator", "who": "Grace", "why": "the contract has ended"});
    let closed =
        comments(&reply(&json!({"name": "closed", "wish": wish}), &json!({"cleanUp": removed()})), LINK).unwrap();
    let [public, note] = closed.as_slice() else { panic!("{closed:?}") };
    assert!(public.public && !note.public);
    for said in ["Grace", "the contract has ended"] {
        assert!(note.text().contains(said) && !public.text().contains(said), "{said}");
    }
}

#[test]
fn nothing_is_called_deleted_that_may_still_be_there() {
    let wish = json!({"by": "customer", "who": "Acme Corp", "why": "no reason given"});
    let failure = json!({"state": "Announce", "error": "States.Timeout"});
    let unknown = Value::Null;
    let under_way = json!({"complete": false, "leftovers": []});
    let left = json!({"complete": true, "leftovers": ["sg-0cc: still in use"]});
    let not_run = json!({"complete": true, "leftovers": [], "failure": failure});
    for message in [
        json!({"name": "expired", "awaited": "command"}),
        json!({"name": "expired", "awaited": "acceptance"}),
        json!({"name": "expired", "awaited": "source"}),
        json!({"name": "closed", "wish": wish}),
        json!({"name": "failed", "failure": failure}),
    ] {
        let claims = |clean_up: &Value| {
            let comments = comments(&reply(&message, &json!({"cleanUp": clean_up})), LINK).unwrap();
            let said: Vec<String> = comments.iter().map(Comment::text).collect();
            let claims = ["Nothing of it is left", "We deleted", "is removed", "left nothing behind"];
            claims.iter().any(|claim| said.join("\n").contains(claim))
        };
        assert!(claims(&removed()), "{message}");
        for clean_up in [&unknown, &under_way, &left, &not_run, &kept()] {
            assert!(!claims(clean_up), "{message} {clean_up}");
        }
    }
}

#[test]
fn answered() {
    let said = |answer: Value| {
        let facts = json!({"network": network(), "target": "dedicated"});
        let mut reply = reply(&json!({"name": "answered", "answer": answer}), &facts);
        reply.reference = "354360007".parse().unwrap();
        let comments = comments(&reply, LINK).unwrap().into_iter().map(|comment| {
            let kind = if comment.public { "public" } else { "internal" };
            format!("--- {kind}, status {}\n{}\n", comment.status.unwrap_or("as it was"), comment.text())
        });
        comments.collect::<String>()
    };
    let request = json!({
        "serviceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8",
        "subnetIds": ["subnet-0aa11bb22cc33dd44"],
    });
    let codes = json!(["vpc-mismatch", "stray-word", "of-a-later-release"]);
    for (name, answer) in [
        ("command-taken", json!({"kind": "command-taken", "request": request})),
        ("command-refused", json!({"kind": "command-refused", "codes": codes, "corrected": request})),
        ("command-refused-unsure", json!({"kind": "command-refused", "codes": ["not-a-command"]})),
        ("command-late", json!({"kind": "command-late", "why": "already-answered"})),
        ("password-seen", json!({"kind": "password-seen"})),
        ("connection-string-seen", json!({"kind": "connection-string-seen"})),
        ("standing", json!({"kind": "standing", "state": "awaiting-acceptance"})),
    ] {
        insta::assert_snapshot!(format!("answered-{name}"), said(answer));
    }
}

#[test]
fn what_is_for_the_page_alone_is_no_comment() {
    for message in
        [json!({"name": "preparing"}), json!({"name": "not-yet"}), json!({"name": "closing", "ending": "expired"})]
    {
        let reply = reply(&message, &json!({}));
        assert!(!reply.message.is_for_the_ticket());
        assert_eq!(comments(&reply, LINK).unwrap(), [], "{message}");
    }
}

#[test]
fn no_comments_mark_is_in_another_comment() {
    let failed = json!({"name": "failed", "failure": {"state": "Announce", "error": "States.Timeout"}});
    let mut reply = reply(&failed, &json!({}));
    let mut all = comments(&reply, LINK).unwrap();
    reply.reference = "o.77".parse().unwrap();
    all.extend(comments(&reply, LINK).unwrap());
    reply.execution_arn += "_2";
    all.extend(comments(&reply, LINK).unwrap());
    for (number, comment) in all.iter().enumerate() {
        let found: Vec<_> = (0..all.len()).filter(|other| all[*other].html().contains(&comment.mark())).collect();
        assert_eq!(found, [number], "{}", comment.last_line());
    }
}

#[test]
fn what_is_left_and_why_a_clean_up_failed_is_told_to_the_support_engineer_alone() {
    let failure = json!({"state": "Announce", "error": "States.Timeout"});
    let cause = "{\"errorMessage\":\"could not look for endpoints\"}";
    let clean_up = json!({
        "complete": true,
        "leftovers": ["sg-0cc: still in use"],
        "failure": {"state": "Clean up", "error": "Step.Operator", "cause": cause},
    });
    let comments =
        comments(&reply(&json!({"name": "failed", "failure": failure}), &json!({"cleanUp": clean_up})), LINK).unwrap();
    let [public, note] = comments.as_slice() else { panic!("{comments:?}") };
    for line in
        ["Cause: No cause was given.", "sg-0cc: still in use", "Clean-up itself failed: could not look for endpoints"]
    {
        assert!(note.text().contains(line) && !public.text().contains(line), "{line}");
    }
}

#[test]
fn a_message_about_something_unknown_is_not_told() {
    let endpoint = json!({"endpointId": "vpce-0123456789abcdef0", "target": "federated"});
    for (name, facts, expected) in [
        ("instructions", json!({}), "network"),
        ("endpoint-ready", json!({}), "endpoint"),
        ("source-wanted", json!({}), "endpoint"),
        ("connected", json!({}), "endpoint"),
        ("endpoint-ready", json!({ "endpoint": endpoint }), "the DNS name of vpce-0123456789abcdef0"),
    ] {
        let error = comments(&reply(&json!({ "name": name }), &facts), LINK).unwrap_err();
        assert!(matches!(&error, StepError::InvalidInput(text) if text.contains(expected)), "{name}: {error}");
    }
}

#[test]
fn a_fault_and_its_end_are_told_to_the_support_engineer_alone() {
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "The quota is 50."});
    let held = comments(&reply(&json!({"name": "held", "failure": failure}), &json!({})), LINK).unwrap();
    let [note] = held.as_slice() else { panic!("{held:?}") };
    let text = note.text();
    assert!(!note.public && note.status.is_none(), "{text}");
    for said in ["State: Create endpoint", "Error: Step.Operator", "Cause: The quota is 50.", "console.aws.amazon.com"]
    {
        assert!(text.contains(said), "{text}");
    }
    // With the first message that goes out afterwards, be it for the page only.
    for (message, public) in [(json!({"name": "not-yet"}), 0), (json!({"name": "endpoint-ready"}), 1)] {
        let reply = Reply { goes_on: true, ..reply(&message, &json!({"endpoint": endpoint("dedicated")})) };
        let comments = comments(&reply, LINK).unwrap();
        assert_eq!(comments.iter().filter(|comment| comment.public).count(), public);
        let [.., over] = comments.as_slice() else { panic!("nothing is told") };
        assert!(!over.public && over.text().contains("goes on") && over.reference.ends_with("-goes-on"));
    }
}
