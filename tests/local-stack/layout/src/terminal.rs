//! What the person at the terminal is told.

use std::process::ExitCode;

/// Says what is going on.
#[expect(clippy::print_stdout, reason = "progress for the person at the terminal")]
pub fn say(what: &str) {
    println!("{what}");
}

/// Ends a program: with success, or with what went wrong and why in one line, `error: a: b`. Anyhow's own way, to return
/// it from `main`, takes a line for each cause.
#[must_use]
#[expect(clippy::print_stderr, reason = "the person at the terminal is told what went wrong")]
pub fn conclude(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
