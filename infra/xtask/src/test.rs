//! Tests, fuzzing and the benchmark.

use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{build, cargo, run};
use crate::{browser, python};
use layout::say;

/// Runs all tests, those that contain a name, or one story. The functions are built first: the stories deploy them.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    python::ensure()?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]);
    if arguments.first().is_some_and(|name| is_story(name)) {
        tests.args(["--test", "stories", "--", "--exact"]);
    } else {
        tests.arg("--").env("CHROMIUM", browser::ensure()?);
    }
    build()?;
    say("Running the tests");
    run("the tests", tests.args(arguments))
}

fn is_story(name: &str) -> bool {
    layout::root().join(format!("tests/stories/{name}.json")).is_file()
}

/// Plays the matrix of faults.
pub(crate) fn faults(options: &[String]) -> Result<()> {
    of_faults("matrix", options)
}

/// Plays the weather.
pub(crate) fn weather(options: &[String]) -> Result<()> {
    of_faults("weather", options)
}

fn of_faults(what: &str, options: &[String]) -> Result<()> {
    python::ensure()?;
    build()?;
    let mut faults = cargo();
    faults.args(["test", "--workspace", "--test", "faults", "--", what]).args(options);
    run(&format!("the {what} of faults"), &mut faults)
}

/// Fuzzes the command intake for a minute.
pub(crate) fn fuzz() -> Result<()> {
    // Through rustup's own cargo: the one that runs us is bound to its toolchain.
    let mut command = Command::new("cargo");
    command.env_remove("RUSTUP_TOOLCHAIN").current_dir(layout::root());
    command.args(["+nightly", "fuzz", "run", "--fuzz-dir", "tests/fuzz", "command", "--"]);
    run("fuzzing", command.args(["-max_total_time=60", "-max_len=512"]))
        .context("it needs a nightly toolchain and `cargo install cargo-fuzz`")
}

/// Measures the command intake.
pub(crate) fn bench() -> Result<()> {
    run("the benchmark", cargo().args(["bench", "--package", "command", "--bench", "command"]))
}
