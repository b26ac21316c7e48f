//! What Atlas asks for next: the endpoint ID, and for shared services the DNS name.

use super::dns_name;
use crate::comment::Block;
use shared::endpoint::Endpoint;
use step::StepError;

pub(super) fn blocks(endpoint: &Endpoint, link: &str) -> Result<Vec<Block>, StepError> {
    let Endpoint { endpoint_id: id, target, .. } = endpoint;
    let mut blocks = vec![
        Block::text("Your private endpoint is ready and waits for Atlas."),
        Block::text(format!(
            "Go back to the dialog in Atlas (Network Access > Private Endpoint > {} tab), enter this and choose Finalize:",
            target.atlas_tab()
        )),
        Block::value("Your VPC Endpoint ID", id),
    ];
    if target.is_shared() {
        blocks.extend([
            Block::value("Your VPC Endpoint DNS Name", &dns_name(endpoint)?),
            Block::text("Use an endpoint ID of its own for each Atlas deployment; do not reuse the one of a cluster."),
        ]);
    }
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
