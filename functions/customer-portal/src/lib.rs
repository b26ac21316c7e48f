//! The customer's one link: GET shows where the onboarding stands, POST takes the answer that resumes the execution:
//! the command from Atlas, or the source.
//!
//! GET and HEAD change nothing, since mail scanners and link previews follow links.

mod answer;
mod clients;
mod config;
mod history;
mod json;
mod link;
mod outcome;
mod page;
mod problem;
mod progress;
mod render;
mod stages;
mod state;
mod submission;

pub use clients::Clients;
pub use config::Config;
pub use stages::STAGES;
pub use state::State;

use lambda_http::http::{Method, StatusCode, header};
use lambda_http::{Body, Request, RequestExt, Response};
use zeroize::Zeroize;

use outcome::{Outcome, Reply, Shown};
use problem::Problem;
use secrets::vault;
use shared::answer::Answer;
use shared::ids::OnboardingId;
use step::StepError;
use submission::Submission;

/// Answers a request. Every outcome is an answer: a fault of ours is logged and told as such.
pub async fn handle(clients: &Clients, config: &Config, mut request: Request) -> Response<String> {
    let as_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let (id, rest) = address(request.raw_http_path());
    let reply = route(clients, config, &request, id.clone(), rest).await.unwrap_or_else(|error| {
        tracing::error!(name = error.name(), "the portal could not answer: {error}");
        let submission = Submission::read(config, &request, Answer::Command).ok();
        let pasted = submission.and_then(|submission| submission.field("command"));
        Reply::Problem(Problem::ours(pasted.map(|pasted| String::from_utf8_lossy(&pasted).into_owned())), id)
    });
    // It may have held a password. The runtime's own copy is out of reach.
    match request.body_mut() {
        Body::Text(text) => text.zeroize(),
        Body::Binary(bytes) => bytes.zeroize(),
        _ => {}
    }
    render::response(&reply, request.method(), as_page)
}

/// The onboarding that a path names, if it is well formed, and what follows.
fn address(path: &str) -> (Option<OnboardingId>, Option<&str>) {
    let Some(rest) = path.strip_prefix("/o/") else { return (None, None) };
    let (id, rest) = rest.split_once('/').map_or((rest, None), |(id, rest)| (id, Some(rest)));
    (id.parse().ok(), rest)
}

/// The id is compared with nothing here: it becomes the name of a secret, which Secrets Manager finds or does not. How
/// long that takes tells nothing about the ids that exist, which are 128 bits of an HMAC.
async fn route(
    clients: &Clients,
    config: &Config,
    request: &Request,
    id: Option<OnboardingId>,
    rest: Option<&str>,
) -> Result<Reply, StepError> {
    let wanted = match rest {
        None => None,
        Some("command") => Some(Answer::Command),
        Some("source") => Some(Answer::Source),
        Some(_) => return Ok(Reply::Problem(Problem::unknown(), None)),
    };
    let Some(id) = id else {
        return Ok(Reply::Problem(Problem::unknown(), None));
    };
    let Some(vault) = vault::read(&clients.secrets, &config.stack, &id).await? else {
        return Ok(Reply::Problem(Problem::unknown(), None));
    };
    match (wanted, request.method()) {
        (None, &Method::GET | &Method::HEAD) => {
            let progress = history::read(&clients.sfn, &vault).await?;
            let (status, link) = (StatusCode::OK, config.link(&id));
            Ok(Reply::Shown(Box::new(Shown { status, link, progress, vault, outcome: Outcome::None })))
        }
        (None, _) => Ok(Reply::Problem(Problem::method("GET, HEAD"), Some(id))),
        (Some(wanted), &Method::POST) => answer::take(clients, config, id, vault, request, wanted).await,
        (Some(_), _) => Ok(Reply::Problem(Problem::method("POST"), Some(id))),
    }
}

#[cfg(test)]
mod tests;
