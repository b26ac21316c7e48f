//! The ticket's view of every message that an onboarding sends. Each has a file of its own, and so have the questions of
//! a ticket that lacks something. The page's view is the function's that tells.

mod acceptance_reminder;
mod answered;
mod closed;
mod connected;
mod declined;
mod endpoint_ready;
mod expired;
mod failed;
mod held;
mod instructions;
mod into_atlas;
mod last_window;
pub mod question;
mod reminder;
mod source_wanted;
mod undone;
pub mod webhook;

use crate::comment::{Block, Comment};
use shared::endpoint::Endpoint;
use shared::facts::Facts;
use shared::left_out;
use shared::message::{Message, Reply};
use step::StepError;
use undone::Undone;

/// The comments that make up a message, in the order in which they are added; none for a message that is for the page
/// only. `link` is where the customer sees the onboarding and answers.
///
/// # Errors
/// [`StepError::InvalidInput`] when the message is about something that is not known.
pub fn comments(reply: &Reply, link: &str) -> Result<Vec<Comment>, StepError> {
    let mut comments = own(reply, link)?;
    if reply.goes_on {
        let reference = format!("{}-goes-on", reference(reply));
        let message = Some("goes-on");
        comments.push(Comment { blocks: held::over(), public: false, status: None, reference, message });
    }
    Ok(comments)
}

/// What the message itself says.
fn own(reply: &Reply, link: &str) -> Result<Vec<Comment>, StepError> {
    let Reply { message, facts, execution_arn, .. } = reply;
    let undone = Undone(facts.clean_up.as_ref());
    Ok(match message {
        Message::Preparing
        | Message::CommandReceived
        | Message::SourceReceived
        | Message::WindowPassed { .. }
        | Message::AcceptanceAwaited
        | Message::NotYet
        | Message::Closing { .. } => vec![],
        Message::Declined { reason } => vec![public(reply, "solved", declined::blocks(reason, link))],
        Message::Instructions => {
            let network = facts.network.as_ref().ok_or_else(|| unknown("network"))?;
            vec![public(reply, "pending", instructions::blocks(network, facts.target, link, facts.problem()))]
        }
        Message::Reminder { awaited, window, windows } => {
            vec![public(reply, "pending", reminder::blocks(*awaited, link, windows.saturating_sub(*window)))]
        }
        Message::EndpointReady => {
            let mut blocks = endpoint_ready::blocks(endpoint(facts)?, link)?;
            blocks.extend(left_out::remark(facts.left_out()).map(Block::text));
            vec![public(reply, "pending", blocks)]
        }
        Message::LastWindow { until, .. } => {
            let until = until.ok_or_else(|| unknown("date"))?;
            vec![public(reply, "pending", last_window::blocks(endpoint(facts)?, link, until))]
        }
        Message::AcceptanceReminder => {
            vec![public(reply, "pending", acceptance_reminder::blocks(endpoint(facts)?, link)?)]
        }
        Message::SourceWanted => {
            let mut comments =
                vec![public(reply, "pending", source_wanted::blocks(endpoint(facts)?, link, facts.problem()))];
            let told = facts.verification.as_ref().and_then(|verification| verification.for_support.as_deref());
            comments.extend(told.map(|told| note(reply, vec![Block::text(told)])));
            comments
        }
        Message::Held { failure } => vec![note(reply, held::note(failure, execution_arn))],
        Message::Connected => {
            let checks = facts.verification.as_ref().map_or(&[][..], |verification| &verification.layers);
            vec![public(reply, "solved", connected::blocks(endpoint(facts)?, checks)?)]
        }
        Message::Expired { awaited } => {
            let mut comments = vec![public(reply, undone.status(), expired::blocks(*awaited, undone, link))];
            if undone.has_remains() {
                comments.push(note(reply, undone.note()));
            }
            comments
        }
        Message::Closed { wish } => {
            vec![
                public(reply, undone.status(), closed::blocks(wish, undone, link)),
                note(reply, closed::details(wish, undone)),
            ]
        }
        Message::Answered { answer } => answered::comments(reply, answer, link),
        Message::Failed { failure } => {
            let cause = message.reason().unwrap_or_default();
            vec![
                public(reply, "open", failed::blocks(failure, undone, link)),
                note(reply, failed::details(failure, &cause, undone, execution_arn)),
            ]
        }
    })
}

fn public(reply: &Reply, status: &'static str, blocks: Vec<Block>) -> Comment {
    Comment {
        blocks,
        public: true,
        status: Some(status),
        reference: reference(reply),
        message: Some(reply.message.name()),
    }
}

/// What of the message is for the support engineer.
fn note(reply: &Reply, blocks: Vec<Block>) -> Comment {
    let reference = format!("{}-note", reference(reply));
    Comment { blocks, public: false, status: None, reference, message: Some(reply.message.name()) }
}

fn reference(reply: &Reply) -> String {
    let execution = reply.execution_arn.rsplit(':').next().unwrap_or(&reply.execution_arn);
    format!("{execution}/{}", reply.reference)
}

fn endpoint(facts: &Facts) -> Result<&Endpoint, StepError> {
    facts.endpoint.as_ref().ok_or_else(|| unknown("endpoint"))
}

fn unknown(what: &str) -> StepError {
    StepError::InvalidInput(format!("the {what} that the message is about is not known"))
}

/// The endpoint's DNS name, which a message about it holds.
fn dns_name(endpoint: &Endpoint) -> Result<&str, StepError> {
    endpoint.dns_name.as_deref().ok_or_else(|| {
        StepError::InvalidInput(format!("the DNS name of {} is not known yet and cannot be told", endpoint.endpoint_id))
    })
}

/// The execution in the console of Step Functions.
fn console(execution_arn: &str) -> String {
    let region = execution_arn.split(':').nth(3).unwrap_or_default();
    format!(
        "https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{execution_arn}"
    )
}

/// For an end that may be the first that the customer hears of.
fn page(link: &str) -> [Block; 2] {
    [Block::text("What happened, and when:"), Block::Link(link.to_owned())]
}

#[cfg(test)]
mod tests;
