//! That somebody wants an onboarding closed.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// The name of whoever wants it, as the one who asks gives it.
pub type Who = Text<100>;
/// The reason that is given.
pub type Why = Text<500>;

/// Somebody wants an onboarding closed, and what it made deleted, an endpoint that Atlas accepted too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// On which side.
    pub by: Side,
    /// Who it is.
    pub who: Who,
    /// Why.
    pub why: Why,
}

/// A side of an onboarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The customer, on the page.
    Customer,
    /// The vendor's operator or support engineer, by an event.
    Operator,
}
