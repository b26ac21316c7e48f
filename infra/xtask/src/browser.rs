//! What the browser tests need: the npm packages of tests/browser, and Chromium.

use std::process::Command;

use anyhow::{Context, Result};

use crate::npm;
use crate::run::{path_of, run};
use layout::say;

/// The names under which distributions install Chromium.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Installs what is missing and can be installed without asking, and says what the rest is. Gives Chromium's path.
pub(crate) fn ensure() -> Result<String> {
    npm::ensure("tests/browser")?;
    if let Some(path) = chromium() {
        return Ok(path);
    }
    // A container or a build machine; on somebody's own machine nothing is installed unasked.
    if nix::unistd::geteuid().is_root() && path_of("apt-get").is_some() {
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

fn chromium() -> Option<String> {
    CHROMIUM.into_iter().find_map(path_of)
}
