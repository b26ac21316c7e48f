//! The ways from state to state, with what must hold to take one and what it assigns.

use serde_json::{Map, Value};

/// One way out of a state.
#[derive(Debug)]
pub(crate) struct Way {
    /// The state that it leaves.
    pub(crate) from: String,
    /// The state that it leads to.
    pub(crate) to: String,
    /// What holds when it is taken: the parts of a choice's condition.
    pub(crate) holds: Vec<String>,
    /// What does not hold when it is taken: conditions of one part that were asked before.
    pub(crate) fails: Vec<String>,
    /// The variables that are assigned when it is taken.
    pub(crate) assigns: Map<String, Value>,
}

/// Every way of a definition.
///
/// The `Assign` of a state belongs to its `Next`, that of a choice's state to its `Default` alone; each rule of `Choices`
/// and of `Catch` has its own.
pub(crate) fn ways(definition: &Value) -> Vec<Way> {
    let mut ways = Vec::new();
    for (from, state) in definition["States"].as_object().unwrap() {
        let mut fails = Vec::new();
        let mut add = |to: &Value, holds: &[String], fails: &[String], assigner: &Value| {
            let assigns = assigner["Assign"].as_object().cloned().unwrap_or_default();
            let to = to.as_str().map(str::to_owned);
            let (holds, fails) = (holds.to_vec(), fails.to_vec());
            ways.extend(to.map(|to| Way { from: from.clone(), to, holds, fails, assigns }));
        };
        for choice in state["Choices"].as_array().into_iter().flatten() {
            let holds = parts(choice["Condition"].as_str().unwrap());
            add(&choice["Next"], &holds, &fails, choice);
            if let [only] = &holds[..] {
                fails.push(only.clone());
            }
        }
        add(&state["Default"], &[], &fails, state);
        add(&state["Next"], &[], &[], state);
        for catch in state["Catch"].as_array().into_iter().flatten() {
            add(&catch["Next"], &[], &[], catch);
        }
    }
    ways
}

/// The parts that all hold when a condition holds. What is denied, alternative or computed tells nothing here.
fn parts(condition: &str) -> Vec<String> {
    let condition = condition.trim_start_matches("{%").trim_end_matches("%}").trim();
    if condition.contains(" or ") || condition.contains('(') {
        return Vec::new();
    }
    condition.split(" and ").map(|part| part.trim().to_owned()).collect()
}

/// The variable and the word of `$variable = 'word'`.
pub(crate) fn compared_with_a_word(part: &str) -> Option<(&str, &str)> {
    let (name, word) = part.strip_prefix('$')?.split_once(" = '")?;
    let word = word.strip_suffix('\'')?;
    (is_a_name(name) && !word.contains('\'')).then_some((name, word))
}

/// The variable and the limit of `$variable < limit`.
pub(crate) fn compared_with_a_limit(part: &str) -> Option<(&str, &str)> {
    part.strip_prefix('$')?.split_once(" < ").filter(|(name, _)| is_a_name(name))
}

fn is_a_name(text: &str) -> bool {
    text.chars().all(char::is_alphanumeric)
}
