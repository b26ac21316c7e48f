//! The webhook of any help desk but Zendesk: its body is the neutral event.

use crate::answer::Answer;
use crate::{Clients, Config, bus};
use serde_json::Value;
use shared::StepError;
use shared::event::TicketEvent;

/// Puts the body on the bus as it is, if it is an event.
pub(crate) async fn take(clients: &Clients, config: &Config, payload: Value) -> Result<Answer, StepError> {
    match serde_json::from_value::<TicketEvent>(payload.clone()) {
        Ok(event) => bus::announce(clients, config, &event.ticket, &payload).await,
        Err(error) => Ok(Answer::no_event(&error.to_string())),
    }
}
