//! Which closing is started, and when none is any more.

use serde_json::json;

use super::world::{ARN, Execution, World, closing, item};

fn accepted() -> Execution {
    Execution { output: Some(r#"{"outcome":"accepted"}"#.to_owned()), ..Execution::of("SUCCEEDED") }
}

#[tokio::test]
async fn a_closing_that_failed_gets_its_next_number_and_another_is_left_to_itself() {
    for (closings, fence, last, started) in [
        (1, None, Execution::of("RUNNING"), None),
        (1, None, Execution::of("SOMETHING_NEW"), None),
        (1, None, Execution::of("FAILED"), Some(2)),
        (2, Some(1), Execution::of("TIMED_OUT"), Some(3)),
        // One that was started by hand has a number that was not taken.
        (1, Some(4), Execution::of("ABORTED"), Some(5)),
        (1, Some(4), Execution::of("RUNNING"), None),
        // It found the endpoint accepted and gave the onboarding back, which has failed since.
        (1, None, accepted(), Some(2)),
    ] {
        let mut known = item();
        known["closings"] = json!(closings);
        if let Some(fence) = fence {
            known["fence"] = json!({"closing": fence, "since": "2026-07-04T05:33:18Z"});
        }
        let world = World::of(known, "FAILED");
        let status = last.status;
        world.closes(fence.unwrap_or_default().max(closings), last);
        let expected: Vec<String> = started.map(closing).into_iter().collect();
        assert_eq!(world.ended(ARN).await.unwrap().started, expected, "{status} {closings} {fence:?}");
        assert_eq!(world.log(), "");
        if let Some(number) = started {
            assert_eq!(world.inputs()[0]["number"], number);
        }
    }
}

#[tokio::test]
async fn a_closing_that_succeeded_and_told_no_end_is_named() {
    for output in [None, Some(r#"{"outcome":"expired"}"#.to_owned())] {
        let mut known = item();
        known["closings"] = json!(1);
        let world = World::of(known, "FAILED");
        world.closes(1, Execution { output, ..Execution::of("SUCCEEDED") });
        assert!(world.ended(ARN).await.unwrap().started.is_empty());
        assert!(world.log().contains("closing-failed"), "{}", world.log());
    }
}

#[tokio::test]
async fn after_three_failures_in_a_row_an_alarm_is_all_that_is_left() {
    let fails = |number: u32, second: Execution| {
        let mut known = item();
        known["closings"] = json!(number);
        let world = World::of(known, "FAILED");
        for number in 1..=number {
            world.closes(number, Execution::of("FAILED"));
        }
        world.closes(2, second);
        world
    };
    let world = fails(3, Execution::of("ABORTED"));
    for looks in 1..=2 {
        assert!(world.scheduled().await.unwrap().started.is_empty());
        let log = world.log();
        assert_eq!(log.matches(r#"alarm="closing-failed""#).count(), looks, "{log}");
        assert!(log.contains(ARN) && log.contains(&closing(3)), "{log}");
    }
    assert_eq!(world.item(ARN)["closings"], 3);

    let world = fails(3, accepted());
    assert_eq!(world.ended(ARN).await.unwrap().started, [closing(4)]);
    assert_eq!(world.log(), "");
}

#[tokio::test]
async fn of_two_at_once_one_starts_closing() {
    // The other has taken the number.
    let world = World::of(item(), "FAILED");
    world.meanwhile("number", |state| state.item(ARN)["closings"] = json!(1));
    assert!(world.ended(ARN).await.unwrap().started.is_empty());
    // It did not come to start it: the next look does.
    assert_eq!(world.ended(ARN).await.unwrap().started, [closing(1)]);

    // The other is the first to start it.
    let world = World::of(item(), "FAILED");
    world.meanwhile("start", |state| state.start_closing(1));
    assert!(world.ended(ARN).await.unwrap().started.is_empty());
    assert!(world.ended(ARN).await.unwrap().started.is_empty());
    assert_eq!((world.done(), world.log()), (Vec::new(), String::new()));
}

#[tokio::test]
async fn an_answer_that_is_lost_starts_nothing_twice() {
    for lost in ["number", "start"] {
        let world = World::of(item(), "FAILED");
        world.loses(lost);
        assert!(world.ended(ARN).await.is_err(), "{lost}");
        // Lambda gives the event again.
        world.ended(ARN).await.unwrap();
        world.ended(ARN).await.unwrap();
        assert_eq!(world.done(), [format!("started {}", closing(1))], "{lost}");
        assert_eq!(world.item(ARN)["closings"], 1, "{lost}");
    }
}
