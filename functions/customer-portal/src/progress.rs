//! Where an onboarding stands, read from its execution: nobody has to record it a second time.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::StepError;
use shared::aws::step_error;
use shared::command::EndpointRequest;
use shared::error::message_of;
use shared::vault::{Answer, Vault};

/// The states of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The ticket is read.
    Checking,
    /// The VPC and its subnets are found or made.
    PreparingNetwork,
    /// The customer is to bring Atlas's command.
    AwaitingCommand,
    /// The endpoint is made.
    CreatingEndpoint,
    /// The customer is to finalize in Atlas, and Atlas to accept.
    AwaitingAcceptance,
    /// The customer is to bring the source.
    AwaitingSource,
    /// The source is verified.
    Verifying,
    /// Done.
    Connected,
    /// The ticket could not be served.
    Declined,
    /// The customer did not act in time.
    Expired,
    /// Something went wrong.
    Failed,
}

impl State {
    /// The state as the portal writes it, `awaiting-command`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::PreparingNetwork => "preparing-network",
            Self::AwaitingCommand => "awaiting-command",
            Self::CreatingEndpoint => "creating-endpoint",
            Self::AwaitingAcceptance => "awaiting-acceptance",
            Self::AwaitingSource => "awaiting-source",
            Self::Verifying => "verifying",
            Self::Connected => "connected",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing will happen any more.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Connected | Self::Declined | Self::Expired | Self::Failed)
    }
}

/// What the portal shows of each state of the definition: where the onboarding then stands, if that changes, and a line
/// for the timeline, if it deserves one. A test holds this table to the definition.
pub const STAGES: [(&str, Option<State>, Option<&str>); 36] = [
    ("Check eligibility", Some(State::Checking), Some("Your ticket was received and is being checked")),
    ("Eligible?", None, None),
    ("Reply: declined", Some(State::Declined), None),
    ("Declined", Some(State::Declined), Some("The request was declined")),
    ("Open portal", None, None),
    ("Ensure network", Some(State::PreparingNetwork), Some("The network is being prepared")),
    (
        "Reply: instructions",
        Some(State::PreparingNetwork),
        Some("The VPC ID and the subnet IDs were sent to the ticket"),
    ),
    ("Await command", Some(State::AwaitingCommand), None),
    ("Another window?", None, None),
    ("Reply: reminder", None, Some("A reminder was sent to the ticket")),
    ("Back to the wait", None, None),
    ("Create endpoint", Some(State::CreatingEndpoint), Some("The command was received; the endpoint is being created")),
    ("Check endpoint", None, None),
    ("Endpoint ready?", None, None),
    ("Wait for endpoint", None, None),
    ("Reply: endpoint ready", None, Some("The endpoint is ready and waits for Atlas to accept it")),
    ("Wait for acceptance", Some(State::AwaitingAcceptance), None),
    ("Check acceptance", None, None),
    ("Accepted?", None, None),
    ("Another attempt?", None, Some("Another command is needed")),
    ("Reply: source wanted", None, Some("The connection string was asked for on the ticket")),
    ("Await source", Some(State::AwaitingSource), None),
    ("Verify source", Some(State::Verifying), Some("The source is being verified")),
    ("Source works?", None, None),
    ("Wait for source", None, None),
    ("Another source?", None, Some("Another source is needed")),
    ("Announce", None, Some("The source works")),
    ("Reply: connected", None, None),
    ("Connected", Some(State::Connected), None),
    // Its state depends on the way that led there.
    ("Clean up", None, Some("The request is being closed")),
    ("Cleaned up?", None, None),
    ("Wait for deletion", None, None),
    ("Reply: expired", Some(State::Expired), Some("The request has expired")),
    ("Expired", Some(State::Expired), None),
    ("Reply: failed", Some(State::Failed), Some("The request failed")),
    ("Failed", Some(State::Failed), None),
];

/// Where an onboarding stands.
#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) state: State,
    /// The last state before the onboarding ended, or the state itself.
    pub(crate) reached: State,
    /// Whether nothing of this will change any more.
    pub(crate) is_final: bool,
    /// Who asked, as the ticket names them.
    pub(crate) customer: Option<String>,
    /// What was read out of the last command that was accepted.
    pub(crate) request: Option<EndpointRequest>,
    pub(crate) endpoint: Option<Endpoint>,
    /// Whether making an endpoint was begun at all.
    pub(crate) has_made: bool,
    /// What came of the last clean-up; nothing when it was not run, still runs or failed.
    pub(crate) clean_up: Option<CleanUp>,
    pub(crate) timeline: Vec<Entry>,
    pub(crate) error: Option<String>,
    /// What came of the last verification of a source.
    pub(crate) verification: Option<Verification>,
    /// The answer that the execution waits for, whatever the vault says.
    pub(crate) awaits: Option<Answer>,
}

/// What came of a verification, as `verify-source` reports it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verification {
    pub(crate) verdict: String,
    pub(crate) layers: Vec<Layer>,
    pub(crate) problem: Option<String>,
    pub(crate) next_step: Option<String>,
}

/// One layer of a verification.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) passed: bool,
    pub(crate) evidence: String,
}

/// The endpoint, as the steps described it last.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub(crate) struct Endpoint {
    #[serde(rename(deserialize = "endpointId"))]
    pub(crate) id: String,
    #[serde(rename(deserialize = "dnsName"))]
    pub(crate) dns_name: Option<String>,
    pub(crate) state: Option<String>,
    #[serde(skip_serializing)]
    pub(crate) target: shared::target::Target,
    #[serde(default, skip_serializing)]
    verdict: Option<String>,
}

/// What came of a clean-up.
#[derive(Debug, Deserialize)]
pub(crate) struct CleanUp {
    complete: bool,
    leftovers: Vec<String>,
}

impl CleanUp {
    /// Whether nothing is left of what was created.
    pub(crate) fn has_removed_all(&self) -> bool {
        self.complete && self.leftovers.is_empty()
    }
}

/// Something that happened.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    /// When, in RFC 3339, UTC.
    pub(crate) at: String,
    pub(crate) what: String,
}

/// Reads where the onboarding stands.
pub(crate) async fn read(sfn: &Client, vault: &Vault) -> Result<Progress, StepError> {
    let execution = sfn
        .describe_execution()
        .execution_arn(&vault.execution_arn)
        .send()
        .await
        .map_err(|error| step_error("read the execution", &error))?;
    let events = sfn
        .get_execution_history()
        .execution_arn(&vault.execution_arn)
        .max_results(1000)
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|error| step_error("read the execution's history", &error))?;
    let mut progress = from_history(&events);
    progress.customer = customer(execution.input());
    progress.settle(vault);
    progress.end(&execution);
    Ok(progress)
}

fn from_history(events: &[HistoryEvent]) -> Progress {
    let mut progress = Progress {
        state: State::Checking,
        reached: State::Checking,
        is_final: false,
        customer: None,
        request: None,
        endpoint: None,
        has_made: false,
        clean_up: None,
        timeline: Vec::new(),
        error: None,
        verification: None,
        awaits: None,
    };
    let mut before = "";
    for event in events {
        if let Some(entered) = event.state_entered_event_details() {
            progress.enter(event, entered.name(), before);
            before = entered.name();
        }
        if let Some(exited) = event.state_exited_event_details() {
            progress.exit(exited.name(), exited.output().unwrap_or_default());
        }
    }
    progress
}

impl Progress {
    fn enter(&mut self, event: &HistoryEvent, name: &str, before: &str) {
        self.awaits = match name {
            "Await command" => Some(Answer::Command),
            "Await source" => Some(Answer::Source),
            _ => None,
        };
        self.has_made |= name == "Create endpoint";
        let stage = STAGES.iter().find(|(known, ..)| *known == name);
        if let Some(state) = stage.and_then(|(_, state, _)| *state) {
            self.stand(state);
        }
        if name == "Clean up" && !self.state.is_ended() {
            self.stand(self.ending(before));
        }
        if name == "Reply: source wanted" && before == "Accepted?" {
            self.note(event, "Atlas accepted the endpoint");
        }
        // Clean-up runs again and again until AWS has deleted everything, and so does the verification while Atlas
        // publishes the hosts.
        let again = matches!(before, "Wait for deletion" | "Wait for source");
        if let Some(what) = stage.and_then(|(.., what)| *what).filter(|_| !again) {
            self.note(event, what);
        }
    }

    fn note(&mut self, event: &HistoryEvent, what: &str) {
        let at = event.timestamp().fmt(aws_sdk_sfn::primitives::DateTimeFormat::DateTime).unwrap_or_default();
        self.timeline.push(Entry { at, what: what.to_owned() });
    }

    fn exit(&mut self, name: &str, output: &str) {
        match name {
            "Await command" => self.request = serde_json::from_str(output).ok().or(self.request.take()),
            "Await source" => self.verification = None,
            "Verify source" => self.verification = serde_json::from_str(output).ok(),
            "Clean up" => self.clean_up = serde_json::from_str(output).ok(),
            _ => self.endpoint = serde_json::from_str(output).ok().or(self.endpoint.take()),
        }
    }

    fn stand(&mut self, state: State) {
        self.state = state;
        if !state.is_ended() {
            self.reached = state;
        }
    }

    /// How an onboarding ends that is cleaned up, by the state before: the history does not say what it will be called.
    fn ending(&self, before: &str) -> State {
        let has_failed =
            || self.endpoint.as_ref().is_some_and(|endpoint| endpoint.verdict.as_deref() == Some("failed"));
        match before {
            "Another window?" => State::Expired,
            "Accepted?" if !has_failed() => State::Expired,
            _ => State::Failed,
        }
    }

    /// The history is ahead of the vault when a wait begins, and behind it when the wait was just answered.
    fn settle(&mut self, vault: &Vault) {
        let (wanted, before, after) = match self.state {
            State::AwaitingCommand => (Answer::Command, State::PreparingNetwork, State::CreatingEndpoint),
            State::AwaitingSource => (Answer::Source, State::AwaitingAcceptance, State::Verifying),
            _ => return,
        };
        match &vault.awaited {
            Some(awaited) if awaited.answer == wanted && awaited.answer_digest.is_some() => self.stand(after),
            Some(awaited) if awaited.answer == wanted => self.error = awaited.problem.as_deref().map(message_of),
            _ => self.stand(before),
        }
    }

    fn end(&mut self, execution: &DescribeExecutionOutput) {
        let result = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
        match execution.status() {
            ExecutionStatus::Running | ExecutionStatus::PendingRedrive => return,
            ExecutionStatus::Succeeded => {
                let output = result(execution.output()).unwrap_or_default();
                self.stand(match output["outcome"].as_str() {
                    Some("connected") => State::Connected,
                    Some("declined") => State::Declined,
                    Some("expired") => State::Expired,
                    _ => State::Failed,
                });
                self.error = output["reason"].as_str().map(str::to_owned);
            }
            _ => {
                let cause = result(execution.cause()).unwrap_or_default();
                self.stand(State::Failed);
                // Any other reason is for the support engineer.
                let is_customers = execution.error() == Some("Step.Customer");
                self.error = cause["reason"].as_str().filter(|_| is_customers).map(message_of);
            }
        }
        self.is_final = true;
        if self.state != State::Connected {
            self.endpoint = None;
        }
    }
}

/// The customer's name, out of the neutral event that the execution began with.
fn customer(input: Option<&str>) -> Option<String> {
    let event: Value = serde_json::from_str(input?).ok()?;
    let name = event["customer"]["name"].as_str()?.trim();
    (!name.is_empty()).then(|| name.chars().take(80).collect())
}
