//! Checks that run nothing of ours.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::run::{cargo, run};
use crate::{deny, npm, python, regions};
use layout::say;

/// Where the program lies that checks state machines.
const DEFINITIONS: &str = "infra/xtask/definitions";

/// Checks format, lints, templates, definitions, dependencies and the table of regions, and says how long each took.
pub(crate) fn check() -> Result<()> {
    let begun = Instant::now();
    python::ensure()?;
    npm::ensure(DEFINITIONS)?;
    deny::ensure()?;
    let root = layout::root();
    let cfn_lint = layout::python_program("cfn-lint")?;
    let definitions = root.join(DEFINITIONS).join("check.js");
    part("format", cargo().args(["fmt", "--all", "--check"]))?;
    part("lints", cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    part(
        "templates",
        Command::new(cfn_lint).args(["template", "operations"].map(|name| root.join(format!("infra/{name}.yaml")))),
    )?;
    part("definitions", Command::new("node").arg(definitions).args(state_machines()?))?;
    part("dependencies", cargo().args(["deny", "--locked", "check", "bans", "licenses", "sources"]))?;
    regions::check()?;
    let took = begun.elapsed().as_secs_f64();
    say(&format!("Format, lints, templates, definitions, dependencies and regions are clean: {took:.1} s"));
    Ok(())
}

fn part(what: &str, command: &mut Command) -> Result<()> {
    let begun = Instant::now();
    run(&format!("the check of the {what}"), command)?;
    say(&format!("The {what}: clean, {:.1} s", begun.elapsed().as_secs_f64()));
    Ok(())
}

fn state_machines() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(layout::root().join("statemachine"))? {
        let path = file?.path();
        if path.to_string_lossy().ends_with(".asl.json") {
            found.push(path);
        }
    }
    Ok(found)
}
