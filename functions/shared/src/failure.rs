//! Why a state failed, as the state machine tells it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An error of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The state's name.
    pub state: String,
    /// The error's name, `Step.Operator`.
    pub error: String,
    /// What Step Functions knows of it; not every error has a cause.
    #[serde(default)]
    pub cause: Option<String>,
}

impl Failure {
    /// The error of an execution that was stopped by hand, in which no state could say anything.
    pub const ABORTED: &str = "Execution.Aborted";

    /// What the step said, or nothing when it could say nothing.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        self.cause.as_deref().map(message_of)
    }
}

/// How many characters of a cause are told. Step Functions keeps 32,768 of one, and a help desk takes comments of 64 KB,
/// in which a character may need six bytes.
const LONGEST: usize = 4000;

/// The message out of a cause as Step Functions keeps it: Lambda wraps a step's message in JSON, other causes are plain.
#[must_use]
pub fn message_of(cause: &str) -> String {
    let wrapped = serde_json::from_str::<Value>(cause).ok();
    let message = wrapped.as_ref().and_then(|cause| cause.get("errorMessage")?.as_str());
    message.unwrap_or(cause).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_told_up_to_its_limit_wrapped_or_not() {
        let longest = "é".repeat(LONGEST);
        let longer = format!("{longest}!");
        for cause in [&longest, &longer, &json!({ "errorMessage": longer }).to_string()] {
            assert_eq!(message_of(cause), longest);
        }
    }
}
