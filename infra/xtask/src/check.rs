//! Tests and checks.

use crate::run::{build, cargo, run, say};
use crate::{paths, python};
use anyhow::Result;
use std::process::Command;

/// Runs all tests. The functions are built first: the end-to-end tests deploy them.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    python::ensure()?;
    build()?;
    say("Running the tests");
    run("the tests", cargo().args(["test", "--workspace", "--no-fail-fast", "--"]).args(arguments))
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
