//! The customer's wish to cancel: asked about on a page of its own, and written into the register. The portal stops and
//! deletes nothing; whoever reads the wish does.

use lambda_http::Request;
use lambda_http::http::StatusCode;
use serde::Deserialize;

use crate::address::Address;
use crate::clients::Clients;
use crate::config::Config;
use crate::outcome::{Outcome, Reply, Shown};
use crate::problem::Problem;
use crate::submission::{Post, Submission};
use register::Onboarding;
use shared::endpoint::Verdict;
use shared::state::State;
use shared::text::TooLong;
use shared::wish::{Side, Who, Why, Wish};
use step::StepError;

/// What is kept as the reason when none was given.
const NO_REASON: &str = "no reason given";
/// How often a wish is tried anew when the onboarding has moved on between the read and the write. It moves in steps that
/// take longer than both.
const TRIES: usize = 3;

/// Whether an onboarding can be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can.
    Open,
    /// Somebody wants it closed already.
    Wished,
    /// Atlas accepted the endpoint: people may depend on it, so that a colleague closes it.
    Accepted,
    /// It has ended.
    Ended,
}

impl Standing {
    /// Where it stands, as the register says.
    pub(crate) fn of(onboarding: &Onboarding) -> Self {
        let state = onboarding.state();
        // One that began with the release before closes without a fence, and its state has ended meanwhile.
        if onboarding.has_ended() || (state.is_ended() && !onboarding.is_closing()) {
            return Self::Ended;
        }
        if onboarding.wish.is_some() {
            return Self::Wished;
        }
        let is_accepted = match state {
            State::AwaitingSource | State::Verifying => true,
            // An endpoint of before is no longer what this leads to.
            State::Checking | State::PreparingNetwork | State::AwaitingCommand | State::CreatingEndpoint => false,
            _ => {
                let endpoint = onboarding.shown.facts.endpoint.as_ref();
                endpoint.is_some_and(|endpoint| endpoint.verdict == Verdict::Accepted)
            }
        };
        if is_accepted { Self::Accepted } else { Self::Open }
    }
}

/// Asks whether to cancel; nothing is changed by it.
pub(crate) fn ask(link: Address, onboarding: Onboarding) -> Reply {
    let standing = Standing::of(&onboarding);
    let outcome = match refusal(standing, &onboarding) {
        Some(problem) => Outcome::Problem { problem, pasted: String::new() },
        None if onboarding.is_closing() => Outcome::None,
        None => Outcome::CancelAsked { why: String::new(), problem: None },
    };
    shown(link, onboarding, outcome)
}

/// Takes the wish: 202 when it is in the register, whoever's was the first.
pub(crate) async fn take(
    clients: &Clients,
    config: &Config,
    link: Address,
    mut onboarding: Onboarding,
    request: &Request,
) -> Result<Reply, StepError> {
    let submission = match Submission::read(config, request, Post::Cancel) {
        Ok(submission) => submission,
        Err(problem) => return Ok(Reply::Problem(problem, Some(link))),
    };
    let cancelled = Outcome::Cancelled { by_form: submission.is_form() };
    for _ in 0..TRIES {
        let standing = Standing::of(&onboarding);
        if standing == Standing::Wished {
            return Ok(shown(link, onboarding, cancelled));
        }
        if let Some(problem) = refusal(standing, &onboarding) {
            return Ok(shown(link, onboarding, Outcome::Problem { problem, pasted: String::new() }));
        }
        let asked_again = |problem, why| {
            Ok(shown(link.clone(), onboarding.clone(), Outcome::CancelAsked { why, problem: Some(problem) }))
        };
        let Some(brought) = brought(&submission) else {
            return asked_again(Problem::reason_unreadable(), String::new());
        };
        let Ok(why) = reason(&brought) else { return asked_again(Problem::reason_too_long(), brought) };
        let wish = Wish { by: Side::Customer, who: who(&onboarding), why };
        if clients.register.wish(&link.id, &wish, Some(onboarding.shown.order)).await? {
            onboarding.wish = Some(wish);
            return Ok(shown(link, onboarding, cancelled));
        }
        match clients.register.read(&link.id).await? {
            Some(now) => onboarding = now,
            None => return Ok(Reply::Problem(Problem::unknown(), None)),
        }
    }
    Ok(shown(link, onboarding, Outcome::Problem { problem: Problem::moving(), pasted: String::new() }))
}

/// Why it cannot be cancelled here.
fn refusal(standing: Standing, onboarding: &Onboarding) -> Option<Problem> {
    match standing {
        Standing::Open | Standing::Wished => None,
        Standing::Accepted => Some(Problem::accepted_already(onboarding.ticket.as_ref())),
        Standing::Ended => Some(Problem::ended(onboarding.state())),
    }
}

fn shown(link: Address, onboarding: Onboarding, outcome: Outcome) -> Reply {
    let status = match &outcome {
        Outcome::Problem { problem, .. } | Outcome::CancelAsked { problem: Some(problem), .. } => problem.status,
        Outcome::Cancelled { .. } => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Reply::Shown(Box::new(Shown { status, link, onboarding, outcome }))
}

fn who(onboarding: &Onboarding) -> Who {
    let customer = onboarding.customer.as_deref().map(str::trim).filter(|customer| !customer.is_empty());
    Who::cut(customer.unwrap_or("the customer"))
}

/// What was written as the reason; nothing when it is no text.
fn brought(submission: &Submission<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Brought {
        #[serde(default)]
        why: Option<String>,
    }
    let why = match submission {
        Submission::Json(body) => serde_json::from_slice::<Brought>(body).ok()?.why,
        Submission::Form(_) => submission.field("why").map(String::from_utf8).transpose().ok()?,
    };
    Some(why.unwrap_or_default())
}

/// The reason as it is kept: on one line.
fn reason(brought: &str) -> Result<Why, TooLong> {
    let is_gap = |character: char| character.is_whitespace() || character.is_control();
    let words: Vec<&str> = brought.split(is_gap).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { NO_REASON.parse() } else { words.join(" ").try_into() }
}
