//! The Python environment of the emulators and of the tests' tools, in `target/local/venv`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::run;
use layout::say;

const OLDEST: (u32, u32) = (3, 10);

/// Makes the environment, or finds it as tests/local-stack/requirements.txt wants it.
pub(crate) fn ensure() -> Result<()> {
    let requirements = layout::root().join("tests/local-stack/requirements.txt");
    let wanted = fs::read_to_string(&requirements)?;
    let venv = layout::local()?.join("venv");
    // Written last, so that an environment that was cut while it was made does not count.
    let made = venv.join("requirements.txt");
    if fs::read_to_string(&made).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    check_version()?;
    say("Making the Python environment of the emulators (once, about a minute)");
    run("making the Python environment", Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))
        .context("python3 cannot make environments; on Debian and Ubuntu install the package python3-venv")?;
    run(
        "installing the emulators",
        Command::new(venv.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(requirements),
    )
    .context("the emulators could not be downloaded from PyPI; check the connection (or pip's proxy) and try again")?;
    fs::write(made, wanted)?;
    Ok(())
}

fn check_version() -> Result<()> {
    let answer = Command::new("python3").args(["-c", "import sys; print(*sys.version_info[:2])"]).output().context(
        "the local stack needs Python 3 for its emulators, and there is no python3; install it and try again",
    )?;
    let text = String::from_utf8_lossy(&answer.stdout);
    let mut numbers = text.split_whitespace().filter_map(|number| number.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(()),
        _ => bail!("the local stack needs Python {}.{} or later, and python3 is {}", OLDEST.0, OLDEST.1, text.trim()),
    }
}
