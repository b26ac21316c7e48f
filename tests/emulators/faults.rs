//! `/_faults` inside of ministack.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::emulators::{Emulators, lines};

/// An event that no other test's fault looks for, and the fault that does.
fn for_one(fault: &str) -> (Value, Value) {
    let own = Uuid::new_v4().to_string();
    let fault = json!({"service": "lambda", "action": "probe", "fault": fault, "times": 1, "where": own});
    (json!({ "own": own }), fault)
}

fn task(emulators: &Emulators, event: &Value) -> Result<Value> {
    Ok(json!({"Type": "Task", "Resource": emulators.output("Probe")?, "Arguments": event}))
}

pub(crate) async fn a_function_is_killed_before_it_answers(emulators: &Emulators) -> Result<()> {
    let (mut event, fault) = for_one("killed");
    let id = emulators.fault(&fault).await?;
    event["until"] = json!(emulators.file());
    let answer = emulators.invoke("Probe", &event).await?;
    assert_eq!(answer["errorType"], "Runtime.ExitError");
    let message = answer["errorMessage"].as_str().unwrap_or_default();
    assert!(message.ends_with("Error: Runtime exited with error: signal: killed"), "{message}");
    assert_eq!(emulators.met(id).await?, 1);
    Ok(())
}

pub(crate) async fn a_function_is_killed_after_its_work(emulators: &Emulators) -> Result<()> {
    let (mut event, fault) = for_one("killed-after");
    emulators.fault(&fault).await?;
    let note = emulators.file();
    event["note"] = json!(note);
    let failed = emulators.run(task(emulators, &event)?).await?;
    assert_eq!(failed.error(), Some("Runtime.ExitError"));
    assert_eq!(lines(&note, 1).await?, ["called"]);
    // The fault is used up, and the next invocation has a process of its own.
    assert!(emulators.invoke("Probe", &event).await?["process"].is_number());
    Ok(())
}

pub(crate) async fn a_function_is_out_of_memory(emulators: &Emulators) -> Result<()> {
    let (event, fault) = for_one("out-of-memory");
    emulators.fault(&fault).await?;
    let failed = emulators.run(task(emulators, &event)?).await?;
    assert_eq!(failed.error(), Some("Runtime.OutOfMemory"));

    // AWS's documentation says this of it.
    let (event, mut fault) = for_one("out-of-memory");
    fault["code"] = json!("Lambda.Unknown");
    emulators.fault(&fault).await?;
    let failed = emulators.run(task(emulators, &event)?).await?;
    assert_eq!(failed.error(), Some("Lambda.Unknown"));
    let cause = failed.cause().unwrap_or_default();
    assert!(cause.contains("Lambda did not return an error type. Returned payload: {\"errorMessage\""), "{cause}");
    Ok(())
}

pub(crate) async fn an_inactive_function_is_not_called(emulators: &Emulators) -> Result<()> {
    let (mut event, fault) = for_one("inactive");
    emulators.fault(&fault).await?;
    let note = emulators.file();
    event["note"] = json!(note);
    event["say"] = json!("the second");
    let mut call = task(emulators, &event)?;
    call["Retry"] = json!([{"ErrorEquals": ["Lambda.ResourceNotReadyException"]}]);
    assert_eq!(emulators.run(call).await?.status().as_str(), "SUCCEEDED");
    assert_eq!(lines(&note, 1).await?, ["the second"]);
    Ok(())
}

pub(crate) async fn a_cold_function_is_a_new_process(emulators: &Emulators) -> Result<()> {
    let (event, fault) = for_one("cold");
    let warm = emulators.invoke("Probe", &event).await?["process"].clone();
    emulators.fault(&fault).await?;
    assert_ne!(emulators.invoke("Probe", &event).await?["process"], warm);
    Ok(())
}

pub(crate) async fn a_function_is_called_twice_for_one_answer(emulators: &Emulators) -> Result<()> {
    let (mut event, fault) = for_one("twice");
    emulators.fault(&fault).await?;
    let note = emulators.file();
    event["note"] = json!(note);
    assert!(emulators.invoke("Probe", &event).await?["process"].is_number());
    assert_eq!(lines(&note, 2).await?, ["called", "called"]);
    Ok(())
}

pub(crate) async fn a_fault_meets_one_execution_and_is_skipped_as_asked(emulators: &Emulators) -> Result<()> {
    let machine = emulators.machine(task(emulators, &json!({}))?).await?;
    let names = [Uuid::new_v4().to_string(), Uuid::new_v4().to_string()];
    let fault = json!({"service": "lambda", "action": "probe", "fault": "inactive", "where": names[0]});
    let id = emulators.fault(&fault).await?;
    let mut ends = Vec::new();
    for name in &names {
        ends.push(emulators.end_of(&emulators.execution(&machine, name, &json!({})).await?).await?);
    }
    assert_eq!(ends[0].error(), Some("Lambda.ResourceNotReadyException"));
    assert_eq!(ends[1].error(), None);
    assert_eq!(emulators.listed(id).await?["left"], Value::Null);
    emulators.call("", Method::DELETE, &format!("/_faults/{id}"), &Value::Null).await?;
    assert!(emulators.met(id).await.is_err(), "the fault was taken back");

    let (event, mut fault) = for_one("inactive");
    fault["skip"] = json!(1);
    let id = emulators.fault(&fault).await?;
    assert!(emulators.invoke("Probe", &event).await?["process"].is_number());
    assert_eq!(emulators.listed(id).await?["left"], 1);
    assert!(emulators.invoke("Probe", &event).await?["process"].is_null());
    assert_eq!(emulators.listed(id).await?["left"], 0);
    Ok(())
}

pub(crate) async fn a_fault_of_an_integration_may_come_after_its_effect(emulators: &Emulators) -> Result<()> {
    let child = emulators.machine(json!({"Type": "Pass"})).await?;
    let name = Uuid::new_v4().to_string();
    for (kind, error) in
        [("throttled", "StepFunctions.AWSStepFunctionsException"), ("cut-after", "StepFunctions.SdkClientException")]
    {
        let fault =
            json!({"service": "inside", "action": "states:startExecution", "fault": kind, "times": 1, "where": name});
        emulators.fault(&fault).await?;
        let listed = emulators.sfn.list_executions().state_machine_arn(&child).send().await?;
        assert_eq!(listed.executions().len(), 0, "before {kind}");
        let start = json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution",
            "Arguments": {"StateMachineArn": child, "Name": name, "Input": {}},
        });
        assert_eq!(emulators.run(start).await?.error(), Some(error));
    }
    let listed = emulators.sfn.list_executions().state_machine_arn(&child).send().await?;
    assert_eq!(listed.executions()[0].name(), name);
    Ok(())
}

pub(crate) async fn a_child_whose_start_is_not_answered_goes_on_by_itself(emulators: &Emulators) -> Result<()> {
    let (gate, note, name) = (emulators.file(), emulators.file(), Uuid::new_v4().to_string());
    let call = json!({"note": note, "until": gate});
    let child = emulators.machine(task(emulators, &call)?).await?;
    let fault = json!({"service": "inside", "action": "states:startExecution", "fault": "cut-after", "times": 1, "where": name});
    emulators.fault(&fault).await?;
    let start = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {"StateMachineArn": child, "Name": name, "Input": {}},
    });
    assert_eq!(emulators.run(start).await?.error(), Some("StepFunctions.SdkClientException"));
    lines(&note, 1).await?;
    std::fs::write(gate, "")?;
    let child = format!("{}:{name}", child.replace(":stateMachine:", ":execution:"));
    assert_eq!(emulators.end_of(&child).await?.status().as_str(), "SUCCEEDED");
    Ok(())
}

pub(crate) async fn a_fault_that_nobody_knows_is_refused(emulators: &Emulators) -> Result<()> {
    for (fault, says) in [
        (json!({"service": "lambda", "action": "probe", "fault": "asleep"}), "fault of lambda is one of killed"),
        (json!({"service": "lambda", "action": "probe", "fault": "killed", "often": 1}), "often"),
        (json!({"service": "lambda", "action": "probe", "fault": "killed", "times": "1"}), "times is a whole number"),
    ] {
        let answer = emulators.call("", Method::POST, "/_faults", &fault).await?;
        assert!(answer["error"].as_str().is_some_and(|error| error.contains(says)), "{answer}");
    }
    Ok(())
}
