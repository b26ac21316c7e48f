//! One look at one onboarding: what is to be done about it, and that it is done. Two looks at once do no harm: a closing's
//! number is taken from the register by one of them, and its name is had by one execution.

use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::ending::{announced, ending};
use crate::executions::{describe, has_failed, start, stop};
use crate::{Clients, Config, Output, untold};
use register::Onboarding;
use secrets::vault;
use shared::closing::{self, Closing, Ending};
use shared::event::execution_arn;
use shared::ids::OnboardingId;
use shared::message::Reply;
use shared::reference::Reference;
use shared::state::State;
use shared::wish::Wish;
use step::StepError;

/// What an alarm looks for in the log: an onboarding whose closings fail is nobody's until somebody acts.
const CLOSING_FAILED: &str = "closing-failed";
/// What an alarm looks for in the log: a fault lasts that time has not mended.
const HELD: &str = "held";
/// For how long an onboarding may be held before the alarm hears of it.
const HELD_FOR: Duration = Duration::HOUR;
/// How many closings in a row may fail before nothing but the alarm is left.
const TRIES: u32 = 3;
/// What an alarm looks for in the log: a message of an onboarding that has ended is on its way for long, or never was.
const UNTOLD: &str = "untold";
/// For how long a message may be on its way before it is named.
const ON_ITS_WAY: Duration = Duration::HOUR;
/// No message is tried for longer than 13 days.
const TRIED_FOR: Duration = Duration::days(14);
/// The error of an execution that was stopped because somebody wanted its onboarding closed.
const CANCELLED: &str = "Causeway.Cancelled";

fn is_held_for_long(onboarding: &Onboarding) -> bool {
    let since = OffsetDateTime::parse(&onboarding.shown.since, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    onboarding.shown.state == State::Held && OffsetDateTime::now_utc() - since > HELD_FOR
}

/// What a look needs.
pub(crate) struct Looks<'a> {
    pub(crate) clients: &'a Clients,
    pub(crate) config: &'a Config,
}

impl Looks<'_> {
    /// Looks at the onboarding that is this execution, whose item was just read, and adds to the output what was done.
    pub(crate) async fn look(
        &self,
        arn: &str,
        item: Option<&Onboarding>,
        output: &mut Output,
    ) -> Result<(), StepError> {
        let id = OnboardingId::of(arn);
        if let Some(ended) = item.filter(|onboarding| onboarding.has_ended()) {
            return self.rest(&id, ended, output).await;
        }
        let wish = item.and_then(|onboarding| onboarding.wish.as_ref());
        let Some(execution) = self.stopped_if_wished(arn, wish, output).await? else {
            tracing::error!(
                alarm = CLOSING_FAILED,
                execution = arn,
                "the onboarding has no outcome, and Step Functions does not know its execution"
            );
            return Ok(());
        };
        if !has_failed(&execution) && execution.status != ExecutionStatus::Succeeded {
            if item.is_none() {
                // What Step Functions tells may be older than the event, and no clock finds what has no item.
                return Err(StepError::Transient(
                    "the execution has no item, and is said to have ended and to run".to_owned(),
                ));
            }
            if item.is_some_and(is_held_for_long) {
                tracing::error!(alarm = HELD, execution = arn, "the onboarding has been held for more than an hour");
            }
            return Ok(());
        }
        // The execution may have written the outcome, and have ended, since the item was read.
        let onboarding = self.clients.register.read(&id).await?;
        if let Some(ended) = onboarding.as_ref().filter(|onboarding| onboarding.has_ended()) {
            return self.rest(&id, ended, output).await;
        }
        if execution.status == ExecutionStatus::Succeeded {
            // Its last message writes the outcome, so that this is ours. It may be connected: nothing of it is touched.
            tracing::error!(
                alarm = CLOSING_FAILED,
                execution = arn,
                outcome = outcome(&execution),
                "the execution succeeded, and the register has no outcome"
            );
            return Ok(());
        }
        let Some(number) = self.number(&id, arn, onboarding.as_ref()).await? else { return Ok(()) };
        let wish = onboarding.as_ref().and_then(|onboarding| onboarding.wish.as_ref());
        let ending = ending(&execution, wish);
        let announced = announced(&execution);
        let closing = Closing { execution_arn: arn.to_owned(), number, ending, go_on_if_accepted: false, announced };
        self.close(&id, closing, output).await
    }

    /// An onboarding that has ended is looked at until its ticket was told everything.
    async fn rest(&self, id: &OnboardingId, ended: &Onboarding, output: &mut Output) -> Result<(), StepError> {
        let Some((reference, since)) = untold::longest(ended) else {
            return self.come_to_rest(id, ended, output).await;
        };
        let age = OffsetDateTime::now_utc() - since;
        if age > ON_ITS_WAY {
            tracing::error!(alarm = UNTOLD, execution = ended.execution_arn, %reference, "the ticket was not told");
        }
        if age > TRIED_FOR {
            return self.come_to_rest(id, ended, output).await;
        }
        match untold::end(ended) {
            Some(end) => Box::pin(self.put_again(id, &end, output)).await,
            None => Ok(()),
        }
    }

    /// Whoever told the end has deleted the vault, unless that failed.
    async fn come_to_rest(&self, id: &OnboardingId, ended: &Onboarding, output: &mut Output) -> Result<(), StepError> {
        if let Err(error) = vault::delete(&self.clients.secrets, &self.config.stack, id).await {
            let since = ended.shown.outcome.as_ref().and_then(|end| OffsetDateTime::parse(&end.at, &Rfc3339).ok());
            if since.is_some_and(|since| OffsetDateTime::now_utc() - since <= TRIED_FOR) {
                return Err(error);
            }
            // A token whose wait is over resumes nothing.
            tracing::error!(onboarding = %id, "the vault stays: {error}");
        }
        self.clients.register.come_to_rest(id).await?;
        output.at_rest += 1;
        Ok(())
    }

    /// Does what is left of telling the end when the execution that told it was stopped, or has failed, at that: the register
    /// has the outcome, and the queue may not have the message, which does no harm when it is put there again.
    async fn put_again(&self, id: &OnboardingId, end: &Reply, output: &mut Output) -> Result<(), StepError> {
        let teller = match &end.reference {
            Reference::Step { closing: 0, .. } => describe(&self.clients.sfn, &end.execution_arn).await?,
            Reference::Step { closing, .. } => self.closing(id, *closing).await?,
            Reference::Comment(_) => None,
        };
        // One that runs will put it there, and one that has succeeded did.
        if !teller.as_ref().is_some_and(has_failed) {
            return Ok(());
        }
        let Clients { register, sqs, .. } = self.clients;
        replies::post(sqs, &self.config.replies, id, end).await?;
        tracing::warn!(execution = end.execution_arn, reference = %end.reference, "the end was told by nobody, and is put again");
        output.put_again += 1;
        register.put_again(id, &end.reference).await
    }

    /// The execution as it is, stopped if it runs and somebody wants its onboarding closed.
    async fn stopped_if_wished(
        &self,
        arn: &str,
        wish: Option<&Wish>,
        output: &mut Output,
    ) -> Result<Option<DescribeExecutionOutput>, StepError> {
        let execution = describe(&self.clients.sfn, arn).await?;
        let runs = execution.as_ref().is_some_and(|execution| execution.status == ExecutionStatus::Running);
        let Some(Wish { who, why, .. }) = wish.filter(|_| runs) else { return Ok(execution) };
        stop(&self.clients.sfn, arn, CANCELLED, &format!("{who} wanted it closed: {why}")).await?;
        output.stopped += 1;
        describe(&self.clients.sfn, arn).await
    }

    /// The number of the closing that is to be started, if one is.
    async fn number(
        &self,
        id: &OnboardingId,
        arn: &str,
        onboarding: Option<&Onboarding>,
    ) -> Result<Option<u32>, StepError> {
        // The closing itself makes the item of an onboarding that could not open its record.
        let Some(onboarding) = onboarding else { return Ok(Some(1)) };
        let fenced = onboarding.fence.as_ref().map_or(0, |fence| fence.closing);
        let last = onboarding.closings.max(fenced);
        if last > 0 {
            // A number that was taken and not used: whoever took it did not come to it.
            let Some(closing) = self.closing(id, last).await? else { return Ok(Some(last)) };
            if has_failed(&closing) {
                if self.have_failed_too_often(id, last).await? {
                    let closing = closing::execution_name(id, last);
                    tracing::error!(alarm = CLOSING_FAILED, execution = arn, closing, "closing failed {TRIES} times");
                    return Ok(None);
                }
            } else if closing.status != ExecutionStatus::Succeeded {
                // One that was started before somebody wanted it closed may keep what it is to delete. Whoever is numbered
                // later has the onboarding.
                if onboarding.wish.is_none() || is_wished(&closing) {
                    return Ok(None);
                }
            } else if outcome(&closing) != "accepted" {
                tracing::error!(
                    alarm = CLOSING_FAILED,
                    execution = arn,
                    "the onboarding was closed, and the register has no outcome"
                );
                return Ok(None);
            }
            // Otherwise the closing found the endpoint accepted and gave the onboarding back, which has failed since.
        }
        Ok(self.clients.register.number_closing(id, last + 1).await?.then_some(last + 1))
    }

    /// Whether the last closing, which has failed, was one too many. One that a later one has overtaken has not failed by itself.
    async fn have_failed_too_often(&self, id: &OnboardingId, last: u32) -> Result<bool, StepError> {
        if last < TRIES {
            return Ok(false);
        }
        for number in last + 1 - TRIES..last {
            let failed = self.closing(id, number).await?.filter(has_failed);
            if failed.is_none_or(|closing| closing.error.as_deref() == Some("Step.Closed")) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn closing(&self, id: &OnboardingId, number: u32) -> Result<Option<DescribeExecutionOutput>, StepError> {
        let name = closing::execution_name(id, number);
        describe(&self.clients.sfn, &execution_arn(&self.config.closing_state_machine_arn, &name)).await
    }

    async fn close(&self, id: &OnboardingId, closing: Closing, output: &mut Output) -> Result<(), StepError> {
        let name = closing::execution_name(id, closing.number);
        let input = serde_json::to_string(&closing)
            .map_err(|error| StepError::Operator(format!("the closing's input cannot be written: {error}")))?;
        if start(&self.clients.sfn, &self.config.closing_state_machine_arn, &name, input).await? {
            tracing::info!(execution = closing.execution_arn, closing = name, "closing was started");
            output.started.push(name);
        }
        Ok(())
    }
}

/// Whether a closing was started because somebody wanted it.
fn is_wished(closing: &DescribeExecutionOutput) -> bool {
    let input = closing.input.as_deref().and_then(|input| serde_json::from_str::<Closing>(input).ok());
    input.is_some_and(|closing| matches!(closing.ending, Ending::Closed { .. }))
}

/// The outcome that an execution of ours has told in its output.
fn outcome(execution: &DescribeExecutionOutput) -> String {
    #[derive(Deserialize)]
    struct Told {
        outcome: String,
    }

    let told = execution.output.as_deref().and_then(|output| serde_json::from_str::<Told>(output).ok());
    told.map(|told| told.outcome).unwrap_or_default()
}
