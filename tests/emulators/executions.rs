//! Executions: their names, children and ends.

use anyhow::Result;
use aws_sdk_eventbridge::types::Target;
use aws_sdk_sfn::error::ProvideErrorMetadata;
use aws_sdk_sfn::types::HistoryEventType;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::emulators::{Emulators, eventually, lines};

/// A state that runs a child and waits for its end.
fn parent(child: &str, name: &str, input: &Value) -> Value {
    json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {"StateMachineArn": child, "Name": name, "Input": input},
    })
}

/// A machine whose only state calls `Probe` with the input.
async fn probe(emulators: &Emulators) -> Result<String> {
    let state = json!({"Type": "Task", "Resource": emulators.output("Probe")?, "Arguments": "{% $states.input %}"});
    emulators.machine(state).await
}

pub(crate) async fn a_name_that_is_taken_answers_the_running_execution_of_the_same_input_only(
    emulators: &Emulators,
) -> Result<()> {
    let machine = probe(emulators).await?;
    let (gate, name) = (emulators.file(), Uuid::new_v4().to_string());
    let start = emulators.sfn.start_execution().state_machine_arn(machine).name(name);
    let same = start.clone().input(json!({ "until": gate }).to_string());
    let first = same.clone().send().await?;
    let second = same.clone().send().await?;
    assert_eq!((&second.execution_arn, second.start_date), (&first.execution_arn, first.start_date));
    let other = start.input("{}").send().await.err();
    assert_eq!(other.as_ref().and_then(ProvideErrorMetadata::code), Some("ExecutionAlreadyExists"));

    std::fs::write(gate, "")?;
    emulators.end_of(&first.execution_arn).await?;
    let ended = same.send().await.err();
    assert_eq!(ended.as_ref().and_then(ProvideErrorMetadata::code), Some("ExecutionAlreadyExists"));
    Ok(())
}

pub(crate) async fn a_child_refuses_a_name_that_is_taken(emulators: &Emulators) -> Result<()> {
    let child = emulators.machine(json!({"Type": "Pass", "Output": {"made": 1}})).await?;
    let name = Uuid::new_v4().to_string();
    let first = emulators.run(parent(&child, &name, &json!({}))).await?;
    let description: Value = serde_json::from_str(first.output().unwrap_or_default())?;
    assert_eq!(description["Output"], json!({"made": 1}));
    let second = emulators.run(parent(&child, &name, &json!({}))).await?;
    assert_eq!(second.error(), Some("StepFunctions.ExecutionAlreadyExistsException"));
    Ok(())
}

pub(crate) async fn a_child_that_fails_is_a_failed_task(emulators: &Emulators) -> Result<()> {
    let child = probe(emulators).await?;
    let failed = emulators.run(parent(&child, &Uuid::new_v4().to_string(), &json!({"error": "Step.Operator"}))).await?;
    assert_eq!(failed.error(), Some("States.TaskFailed"));
    let description: Value = serde_json::from_str(failed.cause().unwrap_or_default())?;
    assert_eq!((&description["Status"], &description["Error"]), (&json!("FAILED"), &json!("Step.Operator")));
    Ok(())
}

/// Has a note taken when the execution with this name has this status, and gives the note.
async fn told_of(emulators: &Emulators, name: &str, status: &str) -> Result<String> {
    let note = emulators.file();
    let pattern = json!({
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"name": [name], "status": [status]},
    });
    emulators.events.put_rule().name(name).event_pattern(pattern.to_string()).send().await?;
    let target = Target::builder().id("probe").arn(emulators.output("Probe")?);
    let target = target.input(json!({"note": note, "say": status}).to_string()).build()?;
    emulators.events.put_targets().rule(name).targets(target).send().await?;
    Ok(note)
}

pub(crate) async fn the_end_of_a_child_is_told_on_the_default_bus(emulators: &Emulators) -> Result<()> {
    let name = Uuid::new_v4().to_string();
    let note = told_of(emulators, &name, "FAILED").await?;
    let child = emulators.machine(json!({"Type": "Fail"})).await?;
    emulators.run(parent(&child, &name, &json!({}))).await?;
    assert_eq!(lines(&note, 1).await?, ["FAILED"]);
    Ok(())
}

pub(crate) async fn a_child_says_who_calls_as_any_execution(emulators: &Emulators) -> Result<()> {
    let (name, note) = (Uuid::new_v4().to_string(), emulators.file());
    let child = probe(emulators).await?;
    emulators.run(parent(&child, &name, &json!({"note": note, "say": "{trace}"}))).await?;
    let trace = lines(&note, 1).await?.remove(0);
    assert!(trace.ends_with(&format!(";Function=probe;State=The state;Execution={name}")), "{trace}");
    Ok(())
}

pub(crate) async fn a_child_is_stopped_with_its_parent(emulators: &Emulators) -> Result<()> {
    let (gate, note, name) = (emulators.file(), emulators.file(), Uuid::new_v4().to_string());
    let told = told_of(emulators, &name, "ABORTED").await?;
    let child = probe(emulators).await?;
    let machine = emulators.machine(parent(&child, &name, &json!({"note": note, "until": gate}))).await?;
    let execution = emulators.execution(&machine, &Uuid::new_v4().to_string(), &json!({})).await?;
    lines(&note, 1).await?;
    emulators.sfn.stop_execution().execution_arn(&execution).send().await?;
    assert_eq!(lines(&told, 1).await?, ["ABORTED"]);
    let child = format!("{}:{name}", child.replace(":stateMachine:", ":execution:"));
    assert_eq!(emulators.end_of(&child).await?.status().as_str(), "ABORTED");
    std::fs::write(gate, "")?;
    Ok(())
}

pub(crate) async fn what_was_stopped_stays_stopped(emulators: &Emulators) -> Result<()> {
    let (gate, note) = (emulators.file(), emulators.file());
    let machine = probe(emulators).await?;
    let input = json!({"note": note, "until": gate, "error": "Step.Operator"});
    let execution = emulators.execution(&machine, &Uuid::new_v4().to_string(), &input).await?;
    lines(&note, 1).await?;
    emulators.sfn.stop_execution().execution_arn(&execution).send().await?;
    std::fs::write(gate, "")?;
    eventually("the task fails", async || {
        let history = emulators.sfn.get_execution_history().execution_arn(&execution).send().await?;
        Ok(history.events().iter().any(|event| *event.r#type() == HistoryEventType::TaskFailed).then_some(()))
    })
    .await?;
    // What ministack makes of the failure it makes meanwhile.
    emulators.run(json!({"Type": "Pass"})).await?;
    assert_eq!(emulators.end_of(&execution).await?.status().as_str(), "ABORTED");
    Ok(())
}

pub(crate) async fn nothing_of_what_was_stopped_is_tried_again(emulators: &Emulators) -> Result<()> {
    let (gate, note) = (emulators.file(), emulators.file());
    let machine = emulators
        .machine(json!({
            "Type": "Task",
            "Resource": emulators.output("Probe")?,
            "Arguments": {"note": note, "until": gate, "error": "Step.Transient"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}],
        }))
        .await?;
    let execution = emulators.execution(&machine, &Uuid::new_v4().to_string(), &json!({})).await?;
    lines(&note, 1).await?;
    emulators.sfn.stop_execution().execution_arn(&execution).send().await?;
    std::fs::write(gate, "")?;
    // What another execution does meanwhile takes longer than a scaled pause between tries.
    emulators.run(json!({"Type": "Wait", "Seconds": 60})).await?;
    assert_eq!(lines(&note, 1).await?, ["called"]);
    Ok(())
}

pub(crate) async fn nothing_catches_what_ends_an_execution_on_aws(emulators: &Emulators) -> Result<()> {
    for error in ["States.Runtime", "States.DataLimitExceeded"] {
        let note = emulators.file();
        let failed = emulators
            .run(json!({
                "Type": "Task",
                "Resource": emulators.output("Probe")?,
                "Arguments": {"note": note, "error": error},
                "Retry": [{"ErrorEquals": [error, "States.ALL"], "MaxAttempts": 3}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "The state"}],
            }))
            .await?;
        assert_eq!((failed.status().as_str(), failed.error()), ("FAILED", Some(error)));
        assert_eq!(lines(&note, 1).await?, ["called"]);
    }
    Ok(())
}
