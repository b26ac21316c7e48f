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
