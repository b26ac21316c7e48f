//! The operator, who does what the README says when an alarm rings: what was not delivered is put on the bus again.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde_json::Value;
use tokio::time::sleep;

use local_stack::stack::{Stack, config};
use local_stack::world::World;

const PAUSE: Duration = Duration::from_secs(5);

/// Acts without end.
pub(crate) async fn act(stack: &Stack, world: &World) -> Result<Infallible> {
    let sqs = aws_sdk_sqs::Client::new(&config(&stack.addresses.aws).await);
    let queues = sqs.list_queues().send().await?;
    let undelivered = queues.queue_urls().iter().find(|url| url.contains("UndeliveredEvents"));
    let undelivered = undelivered.context("there is no queue of undelivered events")?;
    loop {
        sleep(PAUSE).await;
        let messages = sqs.receive_message().queue_url(undelivered).max_number_of_messages(10).send().await?;
        for message in messages.messages() {
            let body: Value = serde_json::from_str(message.body().unwrap_or_default())?;
            put_again(stack, world, &body["requestPayload"]).await?;
            let handle = message.receipt_handle().unwrap_or_default();
            sqs.delete_message().queue_url(undelivered).receipt_handle(handle).send().await?;
        }
    }
}

/// Those of AWS need nothing: a schedule looks at what has ended.
async fn put_again(stack: &Stack, world: &World, event: &Value) -> Result<()> {
    let source = event["source"].as_str().unwrap_or_default();
    if !source.starts_with("causeway.") {
        return Ok(());
    }
    let ticket = &event["detail"]["ticket"];
    layout::say(&format!("The operator puts an event of {source} on the bus again: {ticket}"));
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(&stack.addresses.bus)
        .source(source)
        .detail_type(event["detail-type"].as_str().unwrap_or_default())
        .detail(event["detail"].to_string())
        .build();
    world.events.put_events().entries(entry).send().await?;
    Ok(())
}
