//! The ticket cannot be served.

use super::page;
use crate::comment::Block;

pub(super) fn blocks(reason: &str, link: &str) -> Vec<Block> {
    let mut blocks = vec![
        Block::text("We cannot set up AWS PrivateLink for this ticket."),
        Block::text(reason),
        Block::text("Nothing was created. Reply here once that has changed: the request is then checked again."),
    ];
    blocks.extend(page(link));
    blocks
}
