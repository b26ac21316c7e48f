//! The customer's answer: checked at once, claimed in the register, and only then passed on to the waiting execution.

mod command;
mod digest;
mod read;
mod resume;
mod source;
mod standing;

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use lambda_http::Request;
use lambda_http::http::StatusCode;
use serde_json::json;
use sha2::{Digest, Sha256};

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
use register::{Claim, Onboarding, unix_milliseconds};
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
    let submission = match Submission::read(config, request, wanted.into()) {
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
    let (brought, outcome) = match read {
        Read::Stop(..) if onboarding.claimed().is_some() => {
            let problem = refusal(&onboarding, wanted, &digest);
            return refused(onboarding, problem);
        }
        Read::Stop(status, outcome) => return shown(onboarding, status, outcome),
        Read::Go(brought, outcome) => (brought, outcome),
    };

    let Some(task_token) = vault::read(&clients.secrets, &config.stack, &id, &wait.vault_version).await? else {
        return refused(onboarding, Problem::not_awaited(wanted));
    };
    let claim = Claim {
        order: onboarding.shown.order,
        digest: digest.clone(),
        at: unix_milliseconds(),
        request: brought.request(),
    };
    // Of many at once, one goes on; the others leave nothing behind.
    let resumed = clients.register.claim(&id, &claim).await? && {
        let output = match &brought {
            Brought::Command(request) => json!(request),
            Brought::Source(source) => {
                let version = version(&wait.vault_version, &claim.digest);
                match secret::put(&clients.secrets, &config.stack, &id, &version, source).await? {
                    Some(arn) => json!({"sourceSecretArn": arn, "sourceVersionId": version}),
                    None => return refused(onboarding, Problem::not_awaited(wanted)),
                }
            }
        };
        resume(clients, &task_token, &output).await?
    };
    if !resumed {
        let Some(onboarding) = clients.register.read(&id).await? else {
            return Ok(Reply::Problem(Problem::unknown(), None));
        };
        let problem = refusal(&onboarding, wanted, &digest);
        return refused(onboarding, problem);
    }
    onboarding.claim = Some(claim);
    shown(onboarding, StatusCode::ACCEPTED, outcome)
}

/// The version of the source's secret that an answer puts: the same for the same answer to the same wait, which is known by
/// the version of the vault that holds its token.
fn version(wait: &str, digest: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(format!("{wait}/{digest}"))[..16])
}
