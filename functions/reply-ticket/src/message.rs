//! Every message that an onboarding sends, in one place.

use serde::Deserialize;
use shared::error::message_of;
use shared::help_desk::{Block, Comment};
use shared::ids::EndpointId;
use shared::network::Network;
use shared::target::Target;

/// A message; its name is the state's, `Reply: instructions`.
#[derive(Debug, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Message {
    /// The ticket cannot be served.
    Declined {
        /// Why, and the way out.
        reason: String,
    },
    /// What to type into Atlas, and where to bring the command.
    Instructions {
        /// The network to type in.
        network: Network,
        /// The target, when the ticket named it.
        target: Option<Target>,
        /// The customer's link.
        link: String,
        /// How many commands were used before.
        attempt: u32,
        /// Why the customer is asked again: the cause of the step's error, or a text.
        problem: Option<String>,
    },
    /// A window has passed without an answer.
    Reminder {
        /// What we wait for: `command` or `source`.
        awaited: String,
        /// The customer's link.
        link: String,
        /// The window that passed, from 1.
        window: u32,
        /// How many there are.
        windows: u32,
    },
    /// What Atlas asks for next.
    EndpointReady {
        /// The endpoint.
        endpoint: Endpoint,
        /// The customer's link.
        link: String,
    },
    /// Atlas accepted the endpoint; how the platform is to log in is asked for.
    SourceWanted {
        /// The endpoint.
        endpoint: Endpoint,
        /// The customer's link.
        link: String,
        /// How many sources were tried before.
        attempt: u32,
        /// Why the customer is asked again.
        problem: Option<String>,
    },
    /// The source works.
    Connected {
        /// The endpoint.
        endpoint: Endpoint,
        /// What was checked, in order.
        checks: Vec<Check>,
    },
    /// The customer did not answer, or did not finalize, in time.
    Expired {
        /// What for we waited, as the portal names it.
        awaited: String,
        /// What clean-up could not delete.
        leftovers: Vec<String>,
    },
    /// Something went wrong.
    Failed {
        /// What went wrong, where.
        failure: Failure,
        /// What clean-up could not delete.
        leftovers: Vec<String>,
    },
}

/// The endpoint, as `check-endpoint` describes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    #[serde(rename = "endpointId")]
    id: EndpointId,
    dns_name: String,
    target: Target,
}

/// One layer of the verification, as `verify-source` describes it.
#[derive(Debug, Deserialize)]
pub struct Check {
    name: String,
    evidence: String,
}

/// An error of a state, as the state machine describes it.
#[derive(Debug, Deserialize)]
pub struct Failure {
    state: String,
    error: String,
    cause: Option<String>,
}

impl Message {
    /// The comments that make up the message, in the order in which they are added.
    pub(crate) fn comments(&self, execution_arn: &str) -> Vec<Comment> {
        let public = |key: &str, status, blocks| comment(execution_arn, key, true, Some(status), blocks);
        let internal = |key: &str, blocks| comment(execution_arn, key, false, None, blocks);
        match self {
            Self::Declined { reason } => vec![public("declined", "solved", declined(reason))],
            Self::Instructions { network, target, link, attempt, problem } => {
                let blocks = instructions(network, *target, link, problem.as_deref().map(message_of));
                vec![public(&format!("instructions-{}", attempt + 1), "pending", blocks)]
            }
            Self::Reminder { awaited, link, window, windows } => {
                let blocks = reminder(awaited, link, windows.saturating_sub(*window));
                vec![public(&format!("reminder-{window}"), "pending", blocks)]
            }
            Self::EndpointReady { endpoint, link } => {
                let key = format!("endpoint-ready-{}", endpoint.id);
                vec![public(&key, "pending", endpoint_ready(endpoint, link))]
            }
            Self::SourceWanted { endpoint, link, attempt, problem } => {
                let key = format!("source-wanted-{}", attempt + 1);
                vec![public(&key, "pending", source_wanted(endpoint, link, problem.as_deref()))]
            }
            Self::Connected { endpoint, checks } => vec![public("connected", "solved", connected(endpoint, checks))],
            Self::Expired { awaited, leftovers } => {
                let mut comments = vec![public("expired", "solved", expired(awaited, leftovers))];
                if !leftovers.is_empty() {
                    comments.push(internal("expired-leftovers", vec![left_over(leftovers)]));
                }
                comments
            }
            Self::Failed { failure, leftovers } => vec![
                public("failed", "open", failed(failure, leftovers)),
                internal("failed-details", details(failure, leftovers, execution_arn)),
            ],
        }
    }
}

fn comment(execution_arn: &str, key: &str, public: bool, status: Option<&'static str>, blocks: Vec<Block>) -> Comment {
    let execution = execution_arn.rsplit(':').next().unwrap_or(execution_arn);
    Comment { blocks, public, status, reference: format!("{execution}/{key}") }
}

fn declined(reason: &str) -> Vec<Block> {
    vec![
        Block::text("We cannot set up AWS PrivateLink for this ticket."),
        Block::text(reason),
        Block::text("Nothing was created. Reply here once that has changed: the request is then checked again."),
    ]
}

fn instructions(network: &Network, target: Option<Target>, link: &str, problem: Option<String>) -> Vec<Block> {
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
        |target| format!("{} tab", target.atlas_tab()),
    );
    blocks.push(Block::Steps(vec![
        vec![
            Block::text(format!(
                "In Atlas, open Network Access > Private Endpoint > {tab} > Add Private Endpoint. Choose AWS and the \
                 region {} ({}). Wait until Atlas has prepared its side, then enter:",
                network.region.atlas_name(),
                network.region
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
        "We read the command and never run it. The endpoint is there within a minute, and the same link tells you how \
         to finish.",
    ));
    blocks
}

fn reminder(awaited: &str, link: &str, left: u32) -> Vec<Block> {
    let left = match left {
        1 => "This is the last reminder before the request ends.".to_owned(),
        left => format!("The request stays open for {left} more periods like the one that passed."),
    };
    let wanted = match awaited {
        "source" => {
            "Your private endpoint is accepted, and we are still waiting for the connection string of your deployment. \
             Give it here, not in a reply:"
        }
        _ => {
            "We are still waiting for the command from Atlas. The steps of our first message still hold; paste the \
             command here:"
        }
    };
    vec![Block::text(wanted), Block::Link(link.to_owned()), Block::text(left)]
}

fn endpoint_ready(endpoint: &Endpoint, link: &str) -> Vec<Block> {
    let Endpoint { id, dns_name, target } = endpoint;
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
            Block::value("Your VPC Endpoint DNS Name", dns_name),
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
    blocks
}

fn source_wanted(endpoint: &Endpoint, link: &str, problem: Option<&str>) -> Vec<Block> {
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
            endpoint.target, endpoint.id
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

fn connected(endpoint: &Endpoint, checks: &[Check]) -> Vec<Block> {
    let Endpoint { id, dns_name, target } = endpoint;
    let mut blocks = vec![
        Block::text(format!("Your {target} is connected over the private endpoint, and we have logged in to it.")),
        Block::value("VPC Endpoint ID", id),
        Block::value("DNS name", dns_name),
    ];
    if !checks.is_empty() {
        let checks = checks.iter().map(|check| format!("{}: {}", check.name, check.evidence)).collect();
        blocks.push(Block::Values("What we checked".to_owned(), checks));
    }
    blocks.push(Block::text("Nothing more is needed from you."));
    blocks
}

fn expired(awaited: &str, leftovers: &[String]) -> Vec<Block> {
    let missing = match awaited {
        "acceptance" => "Atlas did not accept the private endpoint in time",
        "source" => "We did not receive the connection string in time",
        _ => "We did not receive the command from Atlas in time",
    };
    // A claim for the customer to rely on, so only when it is true.
    let undone = match awaited {
        _ if !leftovers.is_empty() => "",
        "acceptance" | "source" => {
            " We deleted the private endpoint again. If Atlas still lists its ID, choose Edit there; the next request \
             gives you a new one."
        }
        _ => " Nothing of it is left in our account.",
    };
    vec![
        Block::text(format!("{missing}, so we closed this request.{undone}")),
        Block::text("To start again, open a new ticket of the same kind. It takes about five minutes of your time."),
    ]
}

fn failed(failure: &Failure, leftovers: &[String]) -> Vec<Block> {
    let reason = match failure.error.as_str() {
        "Step.Customer" => message_of(failure.cause.as_deref().unwrap_or_default()),
        _ => "Something went wrong on our side.".to_owned(),
    };
    let undone = if leftovers.is_empty() { "What we had created for it is removed. " } else { "" };
    vec![
        Block::text("We could not finish setting up your private endpoint."),
        Block::text(reason),
        Block::text(format!(
            "{undone}You need not do anything now: a colleague looks into it and replies here. If Atlas lists the \
             endpoint as failed, leave it there for the moment."
        )),
    ]
}

fn details(failure: &Failure, leftovers: &[String], execution_arn: &str) -> Vec<Block> {
    let region = execution_arn.split(':').nth(3).unwrap_or_default();
    let cause = failure.cause.as_deref().map_or_else(|| "no cause was given".to_owned(), message_of);
    let console = format!(
        "https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{execution_arn}"
    );
    vec![
        Block::text("The onboarding failed."),
        Block::text(format!("State: {}", failure.state)),
        Block::text(format!("Error: {}", failure.error)),
        Block::text(format!("Cause: {cause}")),
        left_over(leftovers),
        Block::Link(console),
    ]
}

fn left_over(leftovers: &[String]) -> Block {
    if leftovers.is_empty() {
        return Block::text("Clean-up left nothing behind.");
    }
    Block::Values("Clean-up could not delete".to_owned(), leftovers.to_vec())
}

#[cfg(test)]
mod tests;
