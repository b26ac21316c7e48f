//! The weather: many onboardings at once, on all ways, while faults of every kind come and go; then all clears, and the
//! promise must have been kept.

mod dice;
mod party;
mod plan;
mod report;
mod rest;
mod sky;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Parser;
use futures_util::future::{join_all, select_all};
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep_until};

use crate::operator;
use crate::people::Way;
use local_stack::stack::Stack;
use local_stack::stacks::{Pace, Stacks};
use local_stack::world::World;
use plan::Plan;
use report::Report;
use sky::Sky;

/// By what the time is multiplied that states and functions have. As in the matrix, so that a call without an answer does
/// not take longer than its fault; a little more, since many run at once.
const TIMEOUT_SCALE: f64 = 0.3;
/// More than onboardings are played.
const PLACES: u32 = 1000;

/// Plays many onboardings at once while faults come and go.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask weather", max_term_width = 100)]
pub(crate) struct Options {
    /// What decides all that is decided: ways, faults and times
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// For how long faults come and go
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// How many onboardings there are
    #[arg(long, default_value_t = 12)]
    onboardings: usize,
}

/// A local stack in the weather.
struct Ground {
    stack: Arc<Stack>,
    world: World,
}

impl Ground {
    async fn new(stacks: &Stacks, pace: Pace) -> Result<Self> {
        let stack = stacks.get(pace).await?;
        let world = World::new(&stack.addresses).await;
        Ok(Self { stack, world })
    }
}

/// The stack on which customers answer, and the one on which nobody does.
struct Grounds {
    patient: Ground,
    hurried: Ground,
}

impl Grounds {
    async fn new(stacks: &Stacks) -> Result<Self> {
        let patient = Ground::new(stacks, Pace::Patient).await?;
        Ok(Self { patient, hurried: Ground::new(stacks, Pace::Hurried).await? })
    }

    fn of(&self, way: Way) -> &Ground {
        if way == Way::Expired { &self.hurried } else { &self.patient }
    }

    fn all(&self) -> [&Ground; 2] {
        [&self.patient, &self.hurried]
    }
}

/// Plays the weather of a seed.
pub(crate) fn run(options: &Options) -> Result<()> {
    ensure!(options.minutes > 0.0 && options.minutes <= 60.0, "--minutes is more than 0 and at most 60");
    let plan = Plan::new(options.seed, Duration::from_secs_f64(60.0 * options.minutes), options.onboardings);
    let runtime = Runtime::new()?;
    let stacks = Stacks::for_many("weather", TIMEOUT_SCALE, PLACES);
    let report = runtime.block_on(play(&plan, &stacks));
    runtime.block_on(stacks.stop());
    let report = report?;
    report.print(&plan);
    ensure!(report.broken() == 0, "the weather of seed {} broke the promise", plan.seed);
    Ok(())
}

/// Whether a seed decides its plan, and another seed another.
pub(crate) fn plans_are_the_seeds() -> bool {
    let plan = |seed| Plan::new(seed, Duration::from_mins(1), 11);
    plan(7) == plan(7) && plan(7) != plan(8)
}

async fn play(plan: &Plan, stacks: &Stacks) -> Result<Report> {
    let grounds = Box::pin(Grounds::new(stacks)).await?;
    let sky = Sky::new(Instant::now(), plan);
    let people = plan
        .onboardings
        .iter()
        .enumerate()
        .map(|(number, planned)| party::play(number + 1, planned, grounds.of(planned.way), &sky));
    let everybody = async {
        let (parties, faults, deployed) = tokio::join!(join_all(people), sky.play(plan, &grounds), async {
            sleep_until(sky.begun + plan.deploys).await;
            // What does not reach functions that run is what a deployment changes.
            grounds.patient.stack.deploy_once_with("EndpointsPerVpc", &(PLACES - 1).to_string()).await
        });
        (parties, faults, deployed)
    };
    let operators = grounds.all().map(|ground| operator::act(&ground.stack, &ground.world));
    let (parties, faults, deployed) = tokio::select! {
        played = everybody => played,
        failed = select_all(operators.map(Box::pin)) => { failed.0?; anyhow::bail!("the operator has left") }
    };
    deployed?;
    let mut report = Report { faults: faults?, ..Report::default() };
    for (number, (party, planned)) in parties.into_iter().zip(&plan.onboardings).enumerate() {
        report.parties.push(party::judge(number + 1, party?, planned, grounds.of(planned.way)).await?);
    }
    for ground in grounds.all() {
        report.whole.extend(rest::broken(ground, &report.parties).await?);
    }
    Ok(report)
}
