//! Every message that an onboarding sends. Each has a file of its own, and so have the questions of a ticket that lacks
//! something.

mod connected;
mod declined;
mod endpoint_ready;
mod expired;
mod failed;
mod instructions;
mod leftovers;
pub mod question;
mod reminder;
mod source_wanted;

use serde::Deserialize;

use crate::comment::{Block, Comment};
use shared::answer::Answer;
use shared::awaited::Awaited;
use shared::clean_up::CleanUp;
use shared::endpoint::Endpoint;
use shared::failure::{Failure, message_of};
use shared::network::Network;
use shared::target::Target;
use shared::verification::LayerReport;
use step::StepError;

/// How an onboarding can end: the keys of the references that its last public comment can bear.
pub const ENDS: [&str; 4] = ["connected", "declined", "expired", "failed"];

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
        /// What we wait for.
        awaited: Answer,
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
        checks: Vec<LayerReport>,
    },
    /// The customer did not answer, or did not finalize, in time.
    Expired {
        /// What we waited for.
        awaited: Awaited,
        /// What came of undoing the rest.
        clean_up: CleanUp,
    },
    /// Something went wrong.
    Failed {
        /// What went wrong, where.
        failure: Failure,
        /// What came of undoing the rest.
        clean_up: CleanUp,
    },
}

impl Message {
    /// The comments that make up the message, in the order in which they are added.
    ///
    /// # Errors
    /// [`StepError::InvalidInput`] when the message is about an endpoint whose DNS name is not known yet.
    pub fn comments(&self, execution_arn: &str) -> Result<Vec<Comment>, StepError> {
        let public = |key: &str, status, blocks| comment(execution_arn, key, true, Some(status), blocks);
        let internal = |key: &str, blocks| comment(execution_arn, key, false, None, blocks);
        Ok(match self {
            Self::Declined { reason } => vec![public("declined", "solved", declined::blocks(reason))],
            Self::Instructions { network, target, link, attempt, problem } => {
                let problem = problem.as_deref().map(message_of);
                let blocks = instructions::blocks(network, *target, link, problem);
                vec![public(&format!("instructions-{}", attempt + 1), "pending", blocks)]
            }
            Self::Reminder { awaited, link, window, windows } => {
                let blocks = reminder::blocks(*awaited, link, windows.saturating_sub(*window));
                vec![public(&format!("reminder-{window}"), "pending", blocks)]
            }
            Self::EndpointReady { endpoint, link } => {
                let key = format!("endpoint-ready-{}", endpoint.endpoint_id);
                vec![public(&key, "pending", endpoint_ready::blocks(endpoint, link)?)]
            }
            Self::SourceWanted { endpoint, link, attempt, problem } => {
                let key = format!("source-wanted-{}", attempt + 1);
                vec![public(&key, "pending", source_wanted::blocks(endpoint, link, problem.as_deref()))]
            }
            Self::Connected { endpoint, checks } => {
                vec![public("connected", "solved", connected::blocks(endpoint, checks)?)]
            }
            Self::Expired { awaited, clean_up } => {
                let leftovers = leftovers::of(clean_up);
                let mut comments = vec![public("expired", "solved", expired::blocks(*awaited, &leftovers))];
                if !leftovers.is_empty() {
                    comments.push(internal("expired-leftovers", vec![leftovers::note(&leftovers)]));
                }
                comments
            }
            Self::Failed { failure, clean_up } => {
                let leftovers = leftovers::of(clean_up);
                vec![
                    public("failed", "open", failed::blocks(failure, &leftovers)),
                    internal("failed-details", failed::details(failure, &leftovers, execution_arn)),
                ]
            }
        })
    }

    /// Why the onboarding ends, in a sentence for the execution's result, when the message is an end without a reason of
    /// its own in the definition.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Expired { awaited, .. } => Some(expired::reason(*awaited).to_owned()),
            Self::Failed { failure, .. } => Some(failed::reason(failure)),
            _ => None,
        }
    }
}

fn comment(execution_arn: &str, key: &str, public: bool, status: Option<&'static str>, blocks: Vec<Block>) -> Comment {
    let execution = execution_arn.rsplit(':').next().unwrap_or(execution_arn);
    Comment { blocks, public, status, reference: format!("{execution}/{key}") }
}

/// The endpoint's DNS name, which a message about it holds.
fn dns_name(endpoint: &Endpoint) -> Result<&str, StepError> {
    endpoint.dns_name.as_deref().ok_or_else(|| {
        StepError::InvalidInput(format!("the DNS name of {} is not known yet and cannot be told", endpoint.endpoint_id))
    })
}

#[cfg(test)]
mod tests;
