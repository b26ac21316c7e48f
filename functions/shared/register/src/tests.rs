//! The register against a table that judges the conditions as `DynamoDB` does is in `tests/register.rs`; here is what needs
//! none.

use serde_json::{Value, json};

use super::*;
use shared::facts::Facts;
use shared::failure::Failure;
use shared::message::Message;
use shared::reference::Reference;
use shared::state::State;
use shared::verification::{Layer, LayerReport, Verdict, Verification};
use shared::wish::{Side, Wish};

#[test]
fn an_item_of_the_first_day_is_still_read() {
    let item = json!({
        "executionArn": "arn:ticket-1",
        "link": 1,
        "shown": {"order": 4002, "state": "awaiting-command", "since": "2026-07-04T05:33:18.123Z"},
        "expires": 1_800_000_000,
    });
    let onboarding: Onboarding = serde_json::from_value(item).unwrap();
    assert_eq!(onboarding.shown.order, Order::new(0, 4, 2));
    assert_eq!(onboarding.shown.order.reference().to_string(), "o.4");
}

/// The most lines that an onboarding can have, those of comments included.
const LINES: u32 = 200;
/// `DynamoDB` takes 400 KB; a look reads all of it.
const BYTES: usize = 64 * 1024;

/// What `DynamoDB` counts: names and texts by their bytes, a number by its digits, and for a map or a list 3 bytes and one more
/// for each of its elements.
fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Number(number) => number.to_string().len().div_ceil(2) + 1,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| 1 + size(item)).sum::<usize>() + 3,
        Value::Object(entries) => entries.iter().map(|(name, value)| 1 + name.len() + size(value)).sum::<usize>() + 3,
    }
}

#[test]
fn the_longest_onboarding_is_small() {
    let at = "2026-07-04T05:33:18.123Z".to_owned();
    let what = "Atlas accepted the endpoint; the connection string was asked for on the ticket".to_owned();
    // The longest reference is a comment's.
    let reference = |step| {
        let comment = || Reference::Comment(format!("{step:040}").parse().unwrap());
        if step < MOST_WITH_ANSWERS { comment() } else { Reference::Step { closing: 0, step } }
    };
    let lines = (0..LINES).map(|step| (reference(step), Line { at: at.clone(), what: what.clone(), for_ticket: true }));
    let deliveries =
        (0..LINES).map(|step| (reference(step), Delivery { at: at.clone(), what: Delivered::Pointless, until: None }));
    let text = |length| "\u{10348}".repeat(length);
    let evidence = "a host and what was seen of it, ".repeat(64);
    let layers = [Layer::Dns, Layer::Ownership, Layer::Tcp, Layer::Tls, Layer::Mongodb];
    let layers = layers.map(|name| LayerReport { name, passed: true, evidence: evidence.clone() }).to_vec();
    let verification = Verification {
        verdict: Verdict::NotYet,
        layers,
        problem: Some(evidence.clone()),
        next_step: Some(evidence.clone()),
        for_support: None,
    };
    let facts = Facts { verification: Some(verification), problem: Some(evidence.clone()), ..Facts::default() };
    let failure = Failure { state: "S".repeat(80), error: "E".repeat(256), cause: None };
    let onboarding = Onboarding {
        execution_arn: "arn:".repeat(64),
        ticket: "7".repeat(40).parse().ok(),
        customer: Some("c".repeat(80)),
        link: 1,
        shown: Shown {
            order: Order::new(0, LINES, 6),
            state: State::Failed,
            held_at: Some(State::AwaitingAcceptance),
            since: at.clone(),
            error: Some(evidence),
            wait: None,
            pause: Some("7".repeat(32)),
            facts,
            outcome: Some(Outcome {
                at: at.clone(),
                reason: Some("a cause as AWS tells it, ".repeat(160)),
                told_by: Some(Reference::Step { closing: 3, step: LINES }),
                message: Some(Message::Failed { failure }),
            }),
        },
        claim: None,
        fence: Some(Fence { closing: 3, since: at.clone() }),
        closings: 3,
        comments: MOST_WITH_ANSWERS,
        wish: Some(Wish { by: Side::Customer, who: text(100).parse().unwrap(), why: text(500).parse().unwrap() }),
        refused: Some(at.clone()),
        timeline: lines.collect(),
        deliveries: deliveries.collect(),
    };
    let size = size(&serde_json::to_value(&onboarding).unwrap());
    assert!(size < BYTES, "{size} bytes");
}
