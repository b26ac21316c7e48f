//! What a message is known by: its comments' last line, its place in the timeline, its delivery.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `o.7`: of the onboarding's own definition, the step at which the message was first tried.
///
/// Steps are counted by the definition: one more with every message and every wait that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    /// The step.
    pub step: u32,
}

/// A text that is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a reference, written as o.7")]
pub struct InvalidReference;

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let step = text.strip_prefix("o.").ok_or(InvalidReference)?;
        Ok(Self { step: step.parse().map_err(|_| InvalidReference)? })
    }
}

impl TryFrom<String> for Reference {
    type Error = InvalidReference;

    fn try_from(text: String) -> Result<Self, InvalidReference> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "o.{}", self.step)
    }
}
