//! The webhook of any help desk but Zendesk: its body is the neutral event.

use serde::Deserialize;
use serde_json::Value;

use crate::comment::{self, Comment};
use crate::facts::Facts;
use crate::reply::Reply;
use crate::standing::{Standing, wished};
use crate::{Clients, Config, bus};
use help_desk::Fact;
use help_desk::message::question::question;
use shared::event::{self, TicketEvent};
use shared::ids::CommentId;
use step::{StepError, input};

/// A comment, as the body tells of it: there is no API to read it from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    id: CommentId,
    body: String,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    by_requester: bool,
}

/// The body of a webhook that tells of a comment.
#[derive(Debug, Deserialize)]
struct OfComment {
    comment: Told,
}

/// Takes what the body says: a comment, or the neutral event.
pub(crate) async fn take(clients: &Clients, config: &Config, payload: Value) -> Result<Reply, StepError> {
    if payload.get("comment").is_some() {
        hear(clients, config, payload).await
    } else {
        start(clients, config, payload).await
    }
}

/// Hears a comment while an onboarding runs, if it is the requester's own and for all to see.
async fn hear(clients: &Clients, config: &Config, payload: Value) -> Result<Reply, StepError> {
    let Some(ticket) = event::ticket_id(&payload) else {
        return Ok(Reply::no_event("expected a ticket ID at `ticket.id`"));
    };
    let Told { id, body, public, by_requester } = match input::read::<OfComment>(payload) {
        Ok(OfComment { comment }) => comment,
        Err(error) => return Ok(Reply::no_event(&error.to_string())),
    };
    let standing = Standing::read(&clients.register, &config.state_machine_arn, &ticket).await?;
    let Standing::Running { ticket, onboarding } = standing else {
        return Ok(Reply::ignored(
            "nothing-new",
            "No onboarding of the ticket is under way, to which a comment could answer.",
        ));
    };
    if !public || !by_requester {
        return Ok(Reply::ignored("nothing-new", "Only public comments of the requester are read."));
    }
    let comment = Comment { id, text: &body, at: None, ours: Vec::new() };
    comment::take(clients, config, ticket, &onboarding, comment).await
}

/// Puts what the body says on the bus, but for its round, if it is an event that asks for something new. A region or a
/// target that cannot be read is asked for on the ticket.
async fn start(clients: &Clients, config: &Config, payload: Value) -> Result<Reply, StepError> {
    let facts = Facts::of_event(&payload);
    let event = match input::read::<TicketEvent>(payload) {
        Ok(event) => event,
        Err(error) => return Ok(Reply::no_event(&error.to_string())),
    };
    let (customers, vendors): (Vec<_>, Vec<_>) = facts.missing().into_iter().partition(|fact| fact.label().is_some());
    if let Some(empty) = vendors.first() {
        return Ok(Reply::no_event(&format!("expected a text at `{}`", empty.name())));
    }
    let standing = Standing::read(&clients.register, &config.state_machine_arn, &event.ticket.id).await?;
    let ticket = match wished(&event.ticket, standing) {
        Ok(ticket) => ticket,
        Err(ignored) => return Ok(ignored),
    };
    if !customers.is_empty() {
        let is_target_known = facts.has(Fact::AtlasTarget);
        let question = question(&ticket.execution_name(), &customers, facts.unreadable(), is_target_known);
        clients.help_desk.post(&ticket.id, &[question]).await?;
        return Ok(Reply::asked());
    }
    let event = facts.event(&ticket).map_err(|error| StepError::InvalidInput(error.to_string()))?;
    bus::announce(clients, config, &event).await
}
