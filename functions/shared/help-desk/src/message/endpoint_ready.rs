//! What Atlas asks for next: the endpoint ID, and for shared services the DNS name.

use super::into_atlas;
use crate::comment::Block;
use shared::endpoint::Endpoint;
use step::StepError;

pub(super) fn blocks(endpoint: &Endpoint, link: &str) -> Result<Vec<Block>, StepError> {
    let mut blocks = vec![Block::text("Your private endpoint is ready and waits for Atlas. Enter this there:")];
    blocks.extend(into_atlas::blocks(endpoint)?);
    blocks.extend([
        Block::text(
            "Atlas then accepts the endpoint by itself, usually within minutes. Should Atlas show it as failed: choose \
             Edit or Retry there. Please do not delete it in Atlas; that would replace the whole endpoint service and \
             its command.",
        ),
        Block::text("Where it stands:"),
        Block::Link(link.to_owned()),
    ]);
    Ok(blocks)
}
