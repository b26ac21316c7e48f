//! What the portal answers, as a page or as JSON, with the same facts.

use crate::page;
use crate::problem::Problem;
use crate::progress::Progress;
use lambda_http::Response;
use lambda_http::http::header::{self, HeaderName};
use lambda_http::http::response::Builder;
use lambda_http::http::{Method, StatusCode};
use maud::Markup;
use serde_json::{Value, json};
use shared::command::Refused;
use shared::ids::OnboardingId;
use shared::source;
use shared::vault::Vault;

/// An answer.
#[derive(Debug)]
pub(crate) enum Reply {
    Shown(Box<Shown>),
    /// No more than this; with the onboarding, where the link leads to one.
    Problem(Problem, Option<OnboardingId>),
}

/// The onboarding, with what came of an answer if one was brought.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) link: Link,
    pub(crate) progress: Progress,
    pub(crate) vault: Vault,
    pub(crate) outcome: Outcome,
}

/// The customer's link.
#[derive(Debug)]
pub(crate) struct Link {
    /// For the page's own forms: `/o/<id>`.
    pub(crate) path: String,
    /// For other programs: `https://connect.example.com/o/<id>`.
    pub(crate) url: String,
}

/// What came of an answer.
#[derive(Debug)]
pub(crate) enum Outcome {
    None,
    Accepted {
        /// What will be created, when it was a command.
        preview: Option<String>,
        /// Remarks that the customer may want to know.
        notes: Value,
        by_form: bool,
    },
    Refused {
        refused: Refused,
        pasted: String,
    },
    /// The source was refused. Nothing of it is shown again.
    SourceRefused {
        refused: source::Refused,
    },
    /// The corrected command is in the form, for the customer to send.
    FilledIn {
        pasted: String,
    },
    /// It was not awaited; the text is kept in the form, if there is one.
    Problem {
        problem: Problem,
        pasted: String,
    },
}

impl Reply {
    /// Renders the answer. It holds the customer's link and is never stored or embedded anywhere.
    pub(crate) fn render(&self, method: &Method, as_page: bool) -> Response<String> {
        let response = secured(Response::builder());
        let response = match self {
            Self::Shown(shown) => match &shown.outcome {
                // A page of its own, which can be loaded again and gone back to without sending the answer once more.
                Outcome::Accepted { by_form: true, .. } if as_page => {
                    response.status(StatusCode::SEE_OTHER).header(header::LOCATION, &shown.link.path)
                }
                _ => response.status(shown.status),
            },
            Self::Problem(problem, _) => {
                let response = response.status(problem.status);
                problem.allow.into_iter().fold(response, |response, allow| response.header(header::ALLOW, allow))
            }
        };
        let content_type = if as_page { "text/html; charset=utf-8" } else { "application/json" };
        let body = match as_page {
            _ if method == Method::HEAD => String::new(),
            true => self.html().into_string(),
            false => self.json().to_string(),
        };
        response.header(header::CONTENT_TYPE, content_type).body(body).unwrap_or_else(|error| {
            tracing::error!("the answer could not be put together: {error}");
            Response::new(String::new())
        })
    }

    fn html(&self) -> Markup {
        match self {
            Self::Shown(shown) => page::shown(shown),
            Self::Problem(problem, id) => page::problem(problem, id.as_ref()),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Shown(shown) => shown.json(),
            Self::Problem(problem, _) => problem.json_body(),
        }
    }
}

/// The headers of every answer.
fn secured(response: Builder) -> Builder {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, page::content_security_policy()),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
        // The same address answers with a page or with JSON.
        (header::VARY, "accept"),
    ];
    headers.into_iter().fold(response, |response, (name, value)| response.header(name, value))
}

impl Shown {
    fn json(&self) -> Value {
        match &self.outcome {
            Outcome::Problem { problem, .. } => problem.json_body(),
            Outcome::Refused { refused, .. } => json!({"error": refused.to_json(), "errors": refused.diagnostics}),
            Outcome::SourceRefused { refused } => json!({"error": refused.to_json(), "errors": refused.diagnostics}),
            Outcome::Accepted { preview, notes, .. } => {
                let mut body = json!({"state": self.progress.state.name(), "notes": notes});
                if let Some(preview) = preview {
                    body["preview"] = json!(preview);
                }
                body
            }
            Outcome::None | Outcome::FilledIn { .. } => {
                let network = self.vault.handed_out.as_ref().map(|handed_out| &handed_out.network);
                json!({
                    "state": self.progress.state.name(),
                    "ticket": self.vault.ticket,
                    "region": network.map(|network| &network.region),
                    "vpcId": network.map(|network| &network.vpc_id),
                    "subnetIds": network.map(|network| network.subnet_ids.as_slice()).unwrap_or_default(),
                    "endpoint": self.progress.endpoint,
                    "verification": self.progress.verification,
                    "timeline": self.progress.timeline,
                    "error": self.progress.error,
                })
            }
        }
    }
}
