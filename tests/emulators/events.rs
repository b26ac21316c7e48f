//! EventBridge's events for functions.

use anyhow::Result;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target};
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
