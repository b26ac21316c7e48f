//! The ticket cannot be served.

use crate::comment::Block;

pub(super) fn blocks(reason: &str) -> Vec<Block> {
    vec![
        Block::text("We cannot set up AWS PrivateLink for this ticket."),
        Block::text(reason),
        Block::text("Nothing was created. Reply here once that has changed: the request is then checked again."),
    ]
}
