//! The customer's one link: GET shows where the onboarding stands, POST takes the answer that resumes the execution:
//! the command from Atlas, or the source. Until Atlas has accepted the endpoint, another POST takes the wish to cancel.
//!
//! A look is one read of the register. GET and HEAD change nothing, since mail scanners and link previews follow links.

mod address;
mod answer;
mod cancel;
mod clients;
mod config;
mod json;
mod outcome;
mod page;
mod problem;
mod render;
mod submission;
mod view;

pub use clients::Clients;
pub use config::Config;

use lambda_http::http::{Method, StatusCode, header};
use lambda_http::{Body, Request, RequestExt, Response};
use zeroize::Zeroize;

use address::Address;
use outcome::{Outcome, Reply, Shown};
use problem::Problem;
use secrets::link::Link;
use shared::answer::Answer;
use step::StepError;
use submission::{Post, Submission};

/// Answers a request. Every outcome is an answer: a fault of ours is logged and told as such.
pub async fn handle(clients: &Clients, config: &Config, mut request: Request) -> Response<String> {
    let as_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let (link, rest) = split(request.raw_http_path());
    let reply = route(clients, config, &request, link.as_ref(), rest).await.unwrap_or_else(|error| {
        tracing::error!(name = error.name(), "the portal could not answer: {error}");
        let submission = Submission::read(config, &request, Post::Command).ok();
        let pasted = submission.and_then(|submission| submission.field("command"));
        let problem = Problem::ours(pasted.map(|pasted| String::from_utf8_lossy(&pasted).into_owned()));
        Reply::Problem(problem, link.as_ref().map(|link| Address::of(link, &config.portal_url)))
    });
    // It may have held a password. The runtime's own copy is out of reach.
    match request.body_mut() {
        Body::Text(text) => text.zeroize(),
        Body::Binary(bytes) => bytes.zeroize(),
        _ => {}
    }
    render::response(&reply, &request, as_page)
}

/// The link in a path, if it is well formed, and what follows.
fn split(path: &str) -> (Option<Link>, Option<&str>) {
    let Some(rest) = path.strip_prefix("/o/") else { return (None, None) };
    let (link, rest) = rest.split_once('/').map_or((rest, None), |(link, rest)| (link, Some(rest)));
    (link.parse().ok(), rest)
}

/// Where a link leads with what follows it.
enum Place {
    Onboarding,
    Answer(Answer),
    Cancel,
}

/// Nothing is read for a link that we did not hand out. One that was ended, or whose onboarding is gone, gets the same
/// answer.
async fn route(
    clients: &Clients,
    config: &Config,
    request: &Request,
    link: Option<&Link>,
    rest: Option<&str>,
) -> Result<Reply, StepError> {
    let unknown = || Ok(Reply::Problem(Problem::unknown(), None));
    let place = match rest {
        None => Place::Onboarding,
        Some("command") => Place::Answer(Answer::Command),
        Some("source") => Place::Answer(Answer::Source),
        Some("cancel") => Place::Cancel,
        Some(_) => return unknown(),
    };
    let Some(link) = link else { return unknown() };
    if !clients.signing_key.fits(link).await? {
        return unknown();
    }
    let is_answer = matches!(place, Place::Answer(_)) && request.method() == Method::POST;
    let reply = lead(clients, config, request, link, place).await;
    if is_answer && reply.is_err() {
        answering::spare(&clients.register, &link.id).await;
    }
    reply
}

/// Leads on from a link that is ours.
async fn lead(
    clients: &Clients,
    config: &Config,
    request: &Request,
    link: &Link,
    place: Place,
) -> Result<Reply, StepError> {
    let onboarding = clients.register.read(&link.id).await?;
    let Some(onboarding) = onboarding.filter(|onboarding| onboarding.link == link.number) else {
        return Ok(Reply::Problem(Problem::unknown(), None));
    };
    let link = Address::of(link, &config.portal_url);
    match (place, request.method()) {
        (Place::Onboarding, &Method::GET | &Method::HEAD) => {
            Ok(Reply::Shown(Box::new(Shown { status: StatusCode::OK, link, onboarding, outcome: Outcome::None })))
        }
        (Place::Onboarding, _) => Ok(Reply::Problem(Problem::method("GET, HEAD"), Some(link))),
        (Place::Answer(wanted), &Method::POST) => {
            answer::take(clients, config, link, onboarding, request, wanted).await
        }
        (Place::Cancel, &Method::GET | &Method::HEAD) => Ok(cancel::ask(link, onboarding)),
        (Place::Cancel, &Method::POST) => cancel::take(clients, config, link, onboarding, request).await,
        (Place::Cancel, _) => Ok(Reply::Problem(Problem::method("GET, HEAD, POST"), Some(link))),
        (Place::Answer(_), _) => Ok(Reply::Problem(Problem::method("POST"), Some(link))),
    }
}

#[cfg(test)]
mod tests;
