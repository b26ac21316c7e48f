//! The customer's command: checked at once, and only then passed on to the waiting execution.

use crate::progress::{self, State};
use crate::reply::{Problem, Reply};
use crate::{Clients, body};
use data_encoding::HEXLOWER;
use lambda_http::Request;
use sha2::{Digest, Sha256};
use shared::StepError;
use shared::aws::step_error;
use shared::command::{self, Accepted};
use shared::ids::OnboardingId;
use shared::vault::{self, Awaited, TaskToken, Vault};

/// Takes the command: 202 only when the execution has really left its wait.
pub(crate) async fn take_command(
    clients: &Clients,
    id: &OnboardingId,
    mut vault: Vault,
    request: &Request,
) -> Result<Reply, StepError> {
    let pasted = match body::field(request, "command") {
        Ok(pasted) => pasted,
        Err(problem) => return Ok(Reply::Problem(problem)),
    };
    let progress = progress::read(&clients.sfn, &vault).await?;
    if progress.state.is_ended() {
        return Ok(Reply::Problem(Problem::ended(progress.state)));
    }
    let (Some(handed_out), Some(awaited)) = (&vault.handed_out, &vault.awaited) else {
        return Ok(Reply::Problem(Problem::not_awaited()));
    };
    let digest = HEXLOWER.encode(&Sha256::digest(&pasted));
    if !progress.at_await_command {
        return Ok(Reply::Problem(already(awaited, &digest)));
    }
    let accepted = match command::read_bytes(&pasted, &handed_out.network, handed_out.target) {
        Ok(accepted) => accepted,
        Err(refused) => {
            return Ok(Reply::refused(id.clone(), progress, vault, refused, &pasted));
        }
    };
    let preview = accepted.preview(&handed_out.network);
    // The digest first: should our answer get lost, the customer's second try is known for what it is.
    let before = awaited.clone();
    vault.awaited = Some(Awaited { answer_digest: Some(digest.clone()), ..before.clone() });
    vault::write(&clients.secrets, id, &vault).await?;
    if !resume(clients, &before.task_token, &accepted).await? {
        return Ok(Reply::Problem(already(&before, &digest)));
    }
    let mut progress = progress;
    progress.state = State::CreatingEndpoint;
    Ok(Reply::accepted(id.clone(), progress, vault, preview, accepted.notes))
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
