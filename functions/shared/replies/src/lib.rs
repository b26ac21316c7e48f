//! The queue of replies: what is said to a ticket waits there, in order for each ticket.

use aws_sdk_sqs::Client;

use shared::ids::{OnboardingId, TicketId};
use shared::message::Reply;
use step::StepError;
use step::aws::step_error;

/// Puts a message into the queue. What is put twice within minutes is there once; later, the ticket's thread tells.
///
/// # Errors
/// When SQS refuses.
pub async fn post(sqs: &Client, queue: &str, id: &OnboardingId, reply: &Reply) -> Result<(), StepError> {
    let body = serde_json::to_string(reply)
        .map_err(|error| StepError::Operator(format!("the message cannot be written: {error}")))?;
    sqs.send_message()
        .queue_url(queue)
        .message_group_id(TicketId::as_str(&reply.ticket))
        .message_deduplication_id(format!("{id}.{}", reply.reference))
        .message_body(body)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| step_error("put the message into the queue", &error))
}
