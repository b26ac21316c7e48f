//! The customer's page in a real browser: runs tests/browser/*.test.js, which ask for a local stack when they need it.

use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Json, Router, routing};
use tokio::net::TcpListener;
use tokio::process::Command;

use local_stack::stack::Addresses;
use local_stack::stacks::{Pace, Stacks};

#[tokio::main]
async fn main() -> ExitCode {
    layout::conclude(run().await.context("the browser tests"))
}

/// A name among the arguments runs the tests that contain it, as with the other test programs.
async fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return Ok(());
    }
    let pattern = arguments.into_iter().find(|argument| !argument.starts_with('-'));
    let chromium = env::var("CHROMIUM").context("CHROMIUM names no browser; `cargo xtask test` sets it")?;
    let stacks = Arc::new(Stacks::new("browser"));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/{pace}", routing::get(start)).with_state(Arc::clone(&stacks));
    let result = tokio::select! {
        result = play(&address, &chromium, pattern.as_deref()) => result,
        result = async { axum::serve(listener, router).await } => result.context("the stacks cannot be asked for"),
    };
    stacks.stop().await;
    result
}

/// The addresses of the stack that a test asks for.
async fn start(
    State(stacks): State<Arc<Stacks>>,
    Path(pace): Path<String>,
) -> Result<Json<Addresses>, (StatusCode, String)> {
    let pace = match pace.as_str() {
        "patient" => Pace::Patient,
        "hurried" => Pace::Hurried,
        _ => return Err((StatusCode::NOT_FOUND, format!("no stack is {pace}"))),
    };
    match stacks.get(pace).await {
        Ok(stack) => Ok(Json(stack.addresses.clone())),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}"))),
    }
}

async fn play(stacks: &str, chromium: &str, pattern: Option<&str>) -> Result<()> {
    let folder = layout::root().join("tests/browser");
    ensure!(folder.join("node_modules").is_dir(), "the npm packages are missing; `cargo xtask test` installs them");
    let screenshots = layout::target()?.join("screenshots");
    std::fs::create_dir_all(&screenshots)?;
    let mut node = Command::new("node");
    // For each test, and for each file as a whole, which takes 100 s where nothing else runs.
    node.args(["--test", "--test-reporter=spec", "--test-timeout=300000"]).current_dir(&folder).kill_on_drop(true);
    if let Some(pattern) = pattern {
        node.arg(format!("--test-name-pattern={pattern}"));
    }
    node.env("CHROMIUM", chromium).env("SCREENSHOTS", screenshots).env("STACKS", stacks);
    let status = node.status().await.context("Node.js does not start")?;
    if !status.success() {
        bail!("a test in tests/browser failed ({status})");
    }
    Ok(())
}
