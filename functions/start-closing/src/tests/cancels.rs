//! What becomes of an operator's wish.

use serde_json::{Value, json};
use shared::ids::OnboardingId;
use step::StepError;

use super::world::{ARN, Execution, World, closing, item, item_of};
use crate::{Heard, Output};

fn wish() -> Value {
    json!({"by": "operator", "who": "Ada", "why": "The deal is off."})
}

fn detail(ticket: Value) -> Value {
    let mut detail = wish();
    detail.as_object_mut().unwrap().remove("by");
    detail["ticket"] = ticket;
    detail
}

fn stopped(ticket: &str) -> String {
    format!("stopped {ticket}: Causeway.Cancelled: Ada wanted it closed: The deal is off.")
}

#[tokio::test]
async fn the_onboarding_that_runs_is_stopped_and_closed() {
    for ticket in [json!("35436"), json!(35436), json!({"id": "35436"}), json!({"id": 35436})] {
        let world = World::of(item(), "RUNNING");
        let output = world.cancelled(detail(ticket)).await.unwrap();
        let expected = Output {
            looked_at: 1,
            started: vec![closing(1)],
            stopped: 1,
            wish: Some(Heard::Kept),
            ..Output::default()
        };
        assert_eq!(output, expected);
        assert_eq!(world.done(), [stopped("ticket-35436"), format!("started {}", closing(1))]);
        assert_eq!((&world.item(ARN)["wish"], &world.inputs()[0]["wish"]), (&wish(), &wish()));
        assert_eq!(world.inputs()[0]["ending"], "closed");
    }
}

#[tokio::test]
async fn the_customers_wish_is_found_by_schedule() {
    let mut known = item();
    known["wish"] = json!({"by": "customer", "who": "Ada", "why": "The deal is off."});
    let world = World::of(known, "RUNNING");
    let output = world.scheduled().await.unwrap();
    assert_eq!((output.stopped, output.started, output.wish), (1, vec![closing(1)], None));
    assert_eq!(world.done()[0], stopped("ticket-35436"));
}

#[tokio::test]
async fn what_has_not_stopped_yet_is_closed_at_the_next_look() {
    let world = World::of(item(), "RUNNING");
    world.change(|state| state.stops_slowly = true);
    let output = world.cancelled(detail(json!("35436"))).await.unwrap();
    assert_eq!((output.stopped, output.started.len()), (1, 0));
    world.executes(ARN, Execution::of("ABORTED"));
    assert_eq!(world.scheduled().await.unwrap().started, [closing(1)]);
}

#[tokio::test]
async fn what_connects_before_it_is_stopped_stays_connected() {
    let world = World::of(item(), "RUNNING");
    world.meanwhile("stop", |state| {
        state.item(ARN)["shown"]["state"] = json!("connected");
        state.item(ARN)["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z"});
        state.execution(ARN).status = "SUCCEEDED";
    });
    let output = world.cancelled(detail(json!("35436"))).await.unwrap();
    assert_eq!((output.stopped, output.at_rest, output.started.len()), (1, 1, 0));
}

#[tokio::test]
async fn it_is_the_tickets_last_onboarding_that_is_meant() {
    let mut first = item();
    first["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z"});
    let world = World::of(first, "SUCCEEDED");
    let second = format!("{ARN}_2");
    world.knows(item_of(&second));
    world.executes(&second, Execution::of("RUNNING"));
    let output = world.cancelled(detail(json!("35436"))).await.unwrap();
    assert_eq!(output.started, [format!("{}_c1", OnboardingId::of(&second))]);
    assert_eq!(world.done()[0], stopped("ticket-35436_2"));
    assert!(world.item(ARN)["wish"].is_null());
}

#[tokio::test]
async fn a_wish_that_comes_to_nothing_is_answered_and_is_no_error() {
    let world = World::default();
    let unknown = world.cancelled(detail(json!("35436"))).await.unwrap();
    assert_eq!(unknown, Output { wish: Some(Heard::Unknown), ..Output::default() });
    assert!(world.log().contains("WARN"), "{}", world.log());

    let mut known = item();
    known["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z"});
    let world = World::of(known, "SUCCEEDED");
    let ended = world.cancelled(detail(json!("35436"))).await.unwrap();
    assert_eq!(ended, Output { wish: Some(Heard::Ended), ..Output::default() });
    assert!(world.log().contains("WARN"), "{}", world.log());
    assert!(world.done().is_empty() && world.item(ARN)["wish"].is_null());
}

#[tokio::test]
async fn a_wish_that_is_delivered_again_finds_the_first() {
    let world = World::of(item(), "RUNNING");
    world.loses("wish");
    assert!(matches!(world.cancelled(detail(json!("35436"))).await, Err(StepError::Transient(_))));
    let mut again = detail(json!("35436"));
    again["why"] = json!("Another reason.");
    let output = world.cancelled(again).await.unwrap();
    assert_eq!((output.wish, output.started), (Some(Heard::Late), vec![closing(1)]));
    assert_eq!(world.item(ARN)["wish"], wish());
}

#[tokio::test]
async fn a_wish_that_is_kept_is_the_schedules_to_fulfil() {
    let world = World::of(item(), "RUNNING");
    world.is_away("stop");
    let output = world.cancelled(detail(json!("35436"))).await.unwrap();
    assert_eq!(output, Output { failed: 1, wish: Some(Heard::Kept), ..Output::default() });
    assert!(world.log().contains("WARN"), "{}", world.log());
    world.is_back();
    assert_eq!(world.scheduled().await.unwrap().started, [closing(1)]);
}

#[tokio::test]
async fn a_wish_that_comes_late_is_not_for_the_tickets_next_onboarding() {
    for (sent, heard) in [("2026-07-04T05:30:00Z", Heard::Earlier), ("2026-07-04T05:33:18Z", Heard::Kept)] {
        let mut next = item();
        next["timeline"] = json!({"o.0": {"at": "2026-07-04T05:33:18.900Z", "what": "received", "forTicket": false}});
        let world = World::of(next, "RUNNING");
        let (source, detail_type) = ("causeway.operator", "PrivateLink Cancel Requested");
        let event = json!({
            "source": source, "detail-type": detail_type, "time": sent, "detail": detail(json!("35436")),
        });
        assert_eq!(world.given(event).await.unwrap().wish, Some(heard), "{sent}");
        assert_eq!(world.item(ARN)["wish"].is_null(), heard == Heard::Earlier, "{sent}");
    }
}

#[tokio::test]
async fn a_wish_overtakes_a_closing_that_was_started_without_it() {
    let world = World::of(item(), "ABORTED");
    assert_eq!(world.ended(ARN).await.unwrap().started, [closing(1)]);
    assert_eq!(world.cancelled(detail(json!("35436"))).await.unwrap().started, [closing(2)]);
    let inputs = world.inputs();
    assert_eq!((&inputs[0]["ending"], &inputs[1]["ending"]), (&json!("failed"), &json!("closed")));
    assert_eq!(world.scheduled().await.unwrap().started, Vec::<String>::new(), "one is enough");
}

#[tokio::test]
async fn a_wish_that_says_too_little_or_too_much_names_the_field() {
    let world = World::of(item(), "RUNNING");
    for (field, value, problem) in [
        ("ticket", json!("a b"), "expected a ticket ID (1 to 40 letters, digits or -) at `ticket`"),
        ("ticket", Value::Null, "expected a ticket ID, a text or a number at `ticket`"),
        ("who", json!("é".repeat(101)), "expected at most 100 characters at `who`"),
        ("who", json!(" "), "expected a text at `who`"),
        ("why", json!("é".repeat(501)), "expected at most 500 characters at `why`"),
        ("why", json!(""), "expected a text at `why`"),
    ] {
        let mut wrong = detail(json!("35436"));
        wrong[field] = value;
        let refused = world.cancelled(wrong).await.unwrap_err();
        assert_eq!(refused, StepError::InvalidInput(format!("the event cannot be read: {problem}")));
    }
    for field in ["ticket", "who", "why"] {
        let mut lacking = detail(json!("35436"));
        lacking.as_object_mut().unwrap().remove(field);
        let refused = world.cancelled(lacking).await.unwrap_err();
        assert_eq!(refused, StepError::InvalidInput(format!("the event cannot be read: missing field `{field}`")));
    }
    assert!(world.done().is_empty());
}
