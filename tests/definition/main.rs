//! Ties the definition to the code, to the template and to the documents: what one names, the others have.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may do what the test itself may")]

mod history;
mod operations;
mod places;
mod read;
mod releases;
mod shapes;
mod table;
mod told;
mod ways;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use read::{Machine, binary, function_of, functions, infra, tasks, tells, waits_for_an_execution, waits_for_its_token};
use register::{Claim, Lease};
use step::StepError;

#[test]
fn every_state_is_reached_and_every_way_leads_somewhere() {
    for machine in Machine::ALL {
        let (definition, states) = (machine.definition(), machine.states());
        let ways = ways::ways(&definition);
        let mut reached = BTreeSet::new();
        let mut open = vec![definition["StartAt"].as_str().unwrap().to_owned()];
        while let Some(name) = open.pop() {
            assert!(states.contains_key(&name), "there is no state {name}");
            if reached.insert(name.clone()) {
                open.extend(ways.iter().filter(|way| way.from == name).map(|way| way.to.clone()));
            }
        }
        assert_eq!(reached, states.keys().cloned().collect());
    }
}

#[test]
fn a_task_is_known_by_its_name_alone() {
    let names: BTreeSet<String> = tasks().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), tasks().len(), "faults and documents name a task without its machine");
}

#[test]
fn the_template_fills_in_what_the_definition_leaves_open() {
    for machine in Machine::ALL {
        let text = machine.definition().to_string();
        let open: BTreeSet<&str> = text.split("${").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        let filled = machine.properties()["DefinitionSubstitutions"].as_object().unwrap();
        assert_eq!(open, filled.keys().map(String::as_str).collect());
        for (name, value) in filled {
            let reference = value["Ref"].as_str().unwrap();
            if functions().contains_key(name) {
                assert_eq!(reference, format!("{name}.Alias"), "a running execution must not meet unpublished code");
            } else {
                let known = ["Parameters", "Resources"].iter().any(|section| infra()[section].get(reference).is_some());
                assert!(known, "{name} is filled in by {reference}");
            }
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
    assert_eq!(folders, functions.values().map(|function| binary(function).to_owned()).collect());

    for machine in Machine::ALL {
        let called: BTreeSet<String> = machine.tasks().iter().filter_map(|(_, state)| function_of(state)).collect();
        let allowed = &machine.properties()["Policies"][0]["Statement"][0]["Resource"];
        let allowed = allowed.as_array().unwrap().iter();
        let allowed = allowed.map(|item| item["Ref"].as_str().unwrap().trim_end_matches(".Alias").to_owned());
        assert_eq!(called, allowed.collect());
    }
}

#[test]
fn every_error_name_is_one_that_something_raises() {
    let text: String = Machine::ALL.into_iter().map(|machine| machine.definition().to_string()).collect();
    for name in text.split("\"Step.").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(StepError::NAMES.contains(&format!("Step.{name}").as_str()), "nothing raises Step.{name}");
    }
}

/// The texts of the definition that somebody could read, with their keys. Comments are not for those who run it.
fn texts<'a>(key: &'a str, value: &'a Value) -> Vec<(&'a str, &'a str)> {
    match value {
        Value::String(text) if key != "Comment" => vec![(key, text.as_str())],
        Value::Array(items) => items.iter().flat_map(|item| texts(key, item)).collect(),
        Value::Object(entries) => entries.iter().flat_map(|(key, value)| texts(key, value)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_definition_holds_no_sentence() {
    for (name, state) in Machine::ALL.into_iter().flat_map(Machine::states) {
        for (key, text) in texts("", &state) {
            // A condition compares with the name of a state.
            let names = ["Next", "Default", "state", "held", "Condition", "DetailType"];
            let said: Vec<&str> = if names.contains(&key) {
                continue;
            } else if text.starts_with("{%") {
                text.split('\'').skip(1).step_by(2).collect()
            } else {
                vec![text]
            };
            assert!(!said.iter().any(|said| said.contains(' ')), "{name} says: {said:?}");
        }
    }
}

#[test]
fn a_state_waits_longer_than_its_function_may_run() {
    let default = infra()["Globals"]["Function"]["Timeout"].as_u64().unwrap();
    for (name, state) in tasks() {
        // What a function does for it is done in its first moments.
        if waits_for_its_token(&state) {
            let expected = if tells(&state) { "{% $pause %}" } else { "{% $seconds %}" };
            assert_eq!(state["TimeoutSeconds"], expected, "{name}");
            continue;
        }
        // A closing that holds takes days, and is given up by its own definition.
        if waits_for_an_execution(&state) {
            continue;
        }
        let limit = state["TimeoutSeconds"].as_u64().unwrap_or_else(|| panic!("{name} has no time limit"));
        let Some(function) = function_of(&state) else { continue };
        let runs = functions()[&function]["Properties"]["Timeout"].as_u64().unwrap_or(default);
        assert!(limit > runs, "{name} gives up after {limit} s while its function may run {runs} s");
    }
}

#[test]
fn a_task_token_goes_to_the_vault_and_nowhere_else() {
    for (name, state) in Machine::ALL.into_iter().flat_map(Machine::states) {
        let mentioned = state.to_string().matches("Task.Token").count();
        assert_eq!(mentioned, usize::from(waits_for_its_token(&state)), "{name}");
        if waits_for_its_token(&state) {
            let keeps = ["AwaitAnswerFunction", "TellFunction"];
            assert!(function_of(&state).is_some_and(|function| keeps.contains(&function.as_str())), "{name}");
            assert!(state["Arguments"]["Payload"]["taskToken"].is_string(), "{name}");
        }
    }
}

#[test]
fn every_function_is_published_anew_with_each_release() {
    for (name, function) in functions() {
        assert_eq!(function["Properties"]["AutoPublishCodeSha256"], json!({"Ref": "Release"}), "{name}");
    }
}

#[test]
fn the_machine_may_announce_what_it_announces() {
    let event = &Machine::Onboarding.states()["Announce"]["Arguments"]["Entries"][0];
    let statements = &Machine::Onboarding.properties()["Policies"][0]["Statement"];
    let putting = statements.as_array().unwrap().iter().find(|statement| statement["Action"] == "events:PutEvents");
    let allowed = &putting.unwrap()["Condition"]["StringEquals"];
    assert_eq!(allowed, &json!({"events:source": event["Source"], "events:detail-type": event["DetailType"]}));
}

#[test]
fn a_reply_is_out_of_sight_for_six_times_as_long_as_its_function_may_run() {
    let default = infra()["Globals"]["Function"]["Timeout"].as_u64().unwrap();
    let runs = functions()["ReplyTicketFunction"]["Properties"]["Timeout"].as_u64().unwrap_or(default);
    let hidden = infra()["Resources"]["Replies"]["Properties"]["VisibilityTimeout"].as_u64().unwrap();
    assert!(hidden >= 6 * runs, "AWS wants {} s", 6 * runs);
}

#[test]
fn the_stage_limits_routes_that_are_there_before_it() {
    let resources = infra()["Resources"].as_object().unwrap();
    let stage = &resources["PortalStage"];
    let waits_for: Vec<&Value> = stage["DependsOn"].as_array().unwrap().iter().collect();
    let routes = waits_for.iter().map(|name| &resources[name.as_str().unwrap()]["Properties"]["RouteKey"]);
    let routes: BTreeSet<&str> = routes.map(|key| key.as_str().unwrap()).collect();
    let limited = stage["Properties"]["RouteSettings"].as_object().unwrap();
    assert_eq!(limited.keys().map(String::as_str).collect::<BTreeSet<_>>(), routes);
    // As the page's script says how seldom it asks, in milliseconds, when nothing has happened for a while.
    let script = read::text("functions/customer-portal/src/page/script.js");
    let pause = script.split("latest = ").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let looks = 1000.0 * 1000.0 / pause.parse::<f64>().unwrap();
    let limit = limited["GET /o/{link}"]["ThrottlingRateLimit"].as_f64().unwrap();
    assert!(limit >= 2.0 * looks, "a thousand open pages look {looks} times a second");
}

#[test]
fn cfn_lint_finds_nothing() {
    let output = Command::new(layout::python_program("cfn-lint").unwrap())
        .args(["template", "operations"].map(|name| layout::root().join(format!("infra/{name}.yaml"))))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// How long a function may run, in milliseconds.
fn may_run(function: &str) -> u64 {
    let timeout = |properties: &Value| properties["Timeout"].as_u64();
    let own = timeout(&infra()["Resources"][function]["Properties"]);
    1000 * own.or_else(|| timeout(&infra()["Globals"]["Function"])).unwrap()
}

#[test]
fn a_claim_holds_at_least_twice_as_long_as_who_takes_answers_may_run() {
    for function in ["CustomerPortalFunction", "TakeAnswerFunction"] {
        let runs = may_run(function);
        assert!(Claim::HOLDS >= 2 * runs, "{function} that runs for {runs} ms may still resume the execution");
    }
}

#[test]
fn a_lease_holds_at_least_twice_as_long_as_its_maker_may_run_and_is_outwaited() {
    let runs = may_run("EnsureNetworkFunction");
    assert!(Lease::HOLDS >= 2 * runs, "a maker that runs for {runs} ms may still make a VPC");
    let states = Machine::Onboarding.states();
    let turns = states["Has a place?"]["Choices"].to_string();
    let turns: u64 = turns.split("$turns < ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let pause = 1000 * states["Wait for network"]["Seconds"].as_u64().unwrap();
    let needed = Lease::HOLDS + 2 * runs;
    assert!(
        (turns - 1) * pause >= needed,
        "whoever finds a dead maker's lease gives up before the next one has made it"
    );
}

#[test]
fn no_function_takes_concurrency_from_the_account() {
    // Refused in every new account: AWS keeps a minimum for functions that reserve none.
    for (name, function) in functions() {
        assert!(function["Properties"].get("ReservedConcurrentExecutions").is_none(), "{name}");
    }
}

#[test]
fn what_still_runs_when_its_execution_ends_is_over_before_the_last_look() {
    let longest = functions().keys().map(|function| may_run(function)).max().unwrap();
    let pause = 1000 * Machine::Closing.states()["Wait for what still runs"]["Seconds"].as_u64().unwrap();
    assert!(pause >= 2 * longest && pause >= 300_000, "a function that runs for {longest} ms may still make something");
}

#[test]
fn a_closing_is_named_after_its_onboarding_as_everything_else_is() {
    let name = &Machine::Onboarding.states()["Close"]["Arguments"]["Name"];
    // The first 128 bits of SHA-256, as `OnboardingId::of` takes them.
    let id = "$substring($hash($states.context.Execution.Id, 'SHA-256'), 0, 32)";
    assert_eq!(name, &json!(format!("{{% {id} & '_c' & $string($closings + 1) %}}")));
}
