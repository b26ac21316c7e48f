//! The stack's signing key, under which the ids of onboardings are derived: what makes the customer's link unguessable.

use aws_sdk_secretsmanager::Client;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use shared::ids::OnboardingId;
use step::StepError;
use step::aws::step_error;

/// Reads the key out of its secret.
///
/// # Errors
/// When Secrets Manager refuses.
pub async fn read(secrets: &Client, secret_id: &str) -> Result<String, StepError> {
    let answer = secrets.get_secret_value().secret_id(secret_id).send().await;
    let answer = answer.map_err(|error| step_error("read the stack's signing key", &error))?;
    Ok(answer.secret_string.unwrap_or_default())
}

/// Derives an onboarding's id from its execution under the stack's signing key: unguessable without the key, and the
/// same on every retry.
///
/// # Errors
/// [`StepError::Operator`] when the key is shorter than the 32 bytes that the hash is worth.
pub fn onboarding_id(signing_key: &str, execution_arn: &str) -> Result<OnboardingId, StepError> {
    let unusable = |_| StepError::Operator("the stack's signing key cannot be used".to_owned());
    if signing_key.len() < 32 {
        return Err(StepError::Operator("the stack's signing key is shorter than 32 characters".to_owned()));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(signing_key.as_bytes()).map_err(unusable)?;
    mac.update(execution_arn.as_bytes());
    let digest = mac.finalize().into_bytes();
    HEXLOWER.encode(&digest[..16]).parse().map_err(|error| StepError::Operator(format!("{error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn an_id_is_the_same_on_every_retry_and_another_for_every_execution() {
        let id = onboarding_id(KEY, "arn:ticket-1").unwrap();
        assert_eq!(id, onboarding_id(KEY, "arn:ticket-1").unwrap());
        assert_ne!(id, onboarding_id(KEY, "arn:ticket-2").unwrap());
        assert_ne!(id, onboarding_id(&KEY.replace('0', "1"), "arn:ticket-1").unwrap());
    }

    #[test]
    fn a_short_signing_key_is_refused() {
        assert!(matches!(onboarding_id("short", "arn:ticket-1"), Err(StepError::Operator(_))));
    }
}
