//! The EC2 behind the proxy.

use anyhow::Context as _;
use axum::body::Bytes;
use axum::http::header::{ACCEPT_ENCODING, HOST};
use axum::http::request::Parts;

use super::query::Query;
use super::refusal::Refusal;
use super::xml::Element;
use crate::upstream::{self, Reply};

/// moto's region when a request names none.
const DEFAULT_REGION: &str = "us-east-1";

/// A request as it came in.
#[derive(Debug)]
pub(super) struct Call {
    parts: Parts,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(mut parts: Parts, body: Bytes) -> Self {
        // moto is called by its own name, and its answers must stay readable, so no compression is asked for.
        for header in [HOST, ACCEPT_ENCODING] {
            parts.headers.remove(header);
        }
        Self { parts, body }
    }

    /// The header with which the caller signed.
    pub(super) fn authorization(&self) -> &str {
        self.parts.headers.get("authorization").and_then(|header| header.to_str().ok()).unwrap_or_default()
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

#[derive(Debug, Clone)]
pub(super) struct Upstream(upstream::Upstream);

impl Upstream {
    pub(super) fn new(base: &str) -> Self {
        Self(upstream::Upstream::new(base))
    }

    /// Passes the call on as it is.
    pub(super) async fn forward(&self, call: &Call) -> Result<Reply, Refusal> {
        Ok(self.0.send(call.parts.clone(), call.body.clone()).await?)
    }

    /// Asks EC2 something in the name of the caller; EC2's own refusal is passed on.
    pub(super) async fn ask(&self, call: &Call, query: &Query) -> Result<Element, Refusal> {
        let reply = self.0.send(call.parts.clone(), query.to_body().into()).await?;
        if !reply.status.is_success() {
            return Err(Refusal::Upstream(Box::new(reply)));
        }
        Ok(Element::parse(reply.body.as_ref()).context("EC2's answer is no XML")?)
    }
}
