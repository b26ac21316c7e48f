//! Whole onboardings on a local stack: the real binaries, definition and template, one story per file of scenarios/.

mod story;

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use story::Story;
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
    let conclusion = libtest_mimic::run(arguments, trials.collect());
    for stack in [patient, hurried] {
        if let Ok(stack) = Arc::try_unwrap(stack) {
            runtime.block_on(stack.stop());
        }
    }
    Ok(conclusion)
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
