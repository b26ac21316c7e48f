//! The reply as a response: a page or JSON, with the same facts.

use lambda_http::Response;
use lambda_http::http::header::{self, HeaderName};
use lambda_http::http::response::Builder;
use lambda_http::http::{Method, StatusCode};

use crate::outcome::{Outcome, Reply};
use crate::{json, page};

/// Renders the reply. It holds the customer's link and is never stored or embedded anywhere.
pub(crate) fn response(reply: &Reply, method: &Method, as_page: bool) -> Response<String> {
    let response = secured(Response::builder());
    let response = match reply {
        Reply::Shown(shown) => match &shown.outcome {
            // A page of its own, which can be loaded again and gone back to without sending the answer once more.
            Outcome::Accepted { by_form: true, .. } if as_page => {
                response.status(StatusCode::SEE_OTHER).header(header::LOCATION, &shown.link.path)
            }
            _ => response.status(shown.status),
        },
        Reply::Problem(problem, _) => {
            let response = response.status(problem.status);
            problem.allow.into_iter().fold(response, |response, allow| response.header(header::ALLOW, allow))
        }
    };
    let content_type = if as_page { "text/html; charset=utf-8" } else { "application/json" };
    let body = match as_page {
        _ if method == Method::HEAD => String::new(),
        true => page::html(reply).into_string(),
        false => json::body(reply).to_string(),
    };
    response.header(header::CONTENT_TYPE, content_type).body(body).unwrap_or_else(|error| {
        tracing::error!("the answer could not be put together: {error}");
        Response::new(String::new())
    })
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
