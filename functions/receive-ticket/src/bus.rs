//! Events go on the bus: the neutral one, and what a comment says.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde::Serialize;

use crate::reply::Reply;
use crate::{Clients, Config};
use shared::comment::CommentEvent;
use shared::event::TicketEvent;
use step::StepError;
use step::aws::step_error;

/// Puts the event on the bus, where `start-onboarding` waits for it.
pub(crate) async fn announce(clients: &Clients, config: &Config, event: &TicketEvent) -> Result<Reply, StepError> {
    put(clients, config, "PrivateLink Requested", event).await?;
    let execution = event.ticket.execution_name();
    tracing::info!(execution, "announced");
    Ok(Reply::announced(&execution))
}

/// Puts on the bus what a comment says, where `take-answer` waits for it.
pub(crate) async fn pass_on(clients: &Clients, config: &Config, event: &CommentEvent) -> Result<(), StepError> {
    put(clients, config, "Customer Answered", event).await?;
    tracing::info!(execution = event.ticket.execution_name(), comment = %event.comment, "passed on");
    Ok(())
}

async fn put(clients: &Clients, config: &Config, kind: &str, event: &impl Serialize) -> Result<(), StepError> {
    let doing = "put the event on the bus";
    let detail = serde_json::to_string(event)
        .map_err(|error| StepError::Operator(format!("the event cannot be written: {error}")))?;
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(&config.bus)
        .source("causeway.helpdesk")
        .detail_type(kind)
        .detail(detail)
        .build();
    let answer = clients.events.put_events().entries(entry).send().await.map_err(|error| step_error(doing, &error))?;
    // A call that succeeds can still have left the event out.
    if answer.failed_entry_count() > 0 {
        let code = answer.entries().iter().find_map(|entry| entry.error_code()).unwrap_or("no code");
        return Err(StepError::Transient(format!("could not {doing}: {code}")));
    }
    Ok(())
}
