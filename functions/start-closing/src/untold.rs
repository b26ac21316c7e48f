//! Which of an onboarding's messages are still on their way to the ticket, and what the last of them says.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use register::{Line, Onboarding};
use shared::message::Reply;
use shared::reference::Reference;

/// The message that has been on its way for longest, and since when. A time that cannot be read is as long ago as can be,
/// so that the message is named.
///
/// None is on its way when the end was told: a ticket's messages leave the queue in their order, so that one before it was
/// never put there. A fault that was over, or whoever stopped the execution, kept it from that, and it says nothing any more
/// that anybody could act on.
pub(crate) fn longest(onboarding: &Onboarding) -> Option<(Reference, OffsetDateTime)> {
    let is_told = |reference: &Reference| onboarding.deliveries.contains_key(reference);
    if onboarding.shown.outcome.as_ref().and_then(|outcome| outcome.told_by.as_ref()).is_some_and(is_told) {
        return None;
    }
    let is_untold = |(reference, line): &(&Reference, &Line)| line.for_ticket && !is_told(reference);
    let since = |(reference, line): (&Reference, &Line)| {
        (reference.clone(), OffsetDateTime::parse(&line.at, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH))
    };
    onboarding.timeline.iter().filter(is_untold).map(since).min_by_key(|(_, since)| *since)
}

/// The message that tells the end, as it would be put into the queue, when it may never have come there: the ticket does not
/// have it, and it was not put again. What the register keeps of the facts is all that a message of an end tells.
pub(crate) fn end(onboarding: &Onboarding) -> Option<Reply> {
    let outcome = onboarding.shown.outcome.as_ref()?;
    let reference = outcome.told_by.clone()?;
    if onboarding.deliveries.contains_key(&reference) {
        return None;
    }
    Some(Reply {
        execution_arn: onboarding.execution_arn.clone(),
        ticket: onboarding.ticket.clone()?,
        reference,
        step: None,
        message: outcome.message.clone()?.with_cause(outcome.reason.clone()),
        facts: onboarding.shown.facts.clone(),
        goes_on: false,
    })
}
