//! Whether a message still says something that somebody could act on.

use register::Onboarding;
use shared::message::{Message, Reply};
use shared::reference::Reference;
use shared::state::State;

/// Whether time has passed the message by: it asks for something and the onboarding has ended, or it reminds of a wait
/// that is over.
pub(crate) fn is_pointless(reply: &Reply, onboarding: &Onboarding) -> bool {
    let is_over = reply.message.is_request() && onboarding.has_ended();
    is_over || is_past(reply, onboarding)
}

/// Whether what the message reminds of is over.
fn is_past(reply: &Reply, onboarding: &Onboarding) -> bool {
    let Reference::Step { step, .. } = reply.reference else { return false };
    let step = reply.step.unwrap_or(step);
    let shown = onboarding.shown.order.step();
    match reply.message {
        // The wait is the definition's next step.
        Message::Reminder { .. } => shown > step.saturating_add(1),
        // Looks for acceptance tell nothing.
        Message::AcceptanceReminder => shown > step,
        // However many windows pass until it is posted, the last one does not end before: only an answer that was passed on
        // makes it void.
        Message::LastWindow { .. } => {
            let is_claimed = onboarding.claim.as_ref().is_some_and(|claim| claim.order.step() > step);
            is_claimed && onboarding.shown.state != State::AwaitingSource && onboarding.shown.state != State::Held
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn is_pointless_at(shown: u64, state: &str, step: Option<u32>, message: &Value, claim: Option<u64>) -> bool {
        let reply = json!({
            "executionArn": "arn:ticket-1", "ticket": "1", "reference": "o.5", "step": step, "message": message, "facts": {},
        });
        let mut item = json!({
            "executionArn": "arn:ticket-1", "link": 1,
            "shown": {"order": shown * 1000, "state": state, "since": "2026-07-04T05:33:18Z"},
        });
        if let Some(order) = claim {
            item["claim"] = json!({"order": order * 1000, "digest": "d", "at": 1});
        }
        is_pointless(&serde_json::from_value(reply).unwrap(), &serde_json::from_value(item).unwrap())
    }

    #[test]
    fn a_reminder_that_was_held_is_measured_from_the_step_at_which_it_was_told() {
        let reminder = json!({"name": "reminder", "awaited": "command", "window": 1, "windows": 7});
        for (message, state, last) in
            [(reminder, "awaiting-command", 8), (json!({"name": "acceptance-reminder"}), "awaiting-acceptance", 7)]
        {
            let at = |shown, step| is_pointless_at(shown, state, step, &message, None);
            assert!(at(last, None) && !at(last, Some(7)) && at(last + 1, Some(7)), "{message}");
        }
    }

    #[test]
    fn only_an_answer_that_was_passed_on_makes_the_last_window_void() {
        let message = json!({"name": "last-window", "seconds": 604_800});
        let at = |state, claim| is_pointless_at(9, state, None, &message, claim);
        assert!(at("verifying", Some(6)));
        assert!(!at("awaiting-source", Some(6)) && !at("held", Some(6)), "it resumed nothing");
        assert!(!at("awaiting-source", None) && !at("verifying", Some(4)), "it is of a wait before");
    }
}
