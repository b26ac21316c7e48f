//! Somebody wanted the onboarding closed.

use super::page;
use crate::comment::Block;
use shared::wish::{Side, Wish};

pub(super) fn blocks(wish: &Wish, leftovers: &[String], link: &str) -> Vec<Block> {
    let by = match wish.by {
        Side::Customer => "as you asked on its page",
        Side::Operator => "as our team asked",
    };
    // A claim for the customer to rely on, so only when it is true.
    let undone = if leftovers.is_empty() { " Nothing of it is left in our account." } else { "" };
    let mut blocks = vec![
        Block::text(format!("We closed this request, {by}.{undone}")),
        Block::text("To start again, open a new ticket of the same kind. It takes about five minutes of your time."),
    ];
    blocks.extend(page(link));
    blocks
}
