//! A window has passed without an answer.

use crate::comment::Block;
use shared::answer::Answer;

pub(super) fn blocks(awaited: Answer, link: &str, left: u32) -> Vec<Block> {
    let left = match (left, awaited) {
        (1, Answer::Command) => "This is the last reminder before the request ends.".to_owned(),
        (1, Answer::Source) => "If it does not arrive, we tell you here when we close the request.".to_owned(),
        (left, _) => format!("The request stays open for {left} more periods like the one that passed."),
    };
    let wanted = match awaited {
        Answer::Source => {
            "Your private endpoint is accepted, and we are still waiting for the connection string of your deployment. \
             Give it here, not in a reply:"
        }
        Answer::Command => {
            "We are still waiting for the command from Atlas. The steps of our first message still hold; paste the \
             command, or the name of your endpoint service, here:"
        }
    };
    vec![Block::text(wanted), Block::Link(link.to_owned()), Block::text(left)]
}
