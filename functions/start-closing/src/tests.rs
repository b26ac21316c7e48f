//! One look after the other at a register and at executions that remember what was done to them.

mod cancels;
mod closings;
mod endings;
mod schedule;
mod untold;
mod world;

use serde_json::{Value, json};

use super::*;
use world::{ARN, Execution, World, item, onboarding};

#[tokio::test]
async fn an_execution_that_has_ended_without_closing_is_closed_once() {
    for status in ["FAILED", "TIMED_OUT", "ABORTED"] {
        let world = World::of(item(), status);
        let output = world.ended(ARN).await.unwrap();
        let closing = world::closing(1);
        assert_eq!(output, Output { looked_at: 1, started: vec![closing.clone()], ..Output::default() }, "{status}");
        // The event is delivered again, and the schedule comes too.
        assert_eq!(world.ended(ARN).await.unwrap().started, Vec::<String>::new());
        assert_eq!(world.scheduled().await.unwrap().started, Vec::<String>::new());
        assert_eq!(world.done(), [format!("started {closing}")], "{status}");
        assert_eq!(world.item(ARN)["closings"], 1);
    }
}

#[tokio::test]
async fn an_execution_that_could_not_open_its_record_is_closed_too() {
    let world = World::default();
    world.executes(ARN, Execution::of("FAILED"));
    assert_eq!(world.ended(ARN).await.unwrap().started, [world::closing(1)]);
    assert_eq!(world.ended(ARN).await.unwrap().started, Vec::<String>::new());
}

#[tokio::test]
async fn an_execution_without_an_item_that_is_still_said_to_run_is_asked_for_again() {
    let world = World::default();
    world.executes(ARN, Execution::of("RUNNING"));
    assert!(matches!(world.ended(ARN).await, Err(StepError::Transient(_))));
    world.executes(ARN, Execution::of("ABORTED"));
    assert_eq!(world.ended(ARN).await.unwrap().started, [world::closing(1)]);
}

#[tokio::test]
async fn an_execution_that_runs_is_left_alone() {
    for status in ["RUNNING", "PENDING_REDRIVE", "SOMETHING_NEW"] {
        let world = World::of(item(), status);
        assert_eq!(world.ended(ARN).await.unwrap(), Output { looked_at: 1, ..Output::default() });
        assert_eq!((world.done().len(), world.log()), (0, String::new()), "{status}");
    }
}

#[tokio::test]
async fn what_cannot_be_explained_is_named_and_nothing_of_it_is_touched() {
    let world = World::default();
    world.knows(item());
    assert_eq!(world.ended(ARN).await.unwrap(), Output { looked_at: 1, ..Output::default() });
    assert!(world.log().contains("closing-failed") && world.log().contains(ARN), "{}", world.log());

    let world = World::of(item(), "SUCCEEDED");
    world.executes(
        ARN,
        Execution { output: Some(r#"{"outcome":"connected"}"#.to_owned()), ..Execution::of("SUCCEEDED") },
    );
    assert_eq!(world.ended(ARN).await.unwrap(), Output { looked_at: 1, ..Output::default() });
    assert!(world.log().contains("closing-failed") && world.log().contains("connected"), "{}", world.log());
    assert_eq!(world.done().len(), 0);
}

#[tokio::test]
async fn an_execution_that_ends_and_tells_it_while_it_is_looked_at_is_not_closed() {
    for status in ["FAILED", "SUCCEEDED"] {
        let world = World::of(item(), status);
        world
            .meanwhile("describe", |state| state.item(ARN)["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z"}));
        assert_eq!(world.ended(ARN).await.unwrap(), Output { looked_at: 1, at_rest: 1, ..Output::default() });
        assert_eq!(world.done(), ["deleted the vault", "at rest"], "{status}");
        assert_eq!(world.log(), "", "{status}");
    }
}

#[tokio::test]
async fn what_has_ended_comes_to_rest_when_its_ticket_was_told() {
    let line = |at: &str| json!({"at": at, "what": "told", "forTicket": true});
    let ended = |timeline: Value, deliveries: Value| {
        let mut item = item();
        item["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z", "toldBy": "o.7"});
        (item["timeline"], item["deliveries"]) = (timeline, deliveries);
        item
    };
    let (old, young) = (line(&world::seconds_ago(100_000)), line(&world::seconds_ago(3500)));
    for (timeline, deliveries, at_rest, named) in [
        (json!({"o.0": {"at": "2026-07-04T05:33:18Z", "what": "for the page"}}), json!({}), true, None),
        (json!({"o.4": old}), json!({"o.4": {"at": "2026-07-04T05:33:18Z", "what": "posted"}}), true, None),
        (json!({"o.4": old}), json!({"o.4": {"at": "2026-07-04T05:33:18Z", "what": "given-up"}}), true, None),
        (json!({"o.4": young}), json!({}), false, None),
        (json!({"o.4": old, "o.5": young}), json!({}), false, Some("reference=o.4")),
        // The end was told, and what was said before it was never in the queue.
        (
            json!({"o.4": old, "o.7": young}),
            json!({"o.7": {"at": "2026-07-04T05:33:18Z", "what": "posted"}}),
            true,
            None,
        ),
        (
            json!({"o.4": old, "o.7": old}),
            json!({"o.4": {"at": "2026-07-04T05:33:18Z", "what": "posted"}}),
            false,
            Some("reference=o.7"),
        ),
        // No message is tried for so long, and nobody looks for it for ever.
        (json!({"o.4": line(&world::seconds_ago(15 * 86_400))}), json!({}), true, Some("reference=o.4")),
        (json!({"o.4": line("once"), "o.5": young}), json!({}), true, Some("reference=o.4")),
        // What was said after a closing that found the endpoint accepted is newer than what that closing said.
        (json!({"o.9": young, "c1.2": old}), json!({}), false, Some("reference=c1.2")),
        (json!({"o.9": old, "c1.2": line(&world::seconds_ago(4000))}), json!({}), false, Some("reference=o.9")),
    ] {
        // Its execution is not asked for.
        let world = World::default();
        world.knows(ended(timeline.clone(), deliveries));
        let output = world.scheduled().await.unwrap();
        assert_eq!(output, Output { looked_at: 1, at_rest: usize::from(at_rest), ..Output::default() }, "{timeline}");
        assert_eq!(world.item(ARN)["open"].is_null(), at_rest, "{timeline}");
        let log = world.log();
        assert_eq!(log.matches("untold").count(), usize::from(named.is_some()), "{log}");
        assert!(log.contains(named.unwrap_or_default()), "{log}");
    }
}

#[tokio::test]
async fn while_the_register_or_step_functions_is_away_the_event_comes_again() {
    for away in ["read", "number", "describe", "start"] {
        let world = World::of(item(), "FAILED");
        world.is_away(away);
        assert!(matches!(world.ended(ARN).await, Err(StepError::Transient(_))), "{away}");
        world.is_back();
        assert_eq!(world.ended(ARN).await.unwrap().started, [world::closing(1)], "{away}");
    }
}

#[tokio::test]
async fn an_event_that_is_none_of_ours_is_refused() {
    let world = World::of(item(), "FAILED");
    let change = "Step Functions Execution Status Change";
    let closing = "arn:aws:states:us-east-1:000000000000:execution:closing:ticket-35436";
    for (source, detail_type, detail) in [
        ("aws.states", change, json!({"executionArn": closing})),
        ("aws.states", change, json!({})),
        ("aws.states", "Scheduled Event", json!({})),
        ("causeway.helpdesk", "PrivateLink Requested", json!({"ticket": {"id": "35436"}})),
    ] {
        let refused = world.event(source, detail_type, detail).await;
        assert!(matches!(refused, Err(StepError::InvalidInput(_))), "{refused:?}");
    }
    assert_eq!(world.done().len(), 0);
}

#[test]
fn the_onboarding_of_the_tests_is_one() {
    let id = OnboardingId::of(ARN);
    assert_eq!((world::closing(2), onboarding(ARN)), (format!("{id}_c2"), format!("onboarding/{id}")));
}
