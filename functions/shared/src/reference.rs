//! What a message is known by: its comments' last line, its place in the timeline, its delivery.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::CommentId;

/// What a message is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Reference {
    /// `o.7`: of the onboarding's own execution, the step at which the message was first tried; `c1.2`: of its first closing.
    /// Steps are counted by the definitions: one more with every message and every wait that begins.
    Step {
        /// The number of the closing, from 1; 0 for the onboarding's own execution.
        closing: u32,
        /// The step.
        step: u32,
    },
    /// What answers a comment has the comment's id.
    Comment(CommentId),
}

/// A text that is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a reference, written as o.7 or c1.2, or a comment's ID")]
pub struct InvalidReference;

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let Some((machine, step)) = text.split_once('.') else {
            return text.parse().map(Self::Comment).map_err(|_| InvalidReference);
        };
        let step = step.parse().map_err(|_| InvalidReference)?;
        if machine == "o" {
            return Ok(Self::Step { closing: 0, step });
        }
        let closing = machine.strip_prefix('c').and_then(|number| number.parse().ok()).filter(|number| *number > 0);
        Ok(Self::Step { closing: closing.ok_or(InvalidReference)?, step })
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
        match self {
            Self::Step { closing: 0, step } => write!(formatter, "o.{step}"),
            Self::Step { closing, step } => write!(formatter, "c{closing}.{step}"),
            Self::Comment(comment) => comment.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_as_it_is_written() {
        for text in ["o.0", "o.7", "c1.2", "c12.30", "354360007", "o", "7-a"] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
        for text in ["", "o.", "c.1", "c0.1", "x1.2", "o.-1", "a comment", "7_1"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
