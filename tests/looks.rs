//! What a look at the page costs: one read of the register, whatever else is away.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use counterparts::help_desk::fields;
use local_stack::fault::Fault;
use local_stack::player::Player;
use local_stack::stack::{Addresses, Options, Stack};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// How many looks there are; Step Functions allows 10 to 20 reads a second for the whole account.
const LOOKS: usize = 400;

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_one_read_of_the_register() {
    let stack = Stack::start(&Options::patient("looks").unwrap(), |_| ()).await.unwrap();
    let player = Player::new(&stack.addresses);
    let ticket = json!({
        "subject": "PrivateLink",
        "comment": {"body": "Please connect our Atlas deployment."},
        "tags": ["privatelink"],
        "custom_fields": fields::custom_fields(&json!({
            "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
            "atlas": {"region": "US_EAST_1", "target": "dedicated"},
        })),
    });
    let ticket = player.file_ticket(&ticket).await.unwrap();
    let link = player.link(&ticket, &format!("ticket-{ticket}")).await.unwrap();
    player.portal_state(&link, "awaiting-command").await.unwrap();

    let refused = json!({"service": "states", "action": "*", "fault": "throttled"});
    let refused = Fault::set(&stack.addresses.aws, &refused).await.unwrap();
    let before = calls(&stack.addresses, 0).await.last().map_or(0, |call| call["number"].as_u64().unwrap());
    for _ in 0..LOOKS {
        assert_eq!(player.portal(&link).await.unwrap()["state"], "awaiting-command");
    }
    refused.take_back().await.unwrap();
    let made = calls(&stack.addresses, before).await;
    let of_the_portal = |call: &&Value| call["trace"].as_str().is_some_and(|trace| trace.contains("customer-portal"));
    let made: Vec<_> = made.iter().filter(of_the_portal).map(|call| (&call["service"], &call["action"])).collect();
    let reads = made.iter().filter(|call| **call == (&json!("dynamodb"), &json!("GetItem"))).count();
    assert_eq!(reads, LOOKS);
    // A new process asks for the signing key, under which the link was made; no look asks for anything else.
    let keys = made.iter().filter(|call| **call == (&json!("secretsmanager"), &json!("GetSecretValue"))).count();
    assert_eq!(made.len(), reads + keys, "{made:?}");
    assert!(keys < 20, "the signing key is read {keys} times");

    let etag = reqwest::get(&link).await.unwrap().headers()["etag"].clone();
    let again = reqwest::Client::new().get(&link).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.text().await.unwrap(), "");
    stack.stop().await;
}

async fn calls(addresses: &Addresses, after: u64) -> Vec<Value> {
    let answer = reqwest::get(format!("{}/_faults/calls?after={after}", addresses.aws)).await.unwrap();
    serde_json::from_str(&answer.error_for_status().unwrap().text().await.unwrap()).unwrap()
}
