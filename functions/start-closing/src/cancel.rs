//! An operator's wish to have a ticket's onboarding closed.

use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::Output;
use crate::look::Looks;
use register::Onboarding;
use shared::ids::OnboardingId;
use shared::operator::Asked;
use shared::wish::{Side, Wish};
use step::StepError;

/// By how much clocks differ, and EventBridge's times are cut off.
const SKEW: Duration = Duration::MINUTE;

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
    /// The ticket's last onboarding began after the event was sent, which meant the one before.
    Earlier,
    /// The ticket has had no onboarding.
    Unknown,
}

impl Looks<'_> {
    /// Writes the wish into the item of the ticket's last onboarding, then looks at that. A wish that comes to nothing is no
    /// error: the event would be delivered again. Nor is a look that fails, since the schedule looks again: an event that is
    /// kept for its failure would be for the ticket's next onboarding when somebody sends it once more.
    pub(crate) async fn cancel(
        &self,
        asked: Asked,
        sent: Option<String>,
        output: &mut Output,
    ) -> Result<(), StepError> {
        let Asked { ticket, who, why } = asked;
        let sent = sent.map(|sent| OffsetDateTime::parse(&sent, &Rfc3339)).transpose();
        let sent = sent.map_err(|_| StepError::InvalidInput("expected a time as in RFC 3339 at `time`".to_owned()))?;
        let Some((_, latest)) = self.clients.register.latest(&self.config.state_machine_arn, &ticket).await? else {
            tracing::warn!(%ticket, "the ticket that is to be closed has had no onboarding");
            output.wish = Some(Heard::Unknown);
            return Ok(());
        };
        let execution = &latest.execution_arn;
        if latest.has_ended() {
            tracing::warn!(execution, "the onboarding that is to be closed has ended");
            output.wish = Some(Heard::Ended);
            return Ok(());
        }
        if sent.zip(began(&latest)).is_some_and(|(sent, began)| sent + SKEW < began) {
            tracing::warn!(execution, "the onboarding began after somebody wanted the one before it closed");
            output.wish = Some(Heard::Earlier);
            return Ok(());
        }
        let wish = Wish { by: Side::Operator, who, why };
        let id = OnboardingId::of(execution);
        let is_kept = self.clients.register.wish(&id, &wish, None).await?;
        output.wish = Some(if is_kept { Heard::Kept } else { Heard::Late });
        let looked = async {
            let onboarding = self.clients.register.read(&id).await?;
            self.look(execution, onboarding.as_ref(), output).await
        };
        match looked.await {
            Ok(()) => output.looked_at = 1,
            Err(error) => {
                tracing::warn!(execution, name = error.name(), "it is closed with the next look by schedule: {error}");
                output.failed = 1;
            }
        }
        Ok(())
    }
}

/// When an onboarding began: with its first line.
fn began(onboarding: &Onboarding) -> Option<OffsetDateTime> {
    onboarding.timeline.values().filter_map(|line| OffsetDateTime::parse(&line.at, &Rfc3339).ok()).min()
}
