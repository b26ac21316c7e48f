//! Where an onboarding stands, read from its execution: nobody has to record it a second time.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::StepError;
use shared::aws::step_error;
use shared::vault::Vault;

/// The states of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Whether nothing will happen any more.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Connected | Self::Declined | Self::Expired | Self::Failed)
    }
}

/// What the portal shows of each state of the definition: where the onboarding then stands, if that changes, and a line
/// for the timeline, if it deserves one. A test holds this table to the definition.
pub const STAGES: [(&str, Option<State>, Option<&str>); 28] = [
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
    ("Create endpoint", Some(State::CreatingEndpoint), Some("The command was received; the endpoint is being created")),
    ("Check endpoint", None, None),
    ("Endpoint ready?", None, None),
    ("Wait for endpoint", None, None),
    ("Reply: endpoint ready", None, Some("The endpoint is ready and waits for Atlas to accept it")),
    ("Wait for acceptance", Some(State::AwaitingAcceptance), None),
    ("Check acceptance", None, None),
    ("Accepted?", None, None),
    ("Another attempt?", None, Some("Another command is needed")),
    ("Reply: connected", None, Some("Atlas accepted the endpoint")),
    ("Connected", Some(State::Connected), None),
    ("Clean up", None, Some("What was created is being removed")),
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
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) timeline: Vec<Entry>,
    pub(crate) error: Option<String>,
    /// Whether the execution is in the wait for the command, whatever the vault says.
    pub(crate) at_await_command: bool,
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
    progress.settle(vault);
    progress.end(execution.status(), execution.output(), execution.cause());
    Ok(progress)
}

fn from_history(events: &[HistoryEvent]) -> Progress {
    let mut progress =
        Progress { state: State::Checking, endpoint: None, timeline: Vec::new(), error: None, at_await_command: false };
    for event in events {
        if let Some(entered) = event.state_entered_event_details() {
            progress.at_await_command = entered.name() == "Await command";
            let stage = STAGES.iter().find(|(name, ..)| *name == entered.name());
            if let Some(state) = stage.and_then(|(_, state, _)| *state) {
                progress.state = state;
            }
            if let Some(what) = stage.and_then(|(.., what)| *what) {
                progress.note(event, what);
            }
        }
        if let Some(exited) = event.state_exited_event_details() {
            let output = exited.output().and_then(|output| serde_json::from_str::<Endpoint>(output).ok());
            progress.endpoint = output.or(progress.endpoint);
        }
    }
    progress
}

impl Progress {
    fn note(&mut self, event: &HistoryEvent, what: &str) {
        let at = event.timestamp().fmt(aws_sdk_sfn::primitives::DateTimeFormat::DateTime).unwrap_or_default();
        self.timeline.push(Entry { at, what: what.to_owned() });
    }

    /// The history is ahead of the vault when a wait begins, and behind it when the wait was just answered.
    fn settle(&mut self, vault: &Vault) {
        if self.state != State::AwaitingCommand {
            return;
        }
        match &vault.awaited {
            None => self.state = State::PreparingNetwork,
            Some(awaited) if awaited.answer_digest.is_some() => self.state = State::CreatingEndpoint,
            Some(awaited) => self.error.clone_from(&awaited.problem),
        }
    }

    fn end(&mut self, status: &ExecutionStatus, output: Option<&str>, cause: Option<&str>) {
        let result = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
        match status {
            ExecutionStatus::Running | ExecutionStatus::PendingRedrive => return,
            ExecutionStatus::Succeeded => {
                let output = result(output).unwrap_or_default();
                self.state = match output["outcome"].as_str() {
                    Some("connected") => State::Connected,
                    Some("declined") => State::Declined,
                    Some("expired") => State::Expired,
                    _ => State::Failed,
                };
                self.error = output["reason"].as_str().map(str::to_owned);
            }
            // The reason in the cause is for the support engineer, unless the customer can mend it.
            _ => {
                let cause = result(cause).unwrap_or_default();
                self.state = State::Failed;
                self.error = cause["customerReason"].as_str().map(str::to_owned);
            }
        }
        if self.state != State::Connected {
            self.endpoint = None;
        }
    }
}
