//! Reads what a step was given. What cannot be read is told by its place and by what was expected there, never by its value:
//! an input may hold a task token, and an error is seen by many.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why an input cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}{place}")]
pub struct InputError {
    what: String,
    place: String,
}

/// Reads an input.
///
/// # Errors
/// When it is none.
pub fn read<T: DeserializeOwned>(input: Value) -> Result<T, InputError> {
    serde_path_to_error::deserialize(input).map_err(|error| InputError {
        what: without_value(&error.inner().to_string()),
        place: match error.path().to_string().as_str() {
            "." => String::new(),
            path => format!(" at `{path}`"),
        },
    })
}

/// What is wrong, in serde's words without the value that it quotes, or in our types' own, which begin with "expected" and
/// quote none. Other words are not known to be without it.
fn without_value(words: &str) -> String {
    const QUOTING: [&str; 4] = ["invalid type: ", "invalid value: ", "invalid length: ", "unknown variant "];
    if words.starts_with("missing field `") || words.starts_with("expected ") {
        return words.to_owned();
    }
    let quotes = QUOTING.iter().any(|start| words.starts_with(start));
    match words.rsplit_once(", expected ").filter(|_| quotes) {
        Some((_, expected)) => format!("expected {expected}"),
        None => "not what it should be".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    const CANARY: &str = "canary, expected to sing";

    #[derive(Debug, Deserialize)]
    struct Input {
        #[expect(dead_code, reason = "only read")]
        wait: Option<Wait>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Wait {
        answer: Answer,
        seconds: u32,
        address: std::net::Ipv4Addr,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Answer {
        Command,
        Source,
    }

    #[test]
    fn what_cannot_be_read_is_told_without_its_value() {
        for (input, expected) in [
            (json!(CANARY), "expected struct Input"),
            (json!({"wait": CANARY}), "expected struct Wait at `wait`"),
            (json!({"wait": {"answer": CANARY}}), "expected `command` or `source` at `wait.answer`"),
            (json!({"wait": {"answer": "source"}}), "missing field `seconds` at `wait`"),
            (json!({"wait": {"seconds": CANARY}}), "expected u32 at `wait.seconds`"),
            (json!({"wait": {"seconds": -1}}), "expected u32 at `wait.seconds`"),
            (json!({"wait": {"address": CANARY}}), "not what it should be at `wait.address`"),
        ] {
            let error = read::<Input>(input).unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn words_that_are_not_known_are_not_passed_on() {
        assert_eq!(without_value(&format!("`{CANARY}` is no name")), "not what it should be");
        assert_eq!(without_value("expected a ticket ID"), "expected a ticket ID");
    }
}
