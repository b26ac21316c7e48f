//! The local stack: in the foreground as a demo, or in the background.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::python;
use crate::run::build;
use layout::say;

/// Runs the demo.
pub(crate) fn demo(options: &[String]) -> Result<()> {
    prepare()?;
    // Takes our place, so that Ctrl-C reaches one program, which then stops what it started.
    let error = Command::new(layout::binary("local-stack")?).arg("demo").args(options).exec();
    Err(error).context("cannot run the local stack")
}

/// Starts the stack in the background and waits until it is there.
pub(crate) fn up(options: &[String]) -> Result<()> {
    prepare()?;
    let local = layout::local()?;
    let (described, log) = (local.join("stack.json"), local.join("stack.log"));
    if layout::holder(&local)?.is_some() {
        bail!("a local stack is running already; {} says where. `cargo xtask down` stops it", described.display());
    }
    // What an earlier one left that was killed.
    let _ = fs::remove_file(&described);
    let output = File::create(&log)?;
    let mut stack = Command::new(layout::binary("local-stack")?)
        .arg("serve")
        .args(options)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        // A group of its own, so that Ctrl-C at this terminal does not reach it.
        .process_group(0)
        .spawn()?;
    while !described.is_file() {
        if let Some(status) = stack.try_wait()? {
            bail!("the local stack did not start ({status}):\n{}", fs::read_to_string(&log)?.trim_end());
        }
        sleep(Duration::from_millis(50));
    }
    say(fs::read_to_string(&described)?.trim_end());
    say(&format!("The local stack is up; {} holds these addresses. `cargo xtask down` stops it.", described.display()));
    Ok(())
}

/// Stops the stack in the background and waits until it is gone.
pub(crate) fn down() -> Result<()> {
    let Some(holder) = layout::holder(&layout::local()?)? else {
        say("No local stack is running.");
        return Ok(());
    };
    holder.stop()?;
    say("The local stack is down.");
    Ok(())
}

fn prepare() -> Result<()> {
    python::ensure()?;
    build()
}
