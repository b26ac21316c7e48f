//! Begins a closing: fences the onboarding in the register, so that what still runs of it changes nothing any more, and
//! looks whether there is something to close.

use aws_sdk_ec2::Client as Ec2;
use serde::{Deserialize, Serialize};

use ec2::{is_in_state, of_onboarding};
use register::{Fenced, Onboarding, Opened, Register};
use shared::event;
use shared::facts::Facts;
use shared::ids::{OnboardingId, TicketId};
use shared::reference::Reference;
use shared::wish::Wish;
use step::StepError;
use step::aws::step_error;
use step::config::{self, ConfigError};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The register's table.
    pub register: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { register: config::required("REGISTER_TABLE")? })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The onboarding's execution, from which its id derives.
    pub execution_arn: String,
    /// The closing's number.
    pub number: u32,
    /// Whether the onboarding goes on when Atlas has accepted its endpoint after all.
    #[serde(default)]
    pub go_on_if_accepted: bool,
    /// The step at which the onboarding announced its last window, if it has expired after that.
    #[serde(default)]
    pub announced: Option<u32>,
}

/// What is to be closed.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// What comes next.
    pub verdict: Verdict,
    /// The onboarding.
    pub id: OnboardingId,
    /// The ticket that it answers; a malformed event may name none.
    pub ticket: Option<TicketId>,
    /// What is known of it.
    pub facts: Facts,
    /// Who wants it closed, if somebody does: then what Atlas accepted goes too.
    pub wish: Option<Wish>,
    /// Whether an endpoint that Atlas accepted stays: it goes when somebody wants it closed, or when a message that was
    /// delivered has named a date that is past.
    pub keep_accepted: bool,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The onboarding is fenced and is to be undone.
    Marked,
    /// Atlas has accepted the endpoint: the onboarding goes on.
    Accepted,
    /// It has ended already.
    Ended,
}

/// Fences the onboarding, unless Atlas has accepted its endpoint and it may go on; run again, it does the same. One that the
/// register does not know gets its item: its ticket is told too.
///
/// # Errors
/// When `DynamoDB` or EC2 refuses; [`StepError::Transient`] while EC2 is about to make an accepted endpoint available; [`StepError::Closed`] when a later closing has the onboarding.
pub async fn handle(ec2: &Ec2, register: &Register, input: Input) -> Result<Output, StepError> {
    let Input { execution_arn, number, go_on_if_accepted, announced } = input;
    let id = OnboardingId::of(&execution_arn);
    let ticket = event::ticket_of_execution(&execution_arn);
    // Before the fence, so that it is not up for as long as EC2 is away: nothing else may begin meanwhile.
    if go_on_if_accepted {
        has_accepted_endpoint(ec2, &id).await?;
    }
    let (onboarding, ended) = fence(register, &id, &execution_arn, ticket.as_ref(), number).await?;
    let is_over = announced.is_some_and(|step| has_passed(&onboarding, step));
    let ticket = onboarding.ticket.or(ticket);
    let (facts, wish) = (onboarding.shown.facts, onboarding.wish);
    let may_go_on = go_on_if_accepted && wish.is_none();
    let keep_accepted = wish.is_none() && !is_over;
    let output = |verdict| Output { verdict, id: id.clone(), ticket, facts, wish, keep_accepted };
    if ended {
        return Ok(output(Verdict::Ended));
    }
    if !may_go_on {
        return Ok(output(Verdict::Marked));
    }
    match has_accepted_endpoint(ec2, &id).await {
        Ok(false) => Ok(output(Verdict::Marked)),
        // Nothing was undone yet.
        accepted => {
            register.lift_fence(&id, number).await?;
            accepted.map(|_| output(Verdict::Accepted))
        }
    }
}

/// Whether the date is past that the announcement of this step has named. One that was not delivered has named none.
fn has_passed(onboarding: &Onboarding, announced: u32) -> bool {
    let delivery = onboarding.deliveries.get(&Reference::Step { closing: 0, step: announced });
    let until = delivery.and_then(|delivery| OffsetDateTime::parse(delivery.until.as_deref()?, &Rfc3339).ok());
    until.is_some_and(|until| until <= OffsetDateTime::now_utc())
}

/// The onboarding, and whether it has ended already.
async fn fence(
    register: &Register,
    id: &OnboardingId,
    execution_arn: &str,
    ticket: Option<&TicketId>,
    number: u32,
) -> Result<(Onboarding, bool), StepError> {
    for _ in 0..2 {
        match register.fence(id, number).await? {
            Fenced::Now(onboarding) => return Ok((*onboarding, false)),
            Fenced::Ended(onboarding) => return Ok((*onboarding, true)),
            Fenced::Nothing => {
                let execution_arn = execution_arn.to_owned();
                register.open(id, Opened { execution_arn, ticket: ticket.cloned(), customer: None }).await?;
            }
        }
    }
    Err(StepError::Transient("the register does not keep the onboarding's item".to_owned()))
}

async fn has_accepted_endpoint(ec2: &Ec2, id: &OnboardingId) -> Result<bool, StepError> {
    let endpoints = ec2::endpoints(ec2, [of_onboarding(id)]).await;
    let endpoints = endpoints.map_err(|error| step_error("look for the onboarding's endpoints", &error))?;
    if endpoints.iter().any(|endpoint| is_in_state(endpoint, &["pending"])) {
        return Err(StepError::Transient("the endpoint was accepted and is not available yet".to_owned()));
    }
    Ok(endpoints.iter().any(|endpoint| is_in_state(endpoint, &["available"])))
}

#[cfg(test)]
mod tests;
