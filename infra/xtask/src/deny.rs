//! cargo-deny, which checks the dependencies against deny.toml.

use anyhow::{Context, Result};

use crate::run::{cargo, run};
use layout::say;

const VERSION: &str = "0.20.2";

/// Installs it among cargo's own programs, unless this version is there.
pub(crate) fn ensure() -> Result<()> {
    let found = cargo().args(["deny", "--version"]).output()?;
    if String::from_utf8_lossy(&found.stdout).trim() == format!("cargo-deny {VERSION}") {
        return Ok(());
    }
    say("Installing cargo-deny (once, minutes)");
    let version = format!("={VERSION}");
    run("installing cargo-deny", cargo().args(["install", "cargo-deny", "--locked", "--version", &version]))
        .context("cargo-deny could not be installed; check the connection and try again")
}
