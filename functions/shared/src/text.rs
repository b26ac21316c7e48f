//! Texts that others write, none longer than it may be: what is kept of them must fit into every state, item and message.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text of at most `MOST` characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MOST: usize>(String);

/// A text that is longer than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected at most {most} characters")]
pub struct TooLong {
    most: usize,
}

impl<const MOST: usize> Text<MOST> {
    /// How many characters it can have.
    pub const LONGEST: usize = MOST;

    /// The text, or its beginning when it is longer than it may be: for what nobody can be asked to shorten.
    #[must_use]
    pub fn cut(text: &str) -> Self {
        Self(text.chars().take(MOST).collect())
    }

    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> TryFrom<String> for Text<MOST> {
    type Error = TooLong;

    fn try_from(text: String) -> Result<Self, TooLong> {
        if text.chars().nth(MOST).is_none() { Ok(Self(text)) } else { Err(TooLong { most: MOST }) }
    }
}

impl<const MOST: usize> FromStr for Text<MOST> {
    type Err = TooLong;

    fn from_str(text: &str) -> Result<Self, TooLong> {
        text.to_owned().try_into()
    }
}

impl<const MOST: usize> From<Text<MOST>> for String {
    fn from(text: Text<MOST>) -> Self {
        text.0
    }
}

impl<const MOST: usize> fmt::Display for Text<MOST> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!("Zürich".parse::<Text<6>>().unwrap().as_str(), "Zürich");
        assert_eq!("Zürich".parse::<Text<5>>().unwrap_err().to_string(), "expected at most 5 characters");
        assert!("".parse::<Text<0>>().is_ok());
        assert_eq!((Text::<3>::cut("Zürich").as_str(), Text::<9>::cut("Zürich").as_str()), ("Zür", "Zürich"));
    }
}
