//! Checks that run nothing of ours.

use std::process::Command;

use anyhow::Result;

use layout::say;

use crate::python;
use crate::run::{cargo, run};

/// Checks format, lints and template.
pub(crate) fn check() -> Result<()> {
    python::ensure()?;
    run("the format", cargo().args(["fmt", "--all", "--check"]))?;
    run("the lints", cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    let cfn_lint = layout::python_program("cfn-lint")?;
    run("cfn-lint", Command::new(cfn_lint).arg(layout::root().join("infra/template.yaml")))?;
    say("Format, lints and template are clean.");
    Ok(())
}
