//! What is answered instead of a result.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::xml::{self, Element};
use crate::upstream::Reply;

#[derive(Debug)]
pub(super) enum Refusal {
    /// An error of EC2's, made here.
    Ec2 { code: String, message: String },
    /// An error of EC2's, passed on.
    Upstream(Box<Reply>),
    /// The proxy itself cannot do its work.
    Broken(anyhow::Error),
}

impl Refusal {
    pub(super) fn ec2(code: &str, message: impl Into<String>) -> Self {
        Self::Ec2 { code: code.to_owned(), message: message.into() }
    }

    pub(super) fn not_found(endpoint_id: &str) -> Self {
        Self::ec2("InvalidVpcEndpointId.NotFound", format!("The Vpc Endpoint Id '{endpoint_id}' does not exist"))
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Ec2 { code, message } => refused(&code, &message, None),
            Self::Upstream(reply) => reply.into_response(),
            Self::Broken(cause) => {
                tracing::error!("{cause:#}");
                refused("InternalError", &format!("{cause:#}"), None)
            }
        }
    }
}

/// An error of EC2's. The code tells its status, where no other is wanted.
pub(crate) fn refused(code: &str, message: &str, status: Option<StatusCode>) -> Response {
    let usual = match code {
        "RequestLimitExceeded" | "Unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        "InternalError" => StatusCode::INTERNAL_SERVER_ERROR,
        "UnauthorizedOperation" => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    document(status.unwrap_or(usual), &error(code, message))
}

fn error(code: &str, message: &str) -> Element {
    let error = xml::node("Error", [xml::text("Code", code), xml::text("Message", message)]);
    xml::node("Response", [xml::node("Errors", [error]), xml::text("RequestID", Uuid::new_v4())])
}

/// A good answer; the request ID is added.
pub(super) fn accepted(name: &str, children: impl IntoIterator<Item = Element>) -> Response {
    let request_id = xml::text("requestId", Uuid::new_v4());
    document(StatusCode::OK, &xml::node(name, std::iter::once(request_id).chain(children)))
}

pub(super) fn document(status: StatusCode, root: &Element) -> Response {
    (status, [(CONTENT_TYPE, "text/xml;charset=UTF-8")], xml::document(root)).into_response()
}
