//! States: how those that wait for a token fail, and how long states take.

use anyhow::Result;
use aws_sdk_sfn::error::ProvideErrorMetadata;
use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::emulators::{Emulators, lines};

/// A state that gives the function its token to note, in which the function then does as `event` says.
fn waiting(emulators: &Emulators, note: &str, mut event: Value) -> Result<Value> {
    event["note"] = json!(note);
    event["say"] = json!("{% $states.context.Task.Token %}");
    Ok(json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": {"FunctionName": emulators.output("Probe")?, "Payload": event},
    }))
}

pub(crate) async fn the_failure_of_a_function_fails_the_state_that_waits_for_a_token(
    emulators: &Emulators,
) -> Result<()> {
    let failed = emulators.run(waiting(emulators, &emulators.file(), json!({"error": "Step.Operator"}))?).await?;
    assert_eq!(failed.error(), Some("Step.Operator"));
    assert_eq!(failed.cause(), Some(r#"{"errorType": "Step.Operator", "errorMessage": "as asked"}"#));
    Ok(())
}

pub(crate) async fn every_try_has_a_token_of_its_own(emulators: &Emulators) -> Result<()> {
    let note = emulators.file();
    let mut state = waiting(emulators, &note, json!({"error": "Step.Transient"}))?;
    state["Retry"] = json!([{"ErrorEquals": ["Step.Transient"], "MaxAttempts": 1}]);
    emulators.run(state).await?;
    let tokens = lines(&note, 2).await?;
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
    Ok(())
}

pub(crate) async fn a_token_that_was_used_is_unknown(emulators: &Emulators) -> Result<()> {
    let note = emulators.file();
    let machine = emulators.machine(waiting(emulators, &note, json!({}))?).await?;
    let execution = emulators.execution(&machine, &Uuid::new_v4().to_string(), &json!({})).await?;
    let token = &lines(&note, 1).await?[0];
    let answer = emulators.sfn.send_task_success().task_token(token).output(r#"{"given": 1}"#);
    answer.clone().send().await?;
    assert_eq!(emulators.end_of(&execution).await?.output(), Some(r#"{"given": 1}"#));
    let again = answer.send().await.err();
    // AWS says TaskTimedOut.
    assert_eq!(again.as_ref().and_then(ProvideErrorMetadata::code), Some("TaskDoesNotExist"));
    Ok(())
}

pub(crate) async fn the_time_of_a_state_is_an_expression_and_scaled(emulators: &Emulators) -> Result<()> {
    let call = json!({
        "Type": "Task",
        "Resource": emulators.output("Hasty")?,
        "Arguments": {"until": emulators.file()},
        // Not scaled, it is more than the function has, and the function's own end would come first.
        "TimeoutSeconds": "{% 2 + 3 %}",
    });
    assert_eq!(emulators.run(call).await?.error(), Some("States.Timeout"));

    let mut state = waiting(emulators, &emulators.file(), json!({}))?;
    state["TimeoutSeconds"] = json!("{% 1 %}");
    assert_eq!(emulators.run(state).await?.error(), Some("States.Timeout"));
    Ok(())
}

pub(crate) async fn a_wait_is_scaled(emulators: &Emulators) -> Result<()> {
    // Longer than the tests wait for an end.
    assert_eq!(emulators.run(json!({"Type": "Wait", "Seconds": 60})).await?.error(), None);
    Ok(())
}

pub(crate) async fn a_short_wait_is_as_long_as_on_aws(emulators: &Emulators) -> Result<()> {
    let execution = async |seconds: u32| {
        let machine = emulators.machine(json!({"Type": "Wait", "Seconds": seconds})).await?;
        emulators.execution(&machine, &Uuid::new_v4().to_string(), &json!({})).await
    };
    let (short, long) = (execution(4).await?, execution(60).await?);
    emulators.end_of(&long).await?;
    let short = emulators.sfn.describe_execution().execution_arn(short).send().await?;
    assert_eq!(short.status(), &ExecutionStatus::Running);
    Ok(())
}

pub(crate) async fn a_token_of_a_stopped_execution_is_unknown(emulators: &Emulators) -> Result<()> {
    let note = emulators.file();
    let machine = emulators.machine(waiting(emulators, &note, json!({}))?).await?;
    let execution = emulators.execution(&machine, &Uuid::new_v4().to_string(), &json!({})).await?;
    let token = &lines(&note, 1).await?[0];
    emulators.sfn.stop_execution().execution_arn(execution).send().await?;
    let late = emulators.sfn.send_task_success().task_token(token).output("{}").send().await.err();
    // AWS says TaskTimedOut.
    assert_eq!(late.as_ref().and_then(ProvideErrorMetadata::code), Some("TaskDoesNotExist"));
    Ok(())
}

pub(crate) async fn the_output_of_succeed_is_ignored(emulators: &Emulators) -> Result<()> {
    let ended = emulators.run(json!({"Type": "Succeed", "Output": {"said": 1}})).await?;
    // AWS gives what the state says.
    assert_eq!(ended.output(), Some("{}"));
    Ok(())
}

pub(crate) async fn variables_are_assigned_together(emulators: &Emulators) -> Result<()> {
    let states = json!({
        "Begin": {"Type": "Pass", "Assign": {"first": 1, "second": 1}, "Next": "Count"},
        "Count": {"Type": "Pass", "Assign": {"first": "{% $first + 1 %}", "second": "{% $first + 10 %}"}, "Next": "Show"},
        "Show": {"Type": "Pass", "Output": "{% [$first, $second] %}", "End": true},
    });
    let machine = emulators.machine_of("Begin", &states).await?;
    let execution = emulators.execution(&machine, &Uuid::new_v4().to_string(), &json!({})).await?;
    let output = emulators.end_of(&execution).await?.output.unwrap_or_default();
    assert_eq!(serde_json::from_str::<Value>(&output)?, json!([2, 11]));
    Ok(())
}
