//! A release is published whole: new parameters reach the functions behind the alias, as new code does.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use counterparts::help_desk::fields;
use local_stack::player::Player;
use local_stack::stack::{Options, Stack};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_deployment_serves_its_parameters() {
    let mut stack = Stack::start(&Options::patient("release").unwrap(), |_| ()).await.unwrap();
    let before = link(&stack).await;
    assert!(before.starts_with(&stack.addresses.portal), "the first deployment's link is {before}");
    stack.deploy_with("PortalUrl", "https://links.example.com").await.unwrap();
    let after = link(&stack).await;
    assert!(after.starts_with("https://links.example.com/o/"), "the second deployment's link is {after}");
    stack.stop().await;
}

/// The link that a new ticket gets.
async fn link(stack: &Stack) -> String {
    let player = Player::new(&stack.addresses);
    let event = json!({
        "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": "dedicated"},
    });
    let ticket = json!({
        "subject": "PrivateLink",
        "comment": {"body": "Please connect our Atlas deployment."},
        "tags": ["privatelink"],
        "custom_fields": fields::custom_fields(&event),
    });
    player.link(&player.file_ticket(&ticket).await.unwrap(), 1).await.unwrap()
}
