//! Which of a ticket's onboardings is its last. A ticket that is opened again after an end gets another round.

use crate::{Onboarding, Register};
use shared::event::{Round, Ticket};
use shared::ids::{OnboardingId, TicketId};
use step::StepError;

impl Register {
    /// Reads a ticket's rounds from the first up to the last that there is; none when the ticket has had no onboarding.
    ///
    /// # Errors
    /// When `DynamoDB` refuses or an item is none.
    pub async fn latest(
        &self,
        state_machine_arn: &str,
        ticket: &TicketId,
    ) -> Result<Option<(Round, Onboarding)>, StepError> {
        let mut next = Ticket { id: ticket.clone(), round: Round::FIRST };
        let mut found = None;
        loop {
            let id = OnboardingId::of(&next.execution_arn(state_machine_arn));
            let Some(onboarding) = self.read(&id).await? else { break };
            found = Some((next.round, onboarding));
            let Some(round) = next.round.next() else { break };
            next.round = round;
        }
        Ok(found)
    }
}
