//! Where the onboarding stands when a message's turn comes.

use super::*;

fn reminder(awaited: &str) -> String {
    message(&json!({"name": "reminder", "awaited": awaited, "window": 1, "windows": 7}))
}

#[tokio::test]
async fn after_the_end_nothing_is_asked_for_any_more() {
    let bench = Bench::zendesk().await;
    bench.keep(Some(ended(9)));
    for (body, written) in [(instructions(), "o.7 is pointless"), (reminder("command"), "o.7 is pointless")] {
        bench.keep(Some(ended(9)));
        assert!(bench.reply(&body).await);
        assert_eq!(bench.written(), [written]);
    }
    assert_eq!(bench.thread().await, Vec::<Value>::new());
    // Not even to be given up: no alarm about something that nobody misses.
    bench.keep(Some(ended(9)));
    assert!(bench.try_again(&instructions(), 700, Duration::from_hours(14 * 24)).await);
    assert_eq!(bench.written(), ["o.7 is pointless"]);
    // How it ended is told.
    bench.keep(Some(ended(9)));
    assert!(bench.reply(&failed()).await);
    assert_eq!(bench.written(), ["o.7 is posted"]);
    assert_eq!(bench.thread().await.len(), 2);
}

#[tokio::test]
async fn a_reminder_is_worth_something_while_its_wait_lasts() {
    for (item, written, why) in [
        (item(7), "posted", "its wait has not begun"),
        (item(8), "posted", "its wait lasts"),
        (item(9), "pointless", "the next message was told"),
    ] {
        let bench = Bench::zendesk().await;
        bench.keep(Some(item));
        assert!(bench.reply(&reminder("source")).await);
        assert_eq!(bench.written(), [format!("o.7 is {written}")], "{why}");
    }
}

#[tokio::test]
async fn what_was_handed_out_is_told_even_when_the_customer_was_faster() {
    let bench = Bench::zendesk().await;
    bench.keep(Some(item(30)));
    assert!(bench.reply(&instructions()).await);
    assert_eq!(bench.written(), ["o.7 is posted"]);
}
