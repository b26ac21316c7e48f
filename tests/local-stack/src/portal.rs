//! The portal's address: passes requests on to the emulator's API Gateway, whose own addresses hold an id that is only
//! known once the stack is there.

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Where the emulator serves the portal's API; set once the stack is there.
pub type Upstream = Arc<OnceLock<String>>;

/// The proxy.
pub fn router(upstream: Upstream) -> axum::Router {
    // A redirect is for the browser.
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap_or_default();
    axum::Router::new().fallback(forward).with_state((upstream, http))
}

async fn forward(State((upstream, http)): State<(Upstream, reqwest::Client)>, request: Request) -> Response {
    let Some(upstream) = upstream.get() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the local stack is still starting\n").into_response();
    };
    match pass_on(upstream, &http, request).await {
        Ok(response) => response,
        Err(error) => {
            (StatusCode::BAD_GATEWAY, format!("the local API Gateway does not answer: {error}\n")).into_response()
        }
    }
}

async fn pass_on(upstream: &str, http: &reqwest::Client, request: Request) -> anyhow::Result<Response> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let body: Bytes = axum::body::to_bytes(body, 10 << 20).await?;
    parts.headers.remove(header::HOST);
    let answer =
        http.request(parts.method, format!("{upstream}{path}")).headers(parts.headers).body(body).send().await?;
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        // Both are of the other connection.
        if name != header::TRANSFER_ENCODING && name != header::CONNECTION {
            response = response.header(name, value);
        }
    }
    Ok(response.body(axum::body::Body::from(answer.bytes().await?))?)
}
