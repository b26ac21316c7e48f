//! Reads where an onboarding stands from its execution: nobody has to record it a second time.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::primitives::DateTimeFormat;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use serde_json::Value;

use crate::progress::{Entry, Progress};
use crate::stages::{
    ACCEPTED, ANOTHER_WINDOW, AWAIT_COMMAND, AWAIT_SOURCE, CLEAN_UP, CREATE_ENDPOINT, SOURCE_WANTED, STAGES,
    VERIFY_SOURCE, WAIT_FOR_DELETION, WAIT_FOR_SOURCE,
};
use crate::state::State;
use secrets::vault::Vault;
use shared::answer::Answer;
use shared::endpoint::Verdict;
use shared::failure::message_of;
use step::StepError;
use step::aws::step_error;

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
            AWAIT_COMMAND => Some(Answer::Command),
            AWAIT_SOURCE => Some(Answer::Source),
            _ => None,
        };
        self.has_made |= name == CREATE_ENDPOINT;
        let stage = STAGES.iter().find(|(known, ..)| *known == name);
        if let Some(state) = stage.and_then(|(_, state, _)| *state) {
            self.stand(state);
        }
        if name == CLEAN_UP && !self.state.is_ended() {
            self.stand(self.ending(before));
        }
        if name == SOURCE_WANTED && before == ACCEPTED {
            self.note(event, "Atlas accepted the endpoint");
        }
        // Clean-up runs again and again until AWS has deleted everything, and so does the verification while Atlas
        // publishes the hosts.
        let again = matches!(before, WAIT_FOR_DELETION | WAIT_FOR_SOURCE);
        if let Some(what) = stage.and_then(|(.., what)| *what).filter(|_| !again) {
            self.note(event, what);
        }
    }

    fn note(&mut self, event: &HistoryEvent, what: &str) {
        let at = event.timestamp().fmt(DateTimeFormat::DateTime).unwrap_or_default();
        self.timeline.push(Entry { at, what: what.to_owned() });
    }

    fn exit(&mut self, name: &str, output: &str) {
        match name {
            AWAIT_COMMAND => self.request = serde_json::from_str(output).ok().or(self.request.take()),
            AWAIT_SOURCE => self.verification = None,
            VERIFY_SOURCE => self.verification = serde_json::from_str(output).ok(),
            CLEAN_UP => self.clean_up = serde_json::from_str(output).ok(),
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
        let has_failed = || self.endpoint.as_ref().is_some_and(|endpoint| endpoint.verdict == Verdict::Failed);
        match before {
            ANOTHER_WINDOW => State::Expired,
            ACCEPTED if !has_failed() => State::Expired,
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
                let is_customers = execution.error() == Some(StepError::CUSTOMER);
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
