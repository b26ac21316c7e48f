//! The local stack: in the foreground as a demo, or in the background.

use crate::run::{build, say};
use crate::{paths, python};
use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Runs the demo.
pub(crate) fn demo(options: &[String]) -> Result<()> {
    prepare()?;
    // Takes our place, so that Ctrl-C reaches one program, which then stops what it started.
    let error = Command::new(paths::built()?.join("local-stack")).arg("demo").args(options).exec();
    Err(error).context("cannot run the local stack")
}

/// Starts the stack in the background and waits until it is there.
pub(crate) fn up(options: &[String]) -> Result<()> {
    prepare()?;
    let local = paths::local()?;
    let (described, log) = (local.join("stack.json"), local.join("stack.log"));
    if running(&local)?.is_some() {
        bail!("a local stack is running already; {} says where. `cargo xtask down` stops it", described.display());
    }
    // What an earlier one left that was killed.
    let _ = fs::remove_file(&described);
    let output = File::create(&log)?;
    let mut stack = Command::new(paths::built()?.join("local-stack"))
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
    let local = paths::local()?;
    let Some(process) = running(&local)? else {
        say("No local stack is running.");
        return Ok(());
    };
    kill(process, Signal::SIGTERM).with_context(|| format!("cannot stop process {process}"))?;
    // It holds the lock until its very end.
    File::options().write(true).open(local.join("lock"))?.lock()?;
    say("The local stack is down.");
    Ok(())
}

fn prepare() -> Result<()> {
    python::ensure()?;
    build()
}

/// The process that holds the lock.
fn running(local: &std::path::Path) -> Result<Option<Pid>> {
    let path = local.join("lock");
    let Ok(lock) = File::options().write(true).open(&path) else { return Ok(None) };
    if lock.try_lock().is_ok() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path)?;
    let id = text.trim().parse().with_context(|| format!("{} holds no process ID: {text:?}", path.display()))?;
    Ok(Some(Pid::from_raw(id)))
}
