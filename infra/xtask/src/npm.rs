//! Packages of npm, for the folders that have a package-lock.json.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::run::{path_of, run};
use layout::say;

/// Makes a folder's `node_modules`, or finds it as its package-lock.json wants it.
pub(crate) fn ensure(folder: &str) -> Result<()> {
    ensure!(
        path_of("npm").is_some(),
        "{folder} needs Node.js 20 or later with npm; install it (Debian: nodejs, npm) and try again"
    );
    let root = layout::root().join(folder);
    let wanted = fs::read_to_string(root.join("package-lock.json"))?;
    // Written last, so that an installation that was cut does not count.
    let made = root.join("node_modules/.installed");
    if fs::read_to_string(&made).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    say(&format!("Installing the npm packages of {folder} (once, seconds)"));
    run("npm ci", Command::new("npm").arg("ci").current_dir(&root))
        .context("the npm packages could not be installed; check the connection and try again")?;
    fs::write(made, wanted)?;
    Ok(())
}
