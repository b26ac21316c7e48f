//! Functions: who calls, how many at once, and for how long.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::emulators::Emulators;

pub(crate) async fn a_trace_id_says_who_calls(emulators: &Emulators) -> Result<()> {
    let answer = emulators.invoke("Probe", &json!({})).await?;
    let (root, label) = split(&answer)?;
    let root: Vec<usize> = root.split('-').map(str::len).collect();
    assert_eq!(root, ["Root=1".len(), 8, 24]);
    assert_eq!(label, "Function=probe");

    let machine = emulators.machine(json!({"Type": "Task", "Resource": emulators.output("Probe")?})).await?;
    let name = format!("ticket-{}", Uuid::new_v4());
    let ended = emulators.end_of(&emulators.execution(&machine, &name, &json!({})).await?).await?;
    let answer: Value = serde_json::from_str(ended.output().unwrap_or_default())?;
    assert_eq!(split(&answer)?.1, format!("Function=probe;State=The state;Execution={name}"));
    Ok(())
}

fn split(answer: &Value) -> Result<(&str, &str)> {
    answer["trace"].as_str().and_then(|trace| trace.split_once(';')).with_context(|| format!("no label: {answer}"))
}

pub(crate) async fn a_function_that_takes_too_long_is_killed(emulators: &Emulators) -> Result<()> {
    let arguments = json!({"until": emulators.file()});
    let call = json!({"Type": "Task", "Resource": emulators.output("Hasty")?, "Arguments": arguments});
    let failed = emulators.run(call).await?;
    assert_eq!(failed.error(), Some("Sandbox.Timedout"));
    let cause = failed.cause().unwrap_or_default();
    assert!(cause.contains("Error: Task timed out after 20.00 seconds"), "{cause}");
    Ok(())
}

pub(crate) async fn the_time_of_functions_is_scaled(emulators: &Emulators) -> Result<()> {
    let answer = emulators.invoke("Probe", &json!({})).await?;
    // A tenth of 300 seconds.
    let remaining = answer["remaining"].as_f64().context("no deadline")?;
    assert!(remaining <= 30.0, "{remaining} seconds remain");
    Ok(())
}
