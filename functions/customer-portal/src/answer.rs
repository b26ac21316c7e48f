//! The customer's answer: checked at once, and only then passed on to the waiting execution.

mod command;
mod read;
mod source;

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use lambda_http::Request;
use lambda_http::http::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::answer::read::Read;
use crate::clients::Clients;
use crate::config::Config;
use crate::history;
use crate::outcome::{Outcome, Reply, Shown};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::submission::Submission;
use secrets::vault::{self, HandedOut, TaskToken, Vault, Wait};
use shared::answer::Answer;
use shared::ids::OnboardingId;
use step::StepError;
use step::aws::step_error;

/// Takes an answer: 202 only when the execution has really left its wait.
pub(crate) async fn take(
    clients: &Clients,
    config: &Config,
    id: OnboardingId,
    mut vault: Vault,
    request: &Request,
    wanted: Answer,
) -> Result<Reply, StepError> {
    let submission = match Submission::read(config, request, wanted) {
        Ok(submission) => submission,
        Err(problem) => return Ok(Reply::Problem(problem, Some(id))),
    };
    let brought = match wanted {
        Answer::Command => match submission.field("command") {
            Some(pasted) => Cow::Owned(pasted),
            None => return Ok(Reply::Problem(Problem::field_missing(), Some(id))),
        },
        Answer::Source => Cow::Borrowed(submission.body()),
    };
    let mut progress = history::read(&clients.sfn, &vault).await?;
    let shown = |progress, vault, status, outcome| {
        Ok(Reply::Shown(Box::new(Shown { status, link: config.link(&id), progress, vault, outcome })))
    };
    let refused = |progress, vault, problem: Problem| {
        // A command is shown again, in its form; a source never is.
        let pasted = match wanted {
            Answer::Command => String::from_utf8_lossy(&brought).into_owned(),
            Answer::Source => String::new(),
        };
        shown(progress, vault, problem.status, Outcome::Problem { problem, pasted })
    };
    let (awaited, handed_out, digest) = match expected(&progress, &vault, wanted, &brought) {
        Ok(expected) => expected,
        Err(problem) => return refused(progress, vault, problem),
    };
    let read = match wanted {
        Answer::Command => command::read(&submission, &brought, &handed_out)?,
        Answer::Source => source::read(clients, config, &id, &vault, &submission).await?,
    };
    let (output, next, outcome) = match read {
        Read::Stop(status, outcome) => return shown(progress, vault, status, outcome),
        Read::Go { output, next, outcome } => (output, next, outcome),
    };
    // The digest first: should our answer get lost, the customer's second try is known for what it is.
    vault.awaited = Some(Wait { answer_digest: Some(digest.clone()), ..awaited.clone() });
    vault::write(&clients.secrets, &config.stack, &id, &vault).await?;
    if !resume(clients, &awaited.task_token, &output).await? {
        return refused(progress, vault, already(&awaited, wanted, &digest));
    }
    progress.state = next;
    progress.reached = next;
    shown(progress, vault, StatusCode::ACCEPTED, outcome)
}

/// The wait that the answer is for, what it is checked against, and its digest.
fn expected(
    progress: &Progress,
    vault: &Vault,
    wanted: Answer,
    brought: &[u8],
) -> Result<(Wait, HandedOut, String), Problem> {
    if progress.state.is_ended() {
        return Err(Problem::ended(progress.state));
    }
    let (Some(handed_out), Some(awaited)) = (vault.handed_out.clone(), vault.awaited.clone()) else {
        return Err(Problem::not_awaited(wanted));
    };
    let digest = digest(&awaited.task_token, brought);
    if progress.awaits != Some(wanted) || awaited.answer != wanted {
        return Err(already(&awaited, wanted, &digest));
    }
    Ok((awaited, handed_out, digest))
}

/// Of the task token and the answer, so that nobody can tell from the digest alone which password it was made of.
fn digest(token: &TaskToken, brought: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::new().chain_update(token.reveal()).chain_update([0]).chain_update(brought).finalize())
}

/// Ends the wait; false when it has ended otherwise: by an answer before, or because its window has passed.
async fn resume(clients: &Clients, token: &TaskToken, output: &Value) -> Result<bool, StepError> {
    let result = clients.sfn.send_task_success().task_token(token.reveal()).output(output.to_string()).send().await;
    match result {
        Ok(_) => Ok(true),
        Err(error) => match error.as_service_error() {
            Some(refusal) if refusal.is_task_timed_out() || refusal.is_task_does_not_exist() => Ok(false),
            _ => Err(step_error("resume the execution", &error)),
        },
    }
}

fn already(awaited: &Wait, wanted: Answer, digest: &str) -> Problem {
    match awaited.answer_digest.as_deref() {
        Some(known) if known == digest => Problem::already_received(wanted),
        Some(_) if awaited.answer == wanted => Problem::already_answered(wanted),
        _ => Problem::not_awaited(wanted),
    }
}
