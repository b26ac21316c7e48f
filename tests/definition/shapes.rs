//! The shapes of Retry and Catch. Every task has one of a few, so that what happens after a failure can be read here once;
//! whoever changes a shape changes it here, and then wherever the tests say.

use serde_json::{Value, json};

use crate::read::{is_counted, tasks, waits_for_an_execution, waits_for_the_customer};

/// What is tried again, and how often.
#[derive(Clone, Copy, Debug)]
enum Retry {
    /// A task: whatever goes wrong, unless the step itself has decided that time does not mend it. Lambda's and AWS's own
    /// errors have names that no list holds for long.
    Task,
    /// A look for which the definition comes again anyway.
    Look,
    /// Another execution is never started again: what it has begun, start-closing goes on with.
    Never,
    /// A wait for the customer: as a task. Its timeout is no failure but the end of a window.
    WaitForTheCustomer,
}

impl Retry {
    /// The shape that a task must have.
    fn of(name: &str, state: &Value) -> Self {
        match state {
            _ if name == "Check acceptance" => Self::Look,
            _ if waits_for_the_customer(state) => Self::WaitForTheCustomer,
            _ if waits_for_an_execution(state) => Self::Never,
            _ => Self::Task,
        }
    }

    /// The rules of the shape.
    fn rules(self) -> Value {
        if matches!(self, Self::Never) {
            return Value::Null;
        }
        let mut decided = vec!["Step.Customer", "Step.Operator", "Step.InvalidInput", "Step.Closed"];
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
                "MaxAttempts": if matches!(self, Self::Look) { 3 } else { 6 },
                "JitterStrategy": "FULL"
            }
        ])
    }
}

/// Where a failure leads.
#[derive(Clone, Copy, Debug)]
enum Catch {
    /// A closing has the onboarding: the execution ends without another word.
    Fenced,
    /// A later closing has the onboarding: this one ends without another word.
    Overtaken,
    /// What this onboarding made is undone, and the customer is told of the failure.
    Close,
    /// Closing goes on: start-closing reads what is needed for it.
    NotClosed,
    /// The closing tries the same again later.
    Hold,
    /// What was seen before counts until the next look, which is counted too.
    LookAgain,
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
}

impl Catch {
    /// The shapes that a task must have, in their order.
    fn of(name: &str) -> &'static [Self] {
        match name {
            "Await command" | "Await source" => &[Self::Fenced, Self::NextWindow, Self::Close],
            "Create endpoint" => &[Self::Fenced, Self::AskAgain, Self::Close],
            "Check acceptance" => &[Self::Fenced, Self::LookAgain],
            "Check accepted" | "Clean up attempt" => &[Self::Fenced, Self::GoOn],
            "Tell: preparing"
            | "Tell: command received"
            | "Tell: source received"
            | "Tell: source wanted"
            | "Tell: not yet" => &[Self::Fenced, Self::GoOnUntold],
            "Tell: connected" => &[Self::Fenced, Self::ConnectedUntold],
            "Close" => &[Self::NotClosed],
            "Mark closing" | "Clean up" | "Tell: expired" | "Tell: failed" | "Tell: closed" => {
                &[Self::Overtaken, Self::Hold]
            }
            "Tell: closing" => &[Self::Overtaken, Self::GoOnUntold],
            _ => &[Self::Fenced, Self::Close],
        }
    }

    /// The rule of the shape, in the state that has it. A state that is counted is counted when it fails, too, unless it is
    /// tried again as the same step, or nothing is told any more.
    fn rule(self, name: &str, state: &Value) -> Value {
        let mut rule = self.rule_uncounted(name, state);
        if is_counted(state) && !matches!(self, Self::Fenced | Self::Overtaken | Self::Hold) {
            rule["Assign"]["step"] = json!("{% $step + 1 %}");
        }
        rule
    }

    fn rule_uncounted(self, name: &str, state: &Value) -> Value {
        let failure = json!(
            "{% {'state': $states.context.State.Name, 'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause} %}"
        );
        let any = json!(["States.ALL"]);
        match self {
            Self::Fenced => json!({"ErrorEquals": ["Step.Closed"], "Next": "Fenced"}),
            Self::Overtaken => json!({"ErrorEquals": ["Step.Closed"], "Next": "Overtaken"}),
            Self::Close => json!({
                "ErrorEquals": any,
                "Assign": {"ending": "failed", "failure": failure},
                "Next": "Close"
            }),
            Self::NotClosed => json!({"ErrorEquals": any, "Next": "Not closed"}),
            Self::Hold => json!({
                "ErrorEquals": any,
                "Assign": {"held": name, "holds": "{% $holds + 1 %}", "failed": failure},
                "Next": "Go on?"
            }),
            Self::LookAgain => {
                let mut assign = state["Assign"].clone();
                assign.as_object_mut().unwrap().remove("endpoint");
                json!({"ErrorEquals": any, "Assign": assign, "Next": state["Next"]})
            }
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
        }
    }
}

#[test]
fn every_task_tries_again_in_the_shape_of_what_it_calls() {
    for (name, state) in tasks() {
        let shape = Retry::of(&name, &state);
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
        let rules: Vec<Value> = shapes.iter().map(|shape| shape.rule(&name, &state)).collect();
        assert_eq!(caught, rules, "Catch of {name} is not in the shape {shapes:?}");
    }
}

#[test]
fn what_is_held_goes_on_where_it_was() {
    let states = crate::read::Machine::Closing.states();
    let go_on = &states["Go on"];
    let back = |name: &str| {
        let condition = json!(format!("{{% $held = '{name}' %}}"));
        let choice = go_on["Choices"].as_array().unwrap().iter().find(|choice| choice["Condition"] == condition);
        choice.map_or(&go_on["Default"], |choice| &choice["Next"]).clone()
    };
    for (name, _) in states.iter().filter(|(_, state)| state["Catch"][1]["Next"] == "Go on?") {
        assert_eq!(back(name), **name, "{name}");
    }
}
