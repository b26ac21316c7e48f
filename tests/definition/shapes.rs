//! The shapes of Retry and Catch. Every task has one of a few, so that what happens after a failure can be read here once;
//! whoever changes a shape changes it here, and then wherever the tests say.

use serde_json::{Value, json};

use crate::read::{
    Machine, is_counted, tasks, tells, waits_for_an_execution, waits_for_its_token, waits_for_the_customer,
};
use crate::ways::ways;

/// What is tried again, and how often.
#[derive(Clone, Copy, Debug)]
enum Retry {
    /// A task: whatever goes wrong, unless the step itself has decided that time does not mend it. Lambda's and AWS's own
    /// errors have names that no list holds for long.
    Task,
    /// What is done again soon, or need not be done: once more is enough.
    OnceMore,
    /// Another execution is never started again: what it has begun, start-closing goes on with.
    Never,
    /// A wait for the customer: as a task. Its timeout is no failure but the end of a window.
    WaitForTheCustomer,
    /// A pause: once more, since what cannot be told waits all the same. Its timeout is its end.
    Pause,
}

impl Retry {
    /// The shape that a task must have.
    fn of(name: &str, state: &Value) -> Self {
        match state {
            _ if ["Check acceptance", "Check accepted"].contains(&name) || is_for_the_page_only(name) => Self::OnceMore,
            _ if waits_for_the_customer(state) => Self::WaitForTheCustomer,
            _ if waits_for_its_token(state) => Self::Pause,
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
        if matches!(self, Self::WaitForTheCustomer | Self::Pause) {
            decided.push("States.Timeout");
        }
        json!([
            {"ErrorEquals": decided, "MaxAttempts": 0},
            {
                "ErrorEquals": ["States.ALL"],
                "IntervalSeconds": 2,
                "BackoffRate": 2,
                "MaxDelaySeconds": 60,
                "MaxAttempts": if matches!(self, Self::OnceMore | Self::Pause) { 1 } else { 3 },
                "JitterStrategy": "FULL"
            }
        ])
    }
}

/// Whether an onboarding's message is left out when it fails: what comes next says it too.
fn is_for_the_page_only(name: &str) -> bool {
    ["preparing", "command received", "source received", "acceptance awaited", "not yet"]
        .iter()
        .any(|message| name.strip_prefix("Tell: ") == Some(message))
}

/// Where a failure leads.
#[derive(Clone, Copy, Debug)]
enum Catch {
    /// A closing has the onboarding: the execution ends without another word.
    Fenced,
    /// A later closing has the onboarding: this one ends without another word.
    Overtaken,
    /// Closing goes on: start-closing reads what is needed for it.
    NotClosed,
    /// The same is tried again later.
    Hold,
    /// The event, or what the customer has written there, is something that nobody can read, which time does not mend.
    Malformed,
    /// The pause is over.
    PauseOver,
    /// Whether the support engineer was told or not, what is held is tried again.
    WaitUntold,
    /// The customer can mend it, and is asked again with the reason.
    AskAgain,
    /// The customer's window passed; perhaps there is another.
    NextWindow,
    /// The customer was not told, and need not have been: what comes next says it too, so that the way goes on.
    GoOnUntold,
    /// What comes next does not depend on it: the accepted endpoint could not be looked at, and whether it works is seen when
    /// the source is verified.
    GoOn,
}

impl Catch {
    /// The shapes that a task must have, in their order.
    fn of(name: &str) -> &'static [Self] {
        match name {
            "Await command" | "Await source" => &[Self::Fenced, Self::NextWindow, Self::Hold],
            "Create endpoint" => &[Self::Fenced, Self::AskAgain, Self::Hold],
            "Check eligibility" => &[Self::Fenced, Self::Malformed, Self::Hold],
            "Tell: held" => &[Self::Fenced, Self::PauseOver, Self::WaitUntold],
            "Check accepted" => &[Self::Fenced, Self::GoOn],
            _ if is_for_the_page_only(name) => &[Self::Fenced, Self::GoOnUntold],
            "Close" => &[Self::NotClosed],
            "Mark closing" | "Clean up" | "Tell: expired" | "Tell: failed" | "Tell: closed" => {
                &[Self::Overtaken, Self::Hold]
            }
            "Tell: closing" => &[Self::Overtaken, Self::GoOnUntold],
            _ => &[Self::Fenced, Self::Hold],
        }
    }

    /// The rule of the shape, in the state that has it. A state that is counted is counted when it fails, too, unless it is
    /// tried again as the same step, or nothing is told any more.
    fn rule(self, name: &str, state: &Value) -> Value {
        let mut rule = self.rule_uncounted(name, state);
        let is_of_closing = Machine::Closing.states().contains_key(name);
        let is_over = matches!(self, Self::Fenced | Self::Overtaken) || is_of_closing && matches!(self, Self::Hold);
        if is_counted(state) && !is_over {
            rule["Assign"]["step"] = json!("{% $step + 1 %}");
        }
        if tells(state) && !is_of_closing {
            match self {
                // What is told again is the same message.
                Self::Hold => rule["Assign"]["first"] = state["Arguments"]["first"].clone(),
                Self::GoOnUntold => rule["Assign"]["first"] = Value::Null,
                Self::WaitUntold => rule["Assign"]["noted"] = state["Arguments"]["Payload"]["first"].clone(),
                _ => {}
            }
        }
        rule
    }

    fn rule_uncounted(self, name: &str, state: &Value) -> Value {
        let failure = json!(
            "{% {'state': $states.context.State.Name, 'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause} %}"
        );
        let any = json!(["States.ALL"]);
        // A closing begins with the failure that it closes.
        let failed = if Machine::Closing.states().contains_key(name) { "failed" } else { "failure" };
        match self {
            Self::Fenced => json!({"ErrorEquals": ["Step.Closed"], "Next": "Fenced"}),
            Self::Overtaken => json!({"ErrorEquals": ["Step.Closed"], "Next": "Overtaken"}),
            Self::Malformed => json!({
                "ErrorEquals": ["Step.Customer", "Step.InvalidInput"],
                "Assign": {"ending": "failed", "failure": failure},
                "Next": "Close"
            }),
            Self::PauseOver => {
                json!({"ErrorEquals": ["States.Timeout"], "Assign": state["Assign"], "Next": state["Next"]})
            }
            Self::WaitUntold => json!({"ErrorEquals": any, "Next": "Wait to go on"}),
            Self::NotClosed => json!({"ErrorEquals": any, "Next": "Not closed"}),
            Self::Hold => json!({
                "ErrorEquals": any,
                "Assign": {"held": name, "holds": "{% $holds + 1 %}", failed: failure},
                "Next": "Go on?"
            }),
            Self::AskAgain => json!({
                "ErrorEquals": ["Step.Customer"],
                "Assign": {"problem": "{% $states.errorOutput.Cause %}"},
                "Next": "Another attempt?"
            }),
            Self::NextWindow => json!({
                "ErrorEquals": ["States.Timeout"],
                "Assign": {
                    "asks": state["Arguments"]["Payload"]["answer"],
                    "awaited": format!("{{% '{}' %}}", state["Arguments"]["Payload"]["answer"].as_str().unwrap()),
                    "began": "{% $states.context.State.EnteredTime %}"
                },
                "Next": "Tell: reminder"
            }),
            Self::GoOnUntold => json!({"ErrorEquals": any, "Next": state["Next"]}),
            Self::GoOn => json!({"ErrorEquals": any, "Next": "Verify source"}),
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
    for machine in Machine::ALL {
        let states = machine.states();
        let go_on = &states["Go on"];
        let back = |name: &str| {
            let condition = json!(format!("{{% $held = '{name}' %}}"));
            let choice = go_on["Choices"].as_array().unwrap().iter().find(|choice| choice["Condition"] == condition);
            choice.map_or(&go_on["Default"], |choice| &choice["Next"]).clone()
        };
        let ways = ways(&machine.definition()).into_iter().filter(|way| way.to == "Go on?");
        for held in ways.map(|way| way.assigns["held"].as_str().unwrap().to_owned()) {
            assert_eq!(back(&held), *held, "{held}");
        }
    }
}

#[test]
fn what_a_closing_came_to_is_what_the_onboarding_ends_as() {
    let closing = Machine::Closing.states();
    let outcomes = closing.values().filter_map(|state| state["Output"]["outcome"].as_str());
    let choice = &Machine::Onboarding.states()["Closed?"];
    for outcome in outcomes {
        let condition = json!(format!("{{% $closed.outcome = '{outcome}' %}}"));
        let choices = choice["Choices"].as_array().unwrap();
        let next =
            choices.iter().find(|choice| choice["Condition"] == condition).map_or(&choice["Default"], |c| &c["Next"]);
        assert_eq!(next.as_str().unwrap().to_lowercase(), outcome);
    }
}
