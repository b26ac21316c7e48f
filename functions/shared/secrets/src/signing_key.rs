//! The stack's signing key, under which customers' links are derived: what makes them unguessable.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_secretsmanager::Client;
use zeroize::Zeroizing;

use crate::link::Link;
use step::StepError;
use step::aws::step_error;

/// How long nothing is read anew after a link that no known key fits: whoever tries links must not make us ask again and
/// again.
const PAUSE: Duration = Duration::from_mins(1);

/// Reads the key and keeps it, until a link is under none of the keys that are known: then it may have been rotated.
#[derive(Debug)]
pub struct SigningKey {
    secrets: Client,
    secret_id: String,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    keys: Option<Arc<Keys>>,
    read: Option<Instant>,
}

struct Keys {
    current: Zeroizing<String>,
    /// The one before the last rotation: links under it are still good.
    previous: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Keys(…)")
    }
}

impl Keys {
    fn fit(&self, link: &Link) -> Result<bool, StepError> {
        let fits_previous = self.previous.as_ref().map_or(Ok(false), |key| link.is_under(key))?;
        Ok(link.is_under(&self.current)? | fits_previous)
    }
}

impl SigningKey {
    /// The key in this secret; nothing is read yet.
    #[must_use]
    pub fn new(secrets: Client, secret_id: &str) -> Self {
        Self { secrets, secret_id: secret_id.to_owned(), kept: Mutex::default() }
    }

    /// The key to derive links under.
    ///
    /// # Errors
    /// When Secrets Manager refuses.
    pub async fn current(&self) -> Result<Zeroizing<String>, StepError> {
        Ok(self.known().await?.current.clone())
    }

    /// Whether we handed this link out, under the current key or the one before.
    ///
    /// # Errors
    /// When Secrets Manager refuses, or the key is unusable.
    pub async fn fits(&self, link: &Link) -> Result<bool, StepError> {
        if self.known().await?.fit(link)? {
            return Ok(true);
        }
        if self.kept().read.is_some_and(|read| read.elapsed() < PAUSE) {
            return Ok(false);
        }
        self.read().await?.fit(link)
    }

    async fn known(&self) -> Result<Arc<Keys>, StepError> {
        let known = self.kept().keys.clone();
        match known {
            Some(keys) => Ok(keys),
            None => self.read().await,
        }
    }

    async fn read(&self) -> Result<Arc<Keys>, StepError> {
        self.kept().read = Some(Instant::now());
        let unknown = || StepError::Operator("the stack's signing key is gone".to_owned());
        let current = self.version("AWSCURRENT").await?.ok_or_else(unknown)?;
        let keys = Arc::new(Keys { current, previous: self.version("AWSPREVIOUS").await? });
        self.kept().keys = Some(Arc::clone(&keys));
        Ok(keys)
    }

    async fn version(&self, stage: &str) -> Result<Option<Zeroizing<String>>, StepError> {
        let read = self.secrets.get_secret_value().secret_id(&self.secret_id).version_stage(stage).send().await;
        match read {
            Ok(answer) => Ok(answer.secret_string.map(Zeroizing::new)),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                Ok(None)
            }
            Err(error) => Err(step_error("read the stack's signing key", &error)),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic elsewhere leaves at worst an older key.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::operation::get_secret_value::{GetSecretValueError, GetSecretValueOutput};
    use aws_sdk_secretsmanager::types::error::ResourceNotFoundException;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use shared::ids::OnboardingId;

    use super::*;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    fn key(text: &'static str) -> GetSecretValueOutput {
        GetSecretValueOutput::builder().secret_string(text).build()
    }

    fn link(key: &str) -> Link {
        Link::derive(key, OnboardingId::of("arn:ticket-1"), 1).unwrap()
    }

    #[tokio::test]
    async fn a_link_of_before_the_rotation_is_still_good() {
        let current = mock!(Client::get_secret_value)
            .match_requests(|request| request.version_stage() == Some("AWSCURRENT"))
            .then_output(|| key(NEW));
        let previous = mock!(Client::get_secret_value)
            .match_requests(|request| request.version_stage() == Some("AWSPREVIOUS"))
            .then_output(|| key(OLD));
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&current, &previous]);
        let signing_key = SigningKey::new(secrets, "signing-key");
        assert!(signing_key.fits(&link(OLD)).await.unwrap());
        assert!(signing_key.fits(&link(NEW)).await.unwrap());
        assert!(!signing_key.fits(&link(&OLD.replace('0', "7"))).await.unwrap());
        assert_eq!((current.num_calls(), previous.num_calls()), (1, 1), "wrong links make us ask again and again");
    }

    #[tokio::test]
    async fn a_key_that_was_never_rotated_has_none_before_it() {
        let current = mock!(Client::get_secret_value)
            .match_requests(|request| request.version_stage() == Some("AWSCURRENT"))
            .then_output(|| key(NEW));
        let previous = mock!(Client::get_secret_value)
            .match_requests(|request| request.version_stage() == Some("AWSPREVIOUS"))
            .then_error(|| {
                GetSecretValueError::ResourceNotFoundException(ResourceNotFoundException::builder().build())
            });
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&current, &previous]);
        let signing_key = SigningKey::new(secrets, "signing-key");
        assert!(signing_key.fits(&link(NEW)).await.unwrap());
        assert_eq!(*signing_key.current().await.unwrap(), NEW);
    }
}
