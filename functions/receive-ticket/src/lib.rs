//! Takes the help desk's webhook: verifies it, reads the ticket, and puts the neutral event on the bus. What a ticket
//! lacks is asked for on the ticket. While the ticket's onboarding runs, what a comment of the requester says goes on the bus.
//!
//! Nothing is remembered here. A webhook that is delivered again finds its onboarding in the register, the execution's
//! name taken, or its question in the ticket's thread.

mod broken;
mod bus;
mod comment;
mod facts;
mod neutral;
mod reopened;
mod reply;
mod signature;
mod standing;
mod thread;
mod zendesk;

use std::time::Duration;

use lambda_http::http::{Method, header};
use lambda_http::{Request, Response};
use serde_json::Value;

use help_desk::{Fields, HelpDesk, Product};
use register::Register;
use reply::Reply;
use step::StepError;
use step::config::{self, ConfigError};

/// How long one call to the help desk may take. Zendesk waits 12 s for our answer, and five calls must fit in, of
/// which two go at once.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The longest body, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

/// The function's configuration, beside the help desk's.
#[derive(Debug)]
pub struct Config {
    /// The tag that makes a ticket of Zendesk one of ours.
    pub tag: String,
    /// Which custom field of Zendesk is what.
    pub fields: Fields,
    /// The bus that takes the events.
    pub bus: String,
    /// The state machine whose executions the onboardings are.
    pub state_machine_arn: String,
    /// The register's table.
    pub register: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing or unreadable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            tag: config::required("HELP_DESK_TAG")?,
            fields: config::optional("HELP_DESK_FIELDS")?.unwrap_or_default(),
            bus: config::required("BUS_NAME")?,
            state_machine_arn: config::required("STATE_MACHINE_ARN")?,
            register: config::required("REGISTER_TABLE")?,
        })
    }
}

/// What the function speaks with.
pub struct Clients {
    /// The bus.
    pub events: aws_sdk_eventbridge::Client,
    /// What is known of the onboardings.
    pub register: Register,
    /// Where the tickets are.
    pub help_desk: HelpDesk,
}

impl Clients {
    /// Makes the clients.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(
        config: &Config,
        help_desk: help_desk::Config,
        aws: &aws_types::SdkConfig,
    ) -> Result<Self, reqwest::Error> {
        let secrets = aws_sdk_secretsmanager::Client::new(aws);
        let help_desk = HelpDesk::new(help_desk, secrets, TIMEOUT)?;
        let register = Register::new(aws, config.register.clone());
        Ok(Self { events: aws_sdk_eventbridge::Client::new(aws), register, help_desk })
    }
}

/// Answers a webhook. When something of ours or the help desk's API is away, the answer asks for another delivery.
pub async fn handle(clients: &Clients, config: &Config, request: Request) -> Response<String> {
    let reply = take(clients, config, &request).await.unwrap_or_else(|error| {
        tracing::error!(name = error.name(), "the webhook could not be taken: {error}");
        Reply::later()
    });
    tracing::info!(code = reply.code, "answered");
    reply.render()
}

async fn take(clients: &Clients, config: &Config, request: &Request) -> Result<Reply, StepError> {
    let body: &[u8] = request.body().as_ref();
    if request.method() != Method::POST {
        return Ok(Reply::method());
    }
    if body.len() > BODY_LIMIT {
        return Ok(Reply::too_large());
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !content_type.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json") {
        return Ok(Reply::content_type());
    }
    if let Err(refused) = signature::check(&clients.help_desk, request.headers(), body).await? {
        return Ok(refused);
    }
    let Ok(payload) = serde_json::from_slice::<Value>(body) else { return broken::take(clients, config, body).await };
    match clients.help_desk.product {
        Product::Zendesk => zendesk::take(clients, config, &payload).await,
        Product::Webhook => neutral::take(clients, config, payload).await,
    }
}

#[cfg(test)]
mod tests;
