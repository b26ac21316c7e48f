//! Plays one onboarding, with a fault or without.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use local_stack::stack::Stack;
use local_stack::world::World;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::cell::Cell;
use crate::people::People;
use crate::promise;
use crate::record::{self, Calls};
use crate::switches::Set;
use crate::table::RIGHT;

/// How long a fault that lasts stays after it was met. Waits are a hundredth as long here as on AWS, the pauses of the
/// SDK inside a function are not: this is longer than all tries of both.
const LASTS: Duration = Duration::from_secs(45);
/// How long things may take to come to rest.
const RESTS: Duration = Duration::from_secs(100);
const PAUSE: Duration = Duration::from_millis(400);

/// A number that no other onboarding of this run has.
pub(crate) fn number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Lets the people act until the execution has ended.
pub(crate) async fn to_the_end(people: &mut People<'_>, world: &World) -> Result<()> {
    let until = Instant::now() + RESTS;
    while Instant::now() < until {
        // What does not work is tried again.
        let _ = people.act().await;
        if world.has_ended(&people.execution()).await? {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

/// Plays a cell and gives its verdict.
pub(crate) async fn cell(stack: &Stack, world: &World, calls: &Calls, cell: &Cell) -> Result<String> {
    let recorded = record::of(calls, cell)?;
    let mut people = People::new(stack, recorded.way, number()).await?;
    if recorded.cold {
        let state = format!("State={};Execution={}", cell.state, people.execution());
        let cold = json!({"service": "lambda", "action": "*", "fault": "cold", "times": 1, "where": state});
        Set::new(&stack.addresses, &cold).await?;
    }
    let mut fault = Armed::Not;
    fault.arm(stack, cell, &people, recorded.skip).await?;
    people.announce(world).await?;
    let until = Instant::now() + RESTS;
    loop {
        let _ = people.act().await;
        fault.arm(stack, cell, &people, recorded.skip).await?;
        fault.look(cell).await?;
        if world.has_ended(&people.execution()).await? {
            break;
        }
        if Instant::now() > until {
            break;
        }
        sleep(PAUSE).await;
    }
    fault.look(cell).await?;
    match fault {
        Armed::Not | Armed::Waits(_) => bail!("the fault was never met"),
        Armed::Since(_, set) => {
            set.clear().await?;
            to_the_end(&mut people, world).await?;
        }
        Armed::Cleared => {}
    }
    let verdict = promise::broken(&people, stack, world).await.context("the promise")?;
    // Each VPC has fifty places, and the matrix more cells.
    world.delete_endpoints(&people.ticket).await?;
    let verdict = verdict.map_or_else(|| RIGHT.to_owned(), |wrong| format!("wrong: {wrong}"));
    Ok(verdict)
}

/// What has become of the fault.
enum Armed {
    /// It is not known yet which calls it is for.
    Not,
    Waits(Set),
    Since(Instant, Set),
    Cleared,
}

impl Armed {
    async fn arm(&mut self, stack: &Stack, cell: &Cell, people: &People<'_>, skip: u64) -> Result<()> {
        if let Self::Not = self
            && let Some(mark) = record::mark(cell, people)
        {
            *self = Self::Waits(Set::new(&stack.addresses, &cell.switch(&mark, skip, &promise::canary(people))).await?);
        }
        Ok(())
    }

    /// Sees whether it was met, and clears it when it is over.
    async fn look(&mut self, cell: &Cell) -> Result<()> {
        *self = match std::mem::replace(self, Self::Cleared) {
            Self::Waits(set) if set.met().await? > 0 => Self::Since(Instant::now(), set),
            Self::Since(since, set) if !cell.fault.lasts() || since.elapsed() > LASTS => {
                set.clear().await?;
                Self::Cleared
            }
            other => other,
        };
        Ok(())
    }
}
