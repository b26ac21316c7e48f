//! The answers that say no.

use std::borrow::Cow;

use lambda_http::http::StatusCode;
use serde_json::{Value, json};

use crate::submission::Post;
use shared::answer::Answer;
use shared::ids::TicketId;
use shared::late::Late;
use shared::state::State;
use shared::wish::Why;

/// Why a request got no more than this.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Cow<'static, str>,
    /// The methods that the address takes, when it does not take the one that came.
    pub(crate) allow: Option<&'static str>,
    /// What was brought in vain through no fault of the customer's, to be sent again.
    pub(crate) pasted: Option<String>,
}

impl Problem {
    fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, code, message: message.into(), hint: hint.into(), allow: None, pasted: None }
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
        let hint =
            "GET the link itself to see where things stand; POST to the link followed by /command, /source or /cancel.";
        let message = "This address does not take this method.";
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", message, hint) }
    }

    pub(crate) fn foreign_page() -> Self {
        let hint = "Open your link itself and send the form from there; your ticket has the link.";
        Self::new(StatusCode::FORBIDDEN, "foreign-page", "This was sent from a page that is not ours.", hint)
    }

    pub(crate) fn too_large(post: Post) -> Self {
        let hint = match post {
            Post::Command => {
                "Paste the command alone, or the endpoint service's name; Atlas's command has about 250 characters."
            }
            Post::Source => "Paste the connection string alone; Atlas's have about 100 characters.",
            Post::Cancel => "Say why in 500 characters, or leave it out.",
        };
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is longer than 64 KiB.", hint)
    }

    pub(crate) fn content_type(post: Post) -> Self {
        let hint = match post {
            Post::Command => {
                "Send JSON (content-type: application/json) such as {\"command\":\"aws ec2 create-vpc-endpoint …\"}, or use the form of the page."
            }
            Post::Source => {
                "Send JSON (content-type: application/json) such as {\"connectionString\":\"mongodb+srv://…\"}, or use the form of the page."
            }
            Post::Cancel => {
                "Send nothing, JSON (content-type: application/json) such as {\"why\":\"…\"}, or use the form of the page."
            }
        };
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", "The body is neither JSON nor a form.", hint)
    }

    /// A body that calls itself JSON and is none; often a shell has taken its quotation marks.
    pub(crate) fn not_json(post: Post) -> Self {
        let hint = match post {
            Post::Command => {
                "Send {\"command\":\"aws ec2 create-vpc-endpoint …\"}, or a form, where nothing needs a quotation mark: curl --data-urlencode command@command.txt"
            }
            Post::Source => {
                "Send {\"connectionString\":\"mongodb+srv://…\"}, or a form, where nothing needs a quotation mark: curl --data-urlencode connectionString@source.txt"
            }
            Post::Cancel => "Send {\"why\":\"…\"}, or nothing: why is optional.",
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "field-missing", "The body is not valid JSON.", hint)
    }

    pub(crate) fn field_missing() -> Self {
        let hint = "Send {\"command\":\"aws ec2 create-vpc-endpoint …\"} with the whole command that Atlas shows, or the name of the endpoint service alone.";
        let message = "The body has no text named \"command\".";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "field-missing", message, hint)
    }

    /// An answer that is not taken.
    pub(crate) fn late(late: Late, wanted: Answer, state: State) -> Self {
        match late {
            Late::NotAwaited => Self::not_awaited(wanted),
            Late::Held => Self::held(wanted),
            Late::AlreadyReceived => Self::already_received(wanted),
            Late::AlreadyAnswered => Self::already_answered(wanted),
            Late::Closing => Self::closing(),
            Late::Ended => Self::ended(state),
        }
    }

    fn not_awaited(wanted: Answer) -> Self {
        let hint = "Open the link again in a moment; it says what is needed now.";
        Self::new(StatusCode::CONFLICT, "not-awaited", format!("No {} is awaited at this moment.", wanted.name()), hint)
    }

    /// While a fault of ours is in the way, nobody waits for an answer.
    fn held(wanted: Answer) -> Self {
        let message = format!("We have a fault on our side and cannot take the {} at this moment.", wanted.name());
        let hint = "Nothing is lost. Send it again when the link asks for it.";
        Self::new(StatusCode::CONFLICT, "not-awaited", message, hint)
    }

    fn already_received(wanted: Answer) -> Self {
        let hint = "It need not be sent again; the link shows how it goes on.";
        let message = format!("This {} was already received.", wanted.name());
        Self::new(StatusCode::CONFLICT, "already-received", message, hint)
    }

    fn already_answered(wanted: Answer) -> Self {
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

    /// An answer, while it is undone.
    pub(crate) fn closing() -> Self {
        let hint = "It takes some minutes, and nothing more is needed from you. To start again, open a new ticket.";
        Self::new(StatusCode::GONE, "closing", "This request is being closed and takes no more answers.", hint)
    }

    /// A wish to cancel what people may already depend on.
    pub(crate) fn accepted_already(ticket: Option<&TicketId>) -> Self {
        let ticket = ticket.map_or_else(|| "your ticket".to_owned(), |ticket| format!("ticket {ticket}"));
        let hint = format!("Nothing was cancelled. To have it closed, reply to {ticket}; a colleague does it.");
        let message = "Atlas has accepted the private endpoint, so that this request is not cancelled here any more.";
        Self::new(StatusCode::CONFLICT, "accepted-already", message, hint)
    }

    /// A wish to cancel that met an onboarding which moved on, more than once.
    pub(crate) fn moving() -> Self {
        let hint = "Nothing was cancelled. Open the link again in a moment; it says where things stand.";
        Self::new(StatusCode::CONFLICT, "moving", "This request has moved on at this very moment.", hint)
    }

    pub(crate) fn reason_too_long() -> Self {
        let message = format!("The reason is longer than {} characters.", Why::LONGEST);
        let hint = "Nothing was cancelled. Shorten it, or leave it out.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too-long", message, hint)
    }

    pub(crate) fn reason_unreadable() -> Self {
        let hint = "Nothing was cancelled. Send {\"why\":\"…\"} with a text, or leave it out.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-reason", "The reason is no text.", hint)
    }

    pub(crate) fn ours(pasted: Option<String>) -> Self {
        let hint = "Try again in a minute. If it stays, reply to your ticket.";
        let message = "Something went wrong on our side.";
        Self { pasted, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, hint) }
    }
}
