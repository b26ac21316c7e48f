//! The source works.

use super::dns_name;
use crate::comment::Block;
use shared::endpoint::Endpoint;
use shared::verification::LayerReport;
use step::StepError;

pub(super) fn blocks(endpoint: &Endpoint, checks: &[LayerReport]) -> Result<Vec<Block>, StepError> {
    let Endpoint { endpoint_id: id, target, .. } = endpoint;
    let mut blocks = vec![
        Block::text(format!("Your {target} is connected over the private endpoint, and we have logged in to it.")),
        Block::value("VPC Endpoint ID", id),
        Block::value("DNS name", &dns_name(endpoint)?),
    ];
    if !checks.is_empty() {
        let checks = checks.iter().map(|check| format!("{}: {}", check.name.as_str(), check.evidence)).collect();
        blocks.push(Block::Values("What we checked".to_owned(), checks));
    }
    blocks.push(Block::text("Nothing more is needed from you."));
    Ok(blocks)
}
