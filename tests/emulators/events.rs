//! EventBridge's events for functions.

use anyhow::Result;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, RuleState, Target};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::emulators::{Emulators, eventually, lines};

/// Has every event of this source call a function.
async fn rule(emulators: &Emulators, source: &str, function: &str, input: &Value) -> Result<()> {
    let pattern = json!({ "source": [source] });
    emulators.events.put_rule().name(source).event_pattern(pattern.to_string()).send().await?;
    let target = Target::builder().id("function").arn(emulators.output(function)?).input(input.to_string()).build()?;
    emulators.events.put_targets().rule(source).targets(target).send().await?;
    Ok(())
}

async fn put(emulators: &Emulators, source: &str) -> Result<()> {
    let entry = PutEventsRequestEntry::builder().source(source).detail_type("any").detail("{}").build();
    let answer = emulators.events.put_events().entries(entry).send().await?;
    assert_eq!(answer.failed_entry_count(), 0);
    Ok(())
}

pub(crate) async fn an_event_reaches_a_function_that_is_killed_at_first(emulators: &Emulators) -> Result<()> {
    let (source, note) = (Uuid::new_v4().to_string(), emulators.file());
    rule(emulators, &source, "Probe", &json!({ "note": note })).await?;
    let fault = json!({"service": "lambda", "action": "probe", "fault": "killed-after", "times": 1, "where": note});
    emulators.fault(&fault).await?;
    put(emulators, &source).await?;
    assert_eq!(lines(&note, 2).await?, ["called", "called"]);
    Ok(())
}

pub(crate) async fn an_event_that_its_function_does_not_take_goes_to_the_destination_for_failures(
    emulators: &Emulators,
) -> Result<()> {
    let source = Uuid::new_v4().to_string();
    rule(emulators, &source, "Failing", &json!({ "of": source })).await?;
    let fault = json!({"service": "lambda", "action": "failing", "fault": "inactive", "times": 1, "where": source});
    emulators.fault(&fault).await?;
    put(emulators, &source).await?;
    let body = eventually("the event lies in the queue", async || emulators.failure().await).await?;
    let failure: Value = serde_json::from_str(&body)?;
    assert_eq!(failure["requestPayload"]["of"], source);
    Ok(())
}

/// Has the clock call `Probe` every six tenths of a second, if the rule is switched on.
async fn clock(emulators: &Emulators, name: &str, state: RuleState, note: &str) -> Result<()> {
    emulators.events.put_rule().name(name).schedule_expression("rate(1 minute)").state(state).send().await?;
    let target = Target::builder().id("probe").arn(emulators.output("Probe")?);
    let target = target.input(json!({ "note": note }).to_string()).build()?;
    emulators.events.put_targets().rule(name).targets(target).send().await?;
    Ok(())
}

pub(crate) async fn the_clock_is_scaled_and_leaves_out_a_rule_that_is_switched_off(
    emulators: &Emulators,
) -> Result<()> {
    let (on, off) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let (note, other) = (emulators.file(), emulators.file());
    clock(emulators, &off, RuleState::Disabled, &other).await?;
    clock(emulators, &on, RuleState::Enabled, &note).await?;
    lines(&note, 3).await?;
    assert!(!std::fs::exists(&other)?, "what is switched off was called");

    emulators.events.disable_rule().name(&on).send().await?;
    emulators.events.enable_rule().name(&off).send().await?;
    let before = lines(&note, 3).await?.len();
    lines(&other, 3).await?;
    emulators.events.disable_rule().name(&off).send().await?;
    // One call may have been under way.
    assert!(lines(&note, 3).await?.len() <= before + 1, "what is switched off was called");
    Ok(())
}

pub(crate) async fn an_event_passes_by_a_rule_that_is_switched_off(emulators: &Emulators) -> Result<()> {
    let (off, source) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let (note, other) = (emulators.file(), emulators.file());
    rule(emulators, &off, "Probe", &json!({ "note": note })).await?;
    let same = emulators.events.put_rule().name(&off).event_pattern(json!({ "source": [off] }).to_string());
    same.state(RuleState::Disabled).send().await?;
    put(emulators, &off).await?;

    rule(emulators, &source, "Probe", &json!({ "note": other })).await?;
    put(emulators, &source).await?;
    lines(&other, 1).await?;
    assert!(!std::fs::exists(&note)?, "what is switched off was called");
    Ok(())
}
