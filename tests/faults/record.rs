//! Which calls each state makes: an onboarding is played on each way without a fault, and what it calls is seen.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use local_stack::stack::Stack;
use local_stack::world::World;
use serde_json::json;

use crate::cell::{Call, Cell};
use crate::definition;
use crate::people::{People, Way};
use crate::play;
use crate::switches::{address, calls, set};

/// The function that hears the help desk.
const HOOK: &str = "receive-ticket";
/// The function that answers it, beside the way.
const REPLIES: &str = "reply-ticket";
/// The function that looks at all that is open, again and again.
const CLOSER: &str = "start-closing";

/// A call of a state, and how it is met.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) way: Way,
    /// Whether only a new process makes it.
    pub(crate) cold: bool,
}

/// The calls by state.
pub(crate) type Calls = BTreeMap<(String, Call), Recorded>;

/// All cells of these calls.
pub(crate) fn cells(calls: &Calls) -> BTreeSet<Cell> {
    let of = |(state, call): &(String, Call)| {
        let cell = |fault| Cell { state: state.clone(), call: call.clone(), fault };
        call.faults().iter().filter(|fault| call.meets(**fault)).map(|fault| cell(*fault)).collect::<Vec<_>>()
    };
    calls.keys().flat_map(of).collect()
}

/// Plays this way and adds the calls of states that were not seen yet: first with new processes only, then with those that
/// have kept what they could.
pub(crate) async fn record(stack: &Stack, world: &World, way: Way, known: &mut Calls) -> Result<()> {
    let cold = json!({"service": "lambda", "action": "*", "fault": "cold"});
    let cold = set(&stack.addresses, &cold).await?;
    let first = seen(stack, world, way).await;
    // In any case: it would leave a process behind for every call that is played afterwards.
    cold.take_back().await?;
    let first = first?;
    let second = seen(stack, world, way).await?;
    for key in first.union(&second) {
        known.entry(key.clone()).or_insert(Recorded { way, cold: !second.contains(key) });
    }
    Ok(())
}

/// The calls by state.
async fn seen(stack: &Stack, world: &World, way: Way) -> Result<BTreeSet<(String, Call)>> {
    let mut before = BTreeMap::new();
    for service in ["aws", "ec2", "help-desk"] {
        let last = calls(address(&stack.addresses, service), 0).await?.last().map_or(0, |seen| seen.number);
        before.insert(service, last);
    }
    let mut people = People::new(stack, way, play::number()).await?;
    people.announce(world).await?;
    play::to_the_end(&mut people, world).await?;
    let wrong = crate::promise::broken(&people, stack, world, false).await?;
    ensure!(wrong.is_none(), "without a fault, {way:?} goes wrong: {wrong:?}");

    if way == Way::Tagged {
        return at_the_hook(stack, &before).await;
    }
    let states = world.states(&people.execution()).await?;
    let mut found = BTreeSet::new();
    let mut add = |state: &str, service: &str, action: &str| {
        let call = Call { service: service.to_owned(), action: action.to_owned() };
        found.insert((state.to_owned(), call));
    };
    for service in ["aws", "ec2"] {
        for seen in calls(address(&stack.addresses, service), before[service]).await? {
            let Some(function) = seen.field("Function") else { continue };
            let state = seen.field("State").unwrap_or(function);
            // Only there it does something about this onboarding.
            if state == CLOSER && way != Way::Cancelled {
                continue;
            }
            // What a message needs of secrets is kept for the next, whichever ticket it is for.
            if state == REPLIES && seen.service == "secretsmanager" {
                continue;
            }
            add(state, "lambda", function);
            add(state, &seen.service, &seen.action);
        }
    }
    // A function that calls nothing is known from the definition alone, and so is what Step Functions calls itself.
    for (state, function) in definition::functions()? {
        if states.contains(&state) {
            add(&state, "lambda", &function);
        }
    }
    for (state, action) in definition::integrations()? {
        if states.contains(&state) {
            add(&state, "inside", &action);
        }
    }
    // Calls of the help desk do not say who calls; each message makes the same ones.
    let at_the_help_desk = calls(&stack.addresses.helpdesk, before["help-desk"]).await?;
    ensure!(!at_the_help_desk.is_empty(), "nobody called the help desk");
    let known = |action: &str| !action.starts_with("POST") && !action.contains("users");
    for seen in at_the_help_desk.iter().filter(|seen| known(&seen.action)) {
        add(REPLIES, "help-desk", &seen.action);
    }
    Ok(found)
}

/// The calls of the function that hears the help desk. Its secret is read before it knows of which ticket it hears.
async fn at_the_hook(stack: &Stack, before: &BTreeMap<&str, u64>) -> Result<BTreeSet<(String, Call)>> {
    let mut found = BTreeSet::new();
    for service in ["aws", "help-desk"] {
        for seen in calls(address(&stack.addresses, service), before[service]).await? {
            if service == "help-desk" && seen.action.starts_with("GET") && !seen.action.contains("users") {
                found.insert((seen.service, seen.action));
            } else if seen.field("Function") == Some(HOOK) && seen.service != "secretsmanager" {
                found.insert((seen.service, seen.action));
                found.insert(("lambda".to_owned(), HOOK.to_owned()));
            }
        }
    }
    let call = |(service, action)| (HOOK.to_owned(), Call { service, action });
    Ok(found.into_iter().map(call).collect())
}

/// The text by which the calls of a cell are known among all others.
pub(crate) fn mark(cell: &Cell, people: &People<'_>, world: &World) -> Result<String> {
    let ticket = &people.ticket;
    let onboarding = || world.onboarding(&people.execution());
    Ok(match (cell.call.service.as_str(), cell.state.as_str(), cell.call.action.as_str()) {
        ("help-desk", _, action) if action.starts_with("PUT") => format!("ticket-{ticket}/"),
        ("help-desk", _, action) if action.contains("comments") => format!("tickets/{ticket}/comments.json?sort_order"),
        ("help-desk", ..) => format!("tickets/{ticket}.json"),
        ("states", "customer-portal", "SendTaskSuccess") => people.service.1.clone(),
        ("states", "start-onboarding", _) => people.execution(),
        ("dynamodb", HOOK | "start-onboarding", _) | (_, "customer-portal" | REPLIES, _) => onboarding(),
        (_, HOOK, _) => ticket.clone(),
        (_, "start-onboarding", _) => format!("\"{ticket}\""),
        // It asks for all that is open.
        ("dynamodb", CLOSER, "Query") => String::new(),
        ("dynamodb" | "secretsmanager", CLOSER, _) | ("states", CLOSER, "StartExecution") => onboarding(),
        ("states", CLOSER, _) => people.execution(),
        (_, CLOSER, _) => format!("\"{ticket}\""),
        _ => state(cell, people, world)?,
    })
}

/// The text by which it is known what a cell's state does in the executions of this onboarding.
pub(crate) fn state(cell: &Cell, people: &People<'_>, world: &World) -> Result<String> {
    let own = people.execution();
    let is_of_closing = definition::is_of_closing(&cell.state)?;
    let execution = if is_of_closing { format!("{}_c", world.onboarding(&own)) } else { own };
    Ok(format!("State={};Execution={execution}", cell.state))
}

/// The way and the place of a cell's call.
pub(crate) fn of<'a>(calls: &'a Calls, cell: &Cell) -> Result<&'a Recorded> {
    let key = (cell.state.clone(), cell.call.clone());
    calls.get(&key).with_context(|| format!("no state makes the call of {cell}; `cargo xtask faults` writes the table"))
}
