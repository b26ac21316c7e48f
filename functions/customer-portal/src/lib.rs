//! The customer's one link: GET shows where the onboarding stands, POST takes the command that resumes the execution.
//!
//! GET and HEAD change nothing, since mail scanners and link previews follow links.

mod answer;
mod body;
mod page;
mod progress;
mod reply;

pub use progress::{STAGES, State};

use lambda_http::http::{Method, StatusCode, header};
use lambda_http::{Request, RequestExt, Response};
use reply::{Problem, Reply};
use shared::StepError;
use shared::ids::OnboardingId;
use shared::vault;

/// The AWS services behind the portal.
#[derive(Debug)]
pub struct Clients {
    /// For the onboarding's vault.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// For the execution: its history, and the task token's return.
    pub sfn: aws_sdk_sfn::Client,
}

impl Clients {
    /// Makes the clients.
    #[must_use]
    pub fn new(config: &aws_types::SdkConfig) -> Self {
        Self { secrets: aws_sdk_secretsmanager::Client::new(config), sfn: aws_sdk_sfn::Client::new(config) }
    }
}

/// Answers a request. Every outcome is an answer: a fault of ours is logged and told as such.
pub async fn handle(clients: &Clients, request: Request) -> Response<String> {
    let as_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let reply = route(clients, &request).await.unwrap_or_else(|error| {
        tracing::error!(name = error.name(), "the portal could not answer: {error}");
        Reply::Problem(Problem::ours())
    });
    reply.render(as_page)
}

async fn route(clients: &Clients, request: &Request) -> Result<Reply, StepError> {
    let path = request.raw_http_path();
    let mut parts = path.strip_prefix("/o/").unwrap_or_default().split('/');
    let id = parts.next().and_then(|id| id.parse::<OnboardingId>().ok());
    let (Some(id), rest, None) = (id, parts.next(), parts.next()) else {
        return Ok(Reply::Problem(Problem::unknown()));
    };
    let Some(vault) = vault::read(&clients.secrets, &id).await? else {
        return Ok(Reply::Problem(Problem::unknown()));
    };
    match (rest, request.method()) {
        (None, &Method::GET | &Method::HEAD) => {
            Ok(Reply::show(StatusCode::OK, id, progress::read(&clients.sfn, &vault).await?, vault))
        }
        (Some("command"), &Method::POST) => answer::take_command(clients, &id, vault, request).await,
        (None | Some("command"), _) => Ok(Reply::Problem(Problem::method())),
        _ => Ok(Reply::Problem(Problem::unknown())),
    }
}

#[cfg(test)]
mod tests;
