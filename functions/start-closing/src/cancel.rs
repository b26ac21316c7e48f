//! An operator's wish to have a ticket's onboarding closed.

use serde::Serialize;

use crate::Output;
use crate::look::Looks;
use shared::ids::OnboardingId;
use shared::operator::Asked;
use shared::wish::{Side, Wish};
use step::StepError;

/// What came of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heard {
    /// It is in the register.
    Kept,
    /// The onboarding has one already, or has ended this moment.
    Late,
    /// The ticket's last onboarding has ended.
    Ended,
    /// The ticket has had no onboarding.
    Unknown,
}

impl Looks<'_> {
    /// Writes the wish into the item of the ticket's last onboarding, then looks at that. A wish that comes to nothing is no
    /// error: the event would be delivered again.
    pub(crate) async fn cancel(&self, asked: Asked, output: &mut Output) -> Result<(), StepError> {
        let Asked { ticket, who, why } = asked;
        let Some((_, latest)) = self.clients.register.latest(&self.config.state_machine_arn, &ticket).await? else {
            tracing::warn!(%ticket, "the ticket that is to be closed has had no onboarding");
            output.wish = Some(Heard::Unknown);
            return Ok(());
        };
        if latest.has_ended() {
            tracing::warn!(execution = latest.execution_arn, "the onboarding that is to be closed has ended");
            output.wish = Some(Heard::Ended);
            return Ok(());
        }
        let wish = Wish { by: Side::Operator, who, why };
        let id = OnboardingId::of(&latest.execution_arn);
        let is_kept = self.clients.register.wish(&id, &wish, None).await?;
        output.wish = Some(if is_kept { Heard::Kept } else { Heard::Late });
        output.looked_at = 1;
        self.look(&latest.execution_arn, self.clients.register.read(&id).await?.as_ref(), output).await
    }
}
