//! Tests and checks.

use crate::run::{build, cargo, run, say};
use crate::{browser, paths, python};
use anyhow::{Context, Result};
use std::process::Command;

/// Runs all tests. The functions are built first: the end-to-end tests deploy them.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    python::ensure()?;
    let chromium = browser::ensure()?;
    build()?;
    say("Running the tests");
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast", "--"]).args(arguments).env("CHROMIUM", chromium);
    run("the tests", &mut tests)
}

/// Fuzzes the command intake for a minute.
pub(crate) fn fuzz() -> Result<()> {
    // Through rustup's own cargo: the one that runs us is bound to its toolchain.
    let mut command = Command::new("cargo");
    command.env_remove("RUSTUP_TOOLCHAIN").current_dir(paths::root());
    command.args(["+nightly", "fuzz", "run", "--fuzz-dir", "tests/fuzz", "command", "--"]);
    run("fuzzing", command.args(["-max_total_time=60", "-max_len=512"]))
        .context("it needs a nightly toolchain and `cargo install cargo-fuzz`")
}

/// Measures the command intake.
pub(crate) fn bench() -> Result<()> {
    run("the benchmark", cargo().args(["bench", "--package", "shared", "--bench", "command"]))
}

/// Checks format, lints and template.
pub(crate) fn check() -> Result<()> {
    python::ensure()?;
    run("the format", cargo().args(["fmt", "--all", "--check"]))?;
    run("the lints", cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    let cfn_lint = paths::local()?.join("venv/bin/cfn-lint");
    run("cfn-lint", Command::new(cfn_lint).arg(paths::root().join("infra/template.yaml")))?;
    say("Format, lints and template are clean.");
    Ok(())
}
