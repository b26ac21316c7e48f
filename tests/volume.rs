//! Many onboardings at once: each has a place in a VPC before it is told of it, or is held with the numbers to raise.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use std::collections::{BTreeMap, BTreeSet};
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::try_join_all;
use local_stack::player::{Player, atlas_command, eventually_within};
use local_stack::stack::{self, Options, Stack};
use local_stack::world::World;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How many endpoints, and so onboardings, a VPC takes: AWS's quota.
const PLACES: usize = 50;

/// How many of two hundred bring their command: a small machine makes no more endpoints in a minute.
const COMMANDS: usize = 40;

/// How long all of them may take. Each step of each is a process, and a small machine runs two at a time.
const ALL: Duration = Duration::from_mins(10);

/// Each test takes all of a small machine.
static ALONE: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn sixty_tickets_at_fifty_places() {
    let _alone = ALONE.lock().await;
    let mut stack = start("places", 1).await;
    let (player, world) = (Player::new(&stack.addresses), World::new(&stack.addresses).await);
    let tickets = announce(60, &stack, &player, &world).await;
    let (told, held) = settle(&tickets, &world, &["awaiting-command", "held"]).await;
    assert_eq!((told.len(), held.len()), (PLACES, 10), "held: {held:#?}");
    for ticket in &held {
        let note = player.note_with(ticket, "The onboarding is held").await.unwrap();
        assert!(names_what_to_raise(&note), "the note of ticket {ticket}: {note}");
    }

    let networks = world.networks().await.unwrap();
    let [network] = networks.as_slice() else { panic!("the stack has the VPCs {networks:?}") };
    let places = world.places(network).await.unwrap();
    let expected: BTreeSet<_> = told.iter().map(|ticket| world.onboarding(&execution(ticket))).collect();
    assert_eq!(places, expected, "who has a place in {network}");

    // What the note names is raised, and those that were held go on by themselves.
    stack.deploy_with("EndpointsPerVpc", "60").await.unwrap();
    for ticket in &held {
        let link = player.link(ticket, &execution(ticket)).await.unwrap();
        player.portal_state(&link, "awaiting-command").await.unwrap();
    }
    assert_eq!(world.places(network).await.unwrap().len(), 60);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_tickets_at_once() {
    let _alone = ALONE.lock().await;
    let stack = start("volume", 5).await;
    let (player, world) = (Player::new(&stack.addresses), World::new(&stack.addresses).await);
    limit_calls(&stack, 0.3).await;
    let tickets = announce(200, &stack, &player, &world).await;
    // Whom a throttle holds goes on by itself.
    settle(&tickets, &world, &["awaiting-command"]).await;

    let mut handed_out = BTreeMap::<String, BTreeSet<String>>::new();
    for ticket in &tickets {
        let link = player.link(ticket, &execution(ticket)).await.unwrap();
        let shown = player.portal_state(&link, "awaiting-command").await.unwrap();
        let vpc = shown["vpcId"].as_str().unwrap().to_owned();
        handed_out.entry(vpc).or_default().insert(world.onboarding(&execution(ticket)));
        assert!(!world.has_ended(&execution(ticket)).await.unwrap(), "the execution of ticket {ticket} has ended");
    }

    for (vpc, onboardings) in &handed_out {
        assert!(onboardings.len() <= PLACES, "{vpc} was handed out {} times", onboardings.len());
        assert_eq!(world.places(vpc).await.unwrap(), *onboardings, "the places of {vpc}");
    }
    let networks: BTreeSet<_> = world.networks().await.unwrap().into_iter().collect();
    assert!(networks.len() <= 5, "the stack has the VPCs {networks:?}");
    assert!(handed_out.keys().all(|vpc| networks.contains(vpc)), "{:?} of {networks:?}", handed_out.keys());

    // Commands come within moments. Pauses are a hundredth of their length, and so is the time in which EC2 makes another
    // endpoint.
    limit_calls(&stack, 30.0).await;
    let answering = &tickets[..COMMANDS];
    let (_, service) = player.endpoint_service("0123456789abcdef01234567").await.unwrap();
    for ticket in answering {
        let link = player.link(ticket, &execution(ticket)).await.unwrap();
        let shown = player.portal(&link).await.unwrap();
        let answer = player.bring_command(&link, &atlas_command(&shown, &service)).await.unwrap();
        assert_eq!(answer.status, 202, "ticket {ticket}: {}", answer.body);
    }
    settle(answering, &world, &["awaiting-acceptance"]).await;
    for ticket in answering {
        let endpoints = world.endpoints(ticket).await.unwrap();
        assert_eq!(endpoints.len(), 1, "the endpoints of ticket {ticket}: {endpoints:?}");
    }
    stack.stop().await;
}

/// A stack with so many ranges for VPCs, and places in each of them.
async fn start(name: &str, ranges: usize) -> Stack {
    let mut options = Options::patient(name).unwrap();
    // Hundreds of processes at once keep a small machine from its work. States that wait for their turn need more time.
    options.functions_at_once = Some(4 * available_parallelism().unwrap().get());
    options.timeout_scale = 10.0;
    let ranges: Vec<_> = (0..ranges).map(|number| format!("127.{number}.0.0/16")).collect();
    options.parameters.insert("IntermediateVpcCidrs", ranges.join(","));
    options.parameters.insert("EndpointsPerVpc", PLACES.to_string());
    Stack::start(&options, |_| ()).await.unwrap()
}

/// Has EC2 take as many calls as AWS does, and make so many endpoints a second.
async fn limit_calls(stack: &Stack, endpoints: f64) {
    let rates = json!({
        "looks": {"burst": 100, "perSecond": 20},
        "endpoints": {"burst": 4, "perSecond": endpoints},
        "changes": {"burst": 50, "perSecond": 5},
    });
    let answer = reqwest::Client::new().put(format!("{}/_edge/rates", stack.addresses.ec2)).json(&rates).send();
    answer.await.unwrap().error_for_status().unwrap();
}

/// Files so many tickets and then puts the event of each on the bus, all at once.
async fn announce(count: usize, stack: &Stack, player: &Player, world: &World) -> Vec<String> {
    let ticket = json!({"subject": "PrivateLink", "comment": {"body": "Please connect our Atlas deployment."}});
    let tickets = try_join_all((0..count).map(|_| player.file_ticket(&ticket))).await.unwrap();
    let events: Vec<_> = tickets.iter().map(|ticket| event(ticket)).collect();
    let puts = events.iter().map(|event| stack::put_event(&world.events, &stack.addresses.bus, event));
    try_join_all(puts).await.unwrap();
    tickets
}

fn event(ticket: &str) -> Value {
    json!({
        "ticket": {"id": ticket},
        "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": "dedicated"},
    })
}

fn execution(ticket: &str) -> String {
    format!("ticket-{ticket}")
}

/// Waits until each onboarding is in one of these states, as the register has it. Gives the tickets of those that are not
/// held, and of those that are.
async fn settle(tickets: &[String], world: &World, states: &[&str]) -> (Vec<String>, Vec<String>) {
    let begun = Instant::now();
    let (mut told, mut held) = (Vec::new(), Vec::new());
    for ticket in tickets {
        let state = eventually_within(ALL.saturating_sub(begun.elapsed()), async || {
            let item = world.item(&execution(ticket)).await?.unwrap_or_default();
            let state = item["shown"]["state"].as_str().unwrap_or_default();
            Ok(states.contains(&state).then(|| state.to_owned()))
        });
        if state.await.with_context(|| format!("ticket {ticket}")).unwrap() == "held" {
            held.push(ticket.clone());
        } else {
            told.push(ticket.clone());
        }
    }
    (told, held)
}

fn names_what_to_raise(text: &str) -> bool {
    ["EndpointsPerVpc", "IntermediateVpcCidrs"].iter().all(|parameter| text.contains(parameter))
}
