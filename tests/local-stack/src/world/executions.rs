//! The executions of both state machines.

use anyhow::{Context, Result};
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use serde_json::Value;

use super::World;
use crate::player::eventually;

/// An execution as it is now.
#[derive(Debug)]
pub struct Execution {
    /// Its name.
    pub name: String,
    /// As Step Functions names it.
    pub status: String,
    /// The output, or the cause of the failure; null while it runs.
    pub result: Value,
}

impl Execution {
    fn has_ended(&self) -> bool {
        self.status != ExecutionStatus::Running.as_str()
    }
}

impl World {
    pub(super) fn arn(&self, execution: &str) -> String {
        arn(&self.state_machine_arn, execution)
    }

    async fn execution(&self, name: &str) -> Result<Option<Execution>> {
        self.described(&self.state_machine_arn, name).await
    }

    async fn described(&self, machine: &str, name: &str) -> Result<Option<Execution>> {
        let execution = match self.sfn.describe_execution().execution_arn(arn(machine, name)).send().await {
            Ok(execution) => execution,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_execution_does_not_exist()) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let succeeded = *execution.status() == ExecutionStatus::Succeeded;
        let result = if succeeded { execution.output() } else { execution.cause() }.unwrap_or("null");
        let result = serde_json::from_str(result).unwrap_or_else(|_| Value::String(result.to_owned()));
        Ok(Some(Execution { name: name.to_owned(), status: execution.status().as_str().to_owned(), result }))
    }

    /// Waits until the execution has ended.
    ///
    /// # Errors
    /// When it does not end, or AWS does not answer.
    pub async fn ended(&self, execution: &str) -> Result<Execution> {
        let ended = async || Ok(self.execution(execution).await?.filter(Execution::has_ended));
        eventually(ended).await.with_context(|| format!("{execution} does not end"))
    }

    /// Whether an execution was started and has ended.
    ///
    /// # Errors
    /// When AWS does not answer.
    pub async fn has_ended(&self, execution: &str) -> Result<bool> {
        Ok(self.execution(execution).await?.is_some_and(|execution| execution.has_ended()))
    }

    /// The executions of all rounds of a ticket.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn executions_of(&self, ticket: &str) -> Result<Vec<Execution>> {
        let list = self.sfn.list_executions().state_machine_arn(&self.state_machine_arn);
        let all: Vec<_> = list.into_paginator().items().send().collect::<Result<_, _>>().await?;
        let own = format!("ticket-{ticket}");
        let mut found = Vec::new();
        for item in all.iter().filter(|item| item.name() == own || item.name().starts_with(&format!("{own}_"))) {
            found.extend(self.execution(item.name()).await?);
        }
        Ok(found)
    }

    /// The closings of an execution's onboarding, by their numbers: `<id>_c1` first.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn closings_of(&self, execution: &str) -> Result<Vec<Execution>> {
        let own = format!("{}_c", self.onboarding(execution));
        let list = self.sfn.list_executions().state_machine_arn(&self.closing_state_machine_arn);
        let all: Vec<_> = list.into_paginator().items().send().collect::<Result<_, _>>().await?;
        let mut numbers: Vec<u32> =
            all.iter().filter_map(|item| item.name().strip_prefix(&own)?.parse().ok()).collect();
        numbers.sort_unstable();
        let mut found = Vec::new();
        for number in numbers {
            found.extend(self.described(&self.closing_state_machine_arn, &format!("{own}{number}")).await?);
        }
        Ok(found)
    }

    /// Stops an execution, as somebody does in the console.
    ///
    /// # Errors
    /// When AWS does not answer, or it has ended otherwise.
    pub async fn stop_execution(&self, execution: &str) -> Result<()> {
        self.sfn.stop_execution().execution_arn(self.arn(execution)).send().await?;
        Ok(())
    }

    /// Stops a closing, by its name.
    ///
    /// # Errors
    /// When AWS does not answer, or it has ended otherwise.
    pub async fn stop_closing(&self, closing: &str) -> Result<()> {
        self.sfn.stop_execution().execution_arn(arn(&self.closing_state_machine_arn, closing)).send().await?;
        Ok(())
    }

    /// Switches the rule off, or on again, by which the stack hears that an execution of its onboardings has ended.
    ///
    /// # Errors
    /// When AWS does not answer, or there is no such rule.
    pub async fn hear_of_ends(&self, on: bool) -> Result<()> {
        let rules = self.events.list_rules().send().await?;
        let ours = |rule: &&aws_sdk_eventbridge::types::Rule| {
            rule.event_pattern().is_some_and(|pattern| pattern.contains(&format!("\"{}\"", self.state_machine_arn)))
        };
        let rule = rules.rules().iter().find(ours).and_then(|rule| rule.name()).context("there is no rule")?;
        if on {
            self.events.enable_rule().name(rule).send().await?;
        } else {
            self.events.disable_rule().name(rule).send().await?;
        }
        Ok(())
    }

    /// The events of an execution, and of the closings of its onboarding.
    async fn events(&self, execution: &str) -> Result<Vec<HistoryEvent>> {
        let mut arns = vec![self.arn(execution)];
        let closings = self.closings_of(execution).await?;
        arns.extend(closings.iter().map(|closing| arn(&self.closing_state_machine_arn, &closing.name)));
        let mut found = Vec::new();
        for arn in arns {
            let events = self.sfn.get_execution_history().execution_arn(arn).into_paginator().items().send();
            found.extend(events.collect::<Result<Vec<_>, _>>().await?);
        }
        Ok(found)
    }

    /// The states that an execution and the closings of its onboarding entered, each once, in the order of their first time.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn states(&self, execution: &str) -> Result<Vec<String>> {
        let events = self.events(execution).await?;
        let mut states: Vec<String> = Vec::new();
        for entered in events.iter().filter_map(|event| event.state_entered_event_details()) {
            if !states.iter().any(|known| known == entered.name()) {
                states.push(entered.name().to_owned());
            }
        }
        Ok(states)
    }

    /// How often an execution, and the closings of its onboarding, entered a state.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn times_entered(&self, execution: &str, state: &str) -> Result<usize> {
        let events = self.events(execution).await?;
        let entered = events.iter().filter_map(|event| event.state_entered_event_details());
        Ok(entered.filter(|entered| entered.name() == state).count())
    }

    /// What an execution, and the closings of its onboarding, went through, a line for each state that was entered and each
    /// task that failed, oldest first.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn trail(&self, execution: &str) -> Result<Vec<String>> {
        let line = |event: &HistoryEvent| {
            let (what, why) = if let Some(entered) = event.state_entered_event_details() {
                (entered.name(), String::new())
            } else if let Some(failed) = event.task_failed_event_details() {
                (failed.error().unwrap_or_default(), failed.cause().unwrap_or_default().to_owned())
            } else {
                let failed = event.execution_failed_event_details()?;
                (failed.error().unwrap_or_default(), failed.cause().unwrap_or_default().to_owned())
            };
            Some(format!("{} {what} {why}", event.timestamp().secs()))
        };
        Ok(self.events(execution).await?.iter().filter_map(line).collect())
    }

    /// How many answers of the customer have resumed an execution.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn answers_taken(&self, execution: &str) -> Result<usize> {
        let events = self.events(execution).await?;
        let succeeded = events.iter().filter_map(|event| event.task_succeeded_event_details());
        Ok(succeeded.filter(|details| details.resource().ends_with(".waitForTaskToken")).count())
    }

    /// When an execution first entered this state, in seconds of Unix time; nothing while it has not.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn entered(&self, state: &str, execution: &str) -> Result<Option<f64>> {
        let is_it =
            |event: &HistoryEvent| event.state_entered_event_details().is_some_and(|entered| entered.name() == state);
        let events = self.events(execution).await?;
        Ok(events.iter().find(|event| is_it(event)).map(|event| event.timestamp().as_secs_f64()))
    }

    /// All that the history of an execution, and of the closings of its onboarding, tells of inputs, outputs and causes; the
    /// SDK's own format leaves them out.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn history(&self, execution: &str) -> Result<String> {
        let events = self.events(execution).await?;
        let texts = events.iter().flat_map(|event| {
            [
                event.execution_started_event_details().and_then(|details| details.input()),
                event.state_entered_event_details().and_then(|details| details.input()),
                event.state_exited_event_details().and_then(|details| details.output()),
                event.task_scheduled_event_details().map(|details| details.parameters()),
                event.task_succeeded_event_details().and_then(|details| details.output()),
                event.task_failed_event_details().and_then(|details| details.cause()),
                event.execution_succeeded_event_details().and_then(|details| details.output()),
                event.execution_failed_event_details().and_then(|details| details.cause()),
            ]
        });
        Ok(texts.flatten().collect::<Vec<_>>().join("\n"))
    }
}

/// The ARN of a machine's execution with this name.
fn arn(machine: &str, execution: &str) -> String {
    format!("{}:{execution}", machine.replace(":stateMachine:", ":execution:"))
}
