//! Every message that an onboarding sends, in one place.

use serde::Deserialize;
use serde_json::Value;
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
    /// Atlas accepted the endpoint.
    Connected {
        /// The endpoint.
        endpoint: Endpoint,
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

/// An error of a state, as the state machine describes it.
#[derive(Debug, Deserialize)]
pub struct Failure {
    state: String,
    error: String,
    cause: Option<String>,
}

/// A comment to add to the ticket.
#[derive(Debug)]
pub(crate) struct Comment {
    pub(crate) body: String,
    pub(crate) public: bool,
    pub(crate) status: Option<&'static str>,
    pub(crate) reference: String,
}

impl Message {
    /// The comments that make up the message, in the order in which they are added.
    pub(crate) fn comments(&self, execution_arn: &str) -> Vec<Comment> {
        let public = |key: &str, status, body: String| comment(execution_arn, key, true, status, &body);
        let internal = |key: &str, body: String| comment(execution_arn, key, false, None, &body);
        match self {
            Self::Declined { reason } => vec![public("declined", Some("solved"), declined(reason))],
            Self::Instructions { network, target, link, attempt, problem } => {
                let body = instructions(network, *target, link, problem.as_deref().map(customers_reason));
                vec![public(&format!("instructions-{}", attempt + 1), Some("pending"), body)]
            }
            Self::Reminder { link, window, windows } => {
                vec![public(&format!("reminder-{window}"), Some("pending"), reminder(link, windows - window))]
            }
            Self::EndpointReady { endpoint, link } => {
                let key = format!("endpoint-ready-{}", endpoint.id);
                vec![public(&key, Some("pending"), endpoint_ready(endpoint, link))]
            }
            Self::Connected { endpoint } => vec![public("connected", Some("solved"), connected(endpoint))],
            Self::Expired { awaited, leftovers } => {
                let mut comments = vec![public("expired", Some("solved"), expired(awaited, leftovers))];
                if !leftovers.is_empty() {
                    comments.push(internal("expired-leftovers", left_over(leftovers)));
                }
                comments
            }
            Self::Failed { failure, leftovers } => vec![
                public("failed", Some("open"), failed(failure, leftovers)),
                internal("failed-details", details(failure, leftovers, execution_arn)),
            ],
        }
    }
}

fn comment(execution_arn: &str, key: &str, public: bool, status: Option<&'static str>, body: &str) -> Comment {
    let execution = execution_arn.rsplit(':').next().unwrap_or(execution_arn);
    let reference = format!("Reference: {execution}/{key}.");
    Comment { body: format!("{}\n\n{reference}", body.trim_end()), public, status, reference }
}

fn declined(reason: &str) -> String {
    format!(
        "We cannot set up AWS PrivateLink for this ticket.

{reason}

Nothing was created. If this is a mistake, reply here and a colleague will look at it."
    )
}

fn instructions(network: &Network, target: Option<Target>, link: &str, problem: Option<String>) -> String {
    let opening = problem.map_or_else(
        || "We prepared a network for your private endpoint. Two steps are yours now, about five minutes.".to_owned(),
        |problem| {
            format!("That did not work yet, and can be mended.\n\n{problem}\n\nPlease go through these steps again.")
        },
    );
    let tab = target.map_or_else(
        || "the tab of your deployment (Dedicated Cluster, or Federated Database Instance / Online Archive)".to_owned(),
        |target| format!("{} tab", target.atlas_tab()),
    );
    let subnets: Vec<String> = network.subnet_ids.iter().map(|subnet| format!("     {subnet}")).collect();
    format!(
        "{opening}

1. In Atlas, open Network Access > Private Endpoint > {tab} > Add Private Endpoint. Choose AWS and the region \
{atlas_region} ({region}). Wait until Atlas has prepared its side, then enter:

   Your VPC ID:
     {vpc}
   Your Subnet IDs:
{subnets}

2. Atlas shows a command that starts with \"aws ec2 create-vpc-endpoint\". Do not run it. Copy it whole, and paste it here:

   {link}

We read the command and never run it. The endpoint is there within a minute, and the same link tells you how to finish.",
        atlas_region = network.region.atlas_name(),
        region = network.region,
        vpc = network.vpc_id,
        subnets = subnets.join("\n"),
    )
}

fn reminder(link: &str, left: u32) -> String {
    let left = match left {
        1 => "This is the last reminder before the request ends.".to_owned(),
        left => format!("The request stays open for {left} more periods like the one that passed."),
    };
    format!(
        "We are still waiting for the command from Atlas. The steps of our first message still hold; paste the command here:

   {link}

{left}"
    )
}

fn endpoint_ready(endpoint: &Endpoint, link: &str) -> String {
    let Endpoint { id, dns_name, target } = endpoint;
    let fields = if target.is_shared() {
        format!(
            "   Your VPC Endpoint ID:\n     {id}\n   Your VPC Endpoint DNS Name:\n     {dns_name}\n\n\
             Use an endpoint ID of its own for each Atlas deployment; do not reuse the one of a cluster."
        )
    } else {
        format!("   Your VPC Endpoint ID:\n     {id}")
    };
    format!(
        "Your private endpoint is ready and waits for Atlas.

Go back to the dialog in Atlas (Network Access > Private Endpoint > {tab} tab), enter this and choose Finalize:

{fields}

Atlas then accepts the endpoint by itself, usually within minutes. Should Atlas show it as failed: choose Edit or Retry \
there. Please do not delete it in Atlas; that would replace the whole endpoint service and its command.

Where it stands: {link}",
        tab = target.atlas_tab(),
    )
}

fn connected(endpoint: &Endpoint) -> String {
    let Endpoint { id, dns_name, target } = endpoint;
    format!(
        "Atlas accepted the private endpoint. Your {target} is connected.

   VPC Endpoint ID:  {id}
   DNS name:         {dns_name}

Atlas may need a few more minutes until it shows connection strings for the private endpoint."
    )
}

fn expired(awaited: &str, leftovers: &[String]) -> String {
    let missing = match awaited {
        "acceptance" => "Atlas did not accept the private endpoint in time",
        _ => "We did not receive the command from Atlas in time",
    };
    // A claim for the customer to rely on, so only when it is true.
    let undone = match awaited {
        _ if !leftovers.is_empty() => "",
        "acceptance" => {
            " We deleted the private endpoint again. If Atlas still lists its ID, choose Edit there; the next request \
             gives you a new one."
        }
        _ => " Nothing of it is left in our account.",
    };
    format!(
        "{missing}, so we closed this request.{undone}

To start again, open a new ticket of the same kind. It takes about five minutes of your time."
    )
}

fn failed(failure: &Failure, leftovers: &[String]) -> String {
    let reason = match failure.error.as_str() {
        "Step.Customer" => customers_reason(failure.cause.as_deref().unwrap_or_default()),
        _ => "Something went wrong on our side.".to_owned(),
    };
    let undone = if leftovers.is_empty() { "What we had created for it is removed. " } else { "" };
    format!(
        "We could not finish setting up your private endpoint.

{reason}

{undone}You need not do anything now: a colleague looks into it and replies here. If Atlas lists the endpoint as failed, \
leave it there for the moment."
    )
}

fn details(failure: &Failure, leftovers: &[String], execution_arn: &str) -> String {
    let region = execution_arn.split(':').nth(3).unwrap_or_default();
    let cause = failure.cause.as_deref().map_or_else(|| "no cause was given".to_owned(), customers_reason);
    format!(
        "The onboarding failed.

   State: {}
   Error: {}
   Cause: {cause}

{}

   https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{execution_arn}",
        failure.state,
        failure.error,
        left_over(leftovers),
    )
}

fn left_over(leftovers: &[String]) -> String {
    if leftovers.is_empty() {
        return "Clean-up left nothing behind.".to_owned();
    }
    format!("Clean-up could not delete:\n   {}", leftovers.join("\n   "))
}

/// The text of a cause: Lambda wraps a function's message in JSON, Step Functions' own causes are plain.
fn customers_reason(cause: &str) -> String {
    let wrapped = serde_json::from_str::<Value>(cause).ok();
    let message = wrapped.as_ref().and_then(|cause| cause.get("errorMessage")?.as_str());
    message.unwrap_or(cause).to_owned()
}

#[cfg(test)]
mod tests;
