//! Somebody wanted the onboarding closed.

use super::page;
use super::undone::{Undone, kept};
use crate::comment::Block;
use shared::wish::{Side, Wish};

pub(super) fn blocks(wish: &Wish, undone: Undone<'_>, link: &str) -> Vec<Block> {
    let closed = match wish.by {
        Side::Customer => "We closed this request, as you asked on its page.",
        // Who of us it was, and why, is for the note.
        Side::Operator => "Our team closed this request.",
    };
    let nothing_left = if undone.is_complete() { " Nothing of it is left in our account." } else { "" };
    let mut blocks = vec![Block::text(format!("{closed}{nothing_left}"))];
    blocks.push(undone.kept().map_or_else(
        || Block::text("To start again, open a new ticket of the same kind. It takes about five minutes of your time."),
        kept,
    ));
    blocks.extend(page(link));
    blocks
}

/// Who it was, and why, with what is left.
pub(super) fn details(wish: &Wish, undone: Undone<'_>) -> Vec<Block> {
    let by = match wish.by {
        Side::Customer => "on the customer's page",
        Side::Operator => "by an event of an operator",
    };
    let mut blocks = vec![
        Block::text(format!("Who wanted it closed: {}, {by}", wish.who)),
        Block::text(format!("Why: {}", wish.why)),
    ];
    blocks.extend(undone.note());
    blocks
}
