//! The webhook of any help desk but Zendesk: its body is the neutral event.

use serde_json::Value;

use crate::facts::Facts;
use crate::reply::Reply;
use crate::standing::{Standing, wished};
use crate::{Clients, Config, bus};
use help_desk::Fact;
use help_desk::message::question::question;
use shared::event::TicketEvent;
use step::{StepError, input};

/// Puts what the body says on the bus, but for its round, if it is an event that asks for something new. A region or a
/// target that cannot be read is asked for on the ticket.
pub(crate) async fn take(clients: &Clients, config: &Config, payload: Value) -> Result<Reply, StepError> {
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
