//! Where the help desk is, and as whom it is spoken to.

use crate::origin::Origin;
use crate::product::Product;
use step::config::{self, ConfigError};

/// The configuration of both functions that speak with the help desk.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which help desk it is.
    pub product: Product,
    /// Zendesk, without a path: `https://example.zendesk.com`; or where replies are posted as webhooks.
    pub url: String,
    /// The secret with the help desk's credentials.
    pub secret: String,
}

impl Config {
    /// Reads the configuration from the function's environment: `HELP_DESK`, `HELP_DESK_URL`, `HELP_DESK_SECRET`.
    ///
    /// # Errors
    /// When a variable is missing or unreadable.
    pub fn from_env() -> Result<Self, ConfigError> {
        let product = config::required("HELP_DESK")?;
        Ok(Self {
            product,
            url: match product {
                Product::Zendesk => config::required::<Origin>("HELP_DESK_URL")?.into(),
                Product::Webhook => config::required("HELP_DESK_URL")?,
            },
            secret: config::required("HELP_DESK_SECRET")?,
        })
    }
}
