//! What Atlas still needs when the endpoint is there, and where it goes in older and newer Atlas.

use super::dns_name;
use crate::comment::Block;
use shared::endpoint::Endpoint;
use step::StepError;

/// The values, and the screens that ask for them, the shortest way first.
pub(super) fn blocks(endpoint: &Endpoint) -> Result<Vec<Block>, StepError> {
    let mut blocks = vec![Block::value("Your VPC Endpoint ID", &endpoint.endpoint_id)];
    let screen = format!("Network Access > Private Endpoint > {}", endpoint.target.atlas_tab());
    if endpoint.target.is_shared() {
        blocks.extend([
            Block::value("Your VPC Endpoint DNS Name", &dns_name(endpoint)?),
            Block::text(format!(
                "Both go into the dialog in Atlas, {screen}; then choose Finalize. Use an endpoint ID of its own for each \
                 Atlas deployment; do not reuse the one of a cluster."
            )),
        ]);
    } else {
        blocks.extend([
            Block::text(format!("The ID goes into Atlas, {screen}.")),
            Block::text(
                "Newer Atlas: on the card of the endpoint service choose Add Endpoint > Connect Existing Endpoint, paste the \
                 ID, and choose Submit Endpoint. Where the dialog of the command is still open, paste it there and choose \
                 Add Endpoint.",
            ),
            Block::text(
                "Older Atlas: in the dialog of the command (Add Private Endpoint), paste the ID as Your VPC Endpoint ID, and \
                 choose Finalize.",
            ),
        ]);
    }
    Ok(blocks)
}
