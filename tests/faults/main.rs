//! The matrix of faults: every state, every call that it makes, everything that can go wrong with it.
//!
//! As a test, it plays a sample of tests/faults.md again; as `cargo xtask faults`, all of it.

mod cell;
mod definition;
mod operator;
mod people;
mod permissions;
mod play;
mod promise;
mod record;
mod switches;
mod table;
mod weather;

use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use futures_util::StreamExt as _;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OnceCell};

use cell::Cell;
use local_stack::player::eventually;
use local_stack::stack::Stack;
use local_stack::stacks::{Pace, Stacks};
use local_stack::world::World;
use people::Way;
use record::Calls;
use table::{NOT_PLAYED, RIGHT, Table};

/// How many of the cells that are right the gate plays.
const SAMPLE: usize = 40;
/// A fifth of the time that functions and states have on AWS, so that all tries are soon used up.
const TIMEOUT_SCALE: f64 = 0.2;
/// More than onboardings are played on one stack: those that have ended keep their places until a VPC looks full.
const PLACES: u32 = 1000;
/// How many onboardings are played side by side.
const AT_ONCE: usize = 8;
/// After how many cells the stacks are started anew: the emulators become slower with all that they hold.
const FRESH: usize = 200;

/// Plays the whole matrix and writes tests/faults.md.
#[derive(Parser)]
#[command(bin_name = "cargo xtask faults", max_term_width = 100)]
struct Matrix {
    /// Only the cells whose name, "STATE / SERVICE ACTION / FAULT", contains this
    #[arg(long)]
    only: Option<String>,
    /// Only the cells that the table lacks, or that could not be played
    #[arg(long)]
    missing: bool,
    /// The order in which cells are played, and with it what is played side by side
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|argument| argument == "matrix") {
        arguments.remove(1);
        return layout::conclude(all(&Matrix::parse_from(arguments)));
    }
    if arguments.get(1).is_some_and(|argument| argument == "weather") {
        arguments.remove(1);
        return layout::conclude(weather::run(&weather::Options::parse_from(arguments)));
    }
    sample()
}

/// What the cells are played on.
struct Ground {
    stacks: Stacks,
    calls: OnceCell<Calls>,
    /// For the cells beside which nothing may be played, one after the other.
    alone: Stacks,
    one: Mutex<()>,
}

/// Whether nothing may be played beside the cell: the network is made once and shared, and who makes it is one at a time.
fn is_alone(cell: &Cell) -> bool {
    cell.state == "Ensure network"
}

impl Ground {
    fn new() -> Self {
        Self {
            stacks: Stacks::for_many("faults", TIMEOUT_SCALE, PLACES),
            calls: OnceCell::new(),
            alone: Stacks::for_many("faults-alone", TIMEOUT_SCALE, PLACES),
            one: Mutex::default(),
        }
    }

    async fn stack(&self, way: Way) -> Result<(Arc<Stack>, World)> {
        let pace = if way == Way::Expired { Pace::Hurried } else { Pace::Patient };
        let stack = self.stacks.get(pace).await?;
        let world = World::new(&stack.addresses).await;
        Ok((stack, world))
    }

    async fn stop(&self) {
        self.stacks.stop().await;
        self.alone.stop().await;
    }

    /// Starts the stacks anew.
    async fn renew(&self) -> Result<()> {
        self.stacks.stop().await;
        for way in [Way::Connected, Way::Expired] {
            self.stack(way).await?;
        }
        Ok(())
    }

    /// The calls, recorded once.
    async fn calls(&self) -> Result<&Calls> {
        self.calls
            .get_or_try_init(|| async {
                let mut calls = Calls::new();
                for way in Way::OF_THE_MATRIX {
                    let (stack, world) = self.stack(way).await?;
                    // What did not go through once may do so the second time; what never does is a fault of its own.
                    if let Err(error) = record::record(&stack, &world, way, &mut calls).await {
                        layout::say(&format!("{way:?} is recorded once more: {error:#}"));
                        record::record(&stack, &world, way, &mut calls).await?;
                    }
                }
                Ok(calls)
            })
            .await
    }

    async fn play(&self, cell: &Cell) -> Result<String> {
        let calls = self.calls().await?;
        if is_alone(cell) {
            let _one = self.one.lock().await;
            let stack = self.alone.get(Pace::Patient).await?;
            let world = World::new(&stack.addresses).await;
            if record::of(calls, cell)?.cold {
                // An onboarding that did not end may still be making something there.
                eventually(async || Ok(world.delete_networks().await.ok())).await.context("deleting the networks")?;
            } else if world.networks().await?.is_empty() {
                play::straight(&stack, &world).await?;
            }
            return watched(&stack, &world, calls, cell).await;
        }
        let (stack, world) = self.stack(record::of(calls, cell)?.way).await?;
        watched(&stack, &world, calls, cell).await
    }
}

/// Plays a cell, while the operator does what the alarms ask for.
async fn watched(stack: &Stack, world: &World, calls: &Calls, cell: &Cell) -> Result<String> {
    let verdict = tokio::select! {
        verdict = Box::pin(play::cell(stack, world, calls, cell)) => verdict,
        failed = Box::pin(operator::act(stack, world)) => failed.map(|never| match never {}),
    };
    verdict.with_context(|| cell.to_string())
}

/// A number that mixes seed and text: the order of the cells.
fn mixed(seed: u64, cell: &Cell) -> u64 {
    cell.to_string().bytes().fold(seed.wrapping_add(0xcbf2_9ce4_8422_2325), |mixed, byte| {
        (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn all(matrix: &Matrix) -> Result<()> {
    let runtime = Runtime::new()?;
    let ground = Ground::new();
    let done = runtime.block_on(async {
        let mut cells: Vec<Cell> = record::cells(ground.calls().await?).into_iter().collect();
        let part = matrix.only.is_some() || matrix.missing;
        let mut table = if part { table::read_if_there()? } else { Table::new() };
        table.retain(|cell, _| cells.contains(cell));
        cells.retain(|cell| matrix.only.as_ref().is_none_or(|only| cell.to_string().contains(only)));
        cells.retain(|cell| !matrix.missing || table.get(cell).is_none_or(|verdict| verdict.starts_with(NOT_PLAYED)));
        ensure!(!cells.is_empty(), "there is no such cell");
        for cell in &cells {
            table.insert(cell.clone(), NOT_PLAYED.to_owned());
        }
        cells.sort_by_key(|cell| mixed(matrix.seed, cell));
        let total = cells.len();
        let (alone, beside): (Vec<Cell>, Vec<Cell>) = cells.into_iter().partition(is_alone);
        let play = |cell: Cell| {
            let ground = &ground;
            async move {
                let verdict = ground.play(&cell).await;
                (cell, verdict)
            }
        };
        let alone = futures_util::stream::iter(alone).map(play).buffer_unordered(1);
        let beside: Vec<Vec<Cell>> = beside.chunks(FRESH).map(<[Cell]>::to_vec).collect();
        let beside = futures_util::stream::iter(beside.into_iter().enumerate()).then(|(number, cells)| {
            let ground = &ground;
            async move {
                if number > 0
                    && let Err(error) = ground.renew().await
                {
                    layout::say(&format!("the stacks could not be started anew: {error:#}"));
                }
                futures_util::stream::iter(cells).map(play).buffer_unordered(AT_ONCE)
            }
        });
        let mut played = pin!(futures_util::stream::select(alone, beside.flatten()));
        let mut number = 0;
        while let Some((cell, verdict)) = played.next().await {
            number += 1;
            let verdict = verdict.unwrap_or_else(|error| format!("{NOT_PLAYED}: {error:#}"));
            layout::say(&format!("{number}/{total} {cell}: {verdict}"));
            table.insert(cell, verdict);
            // What was played is kept, whatever happens to the rest.
            table::write(&table)?;
        }
        anyhow::Ok(())
    });
    runtime.block_on(ground.stop());
    done
}

fn sample() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(AT_ONCE);
    match trials() {
        Ok((trials, ground, runtime)) => {
            let conclusion = libtest_mimic::run(&arguments, trials);
            runtime.block_on(ground.stop());
            conclusion.exit_code()
        }
        Err(error) => layout::conclude(Err(error)),
    }
}

/// What a trial checks.
type Check = Box<dyn FnOnce(&Runtime, &Ground, &Table) -> Result<()> + Send>;

fn trials() -> Result<(Vec<Trial>, Arc<Ground>, Arc<Runtime>)> {
    let (runtime, ground) = (Arc::new(Runtime::new()?), Arc::new(Ground::new()));
    let table = Arc::new(table::read()?);
    let mut cells: Vec<Cell> =
        table.iter().filter(|(_, verdict)| *verdict == RIGHT).map(|(cell, _)| cell.clone()).collect();
    cells.sort_by_key(|cell| mixed(1, cell));
    cells.truncate(SAMPLE);
    let trial = |name: String, check: Check| {
        let (runtime, ground, table) = (Arc::clone(&runtime), Arc::clone(&ground), Arc::clone(&table));
        Trial::test(name, move || check(&runtime, &ground, &table).map_err(|error| Failed::from(format!("{error:#}"))))
    };
    let every = trial(
        "the table has every cell, and each is right".to_owned(),
        Box::new(|runtime, ground, table| {
            let recorded = record::cells(runtime.block_on(ground.calls())?);
            let is_right = |cell: &Cell| table.get(cell).is_some_and(|verdict| verdict == RIGHT);
            let others: Vec<String> = recorded.iter().filter(|cell| !is_right(cell)).map(Cell::to_string).collect();
            ensure!(others.is_empty(), "`cargo xtask faults --only …` plays them: {others:#?}");
            Ok(())
        }),
    );
    let used = trial(
        "no permission is without use".to_owned(),
        Box::new(|runtime, ground, _| {
            let unused = permissions::unused(runtime.block_on(ground.calls())?)?;
            ensure!(unused.is_empty(), "nothing asks for {unused:#?}");
            Ok(())
        }),
    );
    let seeded = trial(
        "the weather of a seed is always the same".to_owned(),
        Box::new(|_, _, _| {
            ensure!(weather::plans_are_the_seeds(), "a seed decides too little or too much");
            Ok(())
        }),
    );
    let sample = cells.into_iter().map(|cell| {
        trial(
            cell.to_string(),
            Box::new(move |runtime, ground, _| {
                // On a busy machine an onboarding may not come to the call in time: that is no verdict, and is tried again.
                let verdict = match runtime.block_on(ground.play(&cell)) {
                    Ok(verdict) => verdict,
                    Err(_) => runtime.block_on(ground.play(&cell))?,
                };
                ensure!(verdict == RIGHT, "the cell was right and is {verdict}");
                Ok(())
            }),
        )
    });
    Ok(([every, used, seeded].into_iter().chain(sample).collect(), ground, runtime))
}
