//! The webhook of any help desk but Zendesk: its body is the neutral event.

use serde_json::Value;

use crate::reply::Reply;
use crate::{Clients, Config, bus};
use shared::event::TicketEvent;
use step::StepError;

/// Puts the body on the bus as it is, if it is an event.
pub(crate) async fn take(clients: &Clients, config: &Config, payload: Value) -> Result<Reply, StepError> {
    match serde_json::from_value::<TicketEvent>(payload.clone()) {
        Ok(event) => bus::announce(clients, config, &event.ticket, &payload).await,
        Err(error) => Ok(Reply::no_event(&error.to_string())),
    }
}
