//! The onboarding's vault: one secret that keeps what the customer's link needs and nobody else may see.

use std::fmt;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::Tag;
use serde::{Deserialize, Serialize};

use shared::answer::Answer;
use shared::ids::{OnboardingId, TicketId};
use shared::network::Network;
use shared::tags;
use shared::target::Target;
use step::StepError;
use step::aws::step_error;

/// What the vault keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vault {
    /// The execution that this onboarding is.
    pub execution_arn: String,
    /// The ticket that it answers.
    pub ticket: TicketId,
    /// What was handed out to the customer, once there is a network.
    #[serde(default)]
    pub handed_out: Option<HandedOut>,
    /// What the execution waits for, when it waits for the customer.
    #[serde(default)]
    pub awaited: Option<Wait>,
}

/// What the customer was given to type into Atlas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandedOut {
    /// The VPC and its subnets.
    pub network: Network,
    /// The target that the ticket named, if it named one.
    #[serde(default)]
    pub target: Option<Target>,
}

/// A wait for the customer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// The capability to end the wait. It is worth nothing once it was used or the window has passed.
    pub task_token: TaskToken,
    /// What the customer is to bring.
    #[serde(default)]
    pub answer: Answer,
    /// Why the customer is asked again, when it is not the first time.
    #[serde(default)]
    pub problem: Option<String>,
    /// The digest of the answer that was accepted, written before the execution was told.
    #[serde(default)]
    pub answer_digest: Option<String>,
}

/// A task token: whoever has it can answer in the customer's place, so that it never shows itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskToken(String);

impl TaskToken {
    /// The token itself, for Step Functions alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for TaskToken {
    fn from(token: &str) -> Self {
        Self(token.to_owned())
    }
}

impl fmt::Debug for TaskToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TaskToken(…)")
    }
}

/// Reads the vault, always fresh; `None` when there is no such onboarding.
///
/// # Errors
/// When Secrets Manager refuses or the content is not a vault.
pub async fn read(secrets: &Client, stack: &str, id: &OnboardingId) -> Result<Option<Vault>, StepError> {
    let answer = match secrets.get_secret_value().secret_id(secret_name(stack, id)).send().await {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            return Ok(None);
        }
        Err(error) => return Err(step_error("read the onboarding's vault", &error)),
    };
    // The parser's message would quote the content, so it is not passed on.
    serde_json::from_str(answer.secret_string().unwrap_or_default())
        .map(Some)
        .map_err(|_| StepError::Operator("the onboarding's vault holds something else than a vault".to_owned()))
}

/// Makes the vault; one that is there already stays as it is.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn create(secrets: &Client, stack: &str, id: &OnboardingId, vault: &Vault) -> Result<(), StepError> {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let result = secrets
        .create_secret()
        .name(secret_name(stack, id))
        .description("Causeway: one onboarding's state for the customer's link")
        .secret_string(content(vault)?)
        .tags(tag(tags::ONBOARDING, id.as_str()))
        .tags(tag(tags::TICKET, vault.ticket.as_str()))
        .tags(tag(tags::STACK, stack))
        .send()
        .await;
    match result {
        Err(error) if !error.as_service_error().is_some_and(|error| error.is_resource_exists_exception()) => {
            Err(step_error("make the onboarding's vault", &error))
        }
        _ => Ok(()),
    }
}

/// Writes the vault anew.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn write(secrets: &Client, stack: &str, id: &OnboardingId, vault: &Vault) -> Result<(), StepError> {
    secrets
        .put_secret_value()
        .secret_id(secret_name(stack, id))
        .secret_string(content(vault)?)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| step_error("write the onboarding's vault", &error))
}

fn secret_name(stack: &str, id: &OnboardingId) -> String {
    format!("causeway/{stack}/onboarding/{id}")
}

fn content(vault: &Vault) -> Result<String, StepError> {
    serde_json::to_string(vault).map_err(|error| StepError::Operator(format!("the vault cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_token_never_shows_itself() {
        let token = TaskToken::from("AQCEAAAAKgAAAAMAAAAA");
        assert!(!format!("{token:?}").contains("AQCE"));
    }
}
