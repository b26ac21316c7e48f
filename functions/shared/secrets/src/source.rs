//! The secret `causeway/<stack>/source/<id>`: where the source and its credentials are kept, and the only place.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
use zeroize::Zeroizing;

use crate::made::{self, Secret};
use shared::ids::{OnboardingId, TicketId};
use source::Source;
use step::StepError;
use step::aws::{step_error, step_error_of_secret};

/// For how many days a deleted secret can be had back.
const RECOVERY_DAYS: i64 = 7;

/// Whose source it is.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The stack that keeps it.
    pub stack: &'a str,
    /// The onboarding that it belongs to.
    pub onboarding: &'a OnboardingId,
    /// The ticket that the onboarding answers.
    pub ticket: &'a TicketId,
}

/// Makes the secret, empty; one that is there stays as it is.
///
/// `key` is the KMS key to encrypt it with, Secrets Manager's own when there is none.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn create(secrets: &Client, owner: Owner<'_>, key: Option<&str>) -> Result<(), StepError> {
    let secret = Secret {
        name: secret_name(owner.stack, owner.onboarding),
        description: "Causeway: how the data platform reaches a customer's deployment",
        key,
        stack: owner.stack,
        onboarding: owner.onboarding,
        ticket: Some(owner.ticket),
    };
    made::ensure(secrets, secret, "make the secret for the source").await
}

/// The label of what was given last.
const GIVEN: &str = "CAUSEWAY_GIVEN";
/// The label of what was seen to work.
const VERIFIED: &str = "CAUSEWAY_VERIFIED";
/// Secrets Manager's own, of what whoever asks for no version gets. The first version has it whether it works or not.
const CURRENT: &str = "AWSCURRENT";

/// Puts the source into its secret as this version, and tells the secret's ARN; nothing when the secret is gone or on its
/// way out, since nothing of a customer's is kept for an onboarding that is being undone. What is put twice is there once.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn put(
    secrets: &Client,
    stack: &str,
    onboarding: &OnboardingId,
    version: &str,
    source: &Source,
) -> Result<Option<String>, StepError> {
    let content = content(source)?;
    let put = secrets
        .put_secret_value()
        .secret_id(secret_name(stack, onboarding))
        .client_request_token(version)
        .version_stages(GIVEN)
        .secret_string(content.as_str());
    match put.send().await {
        Ok(answer) => {
            let unknown = || StepError::Operator("Secrets Manager told no ARN of the source's secret".to_owned());
            answer.arn.ok_or_else(unknown).map(Some)
        }
        Err(error) if error.as_service_error().is_some_and(is_going) => Ok(None),
        Err(error) => Err(step_error_of_secret("keep the source", &error)),
    }
}

/// Makes this version, which works, the current one, which is what whoever asks for no version gets.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn make_current(secrets: &Client, arn: &str, version: &str) -> Result<(), StepError> {
    let doing = "make the source that works the current one";
    let known = secrets.describe_secret().secret_id(arn).send().await.map_err(|error| step_error(doing, &error))?;
    let versions = known.version_ids_to_stages.unwrap_or_default();
    for label in [VERIFIED, CURRENT] {
        let labelled = versions.iter().find(|(_, stages)| stages.iter().any(|stage| stage == label));
        let labelled = labelled.map(|(version, _)| version.clone());
        if labelled.as_deref() == Some(version) {
            continue;
        }
        let update = secrets.update_secret_version_stage().secret_id(arn).version_stage(label);
        let update = update.set_remove_from_version_id(labelled).move_to_version_id(version);
        update.send().await.map_err(|error| step_error(doing, &error))?;
    }
    Ok(())
}

/// Whether a source of this onboarding was seen to work, so that the platform may have it.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn was_verified(secrets: &Client, stack: &str, onboarding: &OnboardingId) -> Result<bool, StepError> {
    match secrets.describe_secret().secret_id(secret_name(stack, onboarding)).send().await {
        Ok(known) => {
            Ok(known.version_ids_to_stages.unwrap_or_default().values().flatten().any(|stage| stage == VERIFIED))
        }
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            Ok(false)
        }
        Err(error) => Err(step_error("look whether the source was verified", &error)),
    }
}

/// An invalid request is one for a secret that is scheduled for deletion.
fn is_going(error: &PutSecretValueError) -> bool {
    error.is_resource_not_found_exception() || error.is_invalid_request_exception()
}

/// Reads this version of the source.
///
/// # Errors
/// When Secrets Manager refuses, the version is gone or its content is not a source.
pub async fn read(secrets: &Client, arn: &str, version: &str) -> Result<Source, StepError> {
    let answer = secrets.get_secret_value().secret_id(arn).version_id(version).send().await;
    let mut answer = answer.map_err(|error| step_error("read the source", &error))?;
    let content = Zeroizing::new(answer.secret_string.take().unwrap_or_default());
    // The parser's message would quote the content, so it is not passed on.
    serde_json::from_str(&content)
        .map_err(|_| StepError::Operator("the source's secret holds something else than a source".to_owned()))
}

/// Has the secret deleted in seven days. One that is gone, or is being deleted already, is as it should be.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn schedule_deletion(secrets: &Client, stack: &str, onboarding: &OnboardingId) -> Result<(), StepError> {
    let name = secret_name(stack, onboarding);
    let deleted = secrets.delete_secret().secret_id(name).recovery_window_in_days(RECOVERY_DAYS).send().await;
    match deleted {
        Err(error)
            if !error.as_service_error().is_some_and(|error| {
                // An invalid request is one for a secret that is scheduled for deletion already.
                error.is_resource_not_found_exception() || error.is_invalid_request_exception()
            }) =>
        {
            Err(step_error("delete the source's secret", &error))
        }
        _ => Ok(()),
    }
}

fn secret_name(stack: &str, onboarding: &OnboardingId) -> String {
    format!("causeway/{stack}/source/{onboarding}")
}

/// Overwritten when dropped; the copy inside the SDK's request is out of reach.
fn content(source: &Source) -> Result<Zeroizing<String>, StepError> {
    serde_json::to_string(source)
        .map(Zeroizing::new)
        .map_err(|error| StepError::Operator(format!("the source cannot be written: {error}")))
}

#[cfg(test)]
mod tests;
