//! The webhook of any help desk but Zendesk: its body is the neutral event.

use serde_json::Value;

use crate::reply::Reply;
use crate::standing::{Standing, wished};
use crate::{Clients, Config, bus};
use shared::event::TicketEvent;
use step::{StepError, input};

/// Puts what the body says on the bus, but for its round, if it is an event that asks for something new.
pub(crate) async fn take(clients: &Clients, config: &Config, payload: Value) -> Result<Reply, StepError> {
    let event = match input::read::<TicketEvent>(payload) {
        Ok(event) => event,
        Err(error) => return Ok(Reply::no_event(&error.to_string())),
    };
    let standing = Standing::read(&clients.register, &config.state_machine_arn, &event.ticket.id).await?;
    let ticket = match wished(&event.ticket, standing) {
        Ok(ticket) => ticket,
        Err(ignored) => return Ok(ignored),
    };
    bus::announce(clients, config, &TicketEvent { ticket, ..event }).await
}
