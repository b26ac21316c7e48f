//! The portal's configuration.

use crate::link::Link;
use shared::ids::OnboardingId;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// Where the customer reaches the portal, without the path: `https://connect.example.com`.
    pub portal_url: String,
    /// The stack's name, which is part of its secrets' names, and a tag of the source's.
    pub stack: String,
    /// The KMS key that encrypts the source's secret; Secrets Manager's own when there is none.
    pub source_key: Option<String>,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        let portal_url: String = config::required("PORTAL_URL")?;
        Ok(Self {
            portal_url: portal_url.trim_end_matches('/').to_owned(),
            stack: config::required("STACK_NAME")?,
            source_key: config::optional("SOURCE_KEY_ARN")?,
        })
    }

    /// The customer's link to an onboarding.
    pub(crate) fn link(&self, id: &OnboardingId) -> Link {
        let path = format!("/o/{id}");
        Link { url: format!("{}{path}", self.portal_url), path }
    }
}
