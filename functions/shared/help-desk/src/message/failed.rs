//! Something went wrong: calm and short for the customer, the details for the support engineer.

use super::undone::{Undone, kept};
use super::{console, page};
use crate::comment::Block;
use shared::failure::Failure;
use step::StepError;

pub(super) fn blocks(failure: &Failure, undone: Undone<'_>, link: &str) -> Vec<Block> {
    let reason = match failure.error.as_str() {
        StepError::CUSTOMER => failure.message().unwrap_or_default(),
        Failure::ABORTED => "It was stopped on our side before it was finished.".to_owned(),
        _ => "Something went wrong on our side.".to_owned(),
    };
    let mut blocks = vec![Block::text("We could not finish setting up your private endpoint."), Block::text(reason)];
    if let Some(id) = undone.kept() {
        blocks.extend([kept(id), Block::text("A colleague looks into what went wrong and replies here.")]);
    } else {
        let removed = if undone.is_complete() { "What we had created for it is removed. " } else { "" };
        blocks.push(Block::text(format!(
            "{removed}You need not do anything now: a colleague looks into it and replies here. If Atlas lists the \
             endpoint as failed, leave it there for the moment."
        )));
    }
    blocks.extend(page(link));
    blocks
}

pub(super) fn details(failure: &Failure, cause: &str, undone: Undone<'_>, execution_arn: &str) -> Vec<Block> {
    let what = match failure.error.as_str() {
        Failure::ABORTED => {
            "The onboarding's execution was stopped by hand; CloudTrail has who it was (StopExecution)."
        }
        _ => "The onboarding failed.",
    };
    let mut blocks = vec![Block::text(what)];
    // Of one that was stopped, or that nothing caught, the execution's history alone knows the state.
    if !failure.state.is_empty() {
        blocks.push(Block::text(format!("State: {}", failure.state)));
    }
    blocks.push(Block::text(format!("Error: {}", failure.error)));
    blocks.push(Block::text(format!("Cause: {cause}")));
    blocks.extend(undone.note());
    blocks.push(Block::Link(console(execution_arn)));
    blocks
}
