//! Where messages wait: the queue that they come from, and the one for those that are not tried any more.

use std::time::Duration;

use crate::config::{Clients, Config};
use crate::record::Record;
use step::StepError;
use step::aws::step_error;

/// The pause after the first try. Each is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST: Duration = Duration::from_mins(30);

/// Has the queue keep the message back for a while. If the queue cannot be told, its own pause holds.
pub(crate) async fn pause(clients: &Clients, config: &Config, record: &Record, wait: Option<Duration>) {
    let result = clients
        .sqs
        .change_message_visibility()
        .queue_url(&config.replies)
        .receipt_handle(&record.receipt_handle)
        .visibility_timeout(seconds(record.tries(), wait))
        .send()
        .await;
    if let Err(error) = result {
        tracing::warn!("{}", step_error("keep the message back for a while", &error));
    }
}

/// For how many seconds a message is kept back after so many tries; longer, if the help desk asks for it.
fn seconds(tries: u32, wait: Option<Duration>) -> i32 {
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
    let pause = doubled.max(wait.unwrap_or_default()).min(LONGEST);
    i32::try_from(pause.as_millis().div_ceil(1000)).unwrap_or(i32::MAX)
}

/// Puts the message into the queue of those that are not tried any more, where an alarm names it. Whoever does it twice
/// within minutes has done it once; a message that was moved back from there is another one to the queue.
///
/// # Errors
/// When SQS refuses.
pub(crate) async fn give_up(clients: &Clients, config: &Config, record: &Record, group: &str) -> Result<(), StepError> {
    clients
        .sqs
        .send_message()
        .queue_url(&config.dead_replies)
        .message_group_id(group)
        .message_deduplication_id(&record.message_id)
        .message_body(&record.body)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| step_error("give the message up", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_half_an_hour_and_is_as_long_as_the_help_desk_asks() {
        let pauses: Vec<_> = (0..11).map(|tries| seconds(tries, None)).collect();
        assert_eq!(pauses, [10, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]);
        assert_eq!(seconds(u32::MAX, None), 1800);
        let asked = |tries, wait| seconds(tries, Some(Duration::from_millis(wait)));
        assert_eq!((asked(1, 93_001), asked(9, 93_000), asked(1, 86_400_000)), (94, 1800, 1800));
    }
}
