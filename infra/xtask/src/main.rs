//! `cargo xtask`: the developer's commands.

mod browser;
mod check;
mod deny;
mod npm;
mod python;
mod regions;
mod run;
mod stack;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The developer's commands of Causeway.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, start the local stack and say where to play with it; Ctrl-C stops it
    ///
    /// With --auto it plays customer and Atlas itself, prints each step with its time, and ends.
    /// Ports are free ones unless given: --help-desk-port, --atlas-port, --portal-port, --aws-port, --ec2-port.
    Demo {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        options: Vec<String>,
    },
    /// Start the same local stack in the background; target/local/stack.json says where
    ///
    /// Ports as for demo.
    Up {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        options: Vec<String>,
    },
    /// Stop the local stack that runs in the background
    Down,
    /// Run all tests: units, definition and template, whole onboardings on a local stack, the page in a browser
    ///
    /// What is given after `--` goes to the test programs, as with `cargo test`: a name runs the tests that contain it.
    /// The name of a file of tests/stories runs that story alone.
    Test {
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Play every call of every state with everything that can go wrong, and write tests/faults.md
    ///
    /// --only TEXT plays the cells whose name contains it, as "Create endpoint / ec2".
    /// --missing plays those that the table lacks or that could not be played; --seed N another order, and so beside others.
    Faults {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        options: Vec<String>,
    },
    /// Play many onboardings at once while faults of every kind come and go; then the promise must have been kept
    ///
    /// --seed N decides all that is decided, --minutes M for how long faults come and go, --onboardings K how many there are.
    Weather {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        options: Vec<String>,
    },
    /// Feed the command intake with what nobody would paste, for a minute; needs a nightly toolchain and cargo-fuzz
    Fuzz,
    /// Measure how long the command intake takes, in a release build
    Bench,
    /// Write the table of AWS's regions and their names anew, from AWS's SDK for Python
    Regions,
    /// Check format, lints, templates, definitions, dependencies and regions, without running anything
    Check,
}

fn main() -> ExitCode {
    layout::conclude(match Arguments::parse().command {
        Command::Demo { options } => stack::demo(&options),
        Command::Up { options } => stack::up(&options),
        Command::Down => stack::down(),
        Command::Test { arguments } => test::test(&arguments),
        Command::Faults { options } => test::faults(&options),
        Command::Weather { options } => test::weather(&options),
        Command::Fuzz => test::fuzz(),
        Command::Bench => test::bench(),
        Command::Regions => regions::renew(),
        Command::Check => check::check(),
    })
}
