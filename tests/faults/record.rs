//! Which calls each state makes: an onboarding is played on each way without a fault, and what it calls is seen.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use local_stack::stack::Stack;
use local_stack::world::World;

use crate::cell::{Call, Cell};
use crate::people::{People, Way};
use crate::play;
use crate::switches::{address, calls};

/// A call of a state, and how it is met.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) way: Way,
    /// How many calls of the same kind come before it; only where calls do not say which state makes them.
    pub(crate) skip: u64,
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

/// Plays one onboarding on this way and adds the calls of states that were not seen yet.
pub(crate) async fn record(stack: &Stack, world: &World, way: Way, known: &mut Calls) -> Result<()> {
    let services = ["aws", "ec2", "help-desk"];
    let mut before = BTreeMap::new();
    for service in services {
        let last = calls(address(&stack.addresses, service), 0).await?.last().map_or(0, |seen| seen.number);
        before.insert(service, last);
    }
    let mut people = People::new(stack, way, play::number()).await?;
    people.announce(world).await?;
    play::to_the_end(&mut people, world).await?;
    let wrong = crate::promise::broken(&people, world).await?;
    ensure!(wrong.is_none(), "without a fault, {way:?} goes wrong: {wrong:?}");

    let states = world.states(&people.execution()).await?;
    let mut found: BTreeSet<(String, Call)> = BTreeSet::new();
    for service in ["aws", "ec2"] {
        for seen in calls(address(&stack.addresses, service), before[service]).await? {
            let Some(function) = seen.field("Function") else { continue };
            let state = seen.field("State").unwrap_or(function).to_owned();
            let lambda = Call { service: "lambda".to_owned(), action: function.to_owned() };
            found.insert((state.clone(), lambda));
            found.insert((state, Call { service: seen.service.clone(), action: seen.action.clone() }));
        }
    }
    // States whose function calls nothing are found by the definition alone.
    for (state, function) in crate::definition::functions()? {
        let lambda = Call { service: "lambda".to_owned(), action: function };
        if states.contains(&state) {
            found.insert((state, lambda));
        }
    }
    for (state, action) in crate::definition::integrations()? {
        if states.contains(&state) {
            found.insert((state, Call { service: "inside".to_owned(), action }));
        }
    }
    let mut add = |state: String, call: Call, skip| {
        known.entry((state, call)).or_insert(Recorded { way, skip });
    };
    for (state, call) in found {
        add(state, call, 0);
    }
    let at_the_help_desk: BTreeSet<String> = calls(&stack.addresses.helpdesk, before["help-desk"])
        .await?
        .into_iter()
        .filter(|seen| !seen.action.starts_with("POST"))
        .map(|seen| seen.action)
        .collect();
    for (skip, state) in states.iter().filter(|state| state.starts_with("Reply: ")).enumerate() {
        for action in &at_the_help_desk {
            let call = Call { service: "help-desk".to_owned(), action: action.clone() };
            add(state.clone(), call, u64::try_from(skip)?);
        }
    }
    ensure!(!at_the_help_desk.is_empty(), "nobody called the help desk");
    Ok(())
}

/// The text by which the calls of a cell are known among all others; `None` while it is not known yet.
pub(crate) fn mark(cell: &Cell, people: &People<'_>) -> Option<String> {
    let ticket = &people.ticket;
    Some(match (cell.call.service.as_str(), cell.state.as_str(), cell.call.action.as_str()) {
        ("help-desk", _, action) if action.starts_with("PUT") => format!("ticket-{ticket}/"),
        ("help-desk", _, action) if action.contains("comments") => format!("tickets/{ticket}/comments.json?sort_order"),
        ("help-desk", ..) => format!("tickets/{ticket}.json"),
        ("states", "customer-portal", "SendTaskSuccess") => people.service.as_ref().map(|(_, name)| name.clone())?,
        ("states", "customer-portal" | "start-onboarding", _) => people.execution(),
        (_, "start-onboarding", _) => format!("\"{ticket}\""),
        (_, "customer-portal", _) => people.onboarding()?.to_owned(),
        (_, state, _) => format!("State={state};Execution={}", people.execution()),
    })
}

/// The way and the place of a cell's call.
pub(crate) fn of<'a>(calls: &'a Calls, cell: &Cell) -> Result<&'a Recorded> {
    let key = (cell.state.clone(), cell.call.clone());
    calls.get(&key).with_context(|| format!("no state makes the call of {cell}; `cargo xtask faults` writes the table"))
}
