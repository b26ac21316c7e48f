//! Which of an onboarding's messages are still on their way to the ticket.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use register::{Line, Onboarding};
use shared::reference::Reference;

/// The message that has been on its way for longest, and since when. A time that cannot be read is as long ago as can be,
/// so that the message is named.
pub(crate) fn longest(onboarding: &Onboarding) -> Option<(Reference, OffsetDateTime)> {
    let is_untold =
        |(reference, line): &(&Reference, &Line)| line.for_ticket && !onboarding.deliveries.contains_key(reference);
    let since = |(reference, line): (&Reference, &Line)| {
        (reference.clone(), OffsetDateTime::parse(&line.at, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH))
    };
    onboarding.timeline.iter().filter(is_untold).map(since).min_by_key(|(_, since)| *since)
}
