//! What the tests compare: the definition, the template and the documents beside them.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use local_stack::template;

/// States by name.
pub(crate) type States = Map<String, Value>;

/// The text of a file of the repository.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(layout::root().join(path)).unwrap()
}

/// A state machine of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    Onboarding,
    Closing,
}

impl Machine {
    pub(crate) const ALL: [Self; 2] = [Self::Onboarding, Self::Closing];

    /// The logical id in the template.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Onboarding => "Onboarding",
            Self::Closing => "Closing",
        }
    }

    /// What the template says of it.
    pub(crate) fn properties(self) -> &'static Value {
        &infra()["Resources"][self.id()]["Properties"]
    }

    /// Its definition.
    pub(crate) fn definition(self) -> Value {
        let name = self.id().to_lowercase();
        serde_json::from_str(&text(&format!("statemachine/{name}.asl.json"))).unwrap()
    }

    /// Its states by name.
    pub(crate) fn states(self) -> States {
        self.definition()["States"].as_object().unwrap().clone()
    }

    /// Its tasks by name.
    pub(crate) fn tasks(self) -> Vec<(String, Value)> {
        self.states().into_iter().filter(|(_, state)| state["Type"] == "Task").collect()
    }
}

/// The tasks of all machines by name.
pub(crate) fn tasks() -> Vec<(String, Value)> {
    Machine::ALL.into_iter().flat_map(Machine::tasks).collect()
}

/// The template of the stack.
pub(crate) fn infra() -> &'static Value {
    static INFRA: LazyLock<Value> =
        LazyLock::new(|| template::read(&layout::root().join("infra/template.yaml")).unwrap());
    &INFRA
}

/// The template's functions by logical id.
pub(crate) fn functions() -> BTreeMap<String, Value> {
    let resources = infra()["Resources"].as_object().unwrap().clone();
    resources.into_iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function").collect()
}

/// The name of a function's folder, which is that of its binary.
pub(crate) fn binary(function: &Value) -> &str {
    function["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap()
}

/// The logical id of the function that a state calls.
pub(crate) fn function_of(state: &Value) -> Option<String> {
    let called = state["Arguments"]["FunctionName"].as_str().or(state["Resource"].as_str())?;
    Some(called.strip_prefix("${")?.strip_suffix('}')?.to_owned())
}

/// Whether a state is one of the onboarding's steps, which are counted: a message, or a wait for the customer.
pub(crate) fn is_counted(state: &Value) -> bool {
    tells(state) || waits_for_the_customer(state)
}

/// Whether a state is a message.
pub(crate) fn tells(state: &Value) -> bool {
    function_of(state).as_deref() == Some("TellFunction")
}

/// Whether a task waits until another execution has ended.
pub(crate) fn waits_for_an_execution(state: &Value) -> bool {
    state["Resource"].as_str().is_some_and(|resource| resource.ends_with(":startExecution.sync:2"))
}

/// Whether a task waits until somebody returns its task token.
pub(crate) fn waits_for_its_token(state: &Value) -> bool {
    state["Resource"].as_str().is_some_and(|resource| resource.ends_with(".waitForTaskToken"))
}

/// Whether a task waits for the customer's answer. A pause waits for its token too, and for nobody.
pub(crate) fn waits_for_the_customer(state: &Value) -> bool {
    waits_for_its_token(state) && !tells(state)
}
