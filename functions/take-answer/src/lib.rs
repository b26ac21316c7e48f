//! Takes what a comment on the ticket says: a command as the portal takes one, and whatever is to be answered is, once.
//!
//! The comment's text never comes here. Which comments were answered stands in the register, under the comments' ids, which
//! are what the answers are known by in the queue and on the ticket.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use answering::{Brought, Given, Way, awaited, give, refusal, spare};
use register::{Bound, Claim, Line, Onboarding, Order, Register, Wait, written};
use shared::answer::Answer;
use shared::comment::{CommentAnswer, CommentEvent, Said};
use shared::ids::OnboardingId;
use shared::late::Late;
use shared::message::{Message, Reply};
use shared::reference::Reference;
use shared::request::EndpointRequest;
use step::StepError;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, which is part of its secrets' names.
    pub stack: String,
    /// The state machine whose executions the onboardings are.
    pub state_machine_arn: String,
    /// The register's table.
    pub register: String,
    /// The queue of replies.
    pub replies: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            stack: config::required("STACK_NAME")?,
            state_machine_arn: config::required("STATE_MACHINE_ARN")?,
            register: config::required("REGISTER_TABLE")?,
            replies: config::required("REPLIES_QUEUE_URL")?,
        })
    }
}

/// What the function speaks with.
#[derive(Debug)]
pub struct Clients {
    /// For where an onboarding stands, which comments were answered, and for claims.
    pub register: Register,
    /// For the onboarding's vault.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// For the task token's return.
    pub sfn: aws_sdk_sfn::Client,
    /// Where the ticket's messages wait.
    pub sqs: aws_sdk_sqs::Client,
}

/// The event as EventBridge delivers it, at least once.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// What the comment says.
    pub detail: CommentEvent,
}

/// What came of the event.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The name of the answer; none when the comment gets none.
    pub answer: Option<&'static str>,
}

/// Takes the comment; an event that is delivered again changes nothing more.
///
/// # Errors
/// When the register, Secrets Manager, Step Functions or SQS refuses.
pub async fn handle(clients: &Clients, config: &Config, input: Input) -> Result<Output, StepError> {
    let id = OnboardingId::of(&input.detail.ticket.execution_arn(&config.state_machine_arn));
    let is_command = matches!(input.detail.said, Said::Command { .. });
    let taken = take(clients, config, &id, input.detail).await;
    if taken.is_err() && is_command {
        spare(&clients.register, &id).await;
    }
    taken
}

async fn take(clients: &Clients, config: &Config, id: &OnboardingId, event: CommentEvent) -> Result<Output, StepError> {
    let CommentEvent { ticket, comment, wait, said } = event;
    let execution_arn = ticket.execution_arn(&config.state_machine_arn);
    let line = Line { at: written(OffsetDateTime::now_utc())?, what: what(&said).to_owned(), for_ticket: true };
    let heard = clients.register.hear(id, &comment, &line, bound(&said, wait)).await?;
    let Some(onboarding) = heard else {
        tracing::info!(onboarding = %id, %comment, "gets no answer");
        return Ok(Output { answer: None });
    };
    let reference = Reference::Comment(comment);
    if onboarding.deliveries.contains_key(&reference) {
        return Ok(Output { answer: None });
    }
    let answer = match said {
        Said::Command { request } => {
            let wait = wait.map(Order::from);
            command(clients, config, id, &onboarding, wait, &reference, request).await?
        }
        Said::CommandRefused { codes, corrected } => match awaited(&onboarding, Answer::Command) {
            Some(_) if wait.is_some() && onboarding.claimed().is_none() => {
                CommentAnswer::CommandRefused { codes, corrected }
            }
            _ => CommentAnswer::CommandLate { why: refusal(&onboarding, Answer::Command, &digest(&reference)) },
        },
        Said::Password => CommentAnswer::PasswordSeen,
        Said::ConnectionString => CommentAnswer::ConnectionStringSeen,
        Said::Question => CommentAnswer::Standing { state: onboarding.state() },
    };
    let name = answer.name();
    let facts = onboarding.shown.facts;
    let message = Message::Answered { answer };
    let reply = Reply { execution_arn, ticket: ticket.id, reference, step: None, message, facts, goes_on: false };
    replies::post(&clients.sqs, &config.replies, id, &reply).await?;
    Ok(Output { answer: Some(name) })
}

/// Gives a command to the wait that the comment met; what is told says whether it was taken.
async fn command(
    clients: &Clients,
    config: &Config,
    id: &OnboardingId,
    onboarding: &Onboarding,
    met: Option<Order>,
    reference: &Reference,
    request: EndpointRequest,
) -> Result<CommentAnswer, StepError> {
    let digest = digest(reference);
    let is_mine = |onboarding: &Onboarding| onboarding.claim.as_ref().is_some_and(|claim| claim.digest == digest);
    // A try before this one has got that far: the wait is over, and it was this command that it ended with.
    let is_over = |claim: &Claim| claim.order < onboarding.shown.order;
    if is_mine(onboarding)
        && onboarding.claim.as_ref().is_some_and(is_over)
        && onboarding.shown.facts.request.as_ref() == Some(&request)
        && awaited(onboarding, Answer::Command).is_none()
    {
        return Ok(CommentAnswer::CommandTaken { request });
    }
    let late = match meets(onboarding, met, &digest) {
        None => {
            let late = refusal(onboarding, Answer::Command, &digest);
            if late == Late::Held {
                spare(&clients.register, id).await;
            }
            late
        }
        Some(wait) => {
            let Clients { register, secrets, sfn, .. } = clients;
            let way = Way { register, secrets, sfn, stack: &config.stack };
            match give(way, id, onboarding, wait, digest.clone(), &Brought::Command(request.clone())).await? {
                Given::Taken(_) => return Ok(CommentAnswer::CommandTaken { request }),
                Given::NotAwaited => Late::NotAwaited,
                Given::Lost => {
                    let Some(now) = register.read(id).await? else {
                        return Ok(CommentAnswer::CommandLate { why: Late::Ended });
                    };
                    return Ok(told(&now, refusal(&now, Answer::Command, &digest), is_mine(&now), request));
                }
            }
        }
    };
    Ok(told(onboarding, late, is_mine(onboarding), request))
}

/// The wait that the comment met, if it is still there, or one that goes on with it: no answer was claimed since.
fn meets<'a>(onboarding: &'a Onboarding, met: Option<Order>, digest: &str) -> Option<&'a Wait> {
    let (met, wait) = met.zip(awaited(onboarding, Answer::Command))?;
    let is_same = onboarding.shown.order == met;
    let goes_on = onboarding.claim.as_ref().is_none_or(|claim| claim.order < met || claim.digest == digest);
    (is_same || goes_on).then_some(wait)
}

/// What is told of a command that was not taken just now.
fn told(onboarding: &Onboarding, late: Late, is_mine: bool, request: EndpointRequest) -> CommentAnswer {
    let is_known = onboarding.claim.as_ref().is_some_and(|claim| claim.request.as_ref() == Some(&request));
    match late {
        // Its own success got lost on the way back.
        Late::AlreadyReceived if is_mine => CommentAnswer::CommandTaken { request },
        Late::AlreadyAnswered if is_known => CommentAnswer::CommandLate { why: Late::AlreadyReceived },
        why => CommentAnswer::CommandLate { why },
    }
}

/// What the comment's answer is known by when it comes again. Nothing in it is to be kept secret, so that it needs no key.
fn digest(reference: &Reference) -> String {
    format!("comment/{reference}")
}

/// A command that met no wait is one that nobody waits for, however often it is sent.
fn bound(said: &Said, wait: Option<u64>) -> Bound {
    match said {
        Said::Command { .. } | Said::CommandRefused { .. } if wait.is_some() => Bound::Answer,
        Said::Password => Bound::Answer,
        Said::Question => Bound::Question,
        Said::Command { .. } | Said::CommandRefused { .. } | Said::ConnectionString => Bound::Other,
    }
}

/// The timeline's line.
fn what(said: &Said) -> &'static str {
    match said {
        Said::Command { .. } | Said::CommandRefused { .. } => "A command came in a comment on the ticket",
        Said::Password => "A comment on the ticket seems to hold a password, which was not taken",
        Said::ConnectionString => "A connection string came in a comment on the ticket, and was not taken",
        Said::Question => "A question on the ticket was answered",
    }
}

#[cfg(test)]
mod tests;
