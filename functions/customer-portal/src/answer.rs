//! The customer's answer: checked at once, claimed in the register, and only then passed on to the waiting execution.

mod command;
mod digest;
mod read;
mod source;

use std::borrow::Cow;

use lambda_http::Request;
use lambda_http::http::StatusCode;

use crate::address::Address;
use crate::answer::digest::digest;
use crate::answer::read::Read;
use crate::clients::Clients;
use crate::config::Config;
use crate::outcome::{Outcome, Reply, Shown};
use crate::problem::Problem;
use crate::submission::Submission;
use answering::{Given, Way, awaited, give, refusal, spare};
use register::Onboarding;
use shared::answer::Answer;
use shared::late::Late;
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
    let refused = |onboarding: Onboarding, late| {
        let problem = Problem::late(late, wanted, onboarding.state());
        // A command is shown again, in its form; a source never is.
        let pasted = match wanted {
            Answer::Command => String::from_utf8_lossy(&pasted).into_owned(),
            Answer::Source => String::new(),
        };
        shown(onboarding, problem.status, Outcome::Problem { problem, pasted })
    };

    let facts = &onboarding.shown.facts;
    let (Some(wait), Some(network)) = (awaited(&onboarding, wanted), &facts.network) else {
        let late = refusal(&onboarding, wanted, &digest);
        if late == Late::Held {
            spare(&clients.register, &id).await;
        }
        return refused(onboarding, late);
    };
    let read = match wanted {
        Answer::Command => command::read(&submission, &pasted, network, facts.target),
        Answer::Source => source::read(&submission, facts.endpoint.as_ref().map(|endpoint| endpoint.target)),
    };
    let (brought, outcome) = match read {
        Read::Stop(..) if onboarding.claimed().is_some() => {
            let late = refusal(&onboarding, wanted, &digest);
            return refused(onboarding, late);
        }
        Read::Stop(status, outcome) => return shown(onboarding, status, outcome),
        Read::Go(brought, outcome) => (brought, outcome),
    };

    let Clients { register, secrets, sfn, .. } = clients;
    let way = Way { register, secrets, sfn, stack: &config.stack };
    match give(way, &id, &onboarding, wait, digest.clone(), &brought).await? {
        Given::Taken(claim) => {
            onboarding.claim = Some(claim);
            shown(onboarding, StatusCode::ACCEPTED, outcome)
        }
        Given::NotAwaited => refused(onboarding, Late::NotAwaited),
        Given::Lost => {
            let Some(onboarding) = register.read(&id).await? else {
                return Ok(Reply::Problem(Problem::unknown(), None));
            };
            let late = refusal(&onboarding, wanted, &digest);
            refused(onboarding, late)
        }
    }
}
