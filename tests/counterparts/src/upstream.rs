//! A server behind one of ours: requests are passed on to it byte for byte.

use anyhow::Context as _;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HeaderName, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue, StatusCode, request};
use axum::response::{IntoResponse, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// What belongs to one connection and not to what is sent over it.
const OF_THE_CONNECTION: [HeaderName; 4] =
    [CONNECTION, EXPECT, HeaderName::from_static("keep-alive"), TRANSFER_ENCODING];

/// The server behind.
#[derive(Debug, Clone)]
pub struct Upstream {
    // Not a client for people: it would tidy up the path that a signature covers.
    client: Client<HttpConnector, Body>,
    base: String,
}

/// What the server behind replied.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, without those of the connection.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Upstream {
    /// The server at this address, e.g. `http://127.0.0.1:5000`; a path is put in front of all others.
    #[must_use]
    pub fn new(base: &str) -> Self {
        // A kept connection that its server is just closing would be a fault that nobody asked for.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Self { client, base: base.trim_end_matches('/').to_owned() }
    }

    /// Passes the request on with this body, which may be another than it came with. The headers are sent as they are,
    /// `Host` included.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn send(&self, mut parts: request::Parts, body: Bytes) -> anyhow::Result<Reply> {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        parts.uri = format!("{}{target}", self.base).parse().context("the request's address")?;
        for header in OF_THE_CONNECTION {
            parts.headers.remove(header);
        }
        if parts.headers.contains_key(CONTENT_LENGTH) {
            parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let request = axum::http::Request::from_parts(parts, Body::from(body));
        let answer = self.client.request(request).await.with_context(|| format!("{} does not answer", self.base))?;
        let (mut parts, body) = answer.into_parts();
        for header in OF_THE_CONNECTION {
            parts.headers.remove(header);
        }
        let body = to_bytes(Body::new(body), usize::MAX).await.context("the answer ends early")?;
        Ok(Reply { status: parts.status, headers: parts.headers, body })
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}
