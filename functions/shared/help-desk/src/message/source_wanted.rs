//! Atlas accepted the endpoint; how the platform is to log in is asked for.

use crate::comment::Block;
use shared::endpoint::Endpoint;

pub(super) fn blocks(endpoint: &Endpoint, link: &str, problem: Option<String>) -> Vec<Block> {
    let mut blocks = match problem {
        None => {
            vec![Block::text("Atlas accepted the private endpoint. One step is left: how we log in to your database.")]
        }
        Some(problem) => vec![
            Block::text("We could not use that source yet, and it can be mended."),
            Block::text(problem),
            Block::text("Please give it again."),
        ],
    };
    blocks.push(Block::Steps(vec![
        vec![Block::text(format!(
            "In Atlas, choose Connect on your {}, then Private Endpoint, this endpoint ({}) and your driver. Atlas may \
             need some minutes until it shows it. Copy the connection string.",
            endpoint.target, endpoint.endpoint_id
        ))],
        vec![
            Block::text("Put user and password of a database user into it, and give it here, not in a reply:"),
            Block::Link(link.to_owned()),
        ],
    ]));
    blocks.push(Block::text(
        "We keep it encrypted, check it from inside our network through the private endpoint only, and tell you here \
         what came of it.",
    ));
    blocks
}
