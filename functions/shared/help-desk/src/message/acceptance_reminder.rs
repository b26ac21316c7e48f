//! Atlas has not accepted the endpoint for another day: what it still needs.

use super::dns_name;
use crate::comment::Block;
use shared::endpoint::Endpoint;
use step::StepError;

pub(super) fn blocks(endpoint: &Endpoint, link: &str) -> Result<Vec<Block>, StepError> {
    let Endpoint { endpoint_id: id, target, .. } = endpoint;
    let mut blocks = vec![
        Block::text(
            "Your private endpoint is ready, and Atlas has not accepted it yet. Atlas does so by itself once it has this \
             from you:",
        ),
        Block::value("Your VPC Endpoint ID", id),
    ];
    if target.is_shared() {
        blocks.push(Block::value("Your VPC Endpoint DNS Name", &dns_name(endpoint)?));
    }
    blocks.extend([
        Block::text(format!(
            "It belongs into the dialog in Atlas in which you got the command (Network Access > Private Endpoint > {} \
             tab); the button there is Finalize, or Add Endpoint. If Atlas lists the endpoint as failed or rejected, \
             choose Edit or Retry there, and do not delete it.",
            target.atlas_tab()
        )),
        Block::text("Where it stands:"),
        Block::Link(link.to_owned()),
    ]);
    Ok(blocks)
}
