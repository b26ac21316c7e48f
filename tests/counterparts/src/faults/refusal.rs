//! How each service says no.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use crate::atlas::problem::Problem;
use crate::aws::edge::{self, xml};
use crate::help_desk;

/// What a service says instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) sort: Sort,
    /// These are the sort's, in the service's own words, where they are not given.
    pub(super) code: Option<String>,
    pub(super) status: Option<StatusCode>,
    pub(super) message: Option<String>,
    pub(super) retry_after: Option<u32>,
}

/// Why it says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Throttled,
    Broken,
    Denied,
    Refused,
}

/// How a service writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// AWS's JSON 1.0 and 1.1.
    Json,
    /// AWS's REST with JSON.
    Rest,
    /// AWS's forms with answers in XML.
    Query,
    /// EC2's variant of that.
    Ec2,
    /// S3's REST with XML.
    S3,
    /// Zendesk's.
    HelpDesk,
    /// Atlas's.
    Atlas,
}

impl Refusal {
    pub(super) fn answer(&self, format: Format) -> Response {
        let (usual_status, usual_code) = self.sort.usual(format);
        let status = self.status.unwrap_or(usual_status);
        let code = self.code.as_deref().unwrap_or(usual_code);
        let message = self.message.as_deref().unwrap_or_else(|| self.sort.words());
        let mut answer = match format {
            Format::Json | Format::Rest => {
                let body = json!({ "__type": code, "message": message });
                (status, [("x-amzn-errortype", code)], Json(body)).into_response()
            }
            Format::Query => {
                let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
                let kind = xml::text("Type", kind);
                let error = xml::node("Error", [kind, xml::text("Code", code), xml::text("Message", message)]);
                document(status, &xml::node("ErrorResponse", [error, xml::text("RequestId", Uuid::new_v4())]))
            }
            Format::S3 => {
                let request_id = xml::text("RequestId", Uuid::new_v4());
                document(
                    status,
                    &xml::node("Error", [xml::text("Code", code), xml::text("Message", message), request_id]),
                )
            }
            // The code tells the status, where this is any error.
            Format::Ec2 if self.sort == Sort::Refused => edge::refused(code, message, self.status),
            Format::Ec2 => edge::refused(code, message, Some(status)),
            Format::HelpDesk => help_desk::refused(status, code, message),
            Format::Atlas => Problem::new(status, code.to_owned(), message, &[]).into_response(),
        };
        let says_when = self.sort == Sort::Throttled && matches!(format, Format::HelpDesk | Format::Atlas);
        if let Some(seconds) = self.retry_after.or(says_when.then_some(1)) {
            answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        answer
    }
}

fn document(status: StatusCode, root: &xml::Element) -> Response {
    let mut body = Vec::new();
    if let Err(error) = root.write(&mut body) {
        tracing::error!("an answer of AWS cannot be written: {error}");
    }
    (status, [(CONTENT_TYPE, "text/xml")], body).into_response()
}

impl Sort {
    /// What a service answers for this sort when nothing else is wanted.
    fn usual(self, format: Format) -> (StatusCode, &'static str) {
        use Format::{Atlas, Ec2, HelpDesk, Json, Query, Rest, S3};
        use Sort::{Broken, Denied, Refused, Throttled};
        let (status, code) = match (self, format) {
            (Throttled, Json) => (400, "ThrottlingException"),
            (Throttled, Rest) => (429, "TooManyRequestsException"),
            (Throttled, Query) => (400, "Throttling"),
            (Throttled, Ec2) => (503, "RequestLimitExceeded"),
            (Throttled, S3) => (503, "SlowDown"),
            (Throttled, HelpDesk) => (429, "APIRateLimitExceeded"),
            (Throttled, Atlas) => (429, "RATE_LIMITED"),
            (Broken, Json | Rest | Query) => (500, "InternalFailure"),
            (Broken, Ec2 | S3) => (500, "InternalError"),
            (Broken, HelpDesk) => (500, ""),
            (Broken, Atlas) => (500, "UNEXPECTED_ERROR"),
            (Denied, Json) => (400, "AccessDeniedException"),
            (Denied, Rest) => (403, "AccessDeniedException"),
            (Denied, Query | S3) => (403, "AccessDenied"),
            (Denied, Ec2) => (403, "UnauthorizedOperation"),
            (Denied, HelpDesk) => (403, ""),
            (Denied, Atlas) => (403, "USER_UNAUTHORIZED"),
            // What is refused has a code of its own, but for the help desk's.
            (Refused, _) => (400, ""),
        };
        (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), code)
    }

    fn words(self) -> &'static str {
        match self {
            Self::Throttled => "Rate exceeded",
            Self::Broken => "An internal error has occurred",
            Self::Denied => "You are not authorized to perform this operation.",
            Self::Refused => "The request was refused.",
        }
    }
}

impl Format {
    /// What an answer is said to be.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/x-amz-json-1.0",
            Self::Rest | Self::HelpDesk | Self::Atlas => "application/json",
            Self::Query | Self::Ec2 | Self::S3 => "text/xml;charset=UTF-8",
        }
    }
}
