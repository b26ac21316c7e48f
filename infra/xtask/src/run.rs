//! Runs other programs.

use std::process::Command;

use anyhow::{Context, Result, bail};

use layout::say;

/// Runs a program to its end, with its output on the terminal.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}

/// Where a program of this name is, if there is one.
pub(crate) fn path_of(program: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())?;
    Some(found.to_string_lossy().into_owned())
}

/// Cargo, the one that runs us.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds the functions and the local stack. Everything builds in one profile and with one set of features, so that the
/// EC2 SDK, by far the largest part, is compiled once.
pub(crate) fn build() -> Result<()> {
    say("Building the functions (the first time takes minutes: the EC2 SDK is large)");
    run("the build", cargo().args(["build", "--workspace", "--bins"]))
}
