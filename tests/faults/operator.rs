//! The operator, who does what the README says when an alarm rings: what was not delivered is put
//! on the bus again, and what the help desk refused is tried again.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use serde_json::Value;
use tokio::time::sleep;

use local_stack::stack::{Stack, config};
use local_stack::world::World;

const PAUSE: Duration = Duration::from_secs(5);

/// Acts without end.
pub(crate) async fn act(stack: &Stack, world: &World) -> Result<Infallible> {
    let sqs = Client::new(&config(&stack.addresses.aws).await);
    let queues = sqs.list_queues().send().await?;
    let queue = |name: &str| {
        let url = queues.queue_urls().iter().find(|url| url.contains(name));
        url.with_context(|| format!("there is no queue {name}"))
    };
    let (undelivered, dead) = (queue("UndeliveredEvents")?, queue("DeadReplies")?);
    loop {
        sleep(PAUSE).await;
        for message in received(&sqs, undelivered).await? {
            let body: Value = serde_json::from_str(message.body().unwrap_or_default())?;
            put_again(stack, world, &body["requestPayload"]).await?;
            delete(&sqs, undelivered, &message).await?;
        }
        for message in received(&sqs, dead).await? {
            move_back(&sqs, &stack.addresses.replies, &message).await?;
            delete(&sqs, dead, &message).await?;
        }
    }
}

async fn received(sqs: &Client, queue: &str) -> Result<Vec<Message>> {
    let group = MessageSystemAttributeName::MessageGroupId;
    let received = sqs.receive_message().queue_url(queue).max_number_of_messages(10);
    Ok(received.message_system_attribute_names(group).send().await?.messages.unwrap_or_default())
}

async fn delete(sqs: &Client, queue: &str, message: &Message) -> Result<()> {
    let handle = message.receipt_handle().unwrap_or_default();
    sqs.delete_message().queue_url(queue).receipt_handle(handle).send().await?;
    Ok(())
}

/// As SQS's own moving does it, which the emulator lacks.
async fn move_back(sqs: &Client, queue: &str, message: &Message) -> Result<()> {
    let group = message.attributes().and_then(|known| known.get(&MessageSystemAttributeName::MessageGroupId));
    let group = group.context("a message that was given up has no group")?;
    layout::say(&format!("The operator has a message of {group} tried again"));
    sqs.send_message()
        .queue_url(queue)
        .message_body(message.body().unwrap_or_default())
        .message_group_id(group)
        .message_deduplication_id(message.message_id().unwrap_or_default())
        .send()
        .await?;
    Ok(())
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
