//! How a closing is told to end an onboarding.

use serde_json::{Value, json};

use super::world::{ARN, Execution, World, item};

async fn input(world: &World) -> Value {
    world.ended(ARN).await.unwrap();
    let [input] = &world.inputs()[..] else { panic!("{:?}", world.done()) };
    input.clone()
}

fn given(ending: &str, awaited: &Value, failure: &Value, wish: &Value) -> Value {
    json!({
        "executionArn": ARN, "number": 1, "ending": ending, "awaited": awaited, "failure": failure, "wish": wish,
        "goOnIfAccepted": false, "announced": null,
    })
}

fn failed(error: &str, cause: &Value) -> Value {
    given("failed", &Value::Null, &json!({"state": "", "error": error, "cause": cause}), &Value::Null)
}

async fn told(status: &'static str, error: Option<&str>, cause: Option<&str>) -> Value {
    let world = World::of(item(), status);
    let (error, cause) = (error.map(str::to_owned), cause.map(str::to_owned));
    world.executes(ARN, Execution { error, cause, ..Execution::of(status) });
    input(&world).await
}

#[tokio::test]
async fn an_execution_that_just_ended_has_failed_with_what_is_known_of_it() {
    let by_hand = json!("The execution was stopped by hand.");
    assert_eq!(told("ABORTED", None, None).await, failed("Execution.Aborted", &by_hand));
    assert_eq!(told("ABORTED", Some("x"), Some("")).await, failed("Execution.Aborted", &by_hand));
    assert_eq!(
        told("ABORTED", None, Some("Wrong ticket.")).await,
        failed("Execution.Aborted", &json!("Wrong ticket."))
    );
    assert_eq!(told("TIMED_OUT", None, None).await, failed("States.Timeout", &Value::Null));
    assert_eq!(told("FAILED", None, None).await, failed("", &Value::Null));
    let runtime = told("FAILED", Some("States.Runtime"), Some("No such state.")).await;
    assert_eq!(runtime, failed("States.Runtime", &json!("No such state.")));
    let wrapped = json!({"errorMessage": "Too many events.", "errorType": "Step.Operator"}).to_string();
    let wrapped = told("FAILED", Some("Step.Operator"), Some(&wrapped)).await;
    assert_eq!(wrapped, failed("Step.Operator", &json!("Too many events.")));
}

#[tokio::test]
async fn an_execution_that_could_not_start_closing_ends_as_it_wanted_to() {
    let expired = json!({"ending": "expired", "awaited": "acceptance", "failure": null}).to_string();
    let wanted = given("expired", &json!("acceptance"), &Value::Null, &Value::Null);
    assert_eq!(told("FAILED", Some("Not closed"), Some(&expired)).await, wanted);
    // After the last window the date that was announced still counts.
    let late = json!({"ending": "expired", "awaited": "source", "failure": null, "announced": 9}).to_string();
    assert_eq!(told("FAILED", Some("Not closed"), Some(&late)).await["announced"], 9);
    assert_eq!(told("ABORTED", None, Some(&late)).await["announced"], Value::Null);
    let failure = json!({"state": "Ensure network", "error": "Step.Operator", "cause": "No VPC."});
    let cause = json!({"ending": "failed", "awaited": null, "failure": failure}).to_string();
    let wanted = given("failed", &Value::Null, &failure, &Value::Null);
    assert_eq!(told("FAILED", Some("Not closed"), Some(&cause)).await, wanted);
    // Whoever stops an execution may write the same, and an ending without what belongs to it is none.
    assert_eq!(told("ABORTED", None, Some(&expired)).await, failed("Execution.Aborted", &json!(expired)));
    let lacking = json!({"ending": "expired", "awaited": null, "failure": null}).to_string();
    assert_eq!(told("FAILED", Some("Not closed"), Some(&lacking)).await, failed("Not closed", &json!(lacking)));
}

#[tokio::test]
async fn a_cause_is_passed_on_up_to_its_limit() {
    let (longest, longer) = ("é".repeat(4000), "é".repeat(4001));
    for status in ["ABORTED", "TIMED_OUT", "FAILED"] {
        assert_eq!(told(status, None, Some(&longer)).await["failure"]["cause"], longest, "{status}");
    }
    let failure = json!({"state": "Ensure network", "error": "Step.Operator", "cause": longer});
    let cause = json!({"ending": "failed", "awaited": null, "failure": failure}).to_string();
    assert_eq!(told("FAILED", None, Some(&cause)).await["failure"]["cause"], longest);
}

#[tokio::test]
async fn a_wish_comes_before_whatever_else_has_ended_the_execution() {
    let wish = json!({"by": "customer", "who": "Ada", "why": "Not now."});
    for status in ["FAILED", "TIMED_OUT", "ABORTED"] {
        let mut known = item();
        known["wish"] = wish.clone();
        let wanted = given("closed", &Value::Null, &Value::Null, &wish);
        assert_eq!(input(&World::of(known, status)).await, wanted, "{status}");
    }
    // It came while the execution was looked at.
    let world = World::of(item(), "FAILED");
    let late = wish.clone();
    world.meanwhile("describe", move |state| state.item(ARN)["wish"] = late);
    assert_eq!(input(&world).await, given("closed", &Value::Null, &Value::Null, &wish));
}
