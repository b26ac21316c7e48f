//! The look at everything that has not come to rest.

use serde_json::json;
use shared::ids::OnboardingId;
use step::StepError;

use super::world::{ARN, World, item_of};
use crate::Output;

fn arn(number: u32) -> String {
    format!("{}{number}", ARN.trim_end_matches("35436"))
}

/// So many onboardings whose executions have failed.
fn failed(count: u32) -> World {
    let world = World::default();
    for number in 1..=count {
        let mut item = item_of(&arn(number));
        item["lookedAt"] = json!(number);
        world.knows(item);
        world.executes(&arn(number), super::Execution::of("FAILED"));
    }
    world
}

fn started(number: u32) -> String {
    format!("started {}_c1", OnboardingId::of(&arn(number)))
}

#[tokio::test]
async fn those_that_nobody_has_looked_at_for_longest_come_first() {
    let world = failed(103);
    let output = world.scheduled().await.unwrap();
    assert_eq!((output.looked_at, output.started.len(), output.failed), (100, 100, 0));
    assert_eq!(world.done(), (1..=100).map(started).collect::<Vec<_>>());
    assert_eq!(world.scheduled().await.unwrap().started.len(), 3);
    assert_eq!(world.scheduled().await.unwrap(), Output { looked_at: 100, ..Output::default() });
}

#[tokio::test]
async fn one_that_fails_does_not_keep_the_others_from_being_looked_at() {
    let first = OnboardingId::of(&arn(1));
    for fault in
        [format!("look {first}"), format!("read {first}"), "describe :ticket-1".to_owned(), format!("start {first}_c1")]
    {
        let world = failed(3);
        world.is_away(&fault);
        let output = world.scheduled().await.unwrap();
        assert_eq!((output.looked_at, output.started.len(), output.failed), (2, 2, 1), "{fault}");
        assert_eq!(world.done(), [started(2), started(3)], "{fault}");
        let log = world.log();
        assert!(log.matches("WARN").count() == 1 && log.contains(first.as_str()), "{log}");
        // It is behind the others now, unless that could not be written.
        assert_eq!(world.item(&arn(1))["lookedAt"] == 1, fault.starts_with("look"), "{fault}");
    }
}

#[tokio::test]
async fn a_run_that_could_look_at_nothing_has_failed() {
    for away in ["query", "look", "read", "describe", "number", "start"] {
        let world = failed(3);
        world.is_away(away);
        assert!(matches!(world.scheduled().await, Err(StepError::Transient(_))), "{away}");
        world.is_back();
        assert_eq!(world.scheduled().await.unwrap().started.len(), 3, "{away}");
    }
    assert_eq!(World::default().scheduled().await.unwrap(), Output::default());
}

#[tokio::test]
async fn what_is_gone_since_the_index_was_written_is_passed_over() {
    let world = failed(1);
    world.meanwhile("look", |state| state.forget(&arn(1)));
    assert_eq!(world.scheduled().await.unwrap(), Output { looked_at: 1, ..Output::default() });
    assert_eq!(world.log(), "");
}
