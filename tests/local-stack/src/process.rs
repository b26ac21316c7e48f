//! A program of the local stack that runs beside us, with its output in a log file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long a program may take until it answers.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// How long a program may take to end.
const STOPPED_WITHIN: Duration = Duration::from_secs(5);

/// A running program. It is killed when this is dropped, so that a failing test leaves nothing behind.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the program.
    ///
    /// # Errors
    /// When it or its log file cannot be opened.
    pub fn start(name: &'static str, command: &mut Command, log_folder: &Path) -> Result<Self> {
        let log = log_folder.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .stdin(std::process::Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name, child, log })
    }

    /// Waits until the program answers `url` with success.
    ///
    /// # Errors
    /// When it ends before, or does not answer within a minute.
    pub async fn ready(&mut self, url: &str) -> Result<()> {
        let http = reqwest::Client::new();
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended at once ({status}); its last words:\n{}", self.name, self.last_words());
            }
            if http.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("{} does not answer {url}; its last words:\n{}", self.name, self.last_words())
    }

    /// Asks the program to end, so that it ends what it started itself, and waits until it is gone.
    pub async fn stop(mut self) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        let asked = id.is_some_and(|id| kill(Pid::from_raw(id), Signal::SIGTERM).is_ok());
        if !asked || timeout(STOPPED_WITHIN, self.child.wait()).await.is_err() {
            // A program that is gone already is as stopped as it can be.
            let _ = self.child.kill().await;
        }
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}
