//! Who runs the local stack: the process that holds the lock in its folder, whose ID is in it.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;

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

/// Takes the lock of the local stack's folder for this process.
///
/// # Errors
/// When another process has it.
pub fn hold(folder: &Path) -> Result<Lock> {
    let file = open(folder)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!(
            "a local stack is running already; {} says where. Stop it with Ctrl-C where it runs, or with `cargo xtask down`",
            folder.join("stack.json").display()
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
pub fn holder(folder: &Path) -> Result<Option<Holder>> {
    let lock = open(folder)?;
    match lock.try_lock() {
        Ok(()) => return Ok(None),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error).context("cannot look at the local stack's lock"),
    }
    let path = folder.join("lock");
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

fn open(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_names_its_holder_until_it_is_free_again() {
        let folder = std::env::temp_dir().join(format!("lock-of-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert!(holder(&folder).unwrap().is_none());
        let lock = hold(&folder).unwrap();
        assert_eq!(holder(&folder).unwrap().unwrap().process, Pid::this());
        assert!(hold(&folder).unwrap_err().to_string().contains("running already"));
        drop(lock);
        assert!(holder(&folder).unwrap().is_none());
        hold(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }
}
