//! What an operator asks of a ticket's onboarding, by an event on the bus.

use serde::{Deserialize, Deserializer};

use crate::event::ticket_named;
use crate::ids::TicketId;
use crate::text::Text;
use crate::wish::{Who, Why};

/// The detail of an operator's event, whatever it asks. What the log and the register then say of it is what stands here, so
/// that nobody asks without a name and a reason.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Asked {
    /// The ticket whose last onboarding is meant.
    #[serde(deserialize_with = "ticket_named")]
    pub ticket: TicketId,
    /// Who asks.
    #[serde(deserialize_with = "said")]
    pub who: Who,
    /// Why.
    #[serde(deserialize_with = "said")]
    pub why: Why,
}

/// A text that says something.
fn said<'de, const MOST: usize, D: Deserializer<'de>>(deserializer: D) -> Result<Text<MOST>, D::Error> {
    let text = Text::deserialize(deserializer)?;
    if text.as_str().trim().is_empty() {
        return Err(serde::de::Error::custom("expected a text"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked(field: &str, value: Value) -> Result<Asked, String> {
        let mut detail = json!({"ticket": 35436, "who": "Ada", "why": "The permission is there."});
        detail[field] = value;
        serde_json::from_value(detail).map_err(|error| error.to_string())
    }

    #[test]
    fn who_asks_says_who_and_why() {
        let read = asked("more", json!("is left out")).unwrap();
        assert_eq!((read.ticket.as_str(), read.who.as_str()), ("35436", "Ada"));
        for field in ["who", "why"] {
            for blank in ["", " ", "\n\t\u{a0}"] {
                assert_eq!(asked(field, json!(blank)).unwrap_err(), "expected a text", "{field}");
            }
            assert!(asked(field, Value::Null).unwrap_err().contains("expected a string"), "{field}");
        }
        assert_eq!(asked("who", json!("é".repeat(101))).unwrap_err(), "expected at most 100 characters");
        assert_eq!(asked("why", json!("é".repeat(501))).unwrap_err(), "expected at most 500 characters");
    }
}
