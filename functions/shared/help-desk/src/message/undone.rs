//! What became of what an onboarding made, once it has ended without a connection: what the customer can rely on, and all of
//! it for the support engineer.

use crate::comment::Block;
use shared::clean_up::CleanUp;
use shared::ids::EndpointId;

/// What came of the last clean-up.
#[derive(Clone, Copy)]
pub(super) struct Undone<'a>(pub(super) Option<&'a CleanUp>);

impl<'a> Undone<'a> {
    /// Whether nothing is left: a claim for the customer to rely on, so only when it was seen.
    pub(super) fn is_complete(self) -> bool {
        self.0.is_some_and(CleanUp::has_removed_all)
    }

    /// The endpoint that Atlas accepted and nobody wanted deleted.
    pub(super) fn kept(self) -> Option<&'a EndpointId> {
        self.0.and_then(|clean_up| clean_up.kept.as_ref())
    }

    /// The ticket's status: solved, unless the customer is asked what is to become of an endpoint. A reply to a solved
    /// ticket would begin another onboarding.
    pub(super) fn status(self) -> &'static str {
        if self.kept().is_some() { "pending" } else { "solved" }
    }

    /// Whether there is something to do, or to know, for the support engineer.
    pub(super) fn has_remains(self) -> bool {
        self.kept().is_some() || !self.leftovers().is_empty()
    }

    /// Everything that is still there, and why.
    pub(super) fn note(self) -> Vec<Block> {
        let mut blocks = Vec::new();
        if let Some(id) = self.kept() {
            let why = format!("{id}: an endpoint that Atlas accepted and nobody wanted deleted");
            blocks.push(Block::Values("Kept on purpose".to_owned(), vec![why]));
        }
        let leftovers = self.leftovers();
        if !leftovers.is_empty() {
            blocks.push(Block::Values("Clean-up could not delete".to_owned(), leftovers));
        } else if self.is_complete() {
            blocks.push(Block::text("Clean-up left nothing behind."));
        } else if blocks.is_empty() {
            blocks.push(Block::text("It is not known whether clean-up left anything behind."));
        }
        blocks
    }

    fn leftovers(self) -> Vec<String> {
        let Some(CleanUp { leftovers, failure, .. }) = self.0 else { return Vec::new() };
        let failure = failure.iter().map(|failure| {
            format!("Clean-up itself failed: {}", failure.message().unwrap_or_else(|| failure.error.clone()))
        });
        leftovers.iter().cloned().chain(failure).collect()
    }
}

/// What the customer is told of an endpoint that was kept.
pub(super) fn kept(id: &EndpointId) -> Block {
    Block::text(format!(
        "The private endpoint {id}, which Atlas accepted, stays as it is: nothing that Atlas accepted was deleted. \
         Reply here if you still want to be connected, which takes a new endpoint, or to have this one deleted; a \
         colleague does either."
    ))
}
