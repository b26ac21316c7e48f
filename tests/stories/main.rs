//! Whole onboardings on a local stack: the real binaries, definition and template, one story per file of scenarios/.

mod story;

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use story::{Story, WRONG_PASSWORD};
use support::atlas::deployments::PASSWORD;
use support::layout;
use support::stack::{Options, Stack};
use tokio::runtime::Runtime;

#[expect(clippy::print_stderr, reason = "the person at the terminal is told what went wrong")]
fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match run(&arguments) {
        Ok(conclusion) => conclusion.exit_code(),
        Err(error) => {
            eprintln!("the end-to-end tests could not start: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<libtest_mimic::Conclusion> {
    let stories = read_stories()?;
    if arguments.list {
        let listed = stories.into_iter().map(|(name, _)| Trial::test(name, || Ok(())));
        return Ok(libtest_mimic::run(arguments, listed.collect()));
    }
    let runtime = Arc::new(Runtime::new()?);
    let patient = Arc::new(runtime.block_on(Stack::start(&Options::patient("stories")?, |_| ()))?);
    let hurried = Arc::new(runtime.block_on(Stack::start(&Options::hurried("stories")?, |_| ()))?);
    let trials = stories.into_iter().enumerate().map(|(number, (name, story))| {
        let stack = if story.nobody_answers { hurried.clone() } else { patient.clone() };
        let runtime = runtime.clone();
        Trial::test(name, move || {
            let project = format!("{number:023x}0");
            runtime.block_on(story.play(&stack, &project)).map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    let mut conclusion = libtest_mimic::run(arguments, trials.collect());
    let logs = runtime.block_on(async { anyhow::Ok(logs_of(&patient).await? + &logs_of(&hurried).await?) })?;
    for stack in [patient, hurried] {
        if let Ok(stack) = Arc::try_unwrap(stack) {
            runtime.block_on(stack.stop());
        }
    }
    // The second half of each story's own check: what the functions, the API and the emulators wrote while they ran.
    if conclusion.num_passed > 0 && !conclusion.has_failed() {
        let trial = Trial::test("no password is in any log", move || Ok(check_logs(&logs)?));
        conclusion = libtest_mimic::run(&Arguments { filter: None, ..arguments.clone() }, vec![trial]);
    }
    Ok(conclusion)
}

/// What was logged on a stack: by what runs on it, and by the emulators themselves.
async fn logs_of(stack: &Stack) -> Result<String> {
    let mut all = stack.function_logs().await?;
    for file in fs::read_dir(&stack.logs)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            all.push_str(&String::from_utf8_lossy(&fs::read(path)?));
        }
    }
    Ok(all)
}

fn check_logs(logs: &str) -> Result<()> {
    anyhow::ensure!(logs.contains("END RequestId"), "no function's log is to be had: {logs}");
    for password in [PASSWORD, WRONG_PASSWORD] {
        let found = logs.lines().find(|line| line.contains(password));
        anyhow::ensure!(found.is_none(), "a log holds a password: {found:?}");
    }
    Ok(())
}

fn read_stories() -> Result<Vec<(String, Story)>> {
    let mut stories = Vec::new();
    for file in fs::read_dir(layout::root().join("tests/scenarios"))? {
        let path = file?.path();
        let name = path.file_stem().context("a story without a name")?.to_string_lossy().into_owned();
        let story = serde_json::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
        stories.push((name, story));
    }
    stories.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(stories)
}
