//! Plays one onboarding, with a fault or without.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use local_stack::fault::Fault as Switch;
use local_stack::stack::Stack;
use local_stack::world::World;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::cell::{Cell, Fault};
use crate::people::{People, UNHEARD, Way};
use crate::promise;
use crate::record::{self, Calls};
use crate::switches::set;
use crate::table::RIGHT;

/// How long a fault that lasts stays after it was met. Waits are a hundredth as long here as on AWS, the pauses of the
/// SDK inside a function are not: this is longer than the four tries of both.
const LASTS: Duration = Duration::from_secs(15);
/// Likewise when no answer comes: a try then takes all the time that its function has, here a fifth of that on AWS.
const LASTS_WITHOUT_ANSWER: Duration = Duration::from_secs(50);
/// How long things may take to come to rest.
const RESTS: Duration = Duration::from_secs(200);
const PAUSE: Duration = Duration::from_millis(400);

/// A number that no other onboarding of this run has.
pub(crate) fn number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Lets the people act until the execution has ended and its ticket was told.
pub(crate) async fn to_the_end(people: &mut People<'_>, world: &World) -> Result<()> {
    let until = Instant::now() + RESTS;
    let mut unheard = Instant::now() + UNHEARD;
    while Instant::now() < until {
        // What does not work is tried again.
        let _ = people.act(world).await;
        if people.way == Way::Tagged && Instant::now() > unheard {
            unheard += UNHEARD;
            let _ = people.tag_again(world).await;
        }
        if world.has_come_to_rest(&people.execution()).await? {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

/// Plays an onboarding without a fault.
pub(crate) async fn straight(stack: &Stack, world: &World) -> Result<()> {
    let mut people = People::new(stack, Way::Connected, number()).await?;
    people.announce(world).await?;
    to_the_end(&mut people, world).await?;
    world.delete_endpoints(&people.ticket).await
}

/// Plays a cell and gives its verdict.
pub(crate) async fn cell(stack: &Stack, world: &World, calls: &Calls, cell: &Cell) -> Result<String> {
    let recorded = record::of(calls, cell)?;
    let mut people = People::new(stack, recorded.way, number()).await?;
    let mut cold = None;
    if recorded.cold {
        let state = record::state(cell, &people, world)?;
        let fault = json!({"service": "lambda", "action": "*", "fault": "cold", "where": state});
        cold = Some(set(&stack.addresses, &fault).await?);
    }
    let switch = cell.switch(&record::mark(cell, &people, world)?, &promise::canary(&people));
    let mut fault = Armed::Waits(set(&stack.addresses, &switch).await?);
    people.announce(world).await?;
    let until = Instant::now() + RESTS;
    while !fault.is_over() && Instant::now() < until + LASTS_WITHOUT_ANSWER {
        let _ = people.act(world).await;
        fault.look(cell).await?;
        if fault.waits() && Instant::now() > until {
            break;
        }
        if world.has_come_to_rest(&people.execution()).await? {
            fault.look(cell).await?;
            break;
        }
        sleep(PAUSE).await;
    }
    if let Some(cold) = cold {
        cold.take_back().await?;
    }
    match fault {
        Armed::Waits(switch) => {
            switch.take_back().await?;
            bail!("the fault was never met");
        }
        Armed::Since(_, switch) => {
            switch.take_back().await?;
        }
        Armed::Over => {}
    }
    to_the_end(&mut people, world).await?;
    let verdict = promise::broken(&people, stack, world, cell.fault == Fault::Garbage).await.context("the promise")?;
    // EC2 takes fifty endpoints in a VPC, and the matrix has more cells.
    world.delete_endpoints(&people.ticket).await?;
    Ok(verdict.map_or_else(|| RIGHT.to_owned(), |wrong| format!("wrong: {wrong}")))
}

/// What has become of the fault.
enum Armed {
    Waits(Switch),
    Since(Instant, Switch),
    Over,
}

impl Armed {
    fn waits(&self) -> bool {
        matches!(self, Self::Waits(_))
    }

    fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }

    /// Sees whether it was met, and takes it back when it has lasted.
    async fn look(&mut self, cell: &Cell) -> Result<()> {
        let lasts = match cell.fault {
            Fault::NoAnswer => LASTS_WITHOUT_ANSWER,
            fault if fault.lasts() => LASTS,
            _ => Duration::ZERO,
        };
        *self = match std::mem::replace(self, Self::Over) {
            Self::Waits(switch) if switch.met().await? > 0 => Self::Since(Instant::now(), switch),
            Self::Since(since, switch) if since.elapsed() >= lasts => {
                switch.take_back().await?;
                Self::Over
            }
            other => other,
        };
        Ok(())
    }
}
