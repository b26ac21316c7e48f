//! The last window for the source begins: what is lost after it, and when.

use time::OffsetDateTime;

use crate::comment::Block;
use shared::endpoint::Endpoint;

pub(super) fn blocks(endpoint: &Endpoint, link: &str, until: OffsetDateTime) -> Vec<Block> {
    vec![
        Block::text(format!(
            "We still need the connection string of your deployment. If it does not arrive by {} {} {}, {:02}:{:02} UTC, \
             we close this request and delete the private endpoint {} that Atlas accepted.",
            until.day(),
            until.month(),
            until.year(),
            until.hour(),
            until.minute(),
            endpoint.endpoint_id
        )),
        Block::text("Until then nothing changes. Give the connection string here, not in a reply:"),
        Block::Link(link.to_owned()),
    ]
}
