//! What the portal answers, as a page or as JSON, with the same facts.

use crate::page;
use crate::progress::{Progress, State};
use lambda_http::Response;
use lambda_http::http::{StatusCode, header};
use serde_json::{Value, json};
use shared::command::{Diagnostic, Refused};
use shared::ids::OnboardingId;
use shared::vault::Vault;

/// An answer.
pub(crate) enum Reply {
    Shown(Box<Shown>),
    Problem(Problem),
}

/// The onboarding, with what came of a command if one was brought.
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) id: OnboardingId,
    pub(crate) progress: Progress,
    pub(crate) vault: Vault,
    pub(crate) outcome: Outcome,
}

/// What came of a command.
pub(crate) enum Outcome {
    None,
    Accepted { preview: String, notes: Vec<Diagnostic> },
    Refused { refused: Refused, pasted: String },
}

/// An answer without an onboarding to show.
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

impl Reply {
    pub(crate) fn show(status: StatusCode, id: OnboardingId, progress: Progress, vault: Vault) -> Self {
        Self::Shown(Box::new(Shown { status, id, progress, vault, outcome: Outcome::None }))
    }

    pub(crate) fn accepted(
        id: OnboardingId,
        progress: Progress,
        vault: Vault,
        preview: String,
        notes: Vec<Diagnostic>,
    ) -> Self {
        let outcome = Outcome::Accepted { preview, notes };
        Self::Shown(Box::new(Shown { status: StatusCode::ACCEPTED, id, progress, vault, outcome }))
    }

    pub(crate) fn refused(id: OnboardingId, progress: Progress, vault: Vault, refused: Refused, pasted: &[u8]) -> Self {
        let outcome = Outcome::Refused { refused, pasted: String::from_utf8_lossy(pasted).into_owned() };
        Self::Shown(Box::new(Shown { status: StatusCode::UNPROCESSABLE_ENTITY, id, progress, vault, outcome }))
    }

    /// Renders the answer. It holds the customer's link and is never stored or embedded anywhere.
    pub(crate) fn render(&self, as_page: bool) -> Response<String> {
        let (status, json, html) = match self {
            Self::Shown(shown) => (shown.status, shown.json(), page::shown(shown)),
            Self::Problem(problem) => (problem.status, problem.json(), page::problem(problem)),
        };
        let (content_type, body) = if as_page {
            ("text/html; charset=utf-8", html.into_string())
        } else {
            ("application/json", json.to_string())
        };
        let response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, content_type)
            .header(header::CACHE_CONTROL, "no-store")
            .header(header::CONTENT_SECURITY_POLICY, page::content_security_policy())
            .header(header::REFERRER_POLICY, "no-referrer")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header("x-robots-tag", "noindex")
            .body(body);
        response.unwrap_or_else(|error| {
            tracing::error!("the answer could not be put together: {error}");
            Response::new(String::new())
        })
    }
}

impl Shown {
    fn json(&self) -> Value {
        match &self.outcome {
            Outcome::Refused { refused, .. } => json!({"error": refused.to_json(), "errors": refused.diagnostics}),
            Outcome::Accepted { preview, notes } => {
                json!({"state": self.progress.state, "preview": preview, "notes": notes})
            }
            Outcome::None => {
                let network = self.vault.handed_out.as_ref().map(|handed_out| &handed_out.network);
                json!({
                    "state": self.progress.state,
                    "ticket": self.vault.ticket,
                    "region": network.map(|network| &network.region),
                    "vpcId": network.map(|network| &network.vpc_id),
                    "subnetIds": network.map(|network| network.subnet_ids.as_slice()).unwrap_or_default(),
                    "endpoint": self.progress.endpoint,
                    "timeline": self.progress.timeline,
                    "error": self.progress.error,
                })
            }
        }
    }
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>, hint: &'static str) -> Self {
        Self { status, code, message: message.into(), hint }
    }

    fn json(&self) -> Value {
        json!({"error": {"code": self.code, "message": self.message, "hint": self.hint}})
    }

    /// No such link; a malformed one gets the same answer.
    pub(crate) fn unknown() -> Self {
        let hint = "Check that the link is complete; your ticket has it. Long links are sometimes cut in e-mails.";
        Self::new(StatusCode::NOT_FOUND, "unknown-link", "There is nothing behind this link.", hint)
    }

    pub(crate) fn method() -> Self {
        let hint = "GET the link itself to see where things stand; POST the command to the link followed by /command.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This address does not take this method.", hint)
    }

    pub(crate) fn content_type() -> Self {
        let hint = "Send JSON (content-type: application/json) such as {\"command\":\"aws ec2 create-vpc-endpoint …\"}, or use the form of the page.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", "The body is neither JSON nor a form.", hint)
    }

    pub(crate) fn field_missing(name: &str) -> Self {
        let hint = "Send {\"command\":\"aws ec2 create-vpc-endpoint …\"} with the whole command that Atlas shows.";
        let message = format!("The body has no text named \"{name}\".");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "field-missing", message, hint)
    }

    pub(crate) fn not_awaited() -> Self {
        let hint = "Open the link again in a moment; it says what is needed now.";
        Self::new(StatusCode::CONFLICT, "not-awaited", "No command is awaited at this moment.", hint)
    }

    pub(crate) fn already_received() -> Self {
        let hint = "Nothing more is needed; the link shows how it goes on.";
        Self::new(StatusCode::CONFLICT, "already-received", "This command was already received.", hint)
    }

    pub(crate) fn already_answered() -> Self {
        let hint =
            "The first command counts; the link shows how it goes on. Was it the wrong one? Reply to your ticket.";
        Self::new(StatusCode::CONFLICT, "already-answered", "Another command was received before this one.", hint)
    }

    pub(crate) fn ended(state: State) -> Self {
        let hint = match state {
            State::Connected => "The endpoint is connected; nothing more is needed.",
            _ => "To start again, open a new ticket.",
        };
        Self::new(StatusCode::GONE, "ended", "This request has ended.", hint)
    }

    pub(crate) fn ours() -> Self {
        let hint =
            "Try again in a minute. Nothing of what you sent is lost on your side; if it stays, reply to your ticket.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Something went wrong on our side.", hint)
    }
}
