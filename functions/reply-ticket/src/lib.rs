//! Posts the messages that wait in the queue of replies to their tickets, one after the other: each once, for the
//! customer, for the support engineer, or both.
//!
//! What cannot be posted stays in the queue, and what follows on the same ticket stays behind it. Nothing waits for it.

mod config;
mod pointless;
mod queue;
mod record;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use config::{Clients, Config};
use help_desk::Refusal;
use help_desk::message::comments;
use help_desk::refusal::STUCK;
use pointless::is_pointless;
pub use record::Record;
use register::{Delivered, Onboarding};
use secrets::link::Link;
use shared::ids::OnboardingId;
use shared::message::{Message, Reply};
use step::StepError;
use time::OffsetDateTime;

/// How long one call to the help desk may take: eight, the most that two comments need, fit into the function's 30 s
/// unless all are slow.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// For how long a message waits for a release that can read it, and what follows it for the same ticket with it.
const UNREADABLE_FOR: Duration = Duration::from_hours(24);
/// For how long a message is tried. The queue deletes without a word what is a day older.
const TRIED_FOR: Duration = Duration::from_hours(13 * 24);

/// The function's input: messages of the queue, in their order.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Input {
    /// The messages.
    pub records: Vec<Record>,
}

/// The messages that stay in the queue.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// One for each.
    pub batch_item_failures: Vec<Kept>,
}

/// A message that stays in the queue.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// The queue's own id of it.
    pub item_identifier: String,
}

/// Posts the messages. What fails stays in the queue, and what follows it stays too: a ticket is told in order.
pub async fn handle(clients: &Clients, config: &Config, input: Input) -> Output {
    let mut output = Output::default();
    for record in input.records {
        if output.batch_item_failures.is_empty() {
            let Err(refusal) = take(clients, config, &record).await else { continue };
            let wait = tell_why(&record, &refusal);
            queue::pause(clients, config, &record, wait).await;
        }
        output.batch_item_failures.push(Kept { item_identifier: record.message_id });
    }
    output
}

/// Says in the log why the message stays, and gives how long the help desk asks to be left alone.
fn tell_why(record: &Record, refusal: &Refusal) -> Option<Duration> {
    let (id, tries) = (&record.message_id, record.tries());
    match refusal {
        Refusal::Away { wait, .. } => {
            tracing::warn!(id, tries, "stays in the queue: {refusal}");
            return *wait;
        }
        Refusal::Ours(StepError::Operator(_)) => {
            tracing::error!(alarm = STUCK, id, tries, "stays in the queue: {refusal}");
        }
        // The alarm has heard of it where it was met.
        Refusal::OfUs(_) => tracing::warn!(id, tries, "stays in the queue: {refusal}"),
        Refusal::ForGood(_) | Refusal::Ours(_) => tracing::error!(id, tries, "stays in the queue: {refusal}"),
    }
    None
}

/// Does what is to be done with one message. When it fails, the message stays.
async fn take(clients: &Clients, config: &Config, record: &Record) -> Result<(), Refusal> {
    let Ok(mut reply) = serde_json::from_str::<Reply>(&record.body) else {
        if record.age() < UNREADABLE_FOR {
            let later = "it cannot be read: the release that wrote it is being deployed, or was taken back";
            return Err(StepError::Transient(later.to_owned()).into());
        }
        let id = &record.message_id;
        tracing::error!(id, "given up: it cannot be read");
        return Ok(queue::give_up(clients, config, record, "unreadable").await?);
    };
    let id = OnboardingId::of(&reply.execution_arn);
    let known = clients.register.read(&id).await;
    if let Ok(Some(onboarding)) = &known {
        // A message that was given up comes back only when somebody wants it tried again.
        let delivery = onboarding.deliveries.get(&reply.reference).map(|delivery| delivery.what);
        if matches!(delivery, Some(Delivered::Posted | Delivered::Pointless)) {
            return Ok(());
        }
        if is_pointless(&reply, onboarding) {
            if !reply.goes_on || onboarding.has_ended() {
                return Ok(clients.register.deliver(&id, &reply.reference, Delivered::Pointless, None).await?);
            }
            // What is left of it is for the support engineer: a fault that was told of is over.
            reply.message = Message::AcceptanceAwaited;
        }
    }
    if record.age() >= TRIED_FOR {
        return end(clients, config, record, &reply, &id, Delivered::GivenUp, "it was tried for 13 days").await;
    }
    let absent = || StepError::Transient("the register does not know the message's onboarding".to_owned());
    // Computed now, so that however long the message was on its way the customer has the time that it names.
    let until = reply.message.date(OffsetDateTime::now_utc());
    match post(clients, config, &reply, &id, &known?.ok_or_else(absent)?).await {
        Ok(what) => Ok(clients.register.deliver(&id, &reply.reference, what, until).await?),
        // What says too little can never be posted, whoever is back.
        Err(Refusal::ForGood(why) | Refusal::Ours(StepError::InvalidInput(why))) => {
            end(clients, config, record, &reply, &id, Delivered::Refused, &why).await
        }
        Err(refusal) => Err(refusal),
    }
}

async fn post(
    clients: &Clients,
    config: &Config,
    reply: &Reply,
    id: &OnboardingId,
    onboarding: &Onboarding,
) -> Result<Delivered, Refusal> {
    let key = clients.signing_key.current().await?;
    let link = Link::derive(&key, id.clone(), onboarding.link)?;
    let comments = comments(reply, &format!("{}/o/{}", config.portal_url, link.reveal()))?;
    if comments.is_empty() {
        return Ok(Delivered::Pointless);
    }
    clients.help_desk.post(&reply.ticket, &comments).await?;
    Ok(Delivered::Posted)
}

/// The message is not tried any more. First it is kept where an alarm names it, so that it is not lost in between; what
/// the register then says of it comes second, so that a register which is away puts no copy beside it.
async fn end(
    clients: &Clients,
    config: &Config,
    record: &Record,
    reply: &Reply,
    id: &OnboardingId,
    what: Delivered,
    why: &str,
) -> Result<(), Refusal> {
    queue::give_up(clients, config, record, reply.ticket.as_str()).await?;
    tracing::error!(execution = reply.execution_arn, reference = %reply.reference, "given up: {why}");
    if let Err(error) = clients.register.deliver(id, &reply.reference, what, None).await {
        tracing::error!(execution = reply.execution_arn, "the register does not say that it was given up: {error}");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
