//! Takes the help desk's webhook: verifies it, reads the ticket, and puts the neutral event on the bus. What a ticket
//! lacks is asked for on the ticket.
//!
//! Nothing is remembered here. A webhook that is delivered again finds the execution's name taken, or its question in
//! the ticket's thread.

mod answer;
mod bus;
mod facts;
mod fields;
mod message;
mod neutral;
mod thread;
mod verify;
mod zendesk;

pub use fields::Fields;

use answer::Answer;
use lambda_http::http::{Method, header};
use lambda_http::{Request, Response};
use serde_json::Value;
use shared::StepError;
use shared::config::{self, ConfigError};
use shared::help_desk::{CredentialStore, Origin, Product, http_client};
use std::time::Duration;

/// How long one call to the help desk may take. Zendesk waits 12 s for our answer, and four calls must fit in.
const TIMEOUT: Duration = Duration::from_millis(2500);

/// The longest body, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// Which help desk it is.
    pub help_desk: Product,
    /// Zendesk, without the path; not used for webhooks of others.
    pub help_desk_url: String,
    /// The secret with the help desk's credentials.
    pub help_desk_secret: String,
    /// The tag that makes a ticket of Zendesk one of ours.
    pub tag: String,
    /// Which custom field of Zendesk is what.
    pub fields: Fields,
    /// The bus that takes the events.
    pub bus: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing or unreadable.
    pub fn from_env() -> Result<Self, ConfigError> {
        let help_desk = config::required("HELP_DESK")?;
        Ok(Self {
            help_desk,
            help_desk_url: match help_desk {
                Product::Zendesk => config::required::<Origin>("HELP_DESK_URL")?.into(),
                Product::Webhook => config::required("HELP_DESK_URL")?,
            },
            help_desk_secret: config::required("HELP_DESK_SECRET")?,
            tag: config::required("HELP_DESK_TAG")?,
            fields: config::optional("HELP_DESK_FIELDS")?.unwrap_or_default(),
            bus: config::required("BUS_NAME")?,
        })
    }
}

/// What the function speaks with.
pub struct Clients {
    /// The bus.
    pub events: aws_sdk_eventbridge::Client,
    /// For Zendesk's API.
    pub http: reqwest::Client,
    /// What we are there, and the webhook's secret.
    pub credentials: CredentialStore,
}

impl Clients {
    /// Makes the clients.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(config: &Config, aws: &aws_types::SdkConfig) -> Result<Self, reqwest::Error> {
        let secrets = aws_sdk_secretsmanager::Client::new(aws);
        Ok(Self {
            events: aws_sdk_eventbridge::Client::new(aws),
            http: http_client(TIMEOUT)?,
            credentials: CredentialStore::new(secrets, &config.help_desk_secret),
        })
    }
}

/// Answers a webhook. When something of ours or the help desk's API is away, the answer asks for another delivery.
pub async fn handle(clients: &Clients, config: &Config, request: Request) -> Response<String> {
    let answer = take(clients, config, &request).await.unwrap_or_else(|error| {
        tracing::error!(name = error.name(), "the webhook could not be taken: {error}");
        Answer::later()
    });
    tracing::info!(code = answer.code, "answered");
    answer.render()
}

async fn take(clients: &Clients, config: &Config, request: &Request) -> Result<Answer, StepError> {
    let body: &[u8] = request.body().as_ref();
    if request.method() != Method::POST {
        return Ok(Answer::method());
    }
    if body.len() > BODY_LIMIT {
        return Ok(Answer::too_large());
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !content_type.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json") {
        return Ok(Answer::content_type());
    }
    if let Err(refused) = verify::verify(config.help_desk, &clients.credentials, request.headers(), body).await? {
        return Ok(refused);
    }
    let Ok(payload) = serde_json::from_slice::<Value>(body) else { return Ok(Answer::unreadable()) };
    match config.help_desk {
        Product::Zendesk => zendesk::take(clients, config, &payload).await,
        Product::Webhook => neutral::take(clients, config, payload).await,
    }
}

#[cfg(test)]
mod tests;
