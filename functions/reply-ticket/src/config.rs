//! The function's configuration, beside the help desk's, and what it speaks with.

use help_desk::HelpDesk;
use register::Register;
use secrets::signing_key::SigningKey;
use step::config::{self, ConfigError};

/// The function's configuration, beside the help desk's.
#[derive(Debug)]
pub struct Config {
    /// Where the customer reaches the portal, without the path: `https://connect.example.com`.
    pub portal_url: String,
    /// The secret with the stack's signing key, under which links are derived.
    pub signing_key_secret: String,
    /// The register's table.
    pub register: String,
    /// The queue of replies, which the messages come from.
    pub replies: String,
    /// The queue of replies that were refused for good or tried for too long.
    pub dead_replies: String,
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
            signing_key_secret: config::required("SIGNING_KEY_SECRET")?,
            register: config::required("REGISTER_TABLE")?,
            replies: config::required("REPLIES_QUEUE_URL")?,
            dead_replies: config::required("DEAD_REPLIES_QUEUE_URL")?,
        })
    }
}

/// What the function speaks with.
pub struct Clients {
    /// Where the tickets are.
    pub help_desk: HelpDesk,
    /// What is known of the onboardings, and of what became of their messages.
    pub register: Register,
    /// What the customer's link is derived under.
    pub signing_key: SigningKey,
    /// Where the messages wait.
    pub sqs: aws_sdk_sqs::Client,
}
