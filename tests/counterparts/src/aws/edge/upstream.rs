//! The EC2 behind the proxy.

use anyhow::Context as _;
use axum::body::Bytes;
use axum::http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Method, StatusCode, request};
use axum::response::{IntoResponse, Response};

use super::query::Query;
use super::refusal::Refusal;
use super::xml::Element;

/// moto's region when a request names none.
const DEFAULT_REGION: &str = "us-east-1";

/// A request as it came in.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    target: String,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(parts: request::Parts, body: Bytes) -> Self {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let mut headers = parts.headers;
        // These belong to the connection with the caller; the client sets its own. Answers must stay readable, so
        // no compression is asked for.
        for header in [HOST, CONTENT_LENGTH, CONNECTION, TRANSFER_ENCODING, ACCEPT_ENCODING] {
            headers.remove(header);
        }
        Self { method: parts.method, target, headers, body }
    }

    /// The header with which the caller signed.
    pub(super) fn authorization(&self) -> &str {
        self.headers.get("authorization").and_then(|header| header.to_str().ok()).unwrap_or_default()
    }

    /// The region that the request was signed for.
    pub(super) fn region(&self) -> String {
        self.authorization()
            .split_once("Credential=")
            .and_then(|(_, scope)| scope.split('/').nth(2))
            .unwrap_or(DEFAULT_REGION)
            .to_owned()
    }
}

/// What EC2 replied.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Upstream {
    client: reqwest::Client,
    base: String,
}

impl Upstream {
    pub(super) fn new(base: &str) -> anyhow::Result<Self> {
        // The upstream is on this machine: a proxy from the environment must not come between.
        let client = reqwest::Client::builder().no_proxy().build().context("making an HTTP client")?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned() })
    }

    /// Passes the call on as it is.
    pub(super) async fn forward(&self, call: &Call) -> Result<Reply, Refusal> {
        Ok(self.send(call, call.body.clone()).await?)
    }

    /// Asks EC2 something in the name of the caller; EC2's own refusal is passed on.
    pub(super) async fn ask(&self, call: &Call, query: &Query) -> Result<Element, Refusal> {
        let reply = self.send(call, query.to_body().into()).await?;
        if !reply.status.is_success() {
            return Err(Refusal::Upstream(Box::new(reply)));
        }
        Ok(Element::parse(reply.body.as_ref()).context("EC2's answer is no XML")?)
    }

    async fn send(&self, call: &Call, body: Bytes) -> anyhow::Result<Reply> {
        let answer = self
            .client
            .request(call.method.clone(), format!("{}{}", self.base, call.target))
            .headers(call.headers.clone())
            .body(body)
            .send()
            .await
            .context("EC2 does not answer")?;
        let status = answer.status();
        let mut headers = answer.headers().clone();
        for header in [CONTENT_LENGTH, CONNECTION, TRANSFER_ENCODING] {
            headers.remove(header);
        }
        Ok(Reply { status, headers, body: answer.bytes().await.context("EC2's answer ends early")? })
    }
}
