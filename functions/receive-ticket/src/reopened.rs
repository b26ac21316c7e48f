//! A ticket of Zendesk that was solved and is open again: whether that asks for another onboarding.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use help_desk::{Refusal, Zendesk};
use register::{Delivered, Onboarding};
use shared::state::State;

/// The last message of an onboarding can open a ticket again that somebody has solved meanwhile. A change by whom we are,
/// this close to its delivery, is our own.
const OWN_CHANGE: Duration = Duration::minutes(1);

/// The ticket was solved and is open again.
#[derive(Debug)]
pub(crate) struct Reopened {
    pub(crate) at: OffsetDateTime,
    /// Who did it.
    pub(crate) actor: Option<String>,
}

impl Reopened {
    /// Whether this starts another onboarding: it came after the last one's end, was not our own doing, and is no
    /// customer's thank you for a connection, which opens the ticket too.
    ///
    /// # Errors
    /// When Zendesk does not say who we are.
    pub(crate) async fn asks_for_more(
        &self,
        zendesk: &Zendesk<'_>,
        requester: &str,
        last: &Onboarding,
    ) -> Result<bool, Refusal> {
        let actor = self.actor.as_deref();
        let is_thanks = last.shown.state == State::Connected && actor == Some(requester);
        if is_thanks || !self.is_after_the_end_of(last) {
            return Ok(false);
        }
        Ok(!self.is_close_to_the_last_message_of(last) || actor != Some(zendesk.us().await?.as_str()))
    }

    /// Or after its closing began. An event that is delivered again after the next onboarding has ended is older than that one's end.
    fn is_after_the_end_of(&self, last: &Onboarding) -> bool {
        let (outcome, fence) = (last.shown.outcome.as_ref(), last.fence.as_ref());
        let ended = outcome.map(|outcome| &outcome.at).or_else(|| fence.map(|fence| &fence.since));
        ended.and_then(|at| time(at)).is_some_and(|ended| self.at > ended)
    }

    /// Whether this may be what the last message itself has done. Until its delivery is known, anything may.
    fn is_close_to_the_last_message_of(&self, last: &Onboarding) -> bool {
        let delivery = last.deliveries.get(&last.shown.order.reference());
        let posted = delivery.filter(|delivery| delivery.what == Delivered::Posted);
        posted.and_then(|delivery| time(&delivery.at)).is_none_or(|delivered| (self.at - delivered).abs() < OWN_CHANGE)
    }
}

fn time(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
