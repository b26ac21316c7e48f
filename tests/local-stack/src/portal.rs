//! The portal's address: passes requests on to the emulator's API Gateway, whose own addresses hold an id that is only
//! known once the stack is there.

use std::sync::{Arc, OnceLock};

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use counterparts::upstream;

/// What API Gateway takes.
const BODY_LIMIT: usize = 10 << 20;

/// Where the emulator serves the portal's API; set once the stack is there.
pub type Upstream = Arc<OnceLock<upstream::Upstream>>;

/// The emulator's address of the API with this id.
#[must_use]
pub fn upstream(emulator: &str, api_id: &str) -> upstream::Upstream {
    upstream::Upstream::new(&format!("{emulator}/_aws/execute-api/{api_id}/$default"))
}

/// The proxy.
pub fn router(upstream: Upstream) -> axum::Router {
    axum::Router::new().fallback(forward).with_state(upstream)
}

async fn forward(State(upstream): State<Upstream>, request: Request) -> Response {
    let Some(upstream) = upstream.get() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the local stack is still starting\n").into_response();
    };
    match pass_on(upstream, request).await {
        Ok(reply) => reply.into_response(),
        Err(error) => {
            (StatusCode::BAD_GATEWAY, format!("the local API Gateway does not answer: {error}\n")).into_response()
        }
    }
}

async fn pass_on(upstream: &upstream::Upstream, request: Request) -> anyhow::Result<upstream::Reply> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await?;
    parts.headers.remove(header::HOST);
    upstream.send(parts, body).await
}
