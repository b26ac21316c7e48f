//! The customer did not answer, or did not finalize, in time.

use super::page;
use super::undone::{Undone, kept};
use crate::comment::Block;
use shared::awaited::Awaited;

pub(super) fn blocks(awaited: Awaited, undone: Undone<'_>, link: &str) -> Vec<Block> {
    let missing = match awaited {
        Awaited::Acceptance if undone.kept().is_some() => {
            "Atlas accepted the private endpoint only when the time for it had passed"
        }
        Awaited::Acceptance => "Atlas did not accept the private endpoint in time",
        Awaited::Source => "We did not receive the connection string in time",
        Awaited::Command => "We did not receive the command from Atlas in time",
    };
    // A claim for the customer to rely on, so only when it is true.
    let deleted = match awaited {
        _ if !undone.is_complete() => "",
        Awaited::Acceptance | Awaited::Source => {
            " We deleted the private endpoint again. If Atlas still lists its ID, choose Edit there; the next request \
             gives you a new one."
        }
        Awaited::Command => " Nothing of it is left in our account.",
    };
    let mut blocks = vec![Block::text(format!("{missing}, so we closed this request.{deleted}"))];
    blocks.push(undone.kept().map_or_else(
        || Block::text("To start again, open a new ticket of the same kind. It takes about five minutes of your time."),
        kept,
    ));
    blocks.extend(page(link));
    blocks
}
