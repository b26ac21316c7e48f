//! Which help desk it is.

use std::str::FromStr;

/// Which help desk the tickets are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Zendesk: its webhooks, and its ticket API.
    Zendesk,
    /// Any other that can send and take signed webhooks (Standard Webhooks).
    Webhook,
}

/// A text that names no product.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `zendesk` nor `webhook`")]
pub struct UnknownProduct(String);

impl FromStr for Product {
    type Err = UnknownProduct;

    fn from_str(text: &str) -> Result<Self, UnknownProduct> {
        match text {
            "zendesk" => Ok(Self::Zendesk),
            "webhook" => Ok(Self::Webhook),
            _ => Err(UnknownProduct(text.chars().take(80).collect())),
        }
    }
}
