//! Starts the execution of an onboarding, named after its ticket, when the event of a support ticket arrives. Whatever is on
//! the bus, the execution's input is small: an event that can be read is written anew, and of another its ticket and what is
//! wrong with it are all that is passed on.

use aws_sdk_sfn::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use register::{Onboarding, Opened, Register};
use shared::event::{self, Malformed, TicketEvent};
use shared::ids::OnboardingId;
use step::aws::step_error;
use step::config::{self, ConfigError};
use step::{StepError, input};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The state machine to start.
    pub state_machine_arn: String,
    /// The register's table.
    pub register: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            state_machine_arn: config::required("STATE_MACHINE_ARN")?,
            register: config::required("REGISTER_TABLE")?,
        })
    }
}

/// The event as EventBridge delivers it, at least once.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// The id of the event, which EventBridge gives.
    pub id: String,
    /// The neutral event. A malformed one gets its execution too, which then says what is wrong.
    pub detail: Value,
}

/// What came of the event.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The execution's name.
    pub execution: String,
    /// False when the ticket has its execution already, or had it.
    pub started: bool,
}

/// Starts the execution; an event that is delivered again changes nothing. The register is asked first: Step Functions
/// forgets a name 90 days after its execution has ended, the register does not.
///
/// An execution that could not open its record, and was stopped, is found by nobody but the event that started it: so the
/// event sees to it that there is an item.
///
/// # Errors
/// When the register refuses, or Step Functions.
pub async fn handle(sfn: &Client, register: &Register, config: &Config, input: Input) -> Result<Output, StepError> {
    let execution = execution_name(&input);
    let arn = event::execution_arn(&config.state_machine_arn, &execution);
    let id = OnboardingId::of(&arn);
    let known = register.read(&id).await?;
    if known.as_ref().is_some_and(Onboarding::has_ended) {
        return Ok(Output { execution, started: false });
    }
    let result = sfn
        .start_execution()
        .state_machine_arn(&config.state_machine_arn)
        .name(&execution)
        .input(input_of_execution(&input.detail)?)
        .send()
        .await;
    let started = match result {
        Ok(_) => true,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_execution_already_exists()) => false,
        Err(error) => return Err(step_error(&format!("start the execution {execution}"), &error)),
    };
    if known.is_none() {
        register.open(&id, Opened::of(arn, &input.detail)).await?;
    }
    Ok(Output { execution, started })
}

/// What the execution begins with.
fn input_of_execution(event: &Value) -> Result<String, StepError> {
    let written = match input::read::<TicketEvent>(event.clone()) {
        Ok(event) => serde_json::to_string(&event),
        Err(error) => serde_json::to_string(&Malformed::of(event, error.to_string())),
    };
    written.map_err(|error| StepError::Operator(format!("the execution's input cannot be written: {error}")))
}

/// `ticket-35436`, so that the console can be searched by ticket and a second delivery finds the name taken;
/// `ticket-35436_2` when the ticket was opened again after its first onboarding had ended.
/// An event without a usable ticket is named after itself, so that it still shows up in the console.
fn execution_name(input: &Input) -> String {
    event::ticket(&input.detail).map_or_else(|| format!("event-{}", input.id), |ticket| ticket.execution_name())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
    use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
    use aws_sdk_dynamodb::types::error::InternalServerError;
    use aws_sdk_sfn::operation::start_execution::{StartExecutionError, StartExecutionOutput};
    use aws_sdk_sfn::primitives::DateTime;
    use aws_sdk_sfn::types::error::ExecutionAlreadyExists;
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use serde_json::json;

    use super::*;

    fn input(detail: Value) -> Input {
        Input { id: "7bf73129-1428-4cd3-a780-95db273d1602".to_owned(), detail }
    }

    fn config() -> Config {
        Config {
            state_machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:onboarding".to_owned(),
            register: "register".to_owned(),
        }
    }

    /// Where the onboarding of ticket 35436 stands.
    fn register(outcome: &Value) -> Register {
        let id = OnboardingId::of("arn:aws:states:us-east-1:000000000000:execution:onboarding:ticket-35436");
        let shown = json!({"order": 4000, "state": "declined", "since": "2026-07-04T05:33:18Z", "outcome": outcome});
        let item = json!({"executionArn": "arn:ticket-35436", "link": 1, "shown": shown});
        let get = mock!(aws_sdk_dynamodb::Client::get_item).then_compute_output(move |request| {
            let is_known = request.key().unwrap()["key"].as_s().unwrap() == &format!("onboarding/{id}");
            let item = is_known.then(|| serde_dynamo::to_item(&item).unwrap());
            GetItemOutput::builder().set_item(item).build()
        });
        let put = mock!(aws_sdk_dynamodb::Client::put_item)
            .match_requests(|request| request.condition_expression() == Some("attribute_not_exists(#key)"))
            .then_output(|| PutItemOutput::builder().build());
        Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&get, &put]), "register")
    }

    fn starts() -> Rule {
        mock!(Client::start_execution).then_output(started)
    }

    fn started() -> StartExecutionOutput {
        StartExecutionOutput::builder()
            .execution_arn("arn:execution")
            .start_date(DateTime::from_secs(0))
            .build()
            .unwrap()
    }

    #[tokio::test]
    async fn an_event_delivered_twice_starts_one_execution() {
        let first = mock!(Client::start_execution)
            .match_requests(|request| {
                request.name() == Some("ticket-35436")
                    && request.input().is_some_and(|input| input.contains(r#"{"ticket":{"id":"35436"},"#))
            })
            .sequence()
            .output(started)
            .error(|| StartExecutionError::ExecutionAlreadyExists(ExecutionAlreadyExists::builder().build()))
            .build();
        let sfn = mock_client!(aws_sdk_sfn, RuleMode::Sequential, [&first]);
        let register = register(&json!(null));
        let event = || input(json!({"ticket": {"id": 35436}}));
        assert!(handle(&sfn, &register, &config(), event()).await.unwrap().started);
        assert!(!handle(&sfn, &register, &config(), event()).await.unwrap().started);
    }

    #[tokio::test]
    async fn an_execution_that_was_started_has_an_item_when_the_event_is_done_with() {
        let get = mock!(aws_sdk_dynamodb::Client::get_item).then_output(|| GetItemOutput::builder().build());
        let put = mock!(aws_sdk_dynamodb::Client::put_item)
            .match_requests(|request| {
                let item = request.item().unwrap();
                item["ticket"].as_s().is_ok_and(|ticket| ticket == "35436") && item["open"].is_s()
            })
            .sequence()
            .error(|| PutItemError::InternalServerError(InternalServerError::builder().build()))
            .output(|| PutItemOutput::builder().build())
            .build();
        let register =
            Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&get, &put]), "register");
        let start = mock!(Client::start_execution)
            .sequence()
            .output(started)
            .error(|| StartExecutionError::ExecutionAlreadyExists(ExecutionAlreadyExists::builder().build()))
            .build();
        let sfn = mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [&start]);
        let event = || input(json!({"ticket": {"id": "35436"}}));
        assert!(handle(&sfn, &register, &config(), event()).await.is_err(), "the event comes again");
        assert!(!handle(&sfn, &register, &config(), event()).await.unwrap().started);
        assert_eq!(put.num_calls(), 2);
    }

    fn written(event: &Value) -> Value {
        serde_json::from_str(&input_of_execution(event).unwrap()).unwrap()
    }

    fn event() -> Value {
        json!({
            "ticket": {"id": "35436", "round": 2},
            "customer": {"id": "acme", "name": "a".repeat(200), "plan": "business", "region": "us-east-1"},
            "atlas": {"region": "US_EAST_1"},
        })
    }

    #[test]
    fn an_event_is_passed_on_without_what_nobody_reads() {
        let mut more = event();
        more["ticket"]["subject"] = json!("?");
        more["more"] = json!("x".repeat(300_000));
        assert_eq!(written(&more), event());
    }

    #[test]
    fn of_an_event_that_does_not_fit_the_ticket_and_the_reason_are_passed_on() {
        for (part, name, value, problem) in [
            ("customer", "name", json!("a".repeat(201)), "expected at most 200 characters at `customer.name`"),
            ("customer", "plan", json!("b".repeat(250_000)), "expected at most 100 characters at `customer.plan`"),
            ("customer", "region", json!(null), "expected a string at `customer.region`"),
            ("network", "vpcId", json!("vpc"), "expected a VPC ID (vpc- and 8 or 17 hex digits) at `network.vpcId`"),
        ] {
            let mut event = event();
            event[part][name] = value;
            assert_eq!(written(&event), json!({"ticket": {"id": "35436", "round": 2}, "malformed": problem}));
        }
        let mut stranger = event();
        stranger["ticket"]["id"] = json!("7".repeat(41));
        let problem = "expected a ticket ID (1 to 40 letters, digits or -) at `ticket.id`";
        assert_eq!(written(&stranger), json!({ "malformed": problem }));
        assert_eq!(written(&json!("?")), json!({"malformed": "expected struct TicketEvent"}));
    }

    #[tokio::test]
    async fn what_has_ended_is_not_started_again_even_when_its_name_is_free() {
        let start = starts();
        let sfn = mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [&start]);
        let register = register(&json!({"at": "2026-07-04T05:33:18Z"}));
        let late = handle(&sfn, &register, &config(), input(json!({"ticket": {"id": "35436"}}))).await.unwrap();
        assert_eq!((late.execution.as_str(), late.started, start.num_calls()), ("ticket-35436", false, 0));
        let next = json!({"ticket": {"id": "35436", "round": 2}});
        let next = handle(&sfn, &register, &config(), input(next)).await.unwrap();
        assert_eq!((next.execution.as_str(), next.started), ("ticket-35436_2", true));
    }

    #[tokio::test]
    async fn an_event_without_a_ticket_is_named_after_itself() {
        let sfn = mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [&starts()]);
        let register = register(&json!(null));
        let output = handle(&sfn, &register, &config(), input(json!({"ticket": "?"}))).await.unwrap();
        assert_eq!((output.execution.as_str(), output.started), ("event-7bf73129-1428-4cd3-a780-95db273d1602", true));
    }
}
