//! Who runs the local stack: the process that holds the lock on `target/local/lock`, whose ID is in it.

use std::fs::{self, File, TryLockError};
use std::io::Write;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The lock; it is free again when this is dropped or the process ends, whatever ends it.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is held, not read")] File);

/// The process that runs the local stack.
#[derive(Debug)]
pub struct Holder {
    process: Pid,
    lock: File,
}

/// Takes the lock for this process.
///
/// # Errors
/// When another process has it.
pub fn hold() -> Result<Lock> {
    let file = open()?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!(
            "a local stack is running already; {} says where. Stop it with Ctrl-C where it runs, or with `cargo xtask down`",
            crate::local()?.join("stack.json").display()
        ),
        Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the local stack's folder"),
    }
    file.set_len(0)?;
    writeln!(&file, "{}", std::process::id())?;
    Ok(Lock(file))
}

/// Who has the lock, if anybody.
///
/// # Errors
/// When the lock does not say.
pub fn holder() -> Result<Option<Holder>> {
    let lock = open()?;
    match lock.try_lock() {
        Ok(()) => return Ok(None),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error).context("cannot look at the local stack's lock"),
    }
    let path = crate::local()?.join("lock");
    let text = fs::read_to_string(&path)?;
    let id = text.trim().parse().with_context(|| format!("{} holds no process ID: {text:?}", path.display()))?;
    Ok(Some(Holder { process: Pid::from_raw(id), lock }))
}

impl Holder {
    /// Asks the process to end and waits until it is gone: it has the lock until its very end.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn stop(self) -> Result<()> {
        kill(self.process, Signal::SIGTERM).with_context(|| format!("cannot stop process {}", self.process))?;
        self.lock.lock().context("cannot wait for the local stack's end")
    }
}

fn open() -> Result<File> {
    let path = crate::local()?.join("lock");
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))
}
