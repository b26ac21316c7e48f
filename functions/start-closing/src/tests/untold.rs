//! An end that is in the register, and whose message may not be in the queue.

use super::*;

/// An item with this end, told by the message of this reference a while ago.
fn ended(state: &str, reference: &str, message: &Value) -> Value {
    let at = world::seconds_ago(60);
    let mut item = item();
    item["ticket"] = json!("35436");
    item["shown"]["state"] = json!(state);
    item["shown"]["facts"] = json!({"problem": "as it was told"});
    item["shown"]["outcome"] = json!({"at": at, "toldBy": reference, "message": message});
    item["timeline"] = json!({ reference: {"at": at, "what": "told", "forTicket": true} });
    item["deliveries"] = json!({});
    item
}

fn declined() -> Value {
    ended("declined", "o.7", &json!({"name": "declined", "reason": "Another plan."}))
}

/// The item of an onboarding that its second closing ended.
fn failed() -> Value {
    let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": null});
    let mut item = ended("failed", "c2.3", &json!({"name": "failed", "failure": failure}));
    item["shown"]["outcome"]["reason"] = json!("No address is free.");
    item
}

#[tokio::test]
async fn an_end_whose_execution_was_stopped_before_it_told_it_is_told_once() {
    for status in ["ABORTED", "FAILED", "TIMED_OUT"] {
        let world = World::of(declined(), status);
        let output = world.ended(ARN).await.unwrap();
        assert_eq!(output, Output { looked_at: 1, put_again: 1, ..Output::default() }, "{status}");
        // The help desk is away: it is not put once more every five minutes.
        assert_eq!(world.scheduled().await.unwrap(), Output { looked_at: 1, ..Output::default() });
        assert_eq!(world.done(), ["put o.7"]);
        let reply = json!({
            "executionArn": ARN, "ticket": "35436", "reference": "o.7", "facts": {"problem": "as it was told"},
            "message": {"name": "declined", "reason": "Another plan."},
        });
        assert_eq!(world.replies(), [reply]);
        let posted = json!({"o.7": {"at": "2026-07-04T05:33:18Z", "what": "posted"}});
        world.change(|state| state.item(ARN)["deliveries"] = posted);
        assert_eq!(world.scheduled().await.unwrap().at_rest, 1);
    }
}

#[tokio::test]
async fn an_end_that_a_closing_told_is_told_again_when_that_closing_has_failed() {
    for (second, puts) in [("RUNNING", 0), ("SUCCEEDED", 0), ("ABORTED", 1), ("FAILED", 1)] {
        // Neither the onboarding's own execution nor another closing says anything of it.
        let world = World::of(failed(), "FAILED");
        world.closes(1, Execution::of("FAILED"));
        world.closes(2, Execution::of(second));
        assert_eq!(world.scheduled().await.unwrap().put_again, puts, "{second}");
        let told = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "No address is free."});
        let replies = world.replies();
        assert_eq!(replies.len(), puts, "{second}");
        assert!(replies.iter().all(|reply| reply["message"]["failure"] == told), "{replies:?}");
    }
}

#[tokio::test]
async fn an_end_is_left_to_whoever_tells_it_and_to_the_queue() {
    let known = declined();
    let (mut before, mut nobody, mut delivered) = (known.clone(), known.clone(), known.clone());
    before["shown"]["outcome"].as_object_mut().unwrap().remove("message");
    nobody.as_object_mut().unwrap().remove("ticket");
    delivered["deliveries"] = json!({"o.7": {"at": "2026-07-04T05:33:18Z", "what": "given-up"}});
    for (why, item, status) in [
        ("it is being told", known.clone(), "RUNNING"),
        ("it is in the queue", known.clone(), "SUCCEEDED"),
        ("an earlier release ended it", before, "ABORTED"),
        ("there is no ticket", nobody, "ABORTED"),
        ("the ticket was told", delivered, "ABORTED"),
    ] {
        let world = World::of(item, status);
        assert_eq!(world.scheduled().await.unwrap().put_again, 0, "{why}");
        assert_eq!(world.replies().len(), 0, "{why}");
    }
    let world = World::default();
    world.knows(known);
    assert_eq!(world.scheduled().await.unwrap(), Output { looked_at: 1, ..Output::default() }, "no such execution");
}

#[tokio::test]
async fn an_end_is_told_again_however_often_something_is_away() {
    for away in ["describe", "put", "mark"] {
        let world = World::of(declined(), "ABORTED");
        world.is_away(away);
        assert!(matches!(world.ended(ARN).await, Err(StepError::Transient(_))), "{away}");
        world.is_back();
        // A lost mark puts it once more, and the thread knows it.
        assert_eq!(world.ended(ARN).await.unwrap().put_again, 1, "{away}");
        assert_eq!(world.ended(ARN).await.unwrap().put_again, 0, "{away}");
    }
}

#[tokio::test]
async fn what_comes_to_rest_leaves_no_vault() {
    let mut told = declined();
    told["deliveries"] = json!({"o.7": {"at": "2026-07-04T05:33:18Z", "what": "posted"}});
    let world = World::of(told, "ABORTED");
    world.is_away("vault");
    assert!(matches!(world.ended(ARN).await, Err(StepError::Transient(_))));
    assert_eq!(world.done(), Vec::<String>::new());
    world.is_back();
    assert_eq!(world.scheduled().await.unwrap().at_rest, 1);
    assert_eq!(world.done()[0], "deleted the vault");
}

#[tokio::test]
async fn an_end_that_cannot_be_put_into_the_queue_is_named_and_let_go_after_two_weeks() {
    let at = |seconds| {
        let mut item = declined();
        item["timeline"]["o.7"]["at"] = json!(world::seconds_ago(seconds));
        World::of(item, "ABORTED")
    };
    let world = at(4000);
    world.is_away("put");
    assert!(world.ended(ARN).await.is_err());
    assert!(world.log().contains("untold"), "{}", world.log());
    let world = at(15 * 86_400);
    world.is_away("put");
    assert_eq!(world.scheduled().await.unwrap().at_rest, 1);
}
