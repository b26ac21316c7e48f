//! A message as Lambda hands it over from the queue.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

/// A message of the queue, at one of its tries.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The queue's own id of the message.
    pub(crate) message_id: String,
    /// What the queue knows this try by.
    pub(crate) receipt_handle: String,
    /// What `tell` has put into the queue.
    pub(crate) body: String,
    attributes: Attributes,
}

/// What the queue knows of the message; SQS writes numbers as texts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    approximate_receive_count: String,
    sent_timestamp: String,
}

impl Record {
    /// How often it was taken out of the queue, this time included.
    pub(crate) fn tries(&self) -> u32 {
        self.attributes.approximate_receive_count.parse().unwrap_or(1)
    }

    /// How long it has been in the queue.
    pub(crate) fn age(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // Of one whose time cannot be read, none has passed: it is rather tried again than given up.
        let sent = self.attributes.sent_timestamp.parse().map_or(now, Duration::from_millis);
        now.saturating_sub(sent)
    }
}
