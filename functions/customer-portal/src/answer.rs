//! The customer's answer: checked at once, written into the register, and only then passed on to the waiting execution.

mod command;
mod digest;
mod read;
mod resume;
mod source;
mod standing;

use std::borrow::Cow;

use lambda_http::Request;
use lambda_http::http::StatusCode;
use serde_json::json;

use crate::address::Address;
use crate::answer::digest::digest;
use crate::answer::read::{Brought, Read};
use crate::answer::resume::resume;
use crate::answer::standing::{awaited, refusal};
use crate::clients::Clients;
use crate::config::Config;
use crate::outcome::{Outcome, Reply, Shown};
use crate::problem::Problem;
use crate::submission::Submission;
use register::{Onboarding, Taken};
use secrets::source as secret;
use secrets::vault;
use shared::answer::Answer;
use step::StepError;

/// Takes an answer: 202 only when the execution has really left its wait.
pub(crate) async fn take(
    clients: &Clients,
    config: &Config,
    link: Address,
    mut onboarding: Onboarding,
    request: &Request,
    wanted: Answer,
) -> Result<Reply, StepError> {
    let submission = match Submission::read(config, request, wanted) {
        Ok(submission) => submission,
        Err(problem) => return Ok(Reply::Problem(problem, Some(link))),
    };
    let pasted = match wanted {
        Answer::Command => match submission.field("command") {
            Some(pasted) => Cow::Owned(pasted),
            None => return Ok(Reply::Problem(Problem::field_missing(), Some(link))),
        },
        Answer::Source => Cow::Borrowed(submission.body()),
    };
    let id = link.id.clone();
    let digest = digest(&clients.signing_key.current().await?, &id, wanted, &pasted)?;
    let shown = |onboarding, status, outcome| {
        Ok(Reply::Shown(Box::new(Shown { status, link: link.clone(), onboarding, outcome })))
    };
    let refused = |onboarding, problem: Problem| {
        // A command is shown again, in its form; a source never is.
        let pasted = match wanted {
            Answer::Command => String::from_utf8_lossy(&pasted).into_owned(),
            Answer::Source => String::new(),
        };
        shown(onboarding, problem.status, Outcome::Problem { problem, pasted })
    };

    let facts = &onboarding.shown.facts;
    let (Some(wait), Some(network)) = (awaited(&onboarding, wanted), &facts.network) else {
        let problem = refusal(&onboarding, wanted, &digest);
        return refused(onboarding, problem);
    };
    let read = match wanted {
        Answer::Command => command::read(&submission, &pasted, network, facts.target),
        Answer::Source => source::read(&submission, facts.endpoint.as_ref().map(|endpoint| endpoint.target)),
    };
    // What was taken for this wait need not have resumed the execution. Only Step Functions knows.
    let before = onboarding.taken_now();
    let is_another = before.is_some_and(|taken| taken.digest != digest);
    let (brought, outcome) = match read {
        Read::Stop(..) if before.is_some() => {
            let problem = refusal(&onboarding, wanted, &digest);
            return refused(onboarding, problem);
        }
        Read::Stop(status, outcome) => return shown(onboarding, status, outcome),
        // It would be put in the place of the one that is perhaps being verified.
        Read::Go(Brought::Source(_), _) if is_another => {
            let problem = refusal(&onboarding, wanted, &digest);
            return refused(onboarding, problem);
        }
        Read::Go(brought, outcome) => (brought, outcome),
    };

    let Some(task_token) = vault::read(&clients.secrets, &config.stack, &id, &wait.vault_version).await? else {
        return refused(onboarding, Problem::not_awaited(wanted));
    };
    let output = match &brought {
        Brought::Command(request) => json!(request),
        Brought::Source(source) => match secret::put(&clients.secrets, &config.stack, &id, source).await? {
            Some(arn) => json!({"sourceSecretArn": arn}),
            None => return refused(onboarding, Problem::not_awaited(wanted)),
        },
    };
    let what = brought.line();
    let taken = Taken { order: onboarding.shown.order, digest: digest.clone(), request: brought.request() };
    // First into the register: should our answer get lost, the customer's second try is known for what it is. Another
    // command than the one there must first prove to be the one that resumes the execution.
    let is_awaited = is_another || clients.register.take(&id, &taken, what).await?;
    if !is_awaited || !resume(clients, &task_token, &output).await? {
        let Some(onboarding) = clients.register.read(&id).await? else {
            return Ok(Reply::Problem(Problem::unknown(), None));
        };
        let problem = refusal(&onboarding, wanted, &digest);
        return refused(onboarding, problem);
    }
    // What resumed the execution has the last word: another answer may have been written in between. It counts whether
    // or not that can be written.
    if let Err(error) = clients.register.take(&id, &taken, what).await {
        tracing::warn!(name = error.name(), "an answer counts, and may not be shown until the next step: {error}");
    }
    onboarding.taken = Some(taken);
    shown(onboarding, StatusCode::ACCEPTED, outcome)
}
