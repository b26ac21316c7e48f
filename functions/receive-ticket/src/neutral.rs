//! The webhook of any help desk but Zendesk: its body is the neutral event.

use serde_json::{Value, json};

use crate::reply::Reply;
use crate::standing::{Standing, wished};
use crate::{Clients, Config, bus};
use shared::event::{Round, TicketEvent};
use step::{StepError, input};

/// Puts the body on the bus as it is, but for its round, if it is an event that asks for something new.
pub(crate) async fn take(clients: &Clients, config: &Config, mut payload: Value) -> Result<Reply, StepError> {
    let event = match input::read::<TicketEvent>(payload.clone()) {
        Ok(event) => event,
        Err(error) => return Ok(Reply::no_event(&error.to_string())),
    };
    let standing = Standing::read(&clients.register, &config.state_machine_arn, &event.ticket.id).await?;
    let ticket = match wished(&event.ticket, standing) {
        Ok(ticket) => ticket,
        Err(ignored) => return Ok(ignored),
    };
    if event.ticket.round != ticket.round || ticket.round != Round::FIRST {
        payload["ticket"]["round"] = json!(ticket.round);
    }
    bus::announce(clients, config, &ticket, &payload).await
}
