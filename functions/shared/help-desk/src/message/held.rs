//! A fault of ours or of the outside is in the way: for the support engineer alone.

use super::console;
use crate::comment::Block;
use shared::failure::Failure;

pub(super) fn note(failure: &Failure, execution_arn: &str) -> Vec<Block> {
    let cause = failure.message().unwrap_or_else(|| "No cause was given.".to_owned());
    vec![
        Block::text("The onboarding is held: a step failed that time or we can mend. It is tried again by itself."),
        Block::text(format!("State: {}", failure.state)),
        Block::text(format!("Error: {}", failure.error)),
        Block::text(format!("Cause: {cause}")),
        Block::text(
            "The customer sees that we have a fault and that nothing is lost. Pauses grow from a minute to an hour, to \
             three hours after two days and twelve after five; after about a month what was made is undone, but for an \
             endpoint that Atlas accepted.",
        ),
        Block::Link(console(execution_arn)),
    ]
}

/// What was in the way is gone.
pub(super) fn over() -> Vec<Block> {
    vec![Block::text("What held the onboarding is gone: it goes on.")]
}
