//! What to type into Atlas, and where to bring the command.

use crate::comment::Block;
use shared::network::Network;
use shared::target::Target;

pub(super) fn blocks(network: &Network, target: Option<Target>, link: &str, problem: Option<String>) -> Vec<Block> {
    let mut blocks = match problem {
        None => vec![Block::text(
            "We prepared a network for your private endpoint. Two steps are yours now, about five minutes.",
        )],
        Some(problem) => vec![
            Block::text("That did not work yet, and can be mended."),
            Block::text(problem),
            Block::text("Please go through these steps again."),
        ],
    };
    let tab = target.map_or_else(
        || "the tab of your deployment (Dedicated Cluster, or Federated Database Instance / Online Archive)".to_owned(),
        |target| target.atlas_tab().to_owned(),
    );
    let (short, add) = if target.is_some_and(Target::is_shared) {
        (
            "You have the command already, or the name of the service in it? Either is enough:",
            "choose Add Private Endpoint.",
        )
    } else {
        (
            "Your project has an endpoint service in this region already? Its name, as Atlas shows it, is enough:",
            "and on the card of the endpoint service choose Add Endpoint > Create New Endpoint (older Atlas: Add Private \
             Endpoint).",
        )
    };
    let (region, atlas_region) = (&network.region, network.region.atlas_name());
    blocks.push(Block::text(format!(
        "The short way: {short} com.amazonaws.vpce.{region}.vpce-svc-… Paste it at the link of step 2, and leave step 1 out."
    )));
    blocks.push(Block::Steps(vec![
        vec![
            Block::text(format!(
                "In Atlas, open Network Access > Private Endpoint > {tab}, {add} Choose AWS and the region {atlas_region} \
                 ({region}), where it asks. Wait until Atlas has prepared its side, then enter:"
            )),
            Block::value("Your VPC ID", &network.vpc_id),
            Block::Values("Your Subnet IDs".to_owned(), network.subnet_ids.iter().map(ToString::to_string).collect()),
        ],
        vec![
            Block::text(
                "Atlas shows a command that starts with \"aws ec2 create-vpc-endpoint\". Do not run it. Copy it whole, \
                 and paste it here:",
            ),
            Block::Link(link.to_owned()),
        ],
    ]));
    blocks.push(Block::text(
        "We read what you paste and never run it. The endpoint is there within a minute, and the same link tells you how \
         to finish.",
    ));
    blocks
}
