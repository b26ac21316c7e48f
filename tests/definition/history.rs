//! The history's budget: an execution ends with an error that nothing catches when it has written 25,000 events. The loops
//! are found in the definition; each must be bounded by a counter.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::places::{Places, Step};
use crate::read;
use crate::ways::compared_with_a_limit;

/// The number that a limit of the definition stands for; a parameter counts with the most that it may be.
fn limit(text: &str) -> Option<u64> {
    match text.strip_prefix("${").and_then(|text| text.strip_suffix('}')) {
        Some(parameter) => read::infra()["Parameters"][parameter]["MaxValue"].as_u64(),
        None => text.parse().ok(),
    }
}

/// A counter of the definition, and how often it lets something be repeated.
#[derive(Debug)]
struct Counter {
    name: String,
    times: u64,
}

/// The counters of a definition: variables that a choice holds below a limit, that steps add one to, and that nothing
/// sets to anything but 0, and to that only before anything can be repeated.
fn counters(places: &Places) -> Vec<Counter> {
    let mut guards: BTreeMap<&str, Vec<(u64, &Step)>> = BTreeMap::new();
    for step in places.steps.iter().filter(|step| places.share_a_loop(step.from, step.to)) {
        for (name, number) in places.way(step).holds.iter().filter_map(|part| compared_with_a_limit(part)) {
            guards.entry(name).or_default().extend(limit(number).map(|number| (number, step)));
        }
    }
    guards.retain(|name, guards| !guards.is_empty() && only_counts(places, name));
    let counter = |(name, guards): (&str, Vec<(u64, &Step)>)| {
        let limit = guards.iter().map(|(limit, _)| *limit).max().unwrap_or_default();
        let beside =
            |step: &Step| guards.iter().filter(|(_, other)| places.share_a_loop(step.from, other.from)).count() as u64;
        let at_once = guards.iter().map(|(_, step)| beside(step)).max().unwrap_or_default();
        // See `longest`.
        Counter { name: name.to_owned(), times: limit.saturating_sub(1) + at_once }
    };
    guards.into_iter().map(counter).collect()
}

fn only_counts(places: &Places, counter: &str) -> bool {
    places.steps.iter().all(|step| match places.way(step).assigns.get(counter) {
        Some(_) if adds_one(places, step, counter) => true,
        Some(value) => *value == json!(0) && !places.can_follow_a_loop(step.from),
        None => true,
    })
}

fn adds_one(places: &Places, step: &Step, counter: &str) -> bool {
    places.way(step).assigns.get(counter) == Some(&json!(format!("{{% ${counter} + 1 %}}")))
}

/// Whether a counter bounds a loop: the loop asks whether the counter is below its limit, and adds one to it.
fn bounds(places: &Places, counter: &Counter, steps: &[&Step]) -> bool {
    let asks = |step: &&Step| {
        let mut limits = places.way(step).holds.iter().filter_map(|part| compared_with_a_limit(part));
        limits.any(|(name, number)| name == counter.name && limit(number).is_some())
    };
    steps.iter().any(asks) && steps.iter().any(|step| adds_one(places, step, &counter.name))
}

/// The most events that an execution can write into its history.
///
/// Its way falls into loops that meet no place twice, and what is left when these are taken out: a way that meets no place
/// twice either. For the latter every place is counted once. Each loop is charged to one of the counters that bound it; any
/// would do, and the lowest costs least. A counter pays for the dearest of its loops as often as it can let one be repeated:
/// - when its limit is asked for the last time and it is let through, it is at most one below the limit. Every one of its
///   loops that is over by then has added one to it, and nothing takes that back, so that there are at most so many;
/// - a loop that is over later has been let through already, at a place that this loop has not left for good. What is not
///   over yet meets no place twice, so that there are at most as many as the counter has such places in one part of the
///   definition that can be repeated; today one each.
///
/// # Errors
/// When no counter bounds a loop: the names of its states.
fn longest(definition: &Value) -> Result<u64, BTreeSet<String>> {
    let places = Places::of(definition);
    let counters = counters(&places);
    let cost = |state: &str| events(&definition["States"][state]);
    let mut dearest: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unbounded = BTreeSet::new();
    for steps in places.loops() {
        let states: Vec<&str> = steps.iter().map(|step| places.left_by(step)).collect();
        let bounding = counters.iter().filter(|counter| bounds(&places, counter, &steps));
        match bounding.min_by_key(|counter| counter.times) {
            Some(counter) => {
                let dearest = dearest.entry(&counter.name).or_default();
                *dearest = states.iter().map(|state| cost(state)).sum::<u64>().max(*dearest);
            }
            None => _ = unbounded.insert(states.join(" > ")),
        }
    }
    if !unbounded.is_empty() {
        return Err(unbounded);
    }
    let once: u64 = places.states().map(cost).sum();
    let paid = |counter: &Counter| dearest.get(counter.name.as_str()).unwrap_or(&0) * counter.times;
    // The execution's own start and end.
    Ok(2 + once + counters.iter().map(paid).sum::<u64>())
}

/// The events that one visit of a state writes into the history when every retry is used up.
fn events(state: &Value) -> u64 {
    let retries: u64 =
        state["Retry"].as_array().into_iter().flatten().map(|retry| retry["MaxAttempts"].as_u64().unwrap()).sum();
    match state["Type"].as_str().unwrap() {
        // Entered, scheduled, started, submitted, succeeded, exited.
        "Task" if read::waits_for_an_execution(state) => 6,
        // Entered, scheduled, started, submitted, succeeded, exited; a failed try: scheduled, started, submitted, failed.
        "Task" if read::waits_for_its_token(state) => 6 + 4 * retries,
        // Entered, scheduled, started, succeeded, exited; a failed try: scheduled, started, failed.
        "Task" => 5 + 3 * retries,
        "Choice" | "Pass" | "Wait" | "Succeed" => 2,
        "Fail" => 1,
        kind => panic!("count the events of {kind}"),
    }
}

#[test]
fn every_loop_is_bounded_and_the_longest_execution_fits_into_the_history() {
    for machine in read::Machine::ALL {
        let total = longest(&machine.definition()).unwrap_or_else(|loops| panic!("no counter bounds {loops:#?}"));
        assert!(total < 25_000, "{total} events");
        let page = format!("statemachine/{}.md", machine.id().to_lowercase());
        let stated = format!("{},{:03} of 25,000 events", total / 1000, total % 1000);
        assert!(read::text(&page).contains(&stated), "{page} should say: {stated}");
    }
}

/// A definition that looks at something until it is there, with what is to be tested filled in.
fn looks(condition: &str, begin: &Value, look: &Value, pause: &Value) -> Value {
    json!({
        "StartAt": "Begin",
        "States": {
            "Begin": {"Type": "Pass", "Assign": begin, "Next": "Look"},
            "Look": {"Type": "Pass", "Assign": look, "Next": "There?"},
            "There?": {"Type": "Choice", "Choices": [{"Condition": condition, "Next": "Pause"}], "Default": "End"},
            "Pause": {"Type": "Wait", "Seconds": 1, "Assign": pause, "Next": "Look"},
            "End": {"Type": "Succeed"},
        },
    })
}

#[test]
fn a_counter_pays_for_its_loop_as_often_as_it_lets_it_be_repeated() {
    let (zero, one_more) = (json!({"looks": 0}), json!({"looks": "{% $looks + 1 %}"}));
    let definition = looks("{% $found = false and $looks < 7 %}", &zero, &one_more, &json!({}));
    assert_eq!(longest(&definition), Ok(2 + 5 * 2 + 7 * (3 * 2)));
}

#[test]
fn a_loop_that_nothing_bounds_is_named_by_its_states() {
    let (zero, one_more) = (json!({"looks": 0}), json!({"looks": "{% $looks + 1 %}"}));
    let (none, two_more) = (json!({}), json!({"looks": "{% $looks + 2 - 2 %}"}));
    for (condition, begin, look, pause) in [
        ("{% $found = false %}", &zero, &one_more, &none),
        ("{% $found = false and $looks < 7 %}", &zero, &none, &none),
        ("{% $found = false and $looks < 7 %}", &zero, &two_more, &none),
        ("{% $found = false and $looks < 7 %}", &zero, &one_more, &zero),
        ("{% $found = false and $looks < 7 %}", &json!({"looks": -100}), &one_more, &none),
        ("{% $found = false or $looks < 7 %}", &zero, &one_more, &none),
        ("{% $not($looks < 7) %}", &zero, &one_more, &none),
        ("{% $looks < ${PortalUrl} %}", &zero, &one_more, &none),
    ] {
        let found = longest(&looks(condition, begin, look, pause));
        assert_eq!(found, Err(BTreeSet::from(["Look > There? > Pause".to_owned()])), "{condition}");
    }
}

#[test]
fn the_other_way_out_of_a_choice_bounds_nothing() {
    let (zero, one_more) = (json!({"looks": 0}), json!({"looks": "{% $looks + 1 %}"}));
    let mut definition = looks("{% $looks < 7 %}", &zero, &one_more, &json!({}));
    definition["States"]["There?"]["Choices"][0]["Next"] = json!("End");
    definition["States"]["There?"]["Default"] = json!("Pause");
    assert_eq!(longest(&definition), Err(BTreeSet::from(["Look > There? > Pause".to_owned()])));
}

#[test]
fn a_failure_that_leads_back_counts_too() {
    let (zero, one_more) = (json!({"looks": 0}), json!({"looks": "{% $looks + 1 %}"}));
    let mut definition = looks("{% $looks < 7 %}", &zero, &one_more, &json!({}));
    definition["States"]["Look"]["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": "There?"}]);
    assert_eq!(longest(&definition), Err(BTreeSet::from(["Look > There? > Pause".to_owned()])));
    definition["States"]["Look"]["Catch"][0]["Assign"] = one_more;
    assert!(longest(&definition).is_ok());
}
