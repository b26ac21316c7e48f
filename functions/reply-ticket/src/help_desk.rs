//! Zendesk's ticket API, as far as a reply needs it.

use crate::Config;
use crate::message::Comment;
use aws_sdk_secretsmanager::Client as Secrets;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;
use shared::StepError;
use shared::aws::step_error;
use shared::ids::TicketId;

/// The help desk with credentials.
pub(crate) struct HelpDesk<'a> {
    http: &'a reqwest::Client,
    url: &'a str,
    credentials: Credentials,
}

/// The content of the help desk's secret.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    /// The agent that replies.
    email: String,
    /// The API token, which goes with the agent.
    api_token: String,
}

#[derive(Deserialize)]
struct Thread {
    comments: Vec<ThreadComment>,
}

#[derive(Deserialize)]
struct ThreadComment {
    body: String,
}

impl<'a> HelpDesk<'a> {
    /// Reads the credentials, each time anew: a rotated token works without a deploy.
    pub(crate) async fn open(
        secrets: &Secrets,
        http: &'a reqwest::Client,
        config: &'a Config,
    ) -> Result<Self, StepError> {
        let secret = secrets
            .get_secret_value()
            .secret_id(&config.help_desk_secret)
            .send()
            .await
            .map_err(|error| step_error("read the help desk's credentials", &error))?;
        // The parser's message would quote the content, so it is not passed on.
        let credentials = serde_json::from_str(secret.secret_string().unwrap_or_default()).map_err(|_| {
            StepError::Operator(
                "the help desk's secret is not what it should be: {\"email\":\"…\",\"apiToken\":\"…\"}".to_owned(),
            )
        })?;
        Ok(Self { http, url: config.help_desk_url.trim_end_matches('/'), credentials })
    }

    /// The texts of the ticket's newest hundred comments.
    pub(crate) async fn comments(&self, ticket: &TicketId) -> Result<Vec<String>, StepError> {
        let request = self
            .http
            .get(format!("{}/api/v2/tickets/{ticket}/comments.json", self.url))
            .query(&[("sort_order", "desc"), ("per_page", "100")]);
        let thread: Thread = self
            .send("read the ticket's thread", request)
            .await?
            .json()
            .await
            .map_err(|error| StepError::Transient(format!("the help desk's thread cannot be read: {error}")))?;
        Ok(thread.comments.into_iter().map(|comment| comment.body).collect())
    }

    /// Adds a comment.
    pub(crate) async fn post(&self, ticket: &TicketId, comment: &Comment) -> Result<(), StepError> {
        let mut body = json!({"ticket": {"comment": {"body": comment.body, "public": comment.public}}});
        if let Some(status) = comment.status {
            body["ticket"]["status"] = json!(status);
        }
        let request = self.http.put(format!("{}/api/v2/tickets/{ticket}.json", self.url)).json(&body);
        self.send("reply to the ticket", request).await.map(|_| ())
    }

    async fn send(&self, doing: &str, request: RequestBuilder) -> Result<Response, StepError> {
        let user = format!("{}/token", self.credentials.email);
        let answer = request.basic_auth(user, Some(&self.credentials.api_token)).send().await;
        let answer = answer.map_err(|error| StepError::Transient(format!("could not {doing}: {error}")))?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT) => {
                Err(StepError::Transient(format!("could not {doing}: the help desk answered {status}")))
            }
            status if status.is_server_error() => {
                Err(StepError::Transient(format!("could not {doing}: the help desk answered {status}")))
            }
            status => Err(StepError::Operator(format!("could not {doing}: the help desk answered {status}"))),
        }
    }
}
