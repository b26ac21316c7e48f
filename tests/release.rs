//! How the stack is deployed: a release is published whole, and two stacks in one account leave each other alone.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use counterparts::help_desk::fields;
use local_stack::player::Player;
use local_stack::stack::{self, Options, Stack};
use local_stack::world::World;
use serde_json::{Value, json};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stack_in_the_account_has_names_of_its_own() {
    let stack = Stack::start(&Options::patient("beside").unwrap(), |_| ()).await.unwrap();
    let second = stack.deploy_beside("second").await.unwrap();
    let (first_world, second_world) = (World::new(&stack.addresses).await, World::new(&second).await);
    let player = Player::new(&second);
    let ticket = player.file_ticket(&json!({"subject": "PrivateLink", "comment": {"body": "Please."}})).await.unwrap();
    let mut event = event();
    event["ticket"] = json!({"id": ticket});
    stack::put_event(&second_world.events, &second.bus, &event).await.unwrap();
    player.link(&ticket, &format!("ticket-{ticket}")).await.unwrap();
    let executions = [&first_world, &second_world].map(|world| world.executions_of(&ticket));
    let [first, second] = executions;
    assert_eq!((first.await.unwrap().len(), second.await.unwrap().len()), (0, 1));
    stack.stop().await;
}

fn event() -> Value {
    json!({
        "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": "dedicated"},
    })
}

/// The link that a new ticket gets.
async fn link(stack: &Stack) -> String {
    let player = Player::new(&stack.addresses);
    let ticket = json!({
        "subject": "PrivateLink",
        "comment": {"body": "Please connect our Atlas deployment."},
        "tags": ["privatelink"],
        "custom_fields": fields::custom_fields(&event()),
    });
    let ticket = player.file_ticket(&ticket).await.unwrap();
    player.link(&ticket, &format!("ticket-{ticket}")).await.unwrap()
}
