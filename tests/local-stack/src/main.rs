//! `local-stack`: runs the local stack in the foreground. `cargo xtask` builds what it needs and then starts it.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use layout::say;
use local_stack::demo;
use local_stack::stack::{Addresses, Options, Ports, Stack};

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
    layout::conclude(match Arguments::parse().command {
        Command::Demo { auto, ports } => run(ports, if auto { Mode::Auto } else { Mode::Demo }).await,
        Command::Serve { ports } => run(ports, Mode::Serve).await,
    })
}

#[derive(Clone, Copy)]
enum Mode {
    Demo,
    Auto,
    Serve,
}

async fn run(ports: Ports, mode: Mode) -> Result<()> {
    let folder = layout::local()?;
    // Held as long as the stack runs.
    let _lock = layout::hold(&folder)?;
    let options = Options {
        ports,
        // Long enough for a person, with room to make coffee.
        answer_window: Duration::from_mins(30),
        answer_windows: 3,
        last_window: Duration::from_mins(30),
        // The first poll for acceptance comes after 0.1 s instead of 10, the slowest after 18 s instead of 30 min.
        wait_scale: 0.01,
        timeout_scale: 1.0,
        functions_at_once: None,
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
