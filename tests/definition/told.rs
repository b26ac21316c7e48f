//! What the customer is told: the messages of the definition, the steps by which it counts them, and the facts that go with
//! them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::facts::Facts;
use shared::message::Message;

use crate::read::{Machine, is_counted, tasks, tells, waits_for_its_token};
use crate::ways::ways;

/// What a message or a wait hands on.
fn handed_on(state: &Value) -> &Value {
    if waits_for_its_token(state) { &state["Arguments"]["Payload"] } else { &state["Arguments"] }
}

/// A value that a field of a message may have, for one that is only known when it runs.
fn sample(field: &str) -> Value {
    match field {
        "reason" => json!("The plan has no PrivateLink."),
        "awaited" => json!("source"),
        "ending" => json!("expired"),
        "window" | "windows" => json!(3),
        "failure" => json!({"state": "Clean up", "error": "Step.Operator", "cause": "The cause."}),
        "wish" => json!({"by": "customer", "who": "Ada", "why": "The reason."}),
        _ => panic!("give a value for {field}"),
    }
}

#[test]
fn a_message_is_named_as_its_state_and_is_one_that_is_known() {
    for (name, state) in tasks() {
        let named = name.strip_prefix("Tell: ").map(|message| message.replace(' ', "-"));
        assert_eq!(named.is_some(), tells(&state), "{name}");
        let Some(named) = named else { continue };
        let mut message = handed_on(&state)["message"].clone();
        assert_eq!(message["name"], named, "{name}");
        for (field, value) in message.as_object_mut().unwrap() {
            if value.as_str().is_some_and(|text| text.starts_with("{%")) {
                *value = sample(field);
            }
        }
        let read: Message =
            serde_json::from_value(message.clone()).unwrap_or_else(|error| panic!("{name} is no message: {error}"));
        assert_eq!(serde_json::to_value(read).unwrap(), message, "{name} says more than its message has");
    }
}

#[test]
fn every_message_is_told_in_the_same_way() {
    for machine in Machine::ALL {
        let mut expected = json!({
            "executionArn": "{% $states.context.Execution.Id %}",
            "event": "{% $states.context.Execution.Input %}",
            "step": "{% $step + 1 %}",
            "retry": "{% $states.context.State.RetryCount %}",
            // What is held is told again as the same message; the first message afterwards says that it goes on.
            "first": "{% $first = null ? $step + 1 : $first %}",
            "goesOn": "{% $episode %}",
        });
        if machine == Machine::Closing {
            expected["executionArn"] = json!("{% $states.context.Execution.Input.executionArn %}");
            expected["event"] = json!({"ticket": {"id": "{% $marked.ticket %}"}});
            expected["closing"] = json!("{% $states.context.Execution.Input.number %}");
            expected.as_object_mut().unwrap().retain(|argument, _| !["first", "goesOn"].contains(&argument.as_str()));
        }
        let told = machine.tasks().into_iter().filter(|(name, state)| tells(state) && name != "Tell: held");
        for (name, state) in told {
            let mut arguments = state["Arguments"].clone();
            // What a window comes to, only its reminder asks.
            let own = ["message", "facts", if name == "Tell: reminder" { "window" } else { "" }];
            arguments.as_object_mut().unwrap().retain(|argument, _| !own.contains(&argument.as_str()));
            assert_eq!(arguments, expected, "{name}");
        }
    }
}

#[test]
fn every_message_and_every_wait_is_one_step_more_on_every_way_out() {
    let one_more = json!("{% $step + 1 %}");
    for machine in Machine::ALL {
        let states = machine.states();
        for way in ways(&machine.definition()).into_iter().filter(|way| way.from != "Begin") {
            // What a closing holds is told again as the same step, and what has met a fence tells nothing any more.
            let is_held = machine == Machine::Closing && way.assigns.contains_key("held");
            let is_over = is_held || ["Fenced", "Overtaken"].contains(&way.to.as_str());
            let expected = (is_counted(&states[&way.from]) && !is_over).then_some(&one_more);
            assert_eq!(way.assigns.get("step"), expected, "from {} to {}", way.from, way.to);
        }
    }
    for (name, state) in tasks().iter().filter(|(_, state)| is_counted(state)) {
        let handed_on = handed_on(state);
        assert_eq!(handed_on["step"], one_more, "{name}");
        assert_eq!(handed_on["retry"], "{% $states.context.State.RetryCount %}", "{name}");
    }
}

#[test]
fn every_message_and_every_wait_hands_on_all_facts() {
    let all: Facts = serde_json::from_value(json!({
        "network": {"region": "us-east-1", "vpcId": "vpc-0123456789abcdef0", "subnetIds": []},
        "target": "dedicated",
        "request": {"serviceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", "subnetIds": []},
        "endpoint": {"endpointId": "vpce-0123456789abcdef0", "target": "dedicated"},
        "verification": {"verdict": "not-yet", "layers": [], "problem": null, "nextStep": null},
        "problem": "The problem.",
        "cleanUp": {"complete": true, "leftovers": []},
    }))
    .unwrap();
    let Facts {
        network: Some(_),
        target: Some(_),
        request: Some(_),
        endpoint: Some(_),
        verification: Some(_),
        problem: Some(_),
        clean_up: Some(_),
    } = &all
    else {
        panic!("a fact is missing above")
    };
    let fields: BTreeSet<String> = serde_json::to_value(all).unwrap().as_object().unwrap().keys().cloned().collect();
    let mut handed = BTreeSet::new();
    for machine in Machine::ALL {
        let mut expressions = BTreeSet::new();
        for (name, state) in machine.tasks().into_iter().filter(|(_, state)| is_counted(state)) {
            let facts =
                handed_on(&state)["facts"].as_str().unwrap_or_else(|| panic!("{name} hands on no facts")).to_owned();
            expressions.insert(facts);
        }
        let expressions: Vec<String> = expressions.into_iter().collect();
        let [expression] = &expressions[..] else { panic!("facts are written in several ways: {expressions:#?}") };
        // A closing hands on what the register knows, and adds what it did itself.
        assert_eq!(machine == Machine::Closing, expression.contains("$marked.facts"), "{expression}");
        handed.extend(expression.split('\'').skip(1).step_by(2).map(str::to_owned));
    }
    assert_eq!(handed, fields);
}

/// The texts of the definition that are evaluated.
fn expressions(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) if text.starts_with("{%") => vec![text],
        Value::Array(items) => items.iter().flat_map(expressions).collect(),
        Value::Object(entries) => entries.values().flat_map(expressions).collect(),
        _ => Vec::new(),
    }
}

/// The variables that an expression reads; what is called is a function.
fn read_by(expression: &str) -> impl Iterator<Item = &str> {
    let name = |rest: &str| rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let names = expression.split('$').skip(1).map(move |rest| rest.split_at(name(rest)));
    names.filter(|(name, rest)| !rest.starts_with('(') && !name.is_empty() && *name != "states").map(|(name, _)| name)
}

#[test]
fn every_variable_has_a_value_in_every_state() {
    for definition in Machine::ALL.map(Machine::definition) {
        let begin = definition["StartAt"].as_str().unwrap();
        let begins = definition["States"][begin]["Assign"].as_object().unwrap().keys();
        let begins: BTreeSet<String> = begins.cloned().collect();
        let assigned = ways(&definition).into_iter().flat_map(|way| way.assigns.into_iter().map(|(name, _)| name));
        let read = expressions(&definition).into_iter().flat_map(read_by).map(str::to_owned);
        assert_eq!(begins, assigned.chain(read).collect());
    }
}
