//! Which states call what, by the definition.

use anyhow::Result;
use serde_json::Value;

/// The machine whose executions are named after the onboarding and not after the ticket.
const CLOSING: &str = "closing";

/// The states of both machines, with the resource and the function that they name.
fn tasks() -> Result<Vec<(String, String, String)>> {
    Ok([tasks_of("onboarding")?, tasks_of(CLOSING)?].concat())
}

/// Whether it is a state of a closing.
pub(crate) fn is_of_closing(state: &str) -> Result<bool> {
    Ok(tasks_of(CLOSING)?.iter().any(|(name, ..)| name == state))
}

fn tasks_of(machine: &str) -> Result<Vec<(String, String, String)>> {
    let text = std::fs::read_to_string(layout::root().join(format!("statemachine/{machine}.asl.json")))?;
    let definition: Value = serde_json::from_str(&text)?;
    let states = definition["States"].as_object().into_iter().flatten();
    let task = |(name, state): (&String, &Value)| {
        let resource = state["Resource"].as_str()?;
        // A wait names its function among the arguments, other states directly.
        let function = state["Arguments"]["FunctionName"].as_str().unwrap_or(resource);
        Some((name.clone(), resource.to_owned(), function.to_owned()))
    };
    Ok(states.filter_map(task).collect())
}

/// The states that call a function, with its name: `${CheckEndpointFunction}` is check-endpoint.
pub(crate) fn functions() -> Result<Vec<(String, String)>> {
    let function = |(state, _, function): (String, String, String)| {
        let name = function.strip_prefix("${")?.strip_suffix("Function}")?;
        let mut kebab = String::new();
        for letter in name.chars() {
            if letter.is_ascii_uppercase() && !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.push(letter.to_ascii_lowercase());
        }
        Some((state, kebab))
    };
    Ok(tasks()?.into_iter().filter_map(function).collect())
}

/// The states that call a service without a function, with the action: `events:putEvents`.
pub(crate) fn integrations() -> Result<Vec<(String, String)>> {
    let integration = |(state, resource, _): (String, String, String)| {
        let action = resource.strip_prefix("arn:aws:states:::")?.split('.').next()?.to_owned();
        (!action.starts_with("lambda:")).then_some((state, action))
    };
    Ok(tasks()?.into_iter().filter_map(integration).collect())
}
