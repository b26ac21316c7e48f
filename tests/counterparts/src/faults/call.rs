//! A call as faults see it.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

/// A call that came in, with all that it was sent with.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) service: String,
    pub(super) region: String,
    /// The action; for services without, the method and the path, ids written as `*`.
    pub(super) action: String,
    pub(super) parts: Parts,
    pub(super) body: Bytes,
}

impl Call {
    /// The request once more.
    pub(super) fn request(&self) -> Request {
        Request::from_parts(self.parts.clone(), Body::from(self.body.clone()))
    }

    /// The path with the query.
    pub(super) fn target(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", |target| target.as_str())
    }

    /// Who calls, as AWS's tracing says it.
    pub(super) fn trace(&self) -> Option<String> {
        self.header("x-amzn-trace-id").map(decoded)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.parts.headers, name)
    }

    /// Whether the target, a header or the body contains the text, as it was sent or percent-decoded.
    pub(super) fn holds(&self, text: &str) -> bool {
        let body = String::from_utf8_lossy(&self.body);
        let headers = self.parts.headers.iter();
        let headers = headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
        let sent = [self.target().to_owned(), body.into_owned()];
        sent.into_iter().chain(headers).any(|sent| sent.contains(text) || decoded(&sent).contains(text))
    }

    /// Whether the action is called like this: by its name, by its method alone, by its own path with all ids, or `*`.
    pub(super) fn is_called(&self, action: &str) -> bool {
        let Parts { method, uri, .. } = &self.parts;
        let full = action.split_once(' ').is_some_and(|(verb, path)| verb == method.as_str() && path == uri.path());
        action == "*" || action == self.action || full || (action == method.as_str() && self.action.contains(' '))
    }

    /// Whether the call only asks.
    pub(super) fn is_read(&self) -> bool {
        is_read(&self.action)
    }
}

/// Whether an action only asks; `*` may.
pub(super) fn is_read(action: &str) -> bool {
    const READS: [&str; 9] = ["*", "BatchGet", "Describe", "GET", "Get", "HEAD", "List", "Query", "Scan"];
    READS.iter().any(|read| action.starts_with(read))
}

/// Method and path, with what is an id written as `*`: digits, 24 hexadecimal digits, and AWS's like `vpce-0b1c2d3e`.
pub(super) fn method_and_path(method: &Method, path: &str) -> String {
    let segment = |segment: &str| {
        let (stem, extension) = segment.find('.').map_or((segment, ""), |dot| segment.split_at(dot));
        if is_id(stem) { format!("*{extension}") } else { segment.to_owned() }
    };
    let path: Vec<_> = path.split('/').map(segment).collect();
    format!("{method} {}", path.join("/"))
}

fn is_id(text: &str) -> bool {
    let is_hexadecimal = |text: &str| text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        || (text.len() == 24 && is_hexadecimal(text))
        || text.strip_prefix("vpce-").is_some_and(|id| is_hexadecimal(id.trim_start_matches("svc-")))
}

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_paths_are_any() {
        let said = |path| method_and_path(&Method::GET, path);
        assert_eq!(said("/api/v2/tickets/35436.json"), "GET /api/v2/tickets/*.json");
        assert_eq!(said("/api/v2/tickets/35436/comments.json"), "GET /api/v2/tickets/*/comments.json");
        assert_eq!(
            said("/api/atlas/v2/groups/65f0c0ffee0ddba11cafe001/x/vpce-0123456789abcdef0"),
            "GET /api/atlas/v2/groups/*/x/*"
        );
        assert_eq!(said("/api/atlas/v2/clusters/cafe"), "GET /api/atlas/v2/clusters/cafe");
    }
}
