//! The shapes of Retry and Catch. Every task has one of a few, so that what happens after a failure can be read here once;
//! whoever changes a shape changes it here, and then wherever the tests say.

use serde_json::{Value, json};

use crate::read::{is_counted, tasks, waits_for_the_customer};

/// What is tried again, and how often.
#[derive(Clone, Copy, Debug)]
enum Retry {
    /// A task: whatever goes wrong, unless the step itself has decided that time does not mend it. Lambda's and AWS's own
    /// errors have names that no list holds for long.
    Task,
    /// A wait for the customer: as a task. Its timeout is no failure but the end of a window.
    WaitForTheCustomer,
}

impl Retry {
    /// The shape that a task must have.
    fn of(state: &Value) -> Self {
        if waits_for_the_customer(state) { Self::WaitForTheCustomer } else { Self::Task }
    }

    /// The rules of the shape.
    fn rules(self) -> Value {
        let mut decided = vec!["Step.Customer", "Step.Operator", "Step.InvalidInput"];
        if matches!(self, Self::WaitForTheCustomer) {
            decided.push("States.Timeout");
        }
        json!([
            {"ErrorEquals": decided, "MaxAttempts": 0},
            {
                "ErrorEquals": ["States.ALL"],
                "IntervalSeconds": 2,
                "BackoffRate": 2,
                "MaxDelaySeconds": 60,
                "MaxAttempts": 6,
                "JitterStrategy": "FULL"
            }
        ])
    }
}

/// Where a failure leads.
#[derive(Clone, Copy, Debug)]
enum Catch {
    /// What this onboarding made is undone, and the customer is told of the failure.
    UndoAndFail,
    /// Nothing was made yet: the customer is told of the failure.
    NothingToUndo,
    /// The source works and only the platform was not told: the endpoint is kept, and the customer is told of the failure.
    KeepAndFail,
    /// The customer can mend it, and is asked again with the reason.
    AskAgain,
    /// The customer's window passed; perhaps there is another.
    NextWindow,
    /// The customer was not told, and need not have been: what comes next says it too, so that the way goes on.
    GoOnUntold,
    /// What comes next does not depend on it: the accepted endpoint could not be looked at, and whether it works is seen when
    /// the source is verified; or what a lost attempt made could not be deleted, which the next clean-up does.
    GoOn,
    /// The customer was not told that the source works. It is connected nevertheless, and the output says what went wrong.
    ConnectedUntold,
    /// Not everything could be undone; the customer is told, with the end that led here.
    NotUndone,
    /// The customer was not told that the wait is over: the execution fails, and says that.
    ExpiredUntold,
    /// The customer was not told of the failure: the execution tells it, as it came.
    FailedUntold,
}

impl Catch {
    /// The shapes that a task must have, in their order.
    fn of(name: &str) -> &'static [Self] {
        match name {
            "Open record" | "Check eligibility" | "Tell: declined" => &[Self::NothingToUndo],
            "Await command" | "Await source" => &[Self::NextWindow, Self::UndoAndFail],
            "Create endpoint" => &[Self::AskAgain, Self::UndoAndFail],
            "Check accepted" | "Clean up attempt" => &[Self::GoOn],
            "Tell: preparing"
            | "Tell: command received"
            | "Tell: source received"
            | "Tell: source wanted"
            | "Tell: not yet"
            | "Tell: closing" => &[Self::GoOnUntold],
            "Announce" => &[Self::KeepAndFail],
            "Tell: connected" => &[Self::ConnectedUntold],
            "Clean up" => &[Self::NotUndone],
            "Tell: expired" => &[Self::ExpiredUntold],
            "Tell: failed" => &[Self::FailedUntold],
            _ => &[Self::UndoAndFail],
        }
    }

    /// The rule of the shape, in the state that has it. A state that is counted is counted when it fails, too.
    fn rule(self, state: &Value) -> Value {
        let mut rule = self.rule_uncounted(state);
        if is_counted(state) {
            rule["Assign"]["step"] = json!("{% $step + 1 %}");
        }
        rule
    }

    fn rule_uncounted(self, state: &Value) -> Value {
        let failure = json!(
            "{% {'state': $states.context.State.Name, 'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause} %}"
        );
        let any = json!(["States.ALL"]);
        match self {
            Self::UndoAndFail => json!({
                "ErrorEquals": any,
                "Assign": {"ending": "failed", "failure": failure},
                "Next": "Tell: closing"
            }),
            Self::NothingToUndo => json!({
                "ErrorEquals": any,
                "Assign": {"cleanUp": {"complete": true, "leftovers": []}, "failure": failure},
                "Next": "Tell: failed"
            }),
            Self::KeepAndFail => json!({
                "ErrorEquals": any,
                "Assign": {
                    "cleanUp": {"complete": true, "leftovers": [], "kept": "{% $endpoint.endpointId %}"},
                    "failure": failure
                },
                "Next": "Tell: failed"
            }),
            Self::AskAgain => json!({
                "ErrorEquals": ["Step.Customer"],
                "Assign": {"problem": "{% $states.errorOutput.Cause %}"},
                "Next": "Another attempt?"
            }),
            Self::NextWindow => json!({
                "ErrorEquals": ["States.Timeout"],
                "Assign": {"window": "{% $window + 1 %}", "awaited": state["Arguments"]["Payload"]["answer"]},
                "Next": "Another window?"
            }),
            Self::GoOnUntold => json!({"ErrorEquals": any, "Next": state["Next"]}),
            Self::GoOn => {
                let next = if state["Next"] == "Still accepted?" { &json!("Verify source") } else { &state["Next"] };
                json!({"ErrorEquals": any, "Next": next})
            }
            Self::ConnectedUntold => {
                let mut output = state["Output"].clone();
                output["notReplied"] = json!("{% $states.errorOutput.Error %}");
                json!({"ErrorEquals": any, "Output": output, "Next": "Connected"})
            }
            Self::NotUndone => json!({
                "ErrorEquals": any,
                "Assign": {
                    "cleanUp": {"complete": true, "leftovers": [], "failure": failure},
                    "cleanUps": "{% $cleanUps + 1 %}"
                },
                "Next": "Cleaned up?"
            }),
            Self::ExpiredUntold => json!({
                "ErrorEquals": any,
                "Assign": {
                    "failure": failure,
                    "reason": "{% $states.errorOutput.Cause ? $states.errorOutput.Cause : null %}"
                },
                "Next": "Failed"
            }),
            Self::FailedUntold => json!({
                "ErrorEquals": any,
                "Assign": {"reason": "{% $failure.cause ? $failure.cause : null %}"},
                "Next": "Failed"
            }),
        }
    }
}

#[test]
fn every_task_tries_again_in_the_shape_of_what_it_calls() {
    for (name, state) in tasks() {
        let shape = Retry::of(&state);
        assert_eq!(state["Retry"], shape.rules(), "Retry of {name} is not in the shape {shape:?}");
    }
}

#[test]
fn every_failure_is_caught_in_a_shape_that_is_known() {
    for (name, state) in tasks() {
        let mut caught = state["Catch"].as_array().cloned().unwrap_or_default();
        // A comment says why this state has the shape.
        for rule in &mut caught {
            rule.as_object_mut().unwrap().remove("Comment");
        }
        let shapes = Catch::of(&name);
        let rules: Vec<Value> = shapes.iter().map(|shape| shape.rule(&state)).collect();
        assert_eq!(caught, rules, "Catch of {name} is not in the shape {shapes:?}");
    }
}
