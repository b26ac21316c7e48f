//! What takes weeks: a stack on which a day is a second. Pauses and looks are as many as on AWS.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use std::time::Duration;

use anyhow::Context;
use local_stack::fault::Fault;
use local_stack::player::{Player, atlas_command, eventually_within};
use local_stack::stack::{self, Options, Stack};
use local_stack::world::World;
use serde_json::{Value, json};

/// What a second is on this stack.
const SCALE: f64 = 1e-5;

/// How long weeks may take: each pause and each look is a process or two.
const WEEKS: Duration = Duration::from_mins(6);

const PROJECT: &str = "0123456789abcdef01234567";

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_holds_and_a_week_without_acceptance() {
    let mut options = Options::patient("months").unwrap();
    options.wait_scale = SCALE;
    let stack = Stack::start(&options, |_| ()).await.unwrap();
    let (player, world) = (Player::new(&stack.addresses), World::new(&stack.addresses).await);
    tokio::join!(is_held_for_a_month(&stack, &player, &world), is_not_accepted(&stack, &player, &world));
    stack.stop().await;
}

/// Nobody mends it: it closes after 129 pauses, which are thirty days, and says so once.
async fn is_held_for_a_month(stack: &Stack, player: &Player, world: &World) {
    let ticket = file(player).await;
    let denied = json!({
        "service": "ec2", "action": "CreateVpcEndpoint", "fault": "denied",
        "where": format!("State=Create endpoint;Execution=ticket-{ticket}"),
    });
    Fault::set(&stack.addresses.ec2, &denied).await.unwrap();
    announce(&ticket, stack, world).await;
    bring_command(&ticket, player).await;
    ends(&ticket, world).await;

    assert_eq!(world.times_entered(&execution(&ticket), "Tell: held").await.unwrap(), 129);
    assert_eq!(told(&ticket, player).await, ["instructions", "held", "failed", "failed"]);
    assert_eq!(world.endpoints(&ticket).await.unwrap(), []);
}

/// The customer does not finalize: a reminder a day, and after a week it is closed and nothing is left.
async fn is_not_accepted(stack: &Stack, player: &Player, world: &World) {
    let ticket = file(player).await;
    announce(&ticket, stack, world).await;
    bring_command(&ticket, player).await;
    ends(&ticket, world).await;

    let told = told(&ticket, player).await;
    let reminders = told.iter().filter(|message| *message == "acceptance-reminder").count();
    let posted = world.item(&execution(&ticket)).await.unwrap().unwrap_or_default();
    let reminded = posted["timeline"].as_object().unwrap().values();
    let reminded = reminded.filter(|line| line["what"] == "A reminder was sent to the ticket").count();
    // A reminder that is still in the queue when the next one comes is dropped.
    assert!(reminded == 6 && (1..=6).contains(&reminders), "{reminded} reminders, {told:?}");
    assert_eq!((&*told[0], &*told[1], told.last().unwrap().as_str()), ("instructions", "endpoint-ready", "expired"));
    assert_eq!(world.endpoints(&ticket).await.unwrap(), []);
}

async fn file(player: &Player) -> String {
    let ticket = json!({"subject": "PrivateLink", "comment": {"body": "Please connect our Atlas deployment."}});
    player.file_ticket(&ticket).await.unwrap()
}

async fn announce(ticket: &str, stack: &Stack, world: &World) {
    let event = json!({
        "ticket": {"id": ticket},
        "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": "dedicated"},
    });
    stack::put_event(&world.events, &stack.addresses.bus, &event).await.unwrap();
}

async fn bring_command(ticket: &str, player: &Player) {
    let link = player.link(ticket, &execution(ticket)).await.unwrap();
    let shown = player.portal_state(&link, "awaiting-command").await.unwrap();
    let (_, service) = player.endpoint_service(PROJECT).await.unwrap();
    let answer = player.bring_command(&link, &atlas_command(&shown, &service)).await.unwrap();
    assert_eq!(answer.status, 202, "{}", answer.body);
}

/// Waits until it has ended and its ticket was told everything.
async fn ends(ticket: &str, world: &World) {
    let execution = execution(ticket);
    let ended = eventually_within(WEEKS, async || {
        let ended = world.has_ended(&execution).await? && world.has_delivered_all(&execution).await?;
        Ok(ended.then_some(()))
    });
    ended.await.with_context(|| format!("{execution} does not end")).unwrap();
}

/// The messages on the ticket, in their order.
async fn told(ticket: &str, player: &Player) -> Vec<String> {
    let thread = player.thread(ticket).await.unwrap();
    let name = |comment: &Value| {
        let text = comment["plain_body"].as_str().or(comment["body"].as_str()).unwrap_or_default();
        let (_, end) = text.rsplit_once(" (")?;
        Some(end.split_once(").")?.0.to_owned())
    };
    thread.iter().filter_map(name).collect()
}

fn execution(ticket: &str) -> String {
    format!("ticket-{ticket}")
}
