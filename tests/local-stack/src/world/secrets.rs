//! Vaults, sources, and what may hold what it must not.

use anyhow::Result;

use super::World;
use crate::deploy::STACK;

impl World {
    /// Whether the secret with an onboarding's source is on its way out; nothing when there is none.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn source_is_going(&self, onboarding: &str) -> Result<Option<bool>> {
        self.is_going(format!("causeway/{STACK}/source/{onboarding}")).await
    }

    /// Likewise an onboarding's vault.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn vault_is_going(&self, onboarding: &str) -> Result<Option<bool>> {
        self.is_going(format!("causeway/{STACK}/onboarding/{onboarding}")).await
    }

    async fn is_going(&self, name: String) -> Result<Option<bool>> {
        match self.secrets.describe_secret().secret_id(name).send().await {
            Ok(secret) => Ok(Some(secret.deleted_date().is_some())),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The version of a secret that is the current one.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn current_version(&self, secret: &str) -> Result<Option<String>> {
        let secret = self.secrets.describe_secret().secret_id(secret).send().await?;
        let versions = secret.version_ids_to_stages.unwrap_or_default();
        let current = versions.into_iter().find(|(_, stages)| stages.iter().any(|stage| stage == "AWSCURRENT"));
        Ok(current.map(|(version, _)| version))
    }
}
