//! The customer's page in a real browser: starts a local stack and runs tests/browser/*.test.js against it.

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use std::env;
use std::process::ExitCode;
use support::layout;
use support::stack::{Options, Stack};
use tokio::process::Command;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the person at the terminal is told what went wrong")]
fn complain(error: &anyhow::Error) {
    eprintln!("the browser tests failed: {error:#}");
}

/// A name among the arguments runs the tests that contain it, as with the other test programs.
async fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return Ok(());
    }
    let pattern = arguments.into_iter().find(|argument| !argument.starts_with('-'));
    let chromium = env::var("CHROMIUM").context("CHROMIUM names no browser; `cargo xtask test` sets it")?;
    let patient = Stack::start(&Options::patient("browser")?, |_| ()).await?;
    let hurried = Stack::start(&Options::hurried("browser")?, |_| ()).await?;
    let result = play(&patient, &hurried, &chromium, pattern.as_deref()).await;
    for stack in [patient, hurried] {
        stack.stop().await;
    }
    result
}

async fn play(patient: &Stack, hurried: &Stack, chromium: &str, pattern: Option<&str>) -> Result<()> {
    let folder = layout::root().join("tests/browser");
    ensure!(folder.join("node_modules").is_dir(), "the npm packages are missing; `cargo xtask test` installs them");
    let screenshots = layout::local()?.parent().map(|target| target.join("screenshots")).context("no target folder")?;
    std::fs::create_dir_all(&screenshots)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", "--test-timeout=120000"]).current_dir(&folder).kill_on_drop(true);
    if let Some(pattern) = pattern {
        node.arg(format!("--test-name-pattern={pattern}"));
    }
    node.env("CHROMIUM", chromium).env("SCREENSHOTS", screenshots);
    let stacks = json!({"patient": patient.addresses, "hurried": hurried.addresses});
    node.env("STACKS", stacks.to_string());
    let status = node.status().await.context("Node.js does not start")?;
    if !status.success() {
        bail!("a test in tests/browser failed ({status})");
    }
    Ok(())
}
