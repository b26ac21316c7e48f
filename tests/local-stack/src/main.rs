//! `local-stack`: runs the local stack in the foreground. `cargo xtask` builds what it needs and then starts it.

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use support::stack::{Addresses, Options, Ports, Stack};
use support::{demo, layout};
use tokio::signal::unix::{SignalKind, signal};

/// The local stack of Causeway: the real functions, definition and template on one machine.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the stack and say where a person can play with it
    Demo {
        /// Play customer and Atlas as well, print each step with its time, and end
        #[arg(long)]
        auto: bool,
        #[command(flatten)]
        ports: Ports,
    },
    /// Start the stack and keep it until a signal comes
    Serve {
        #[command(flatten)]
        ports: Ports,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo { auto, ports } => run(ports, if auto { Mode::Auto } else { Mode::Demo }).await,
        Command::Serve { ports } => run(ports, Mode::Serve).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the person at the terminal is told what went wrong")]
fn complain(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

#[derive(Clone, Copy)]
enum Mode {
    Demo,
    Auto,
    Serve,
}

async fn run(ports: Ports, mode: Mode) -> Result<()> {
    let folder = layout::local()?;
    let _lock = lock(&folder)?;
    let options = Options {
        ports,
        // Long enough for a person, with room to make coffee.
        answer_window: Duration::from_mins(30),
        answer_windows: 3,
        // The first poll for acceptance comes after 0.1 s instead of 10, the slowest after 9 s instead of 15 min.
        wait_scale: 0.01,
        parameters: BTreeMap::new(),
        logs: folder.join("logs"),
    };
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut stop = async || {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let stack = tokio::select! {
        stack = Stack::start(&options, say) => stack?,
        () = stop() => bail!("stopped before everything had started"),
    };
    let described = folder.join("stack.json");
    fs::write(&described, serde_json::to_string_pretty(&stack.addresses)? + "\n")?;
    let result = tokio::select! {
        result = act(mode, &stack.addresses) => result,
        () = stop() => Ok(()),
    };
    fs::remove_file(&described).with_context(|| format!("cannot remove {}", described.display()))?;
    stack.stop().await;
    say("The local stack is stopped.");
    result
}

async fn act(mode: Mode, addresses: &Addresses) -> Result<()> {
    match mode {
        Mode::Auto => return demo::play(addresses).await,
        Mode::Demo => demo::invite(addresses),
        Mode::Serve => {}
    }
    std::future::pending().await
}

/// Held as long as the stack runs, whatever ends it.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path)?;
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
    Ok(file)
}

#[expect(clippy::print_stdout, reason = "progress for the person at the terminal")]
fn say(what: &str) {
    println!("{what}");
}
