//! The onboarding's vault: one secret that keeps the task token of the current wait, and nothing else.

use std::fmt;

use aws_sdk_secretsmanager::Client;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::made::{self, Secret};
use shared::ids::{OnboardingId, TicketId};
use step::StepError;
use step::aws::{step_error, step_error_of_secret};

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

/// What the vault keeps.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    task_token: TaskToken,
}

/// Makes the vault, empty; one that is there already stays as it is. `key` is the KMS key to encrypt it with, Secrets
/// Manager's own when there is none.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn create(
    secrets: &Client,
    stack: &str,
    id: &OnboardingId,
    ticket: Option<&TicketId>,
    key: Option<&str>,
) -> Result<(), StepError> {
    let secret = Secret {
        name: secret_name(stack, id),
        description: "Causeway: the task token of an onboarding that waits for the customer",
        key,
        stack,
        onboarding: id,
        ticket,
    };
    made::ensure(secrets, secret, "make the onboarding's vault").await
}

/// Keeps the token of a wait, and gives the version of the vault that holds it: the same when it is kept twice.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn keep(secrets: &Client, stack: &str, id: &OnboardingId, token: &TaskToken) -> Result<String, StepError> {
    let version = HEXLOWER.encode(&Sha256::digest(token.reveal())[..16]);
    let content = serde_json::to_string(&Content { task_token: token.clone() })
        .map_err(|error| StepError::Operator(format!("the vault cannot be written: {error}")))?;
    secrets
        .put_secret_value()
        .secret_id(secret_name(stack, id))
        .client_request_token(&version)
        .secret_string(content)
        .send()
        .await
        .map_err(|error| step_error_of_secret("write the onboarding's vault", &error))?;
    Ok(version)
}

/// Reads the token out of this version of the vault; nothing when the vault or the version is gone.
///
/// # Errors
/// When Secrets Manager refuses or the content is not a vault's.
pub async fn read(
    secrets: &Client,
    stack: &str,
    id: &OnboardingId,
    version: &str,
) -> Result<Option<TaskToken>, StepError> {
    let read = secrets.get_secret_value().secret_id(secret_name(stack, id)).version_id(version).send().await;
    let answer = match read {
        Ok(answer) => answer,
        Err(error)
            if error.as_service_error().is_some_and(|error| {
                // An invalid request is one for a secret that is being deleted.
                error.is_resource_not_found_exception() || error.is_invalid_request_exception()
            }) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(step_error("read the onboarding's vault", &error)),
    };
    // The parser's message would quote the content, so it is not passed on.
    serde_json::from_str::<Content>(answer.secret_string().unwrap_or_default())
        .map(|content| Some(content.task_token))
        .map_err(|_| StepError::Operator("the onboarding's vault holds something else than a vault".to_owned()))
}

/// Deletes the vault, at once: a token is worth nothing once its wait is over. One that is gone is as it should be.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn delete(secrets: &Client, stack: &str, id: &OnboardingId) -> Result<(), StepError> {
    let deleted =
        secrets.delete_secret().secret_id(secret_name(stack, id)).force_delete_without_recovery(true).send().await;
    match deleted {
        Err(error) if !error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            Err(step_error("delete the onboarding's vault", &error))
        }
        _ => Ok(()),
    }
}

fn secret_name(stack: &str, id: &OnboardingId) -> String {
    format!("causeway/{stack}/onboarding/{id}")
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
