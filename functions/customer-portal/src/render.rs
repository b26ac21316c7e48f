//! The reply as a response: a page or JSON, with the same facts.

use data_encoding::HEXLOWER;
use lambda_http::http::header::{self, HeaderName};
use lambda_http::http::response::Builder;
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Request, Response};
use sha2::{Digest, Sha256};

use crate::outcome::{Outcome, Reply};
use crate::{json, page};

/// Renders the reply. It holds the customer's link and is never embedded anywhere.
pub(crate) fn response(reply: &Reply, request: &Request, as_page: bool) -> Response<String> {
    let body = if as_page { page::html(reply).into_string() } else { json::body(reply).to_string() };
    let mut response = secured(Response::builder());
    // Who only looks, again and again, is told in a few bytes that nothing has changed. That needs a copy, which one
    // person's browser may keep and must ask about before each use. What came of an answer, and what is no answer at
    // all, is kept by nobody.
    let tag = is_look(reply, request.method()).then(|| tag(&body));
    response = match &tag {
        Some(tag) => response.header(header::CACHE_CONTROL, "private, no-cache").header(header::ETAG, tag),
        None => response.header(header::CACHE_CONTROL, "no-store"),
    };
    if tag.is_some_and(|tag| has(request, &tag)) {
        return finished(response.status(StatusCode::NOT_MODIFIED), String::new());
    }
    response = match reply {
        Reply::Shown(shown) => match &shown.outcome {
            // A page of its own, which can be loaded again and gone back to without sending the answer once more.
            Outcome::Accepted { by_form: true, .. } | Outcome::Cancelled { by_form: true } if as_page => {
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
    let body = if request.method() == Method::HEAD { String::new() } else { body };
    finished(response.header(header::CONTENT_TYPE, content_type), body)
}

/// Whether it is where an onboarding stands, and nothing else.
fn is_look(reply: &Reply, method: &Method) -> bool {
    let is_shown = matches!(reply, Reply::Shown(shown) if matches!(shown.outcome, Outcome::None));
    is_shown && (method == Method::GET || method == Method::HEAD)
}

/// A strong tag: the same for the same bytes only, so that page and JSON have different ones.
fn tag(body: &str) -> String {
    format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(body)[..16]))
}

/// Whether the client has what this tag stands for. On the way, a tag may have been made a weak one (`W/`).
fn has(request: &Request, tag: &str) -> bool {
    let known = request.headers().get_all(header::IF_NONE_MATCH).into_iter().filter_map(|known| known.to_str().ok());
    known
        .flat_map(|known| known.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The headers of every answer.
fn secured(response: Builder) -> Builder {
    let headers = [
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

fn finished(response: Builder, body: String) -> Response<String> {
    response.body(body).unwrap_or_else(|error| {
        tracing::error!("the answer could not be put together: {error}");
        Response::new(String::new())
    })
}
