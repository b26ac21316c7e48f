use serde_json::{Value, json};

use super::*;

/// A window of a day at step 6, which the message of step 5 has opened.
fn window(announced: Option<u32>) -> Window {
    let window = json!({
        "step": 6, "began": "2026-07-04T00:00:00Z", "seconds": 86400, "asked": 5, "announced": announced, "each": 86400,
        "last": 604_800, "another": true,
    });
    serde_json::from_value(window).unwrap()
}

/// What the register says when the window is over; `beside` is what it says of the deliveries and of answers.
fn onboarding(order: u64, beside: &Value) -> Onboarding {
    let mut item = json!({
        "executionArn": "arn:ticket-1", "link": 1,
        "shown": {"order": order, "state": "awaiting-source", "since": "2026-07-04T00:00:01Z"},
    });
    item.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
    serde_json::from_value(item).unwrap()
}

fn posted(at: &str) -> Value {
    json!({"deliveries": {"o.5": {"at": at, "what": "posted"}}})
}

/// The day after the window of step 6 began.
const OVER: &str = "2026-07-05T00:00:00Z";

fn ends(announced: Option<u32>, awaited: Answer, number: u32, item: &Onboarding, now: &str) -> (Passed, Message) {
    let reminder = Message::Reminder { awaited, window: number, windows: 3 };
    let reference = Reference::Step { closing: 0, step: 7 };
    window(announced).ends(Some(item), &reminder, &reference, time(now).unwrap()).unwrap()
}

fn again(counts: bool, seconds: u32, announced: Option<u32>) -> Passed {
    Passed { counts, verdict: Verdict::Again, seconds, announced }
}

#[test]
fn a_window_counts_when_the_customer_was_asked_in_time_and_nothing_was_in_the_way() {
    let claim = |step: u64| json!({"order": step * 1000, "digest": "d", "at": 1});
    let with = |name: &str, value: Value| {
        let mut beside = posted("2026-07-03T23:59:59Z");
        beside[name] = value;
        beside
    };
    for (order, beside, counts) in [
        (6000, posted("2026-07-03T23:59:59Z"), true),
        (6002, posted("2026-07-04T12:00:00Z"), true),
        // It was held when the window was over; a message was shown meanwhile.
        (7000, posted("2026-07-03T23:59:59Z"), true),
        // The question never came into the register.
        (5000, posted("2026-07-03T23:59:59Z"), false),
        // The message that asks came late, was given up, is not there, or is another one's.
        (6000, posted("2026-07-04T12:00:01Z"), false),
        (6000, json!({"deliveries": {"o.5": {"at": "2026-07-03T23:59:59Z", "what": "refused"}}}), false),
        (6000, json!({}), false),
        (6000, json!({"deliveries": {"o.4": {"at": "2026-07-03T23:59:59Z", "what": "posted"}}}), false),
        // An answer was refused by a fault of ours, in this window or before it; or claimed, for this wait or another.
        (6000, with("refused", json!("2026-07-04T00:00:00Z")), false),
        (6000, with("refused", json!("2026-07-03T23:59:59Z")), true),
        (6000, with("claim", claim(6)), false),
        (6000, with("claim", claim(4)), true),
    ] {
        let (passed, _) = ends(None, Answer::Command, 1, &onboarding(order, &beside), OVER);
        assert_eq!(passed, again(counts, 86400, None), "{order}, {beside}");
    }
}

#[test]
fn who_was_asked_is_reminded_and_who_was_not_hears_nothing() {
    let reminder = |window| Message::Reminder { awaited: Answer::Command, window, windows: 3 };
    let asked = onboarding(6000, &posted("2026-07-03T23:59:59Z"));
    assert_eq!(ends(None, Answer::Command, 2, &asked, OVER).1, reminder(2));
    let silent = Message::WindowPassed { awaited: Answer::Command };
    assert_eq!(ends(None, Answer::Command, 2, &onboarding(6000, &json!({})), OVER).1, silent);
    let mut tried = posted("2026-07-03T23:59:59Z");
    tried["refused"] = json!("2026-07-04T10:00:00Z");
    // It does not count: as many are left as before.
    assert_eq!(ends(None, Answer::Command, 2, &onboarding(6000, &tried), OVER).1, reminder(1));
}

#[test]
fn a_command_that_does_not_come_ends_the_request_and_a_source_has_a_last_window() {
    let asked = onboarding(6000, &posted("2026-07-03T23:59:59Z"));
    let (passed, message) = ends(None, Answer::Command, 3, &asked, OVER);
    assert_eq!((passed.verdict, message), (Verdict::Over, Message::WindowPassed { awaited: Answer::Command }));
    let (passed, message) = ends(None, Answer::Source, 3, &asked, OVER);
    assert_eq!(passed, again(true, 604_800, Some(7)));
    assert_eq!(message, Message::LastWindow { seconds: 604_800, until: None });
}

#[test]
fn the_last_window_ends_with_the_date_that_was_delivered() {
    let announced = |until: Option<&str>| {
        let mut beside = posted("2026-06-20T00:00:00Z");
        beside["deliveries"]["o.5"]["until"] = json!(until);
        onboarding(6000, &beside)
    };
    let ends = |item: &Onboarding| ends(Some(5), Answer::Source, 4, item, OVER);
    let silent = Message::WindowPassed { awaited: Answer::Source };
    let (passed, message) = ends(&announced(Some(OVER)));
    assert_eq!((passed.verdict, message), (Verdict::Over, silent.clone()));
    // What was posted two hours late has two hours more.
    let late = announced(Some("2026-07-05T02:00:00Z"));
    assert_eq!(ends(&late), (again(true, 7201, Some(5)), silent.clone()));
    assert_eq!(ends(&announced(None)), (again(false, 86400, Some(5)), silent.clone()));
    let mut refused = announced(Some(OVER));
    refused.refused = Some("2026-07-04T10:00:00Z".to_owned());
    assert_eq!(ends(&refused), (again(false, 86400, Some(5)), silent));
}

#[test]
fn when_there_is_no_other_window_none_is_promised() {
    let asked = onboarding(6000, &posted("2026-07-03T23:59:59Z"));
    for awaited in [Answer::Command, Answer::Source] {
        let reminder = Message::Reminder { awaited, window: 3, windows: 3 };
        let reference = Reference::Step { closing: 0, step: 7 };
        let last = Window { another: false, ..window(None) };
        let (passed, message) = last.ends(Some(&asked), &reminder, &reference, time(OVER).unwrap()).unwrap();
        assert_eq!((passed.verdict, passed.announced), (Verdict::Over, None));
        assert_eq!(message, Message::WindowPassed { awaited });
    }
}

#[test]
fn an_onboarding_without_an_item_was_not_asked() {
    let reminder = Message::Reminder { awaited: Answer::Command, window: 1, windows: 3 };
    let reference = Reference::Step { closing: 0, step: 7 };
    let (passed, _) = window(None).ends(None, &reminder, &reference, time(OVER).unwrap()).unwrap();
    assert_eq!(passed, again(false, 86400, None));
}
