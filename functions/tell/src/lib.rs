//! Tells the customer: writes what the page shows into the register, and puts the message for the ticket into the queue
//! of replies. One message, two views.

mod held;
mod page;
mod window;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use page::View;
use register::{Line, Opened, Order, Outcome, Register, Shown, Shows, written};
use secrets::vault::{self, TaskToken};
use shared::event;
use shared::facts::Facts;
use shared::ids::OnboardingId;
use shared::message::{Message, Reply};
use shared::reference::Reference;
use shared::state::State;
use step::StepError;
use step::config::{self, ConfigError};
use window::{Passed, Window};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, which is part of its secrets' names.
    pub stack: String,
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
            register: config::required("REGISTER_TABLE")?,
            replies: config::required("REPLIES_QUEUE_URL")?,
        })
    }
}

/// What the function speaks with.
#[derive(Debug)]
pub struct Clients {
    /// Where the page reads.
    pub register: Register,
    /// Where the vault is.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// Where the ticket's messages wait.
    pub sqs: aws_sdk_sqs::Client,
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The onboarding's execution, from which its id derives.
    pub execution_arn: String,
    /// The number of the closing that tells; 0 when the onboarding itself does.
    #[serde(default)]
    pub closing: u32,
    /// The neutral event as it came: a malformed one is told about too.
    pub event: Value,
    /// The message's step, and which try of it this is.
    pub step: u32,
    /// As `step`.
    pub retry: u32,
    /// The step at which the message was first tried, by which it is known; this one, if none is given.
    #[serde(default)]
    pub first: Option<u32>,
    /// Whether it is the first message after a fault that was told of.
    #[serde(default)]
    pub goes_on: bool,
    /// Whether the message was told before and the page alone is to show it.
    #[serde(default)]
    pub again: bool,
    /// The token by which the pause that the message is about can be ended, of a message that begins one.
    #[serde(default)]
    pub task_token: Option<TaskToken>,
    /// The window that passed, of a message that is about one.
    #[serde(default)]
    pub window: Option<Window>,
    /// What to say.
    pub message: Message,
    /// What is known.
    pub facts: Facts,
}

/// What the definition needs of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Why the onboarding ends, for the execution's result, when the message is its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How it goes on after the window that passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Passed>,
}

/// What an alarm looks for in the log: an endpoint that Atlas accepted belongs to nobody who uses it.
const ENDPOINT_KEPT: &str = "endpoint-kept";

/// Tells: the page first, then the ticket. With the last message of an onboarding that is not closed its vault goes.
///
/// What is told of a window that passed depends on whether it counts.
///
/// # Errors
/// When `DynamoDB` or SQS refuses.
pub async fn handle(clients: &Clients, config: &Config, input: Input) -> Result<Output, StepError> {
    let Input {
        execution_arn,
        closing,
        event,
        step,
        retry,
        first,
        goes_on,
        again,
        task_token,
        window,
        mut message,
        facts,
    } = input;
    let id = OnboardingId::of(&execution_arn);
    let ticket = event::ticket_id(&event);
    let order = Order::new(closing, step, retry);
    let reference = Reference::Step { closing, step: first.unwrap_or(step) };
    let now = OffsetDateTime::now_utc();
    let at = written(now)?;
    let window = match window {
        None => None,
        Some(window) => {
            let onboarding = clients.register.read(&id).await?;
            let (passed, said) = window.ends(onboarding.as_ref(), &message, &reference, now)?;
            message = said;
            Some(passed)
        }
    };
    let View { state, held_at, error, line } = View::of(&message, &facts)?;
    let reason = message.reason();
    let for_ticket = (goes_on || message.is_for_the_ticket() && !again) && ticket.is_some();
    let outcome = message.is_end().then(|| Outcome {
        at: at.clone(),
        reason: reason.clone(),
        told_by: Some(reference.clone()),
        message: Some(message.clone().with_cause(None)),
    });
    let pause = match &task_token {
        None => None,
        Some(token) => keep_token(clients, config, &id, token).await,
    };
    let line = line.filter(|_| !again).map(|what| Line { at: at.clone(), what: what.to_owned(), for_ticket });
    let of_the_page = facts.clone().for_the_page();
    let since = if again { held_since(clients, &id).await } else { None }.unwrap_or_else(|| at.clone());
    let shown = Shown { order, state, held_at, since, error, wait: None, pause, facts: of_the_page, outcome };
    if clients.register.show(&id, &shown, line.as_ref().map(|line| (&reference, line))).await? == Shows::Nothing {
        // The record could not be opened.
        let opened = Opened::of(execution_arn.clone(), &event);
        clients.register.open(&id, opened).await?;
        clients.register.show(&id, &shown, line.as_ref().map(|line| (&reference, line))).await?;
    }
    let kept = facts.clean_up.as_ref().and_then(|clean_up| clean_up.kept.clone());
    if let Some(endpoint) = kept.filter(|_| message.is_end()) {
        tracing::error!(alarm = ENDPOINT_KEPT, onboarding = %id, "it has ended, and {} is kept", endpoint.as_str());
    }
    // A closing has deleted it.
    let vault_goes = matches!(message, Message::Declined { .. } | Message::Connected);
    if let Some(ticket) = ticket.filter(|_| for_ticket) {
        let step = first.is_some_and(|first| first != step).then_some(step);
        let reply = Reply { execution_arn, ticket, reference, step, message, facts, goes_on };
        replies::post(&clients.sqs, &config.replies, &id, &reply).await?;
    }
    // The end was told. A token whose wait is over resumes nothing, so that a vault which stays undoes none of it.
    if vault_goes && let Err(error) = vault::delete(&clients.secrets, &config.stack, &id).await {
        tracing::error!(onboarding = %id, "the vault stays: {error}");
    }
    Ok(Output { reason, window })
}

/// Since when it has been held, for one whose pause follows another.
async fn held_since(clients: &Clients, id: &OnboardingId) -> Option<String> {
    let onboarding = clients.register.read(id).await.inspect_err(|error| tracing::warn!("{error}")).ok().flatten()?;
    (onboarding.shown.state == State::Held).then_some(onboarding.shown.since)
}

/// Keeps the token by which a pause can be ended. Without it the pause ends by itself, so that a vault which is away, or is
/// not there yet, holds nobody up.
async fn keep_token(clients: &Clients, config: &Config, id: &OnboardingId, token: &TaskToken) -> Option<String> {
    let kept = vault::keep(&clients.secrets, &config.stack, id, token).await;
    kept.inspect_err(|error| tracing::warn!(onboarding = %id, "nobody can end the pause early: {error}")).ok()
}

#[cfg(test)]
mod tests;
