//! Ties the definition to the code, to the template and to the documents: what one names, the others have.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may do what the test itself may")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::{Map, Value};

use local_stack::template;
use shared::StepError;

type States = Map<String, Value>;

fn definition() -> Value {
    serde_json::from_str(&fs::read_to_string(layout::root().join("statemachine/onboarding.asl.json")).unwrap()).unwrap()
}

fn states() -> States {
    definition()["States"].as_object().unwrap().clone()
}

fn infra() -> Value {
    template::read(&layout::root().join("infra/template.yaml")).unwrap()
}

/// The template's functions by logical id.
fn functions() -> BTreeMap<String, Value> {
    let resources = infra()["Resources"].as_object().unwrap().clone();
    resources.into_iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function").collect()
}

/// The logical id of the function that a state calls.
fn function_of(state: &Value) -> Option<String> {
    let called = state["Arguments"]["FunctionName"].as_str().or(state["Resource"].as_str())?;
    Some(called.strip_prefix("${")?.strip_suffix('}')?.to_owned())
}

fn calls_a_function(state: &Value) -> bool {
    function_of(state).is_some()
}

fn tasks() -> Vec<(String, Value)> {
    states().into_iter().filter(|(_, state)| state["Type"] == "Task").collect()
}

#[test]
fn every_state_is_reached_and_every_way_leads_somewhere() {
    let states = states();
    let mut reached = BTreeSet::new();
    let mut open = vec![definition()["StartAt"].as_str().unwrap().to_owned()];
    while let Some(name) = open.pop() {
        let state = states.get(&name).unwrap_or_else(|| panic!("there is no state {name}"));
        if reached.insert(name) {
            let ways = [&state["Choices"], &state["Catch"]].into_iter().filter_map(Value::as_array).flatten();
            let ways = ways.map(|way| &way["Next"]).chain([&state["Next"], &state["Default"]]);
            open.extend(ways.filter_map(|next| next.as_str().map(str::to_owned)));
        }
    }
    assert_eq!(reached, states.keys().cloned().collect());
}

#[test]
fn the_template_fills_in_what_the_definition_leaves_open() {
    let text = definition().to_string();
    let open: BTreeSet<&str> = text.split("${").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    let filled = infra()["Resources"]["Onboarding"]["Properties"]["DefinitionSubstitutions"].clone();
    assert_eq!(open, filled.as_object().unwrap().keys().map(String::as_str).collect());
    for (name, value) in filled.as_object().unwrap() {
        let reference = value["Ref"].as_str().unwrap();
        if functions().contains_key(name) {
            assert_eq!(reference, format!("{name}.Alias"), "a running onboarding must not meet unpublished code");
        } else {
            let known = ["Parameters", "Resources"].iter().any(|section| infra()[section].get(reference).is_some());
            assert!(known, "{name} is filled in by {reference}");
        }
    }
}

#[test]
fn every_folder_of_functions_is_a_function_and_the_machine_may_call_those_of_its_states() {
    let folders: BTreeSet<String> = fs::read_dir(layout::root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir() && entry.file_name() != "shared")
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let functions = functions();
    let binary = |function: &Value| function["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap().to_owned();
    assert_eq!(folders, functions.values().map(binary).collect());

    let called: BTreeSet<String> = tasks().iter().filter_map(|(_, state)| function_of(state)).collect();
    let allowed = &infra()["Resources"]["Onboarding"]["Properties"]["Policies"][0]["Statement"][0]["Resource"];
    let allowed = allowed.as_array().unwrap().iter();
    let allowed = allowed.map(|item| item["Ref"].as_str().unwrap().trim_end_matches(".Alias").to_owned());
    assert_eq!(called, allowed.collect());
}

#[test]
fn every_task_retries_what_time_mends_and_catches_the_rest() {
    let standard = tasks()[0].1["Retry"].clone();
    assert_eq!(standard[0]["JitterStrategy"], "FULL");
    assert_eq!(standard[0]["ErrorEquals"][0], "Step.Transient");
    for (name, state) in tasks() {
        if calls_a_function(&state) {
            assert_eq!(state["Retry"], standard, "{name}");
        } else {
            // A service's own errors have other names; how often and how long is the same.
            let retry = &state["Retry"][0];
            assert_eq!(retry["ErrorEquals"], serde_json::json!(["States.TaskFailed", "States.Timeout"]), "{name}");
            for key in ["IntervalSeconds", "BackoffRate", "MaxDelaySeconds", "MaxAttempts", "JitterStrategy"] {
                assert_eq!(retry[key], standard[0][key], "{name}");
            }
        }
        let last = state["Catch"].as_array().unwrap().last().unwrap();
        assert_eq!(last["ErrorEquals"], serde_json::json!(["States.ALL"]), "{name}");
        // What cannot be told on the ticket is still told by the execution, with the failure that came first.
        let keeps_failure = last["Assign"].get("failure").is_some();
        assert_eq!(
            keeps_failure,
            !["Clean up", "Reply: source wanted", "Reply: connected", "Reply: failed"].contains(&name.as_str()),
            "{name}"
        );
    }
}

#[test]
fn an_endpoint_that_works_is_kept_when_only_the_reply_fails() {
    let state = &states()["Reply: connected"];
    let way_out = &state["Catch"][0];
    assert_eq!((&way_out["Next"], &way_out["Output"]["outcome"]), (&"Connected".into(), &"connected".into()));
    for (key, value) in state["Output"].as_object().unwrap() {
        assert_eq!(&way_out["Output"][key], value, "{key}");
    }
}

#[test]
fn an_accepted_endpoint_is_kept_when_only_the_ticket_was_not_told_what_is_wanted() {
    assert_eq!(states()["Reply: source wanted"]["Catch"][0]["Next"], "Await source");
}

#[test]
fn every_error_name_is_one_that_something_raises() {
    let text = definition().to_string();
    for name in text.split("\"Step.").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(StepError::NAMES.contains(&format!("Step.{name}").as_str()), "nothing raises Step.{name}");
    }
}

/// The states that a task token leaves.
const WAITS_FOR_THE_CUSTOMER: [&str; 2] = ["Await command", "Await source"];

#[test]
fn a_state_waits_longer_than_its_function_may_run() {
    let default = infra()["Globals"]["Function"]["Timeout"].as_u64().unwrap();
    for (name, state) in tasks() {
        if WAITS_FOR_THE_CUSTOMER.contains(&name.as_str()) {
            assert_eq!(state["TimeoutSeconds"], "{% ${AnswerWindowSeconds} %}", "{name}");
            continue;
        }
        let limit = state["TimeoutSeconds"].as_u64().unwrap_or_else(|| panic!("{name} has no time limit"));
        if !calls_a_function(&state) {
            continue;
        }
        let function = &functions()[&function_of(&state).unwrap()];
        let runs = function["Properties"]["Timeout"].as_u64().unwrap_or(default);
        assert!(limit > runs, "{name} gives up after {limit} s while its function may run {runs} s");
    }
}

#[test]
fn a_task_token_goes_to_the_vault_and_nowhere_else() {
    let places: Vec<String> = states()
        .into_iter()
        .filter(|(_, state)| state.to_string().contains("Task.Token"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(places, WAITS_FOR_THE_CUSTOMER);
    for name in WAITS_FOR_THE_CUSTOMER {
        let state = &states()[name];
        assert_eq!(state.to_string().matches("Task.Token").count(), 1);
        assert!(state["Arguments"]["Payload"]["taskToken"].is_string());
        assert!(state["Resource"].as_str().unwrap().ends_with("lambda:invoke.waitForTaskToken"));
    }
}

#[test]
fn a_reply_is_named_as_its_message() {
    for (name, state) in tasks() {
        let reply = name.strip_prefix("Reply: ").map(|reply| reply.replace(' ', "-"));
        assert_eq!(reply.as_deref(), state["Arguments"]["message"]["name"].as_str(), "{name}");
    }
}

#[test]
fn the_portal_knows_every_state() {
    let known: BTreeSet<String> = customer_portal::STAGES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(known, states().keys().cloned().collect());
}

/// The counters that bound the definition's loops, with the states that each lets be entered once more.
const LOOPS: [(&str, &[&str]); 7] = [
    ("polls", &["Wait for acceptance", "Check acceptance", "Accepted?"]),
    ("checks", &["Check endpoint", "Endpoint ready?", "Wait for endpoint"]),
    ("window", &["Await command", "Await source", "Another window?", "Reply: reminder", "Back to the wait"]),
    (
        "attempt",
        &["Reply: instructions", "Await command", "Create endpoint", "Reply: endpoint ready", "Another attempt?"],
    ),
    ("sources", &["Reply: source wanted", "Await source", "Verify source", "Source works?", "Another source?"]),
    ("verifications", &["Verify source", "Source works?", "Wait for source"]),
    ("cleanUps", &["Clean up", "Cleaned up?", "Wait for deletion"]),
];

/// The number that the definition compares a counter with; a parameter counts with the most that it may be.
fn bound(counter: &str) -> u64 {
    let text = definition().to_string();
    let found = text.split(&format!("${counter} < ")).nth(1).unwrap_or_else(|| panic!("nothing bounds {counter}"));
    match found.strip_prefix("${") {
        Some(parameter) => infra()["Parameters"][parameter.split('}').next().unwrap()]["MaxValue"].as_u64().unwrap(),
        None => found.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap(),
    }
}

/// The events that one visit of a state writes into the history when every retry is used up.
fn events(state: &Value) -> u64 {
    let retries: u64 =
        state["Retry"].as_array().into_iter().flatten().map(|retry| retry["MaxAttempts"].as_u64().unwrap()).sum();
    match state["Type"].as_str().unwrap() {
        // Entered, scheduled, started, submitted, succeeded, exited; a failed try: scheduled, started, submitted, failed.
        "Task" if state["Resource"].as_str().unwrap().ends_with(".waitForTaskToken") => 6 + 4 * retries,
        // Entered, scheduled, started, succeeded, exited; a failed try: scheduled, started, failed.
        "Task" => 5 + 3 * retries,
        "Choice" | "Wait" | "Succeed" => 2,
        "Fail" => 1,
        kind => panic!("count the events of {kind}"),
    }
}

#[test]
fn the_longest_onboarding_fits_into_the_history() {
    let visits = |name: &str| {
        let loops = LOOPS.iter().filter(|(_, states)| states.contains(&name));
        // A counter's last value is not let through but still leads through the loop's states.
        loops.map(|(counter, _)| bound(counter) + 1).sum::<u64>().max(1)
    };
    let total: u64 = 2 + states().iter().map(|(name, state)| visits(name) * events(state)).sum::<u64>();
    assert!(total < 25_000, "{total} events");
    let readme = fs::read_to_string(layout::root().join("statemachine/README.md")).unwrap();
    let stated = format!("{},{:03} of 25,000 events", total / 1000, total % 1000);
    assert!(readme.contains(&stated), "statemachine/README.md should say: {stated}");
}

/// The IAM actions that a function's role allows, in the order of the template.
fn actions(function: &Value) -> Vec<String> {
    let statements = function["Properties"]["Policies"][0]["Statement"].as_array().cloned().unwrap_or_default();
    let actions = statements.iter().flat_map(|statement| match &statement["Action"] {
        Value::Array(actions) => actions.clone(),
        action => vec![action.clone()],
    });
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_table_of_functions_says_which_states_call_them_and_what_they_may_call() {
    let readme = fs::read_to_string(layout::root().join("functions/README.md")).unwrap();
    for (id, function) in functions() {
        let binary = function["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap();
        let row = readme.lines().find(|line| line.starts_with(&format!("| [{binary}]({binary})")));
        let row = row.unwrap_or_else(|| panic!("functions/README.md has no row for {binary}"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let called: Vec<String> = tasks()
            .into_iter()
            .filter(|(_, state)| function_of(state).as_ref() == Some(&id))
            .map(|(name, _)| name)
            .collect();
        if !called.is_empty() && binary != "reply-ticket" {
            assert_eq!(cells[2], called.join(", "), "the states of {binary}");
        }
        let documented: BTreeSet<&str> = cells[6].split([',', ' ']).filter(|name| name.contains(':')).collect();
        let allowed = actions(&function);
        assert_eq!(documented, allowed.iter().map(String::as_str).collect(), "the AWS calls of {binary}");
    }
}

#[test]
fn cfn_lint_finds_nothing() {
    let output = Command::new(layout::python_program("cfn-lint").unwrap())
        .arg(layout::root().join("infra/template.yaml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
