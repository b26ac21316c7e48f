//! Ends the pause of an onboarding that is held: an operator who has mended the cause asks by an event that it be tried
//! again at once.

use serde::{Deserialize, Serialize};
use serde_json::json;

use answering::resume;
use register::{Onboarding, Register};
use secrets::vault;
use shared::ids::OnboardingId;
use shared::operator::Asked;
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
        })
    }
}

/// What the function speaks with.
#[derive(Debug)]
pub struct Clients {
    /// Which says where the token of the pause is.
    pub register: Register,
    /// Where the vault is.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// Where the execution waits.
    pub sfn: aws_sdk_sfn::Client,
}

/// The event as `EventBridge` delivers it, at least once.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// What the operator asks.
    pub detail: Asked,
}

/// What came of the event.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Whether the pause was ended.
    pub verdict: Verdict,
}

/// Whether the pause was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// What was held is tried again now.
    GoesOn,
    /// There was no pause to end.
    NotHeld,
}

/// Ends the pause of the ticket's last onboarding. That there is none is no error: the event would be delivered again. One
/// that is delivered twice finds the pause over, or ends the next one too, after which the same is tried once more.
///
/// # Errors
/// When the register or the vault cannot be read, or Step Functions refuses.
pub async fn handle(clients: &Clients, config: &Config, input: Input) -> Result<Output, StepError> {
    let Asked { ticket, who, why } = input.detail;
    tracing::info!(%ticket, %who, %why, "an operator wants what is held to be tried again");
    let latest = Box::pin(clients.register.latest(&config.state_machine_arn, &ticket)).await?;
    let Some((_, onboarding)) = latest else {
        tracing::warn!(%ticket, "the ticket has had no onboarding");
        return Ok(Output { verdict: Verdict::NotHeld });
    };
    Ok(Output { verdict: Box::pin(end_pause(clients, config, &onboarding)).await? })
}

async fn end_pause(clients: &Clients, config: &Config, onboarding: &Onboarding) -> Result<Verdict, StepError> {
    let execution = &onboarding.execution_arn;
    // What is being closed is not to go on, whatever it was held by.
    let is_over = onboarding.has_ended() || onboarding.is_closing();
    let Some(version) = onboarding.shown.pause.as_deref().filter(|_| !is_over) else {
        tracing::warn!(execution, "nothing of it is held");
        return Ok(Verdict::NotHeld);
    };
    let id = OnboardingId::of(execution);
    let token = vault::read(&clients.secrets, &config.stack, &id, version).await?;
    let goes_on = match token {
        Some(token) => resume(&clients.sfn, &token, &json!({})).await?,
        None => false,
    };
    if goes_on {
        tracing::info!(execution, "what was held is tried again");
        Ok(Verdict::GoesOn)
    } else {
        tracing::warn!(execution, "the pause was over already");
        Ok(Verdict::NotHeld)
    }
}

#[cfg(test)]
mod tests;
