//! The portal's configuration.

use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// Where the customer reaches the portal, without the path: `https://connect.example.com`.
    pub portal_url: String,
    /// The stack's name, which is part of its secrets' names.
    pub stack: String,
    /// The register's table.
    pub register: String,
    /// The secret with the key that links are derived under.
    pub signing_key: String,
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
            register: config::required("REGISTER_TABLE")?,
            signing_key: config::required("SIGNING_KEY_SECRET")?,
        })
    }
}
