//! What a clean-up has left behind, for the support engineer.

use crate::comment::Block;
use shared::clean_up::CleanUp;

/// Everything that is still there, and why.
pub(super) fn of(clean_up: &CleanUp) -> Vec<String> {
    let CleanUp { leftovers, kept, failure, .. } = clean_up;
    let kept = kept.iter().map(|id| format!("{id}: kept, since the source works; only the platform was not told"));
    let failure = failure.iter().map(|failure| {
        format!("Clean-up itself failed: {}", failure.message().unwrap_or_else(|| failure.error.clone()))
    });
    leftovers.iter().cloned().chain(kept).chain(failure).collect()
}

pub(super) fn note(leftovers: &[String]) -> Block {
    if leftovers.is_empty() {
        return Block::text("Clean-up left nothing behind.");
    }
    Block::Values("Clean-up could not delete".to_owned(), leftovers.to_vec())
}
