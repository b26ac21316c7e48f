//! Atlas has not accepted the endpoint for another day: what it still needs.

use super::into_atlas;
use crate::comment::Block;
use shared::endpoint::Endpoint;
use step::StepError;

pub(super) fn blocks(endpoint: &Endpoint, link: &str) -> Result<Vec<Block>, StepError> {
    let mut blocks = vec![Block::text(
        "Your private endpoint is ready, and Atlas has not accepted it yet. Atlas does so by itself once it has this from \
         you:",
    )];
    blocks.extend(into_atlas::blocks(endpoint)?);
    blocks.extend([
        Block::text(
            "If Atlas lists the endpoint as failed or rejected, choose Edit or Retry there, and do not delete it.",
        ),
        Block::text("Where it stands:"),
        Block::Link(link.to_owned()),
    ]);
    Ok(blocks)
}
