//! Whether a message still says something that somebody could act on.

use register::Onboarding;
use shared::message::{Message, Reply};

/// Whether time has passed the message by: it asks for something and the onboarding has ended, or it reminds of a wait
/// that is over.
pub(crate) fn is_pointless(reply: &Reply, onboarding: &Onboarding) -> bool {
    let is_over = reply.message.is_request() && onboarding.has_ended();
    is_over || matches!(reply.message, Message::Reminder { .. }) && is_past(reply, onboarding)
}

/// Whether the wait that follows this message is over. It is the definition's next step.
fn is_past(reply: &Reply, onboarding: &Onboarding) -> bool {
    onboarding.shown.order.reference().step > reply.reference.step.saturating_add(1)
}
