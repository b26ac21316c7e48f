//! The answers that say no.

use lambda_http::http::StatusCode;
use serde_json::{Value, json};

use shared::answer::Answer;
use shared::state::State;

/// Why a request got no more than this.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: &'static str,
    /// The methods that the address takes, when it does not take the one that came.
    pub(crate) allow: Option<&'static str>,
    /// What was brought in vain through no fault of the customer's, to be sent again.
    pub(crate) pasted: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>, hint: &'static str) -> Self {
        Self { status, code, message: message.into(), hint, allow: None, pasted: None }
    }

    pub(crate) fn json_body(&self) -> Value {
        json!({"error": {"code": self.code, "message": self.message, "hint": self.hint}})
    }

    /// No such link; a malformed one gets the same answer.
    pub(crate) fn unknown() -> Self {
        let hint = "Check that the link is complete; your ticket has it. Long links are sometimes cut in e-mails.";
        Self::new(StatusCode::NOT_FOUND, "unknown-link", "There is nothing behind this link.", hint)
    }

    pub(crate) fn method(allow: &'static str) -> Self {
        let hint = "GET the link itself to see where things stand; POST to the link followed by /command or /source.";
        let message = "This address does not take this method.";
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", message, hint) }
    }

    pub(crate) fn foreign_page() -> Self {
        let hint = "Open your link itself and send the form from there; your ticket has the link.";
        Self::new(StatusCode::FORBIDDEN, "foreign-page", "This was sent from a page that is not ours.", hint)
    }

    pub(crate) fn too_large(wanted: Answer) -> Self {
        let hint = match wanted {
            Answer::Command => "Paste the command alone; Atlas's command has about 250 characters.",
            Answer::Source => "Paste the connection string alone; Atlas's have about 100 characters.",
        };
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is longer than 64 KiB.", hint)
    }

    pub(crate) fn content_type(wanted: Answer) -> Self {
        let hint = match wanted {
            Answer::Command => {
                "Send JSON (content-type: application/json) such as {\"command\":\"aws ec2 create-vpc-endpoint …\"}, or use the form of the page."
            }
            Answer::Source => {
                "Send JSON (content-type: application/json) such as {\"connectionString\":\"mongodb+srv://…\"}, or use the form of the page."
            }
        };
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", "The body is neither JSON nor a form.", hint)
    }

    /// A body that calls itself JSON and is none; often a shell has taken its quotation marks.
    pub(crate) fn not_json(wanted: Answer) -> Self {
        let hint = match wanted {
            Answer::Command => {
                "Send {\"command\":\"aws ec2 create-vpc-endpoint …\"}, or a form, where nothing needs a quotation mark: curl --data-urlencode command@command.txt"
            }
            Answer::Source => {
                "Send {\"connectionString\":\"mongodb+srv://…\"}, or a form, where nothing needs a quotation mark: curl --data-urlencode connectionString@source.txt"
            }
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "field-missing", "The body is not valid JSON.", hint)
    }

    pub(crate) fn field_missing() -> Self {
        let hint = "Send {\"command\":\"aws ec2 create-vpc-endpoint …\"} with the whole command that Atlas shows.";
        let message = "The body has no text named \"command\".";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "field-missing", message, hint)
    }

    pub(crate) fn not_awaited(wanted: Answer) -> Self {
        let hint = "Open the link again in a moment; it says what is needed now.";
        Self::new(StatusCode::CONFLICT, "not-awaited", format!("No {} is awaited at this moment.", wanted.name()), hint)
    }

    pub(crate) fn already_received(wanted: Answer) -> Self {
        let hint = "It need not be sent again; the link shows how it goes on.";
        let message = format!("This {} was already received.", wanted.name());
        Self::new(StatusCode::CONFLICT, "already-received", message, hint)
    }

    pub(crate) fn already_answered(wanted: Answer) -> Self {
        let hint = "The first one counts; the link shows how it goes on. Was it the wrong one? Reply to your ticket.";
        let message = format!("Another {} was received before this one.", wanted.name());
        Self::new(StatusCode::CONFLICT, "already-answered", message, hint)
    }

    pub(crate) fn ended(state: State) -> Self {
        let hint = match state {
            State::Connected => "Your deployment is connected; nothing more is needed.",
            _ => "To start again, open a new ticket.",
        };
        Self::new(StatusCode::GONE, "ended", "This request has ended.", hint)
    }

    pub(crate) fn ours(pasted: Option<String>) -> Self {
        let hint = "Try again in a minute. If it stays, reply to your ticket.";
        let message = "Something went wrong on our side.";
        Self { pasted, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, hint) }
    }
}
