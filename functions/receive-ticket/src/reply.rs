//! What the help desk is answered: small JSON with a code and a message for whoever reads the webhook's log.

use lambda_http::Response;
use lambda_http::http::{StatusCode, header};
use serde_json::json;

/// Zendesk delivers again after a 503 only when it is told to wait for less than a minute.
const RETRY_AFTER_SECONDS: &str = "30";

/// A reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Reply {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The event is on the bus.
    pub(crate) fn announced(execution: &str) -> Self {
        Self::new(StatusCode::OK, "announced", format!("The onboarding {execution} is started, if it was not before."))
    }

    /// The ticket lacks something, and says so.
    pub(crate) fn asked() -> Self {
        Self::new(StatusCode::OK, "asked", "The ticket says what is missing.")
    }

    /// What a comment says is on the bus, now or since before.
    pub(crate) fn heard() -> Self {
        Self::new(StatusCode::OK, "heard", "The comment is answered on the ticket, if it is not yet.")
    }

    /// Nothing is to be done.
    pub(crate) fn ignored(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::OK, code, message)
    }

    pub(crate) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Send webhooks with POST.")
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is longer than 256 KiB.")
    }

    pub(crate) fn content_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", "Send JSON, with content-type: application/json.")
    }

    pub(crate) fn header_missing(name: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "header-missing", format!("The header {name} is missing."))
    }

    /// Another help desk's webhook: what is to be set where.
    pub(crate) fn other_product(theirs: &str, ours: &str) -> Self {
        let message = format!(
            "The webhook is signed as {theirs} does it, and the stack is set to {ours}; set its parameter HelpDesk to what \
             sends the webhooks."
        );
        Self::new(StatusCode::UNAUTHORIZED, "header-missing", message)
    }

    /// Zendesk's try of a webhook that is not saved yet, signed under a secret that is in its documentation.
    pub(crate) fn test_webhook() -> Self {
        let message = "This is Zendesk's test webhook: it is signed under the test secret that anybody knows, and is never \
                       taken. That it came shows that the address is right. Save the webhook, put its own signing secret \
                       into the help desk's secret as webhookSecret, and change a ticket to try it.";
        Self::new(StatusCode::UNAUTHORIZED, "test-webhook", message)
    }

    /// An event of Zendesk in a schema that is not read.
    pub(crate) fn event_version(known: &str) -> Self {
        let message = format!(
            "The events have another schema than the one that is read; let the webhook send zendesk_event_version {known}, or \
             send the body {{\"ticket\": {{\"id\": \"{{{{ticket.id}}}}\"}}}} by a trigger."
        );
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "event-version", message)
    }

    /// A body that says no ticket.
    pub(crate) fn no_ticket() -> Self {
        let message = "The webhook names no ticket. Subscribe it to Zendesk's events of tickets, or let a trigger send the body \
                       {\"ticket\": {\"id\": \"{{ticket.id}}\"}}.";
        Self::new(StatusCode::OK, "no-ticket", message)
    }

    pub(crate) fn timestamp() -> Self {
        let message = "The timestamp is not within five minutes of now; is the clock right?";
        Self::new(StatusCode::UNAUTHORIZED, "timestamp", message)
    }

    pub(crate) fn signature() -> Self {
        let message = "The signature is not right; is the webhook's secret the one in the help desk's secret?";
        Self::new(StatusCode::UNAUTHORIZED, "signature", message)
    }

    pub(crate) fn unreadable() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "The body is not JSON.")
    }

    /// The body is no neutral event; the sender, whose signature was right, is told why.
    pub(crate) fn no_event(why: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "no-event", format!("The body is no event of a ticket: {why}."))
    }

    pub(crate) fn later() -> Self {
        let message = "Something is away on our side; deliver the webhook again.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "later", message)
    }

    pub(crate) fn render(&self) -> Response<String> {
        let mut response = Response::builder().status(self.status).header(header::CONTENT_TYPE, "application/json");
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response = response.header(header::RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        let body = json!({"code": self.code, "message": self.message}).to_string();
        response.body(body).unwrap_or_else(|error| {
            tracing::error!("the answer could not be put together: {error}");
            Response::new(String::new())
        })
    }
}
