//! What the browser tests need: Chromium, Node.js, and the npm packages of tests/browser.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use layout::say;

use crate::run::run;

/// The names under which distributions install Chromium.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// What package.json asks for.
const PACKAGES: [&str; 2] = ["axe-core", "playwright-core"];

/// Installs what is missing and can be installed without asking, and says what the rest is. Gives Chromium's path.
pub(crate) fn ensure() -> Result<String> {
    if !is_there("npm") {
        bail!("the browser tests need Node.js 20 or later with npm; install it (Debian: nodejs, npm) and try again");
    }
    packages()?;
    if let Some(path) = chromium() {
        return Ok(path);
    }
    // A container or a build machine; on somebody's own machine nothing is installed unasked.
    if nix::unistd::geteuid().is_root() && is_there("apt-get") {
        say("Installing Chromium for the browser tests");
        run("apt-get update", Command::new("apt-get").args(["update", "--quiet"]))?;
        let install = ["install", "--quiet", "--yes", "--no-install-recommends", "chromium"];
        run("installing Chromium", Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(install))?;
    }
    chromium().with_context(|| {
        format!(
            "the browser tests need Chromium, as one of {}; on Debian: apt-get install chromium",
            CHROMIUM.join(", ")
        )
    })
}

/// The packages that package-lock.json pins, in `tests/browser/node_modules`.
fn packages() -> Result<()> {
    let folder = layout::root().join("tests/browser");
    let wanted = fs::read_to_string(folder.join("package-lock.json"))?;
    // Written last, so that an installation that was cut does not count.
    let made = folder.join("node_modules/.installed");
    let is_there = |package: &str| folder.join("node_modules").join(package).is_dir();
    if fs::read_to_string(&made).is_ok_and(|made| made == wanted) && PACKAGES.into_iter().all(is_there) {
        return Ok(());
    }
    say("Installing the browser tests' npm packages (once, seconds)");
    run("npm ci", Command::new("npm").arg("ci").current_dir(&folder))
        .context("the npm packages could not be installed; check the connection and try again")?;
    fs::write(made, wanted)?;
    Ok(())
}

fn chromium() -> Option<String> {
    CHROMIUM.into_iter().find_map(path_of)
}

fn is_there(program: &str) -> bool {
    path_of(program).is_some()
}

fn path_of(program: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())?;
    Some(found.to_string_lossy().into_owned())
}
