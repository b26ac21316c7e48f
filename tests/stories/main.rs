//! Whole onboardings on a local stack: the real binaries, definition and template, one story per file of this folder.

mod story;

use std::fs;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use tokio::runtime::Runtime;

use counterparts::atlas::deployments::PASSWORD;
use local_stack::stack::Stack;
use local_stack::stacks::{Pace, Stacks};
use story::{KEYS, Story, TOLD_PASSWORD, WRONG_PASSWORD};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match run(&arguments) {
        Ok(conclusion) => conclusion.exit_code(),
        Err(error) => layout::conclude(Err(error.context("the stories"))),
    }
}

fn run(arguments: &Arguments) -> Result<Conclusion> {
    let runtime = Arc::new(Runtime::new()?);
    let stacks = Arc::new(Stacks::new("stories"));
    let trials = read_stories()?.into_iter().enumerate().map(|(number, (name, story))| {
        let (runtime, stacks) = (Arc::clone(&runtime), Arc::clone(&stacks));
        Trial::test(name, move || {
            let project = format!("{number:023x}0");
            let played = runtime.block_on(async {
                let stack = stacks.get(if story.nobody_answers { Pace::Hurried } else { Pace::Patient }).await?;
                story.play(&stack, &project).await
            });
            played.map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    let mut conclusion = libtest_mimic::run(arguments, trials.collect());
    let logs = runtime.block_on(async {
        let mut logs = String::new();
        for stack in stacks.running().await {
            logs += &logs_of(&stack).await?;
        }
        stacks.stop().await;
        anyhow::Ok(logs)
    })?;
    // The second half of each story's own check: what the functions, the API and the emulators wrote while they ran.
    if conclusion.num_passed > 0 && !conclusion.has_failed() {
        let trial = Trial::test("no password and no link is in any log", move || Ok(check_logs(&logs)?));
        conclusion = libtest_mimic::run(&Arguments { filter: None, ..arguments.clone() }, vec![trial]);
    }
    Ok(conclusion)
}

/// What was logged on a stack: by what runs on it, and by the emulators themselves.
async fn logs_of(stack: &Stack) -> Result<String> {
    let mut all = stack.function_logs(None).await?;
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
    for password in [PASSWORD, WRONG_PASSWORD, TOLD_PASSWORD] {
        let found = logs.lines().find(|line| line.contains(password));
        anyhow::ensure!(found.is_none(), "a log holds a password: {found:?}");
    }
    for key in KEYS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let found = logs.lines().find(|line| line.contains(key));
        anyhow::ensure!(found.is_none(), "a log holds the key of a customer's link: {found:?}");
    }
    Ok(())
}

fn read_stories() -> Result<Vec<(String, Story)>> {
    let mut stories = Vec::new();
    for file in fs::read_dir(layout::root().join("tests/stories"))? {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_stem().context("a story without a name")?.to_string_lossy().into_owned();
        let story = serde_json::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
        stories.push((name, story));
    }
    stories.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(stories)
}
