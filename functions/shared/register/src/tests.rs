//! The register against a table that judges the conditions as DynamoDB does is in `tests/register.rs`; here is what needs
//! none.

use serde_json::json;

use super::*;

#[test]
fn an_item_of_the_first_day_is_still_read() {
    let item = json!({
        "executionArn": "arn:ticket-1",
        "link": 1,
        "shown": {"order": 4002, "state": "awaiting-command", "since": "2026-07-04T05:33:18.123Z"},
        "expires": 1_800_000_000,
    });
    let onboarding: Onboarding = serde_json::from_value(item).unwrap();
    assert_eq!(onboarding.shown.order, Order::new(4, 2));
    assert_eq!(onboarding.shown.order.reference().to_string(), "o.4");
}
