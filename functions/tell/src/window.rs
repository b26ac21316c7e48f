//! The end of a window in which the customer could answer: whether it counts, what is said of it, and how it goes on.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use register::{Delivered, Onboarding, Order};
use shared::answer::Answer;
use shared::message::Message;
use shared::reference::Reference;
use step::StepError;

/// A window that passed, as the definition knows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The step of the wait.
    step: u32,
    /// When it began, RFC 3339.
    began: String,
    /// How long it lasted, in seconds.
    seconds: u32,
    /// The step at which the message that asks for the answer was first tried.
    asked: u32,
    /// The step at which the last window was announced, if it was.
    announced: Option<u32>,
    /// How long a window lasts, in seconds.
    each: u32,
    /// How long the last one for the source lasts, in seconds.
    last: u32,
    /// Whether the definition has another window, whatever comes of this one.
    another: bool,
}

/// How it goes on.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Whether the customer waits for nothing but themselves.
    pub counts: bool,
    /// What comes next.
    pub verdict: Verdict,
    /// How long the next window lasts, in seconds.
    pub seconds: u32,
    /// The step at which the last window was announced, if it was.
    pub announced: Option<u32>,
}

/// What comes after a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Another one.
    Again,
    /// Nothing: the customer had all the time there is.
    Over,
}

impl Window {
    /// How it goes on, and what is said: a reminder, that the last window begins, or nothing to the ticket. `reminder` is
    /// what the definition would say, with the windows that would have passed if this one counts; `reference` is what the
    /// message is known by.
    ///
    /// # Errors
    /// When the message is no reminder, or a time is none.
    pub(crate) fn ends(
        &self,
        onboarding: Option<&Onboarding>,
        reminder: &Message,
        reference: &Reference,
        now: OffsetDateTime,
    ) -> Result<(Passed, Message), StepError> {
        let Message::Reminder { awaited, window, windows } = *reminder else {
            return Err(StepError::InvalidInput("expected a reminder of the window that passed".to_owned()));
        };
        let went = onboarding.map_or(Ok(Went::Unasked), |onboarding| self.went(onboarding))?;
        let counts = went == Went::Counts;
        let silent = Message::WindowPassed { awaited };
        let passed = |verdict, seconds| Passed { counts, verdict, seconds, announced: self.announced };
        if !self.another {
            return Ok((passed(Verdict::Over, self.each), silent));
        }
        if let Some(announced) = self.announced {
            return Ok(match Self::date(onboarding, announced)? {
                // Nobody was told when it ends.
                None => (Passed { counts: false, ..passed(Verdict::Again, self.each) }, silent),
                Some(until) if until > now => {
                    let left = (until - now).whole_seconds().saturating_add(1);
                    (passed(Verdict::Again, u32::try_from(left).unwrap_or(self.last)), silent)
                }
                Some(_) if counts => (passed(Verdict::Over, self.each), silent),
                _ => (passed(Verdict::Again, self.each), silent),
            });
        }
        Ok(match awaited {
            // What the customer tried in vain is asked for again.
            _ if went == Went::Refused => {
                let window = window.saturating_sub(1);
                (passed(Verdict::Again, self.each), Message::Reminder { awaited, window, windows })
            }
            _ if !counts => (passed(Verdict::Again, self.each), silent),
            _ if window < windows => {
                (passed(Verdict::Again, self.each), Message::Reminder { awaited, window, windows })
            }
            Answer::Command => (passed(Verdict::Over, self.each), silent),
            // An endpoint that Atlas accepted is at stake.
            Answer::Source => {
                let announced = step_of(reference);
                let message = Message::LastWindow { seconds: self.last, until: None };
                (Passed { announced, ..passed(Verdict::Again, self.last) }, message)
            }
        })
    }

    fn went(&self, onboarding: &Onboarding) -> Result<Went, StepError> {
        if onboarding.shown.order < Order::new(0, self.step, 0) {
            return Ok(Went::Unasked);
        }
        let began = time(&self.began)?;
        if onboarding.claim.as_ref().is_some_and(|claim| claim.order.step() == self.step) {
            return Ok(Went::Refused);
        }
        if let Some(refused) = &onboarding.refused
            && time(refused)? >= began
        {
            return Ok(Went::Refused);
        }
        // A message takes a moment; who has half of the window left to answer was asked in time.
        let latest = began + Duration::seconds(self.seconds.into()) / 2;
        for (reference, delivery) in &onboarding.deliveries {
            let asks = step_of(reference).is_some_and(|step| (self.asked..self.step).contains(&step));
            if asks && delivery.what == Delivered::Posted && time(&delivery.at)? <= latest {
                return Ok(Went::Counts);
            }
        }
        Ok(Went::Unasked)
    }

    /// The date that the announcement named, once it was delivered.
    fn date(onboarding: Option<&Onboarding>, announced: u32) -> Result<Option<OffsetDateTime>, StepError> {
        let reference = Reference::Step { closing: 0, step: announced };
        let delivery = onboarding.and_then(|onboarding| onboarding.deliveries.get(&reference));
        delivery.and_then(|delivery| delivery.until.as_deref()).map(time).transpose()
    }
}

/// The step of a message of the onboarding's own execution.
fn step_of(reference: &Reference) -> Option<u32> {
    match reference {
        Reference::Step { closing: 0, step } => Some(*step),
        _ => None,
    }
}

/// How a window went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    /// The customer was asked, and could have answered.
    Counts,
    /// The question is not in the register, or no message that asks it was delivered in time.
    Unasked,
    /// An answer came, and a fault that is not the customer's kept it from being taken.
    Refused,
}

fn time(written: &str) -> Result<OffsetDateTime, StepError> {
    OffsetDateTime::parse(written, &Rfc3339)
        .map_err(|_| StepError::InvalidInput(format!("expected a time as in RFC 3339, found {written}")))
}

#[cfg(test)]
mod tests;
