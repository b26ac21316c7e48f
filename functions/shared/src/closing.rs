//! What a closing is given, whoever starts it.

use serde::{Deserialize, Serialize};

use crate::awaited::Awaited;
use crate::failure::Failure;
use crate::ids::OnboardingId;
use crate::state::State;
use crate::wish::Wish;

/// The input of a closing's execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Closing {
    /// The onboarding's execution.
    pub execution_arn: String,
    /// Which closing of the onboarding this is, from 1.
    pub number: u32,
    /// How the onboarding is to end.
    #[serde(flatten)]
    pub ending: Ending,
    /// Whether nothing is closed when Atlas turns out to have accepted the endpoint: the onboarding then goes on, if it is
    /// there to do so.
    pub go_on_if_accepted: bool,
    /// The step at which the onboarding announced its last window, if it has expired after that.
    #[serde(default)]
    pub announced: Option<u32>,
}

/// How an onboarding ends that is closed. It is written as `ending`, `awaited`, `failure` and `wish`, each of them always:
/// a definition can name all that it is given, and what does not belong to the ending is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Ending {
    /// Something did not come in time.
    Expired {
        /// What we waited for.
        awaited: Awaited,
    },
    /// Something went wrong.
    Failed {
        /// What went wrong, where.
        failure: Failure,
    },
    /// Somebody wants it closed.
    Closed {
        /// Who, and why.
        wish: Wish,
    },
}

/// The name of the execution of an onboarding's closing, `0f…9a_c2`.
#[must_use]
pub fn execution_name(id: &OnboardingId, number: u32) -> String {
    format!("{id}_c{number}")
}

/// An ending as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    ending: State,
    awaited: Option<Awaited>,
    failure: Option<Failure>,
    wish: Option<Wish>,
}

/// An ending that is none of a closing's, or lacks what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `expired` and what was awaited, `failed` and the failure, or `closed` and the wish")]
struct NoEnding;

impl TryFrom<Written> for Ending {
    type Error = NoEnding;

    fn try_from(written: Written) -> Result<Self, NoEnding> {
        match written {
            Written { ending: State::Expired, awaited: Some(awaited), .. } => Ok(Self::Expired { awaited }),
            Written { ending: State::Failed, failure: Some(failure), .. } => Ok(Self::Failed { failure }),
            Written { ending: State::Closed, wish: Some(wish), .. } => Ok(Self::Closed { wish }),
            _ => Err(NoEnding),
        }
    }
}

impl From<Ending> for Written {
    fn from(ending: Ending) -> Self {
        let none = |ending| Self { ending, awaited: None, failure: None, wish: None };
        match ending {
            Ending::Expired { awaited } => Self { awaited: Some(awaited), ..none(State::Expired) },
            Ending::Failed { failure } => Self { failure: Some(failure), ..none(State::Failed) },
            Ending::Closed { wish } => Self { wish: Some(wish), ..none(State::Closed) },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_input_names_all_that_a_closing_can_be_given() {
        let failure = json!({"state": "Create endpoint", "error": "Step.Operator", "cause": "No."});
        let wish = json!({"by": "operator", "who": "Ada", "why": "The deal is off."});
        for (ending, awaited, failure, wish) in [
            ("expired", json!("acceptance"), Value::Null, Value::Null),
            ("failed", Value::Null, failure, Value::Null),
            ("closed", Value::Null, Value::Null, wish),
        ] {
            let input = json!({
                "executionArn": "arn:ticket-1", "number": 2, "ending": ending, "awaited": awaited, "failure": failure,
                "wish": wish, "goOnIfAccepted": false, "announced": null,
            });
            let read: Closing = serde_json::from_value(input.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), input);
        }
    }

    #[test]
    fn an_ending_has_what_belongs_to_it() {
        for ending in [
            json!({"ending": "expired"}),
            json!({"ending": "failed", "failure": null, "awaited": "command"}),
            json!({"ending": "connected"}),
            json!({"outcome": "failed"}),
        ] {
            assert!(serde_json::from_value::<Ending>(ending.clone()).is_err(), "{ending}");
        }
        let shortest = json!({"ending": "expired", "awaited": "command"});
        assert_eq!(serde_json::from_value::<Ending>(shortest).unwrap(), Ending::Expired { awaited: Awaited::Command });
    }

    #[test]
    fn a_closing_is_named_after_its_onboarding_and_its_number() {
        let id: OnboardingId = "0123456789abcdef0123456789abcdef".parse().unwrap();
        assert_eq!(execution_name(&id, 2), "0123456789abcdef0123456789abcdef_c2");
    }
}
