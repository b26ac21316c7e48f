//! The customer's command: checked at once, and only then passed on to the waiting execution.

use crate::problem::Problem;
use crate::progress::{self, State};
use crate::reply::{Outcome, Reply, Shown};
use crate::submission::Submission;
use crate::{Clients, Config};
use data_encoding::HEXLOWER;
use lambda_http::Request;
use lambda_http::http::StatusCode;
use sha2::{Digest, Sha256};
use shared::StepError;
use shared::aws::step_error;
use shared::command::{self, Accepted};
use shared::ids::OnboardingId;
use shared::vault::{self, Awaited, TaskToken, Vault};

/// The field of a form that asks for the text back in the form, for the customer to read and to send.
pub(crate) const FILL_IN: &str = "fill-in";

/// Takes the command: 202 only when the execution has really left its wait.
pub(crate) async fn take_command(
    clients: &Clients,
    config: &Config,
    id: OnboardingId,
    mut vault: Vault,
    request: &Request,
) -> Result<Reply, StepError> {
    let submission = match Submission::read(config, request) {
        Ok(submission) => submission,
        Err(problem) => return Ok(Reply::Problem(problem, Some(id))),
    };
    let Some(pasted) = submission.field("command") else {
        return Ok(Reply::Problem(Problem::field_missing("command"), Some(id)));
    };
    let text = || String::from_utf8_lossy(&pasted).into_owned();
    let mut progress = progress::read(&clients.sfn, &vault).await?;
    let shown = |progress, vault, status, outcome| {
        Ok(Reply::Shown(Box::new(Shown { status, link: config.link(&id), progress, vault, outcome })))
    };
    let refused = |progress, vault, problem: Problem| {
        shown(progress, vault, problem.status, Outcome::Problem { problem, pasted: text() })
    };
    if progress.state.is_ended() {
        let problem = Problem::ended(progress.state);
        return refused(progress, vault, problem);
    }
    let (Some(handed_out), Some(awaited)) = (vault.handed_out.clone(), vault.awaited.clone()) else {
        return refused(progress, vault, Problem::not_awaited());
    };
    let digest = HEXLOWER.encode(&Sha256::digest(&pasted));
    if !progress.at_await_command {
        return refused(progress, vault, already(&awaited, &digest));
    }
    if submission.is_form() && submission.field(FILL_IN).is_some() {
        return shown(progress, vault, StatusCode::OK, Outcome::FilledIn { pasted: text() });
    }
    let accepted = match command::read_bytes(&pasted, &handed_out.network, handed_out.target) {
        Ok(accepted) => accepted,
        Err(refused) => {
            let outcome = Outcome::Refused { refused, pasted: text() };
            return shown(progress, vault, StatusCode::UNPROCESSABLE_ENTITY, outcome);
        }
    };
    let preview = accepted.preview(&handed_out.network);
    // The digest first: should our answer get lost, the customer's second try is known for what it is.
    vault.awaited = Some(Awaited { answer_digest: Some(digest.clone()), ..awaited.clone() });
    vault::write(&clients.secrets, &id, &vault).await?;
    if !resume(clients, &awaited.task_token, &accepted).await? {
        return refused(progress, vault, already(&awaited, &digest));
    }
    progress.state = State::CreatingEndpoint;
    progress.reached = State::CreatingEndpoint;
    let outcome = Outcome::Accepted { preview, notes: accepted.notes, by_form: submission.is_form() };
    shown(progress, vault, StatusCode::ACCEPTED, outcome)
}

/// Ends the wait; false when it has ended otherwise: by an answer before, or because its window has passed.
async fn resume(clients: &Clients, token: &TaskToken, accepted: &Accepted) -> Result<bool, StepError> {
    let output = serde_json::to_string(&accepted.request)
        .map_err(|error| StepError::Operator(format!("the request cannot be written: {error}")))?;
    let result = clients.sfn.send_task_success().task_token(token.reveal()).output(output).send().await;
    match result {
        Ok(_) => Ok(true),
        Err(error) => match error.as_service_error() {
            Some(refusal) if refusal.is_task_timed_out() || refusal.is_task_does_not_exist() => Ok(false),
            _ => Err(step_error("resume the execution", &error)),
        },
    }
}

fn already(awaited: &Awaited, digest: &str) -> Problem {
    match awaited.answer_digest.as_deref() {
        Some(known) if known == digest => Problem::already_received(),
        Some(_) => Problem::already_answered(),
        None => Problem::not_awaited(),
    }
}
