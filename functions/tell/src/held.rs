//! Where an onboarding stood when a fault came in its way: what the page says it waits for, as before.

use shared::endpoint::Verdict;
use shared::facts::Facts;
use shared::state::State;

/// Where it stood, by the name of the definition's state that failed; nothing for a name of another release.
pub(crate) fn at(failed: &str, facts: &Facts) -> Option<State> {
    let is_accepted = facts.endpoint.as_ref().is_some_and(|endpoint| endpoint.verdict == Verdict::Accepted);
    Some(match failed {
        "Open record" | "Check eligibility" | "Tell: declined" => State::Checking,
        "Ensure network" => State::PreparingNetwork,
        "Tell: reminder" if is_accepted => State::AwaitingSource,
        "Tell: instructions" | "Await command" | "Tell: reminder" => State::AwaitingCommand,
        "Create endpoint" | "Check endpoint" | "Clean up attempt" => State::CreatingEndpoint,
        "Tell: endpoint ready" | "Check acceptance" | "Tell: acceptance reminder" => State::AwaitingAcceptance,
        "Tell: source wanted" | "Await source" => State::AwaitingSource,
        "Verify source" | "Announce" | "Tell: connected" => State::Verifying,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn whatever_is_held_has_a_place_on_the_page() {
        let definition: Value =
            serde_json::from_str(include_str!("../../../statemachine/onboarding.asl.json")).unwrap();
        let choices = definition["States"]["Go on"]["Choices"].as_array().unwrap();
        assert!(!choices.is_empty());
        for choice in choices {
            let next = choice["Next"].as_str().unwrap();
            assert!(at(next, &Facts::default()).is_some(), "where is an onboarding that is held at {next}?");
        }
    }

    #[test]
    fn a_reminder_is_of_what_is_awaited() {
        let facts = |verdict| -> Facts {
            let endpoint = json!({"endpointId": "vpce-0123456789abcdef0", "target": "dedicated", "verdict": verdict});
            serde_json::from_value(json!({ "endpoint": endpoint })).unwrap()
        };
        assert_eq!(at("Tell: reminder", &facts("accepted")), Some(State::AwaitingSource));
        // Of an attempt before.
        assert_eq!(at("Tell: reminder", &facts("rejected")), Some(State::AwaitingCommand));
    }
}
