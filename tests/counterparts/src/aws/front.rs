//! A proxy in front of ministack that can make calls fail. All that it passes on stays as it is, `Host` and the path's
//! spelling included, as signatures cover them.
//!
//! What goes wrong inside the emulator is set here too, and passed on to it.

use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::faults::{Faults, Wire};
use crate::upstream::{Reply, Upstream};

/// The services whose faults are made inside the emulator: its functions, what its state machines call themselves, and how
/// long those pause.
const INSIDE: [&str; 3] = ["lambda", "inside", "pause"];

#[derive(Debug, Clone)]
struct Front {
    faults: Faults,
    upstream: Upstream,
}

/// A proxy in front of the emulator that answers at `upstream`, e.g. `http://127.0.0.1:4566`.
pub fn router(upstream: &str) -> Router {
    let front = Front { faults: Faults::new(Wire::Aws), upstream: Upstream::new(upstream) };
    let control = Router::new()
        .route("/_faults", post(add).get(list).delete(clear))
        .route("/_faults/{id}", delete(remove))
        .with_state(front.clone());
    let router = Router::new().fallback(forward).with_state(front.clone());
    front.faults.before(router).merge(control).merge(front.faults.seen())
}

async fn forward(State(front): State<Front>, request: Request) -> Result<Response, Broken> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await?;
    Ok(front.upstream.send(parts, body).await?.into_response())
}

async fn add(State(front): State<Front>, Json(asked): Json<Value>) -> Result<Response, Broken> {
    if asked["service"].as_str().is_some_and(|service| INSIDE.contains(&service)) {
        return Ok(front.ask(Method::POST, "", asked.to_string()).await?.into_response());
    }
    Ok(match front.faults.add(asked) {
        Ok(id) => (StatusCode::CREATED, Json(json!({ "id": id }))).into_response(),
        Err(invalid) => invalid.into_response(),
    })
}

async fn list(State(front): State<Front>) -> Result<Json<Vec<Value>>, Broken> {
    let inside = front.ask(Method::GET, "", String::new()).await?;
    let inside: Vec<Value> = serde_json::from_slice(&inside.body)?;
    Ok(Json(front.faults.list().into_iter().chain(inside).collect()))
}

async fn clear(State(front): State<Front>) -> Result<StatusCode, Broken> {
    front.faults.clear();
    front.ask(Method::DELETE, "", String::new()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(State(front): State<Front>, Path(id): Path<u64>) -> Result<Response, Broken> {
    if front.faults.remove(id) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(front.ask(Method::DELETE, &format!("/{id}"), String::new()).await?.into_response())
}

impl Front {
    /// Asks the emulator about its own faults.
    async fn ask(&self, method: Method, path: &str, body: String) -> anyhow::Result<Reply> {
        let uri = format!("/_faults{path}");
        let request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
        let (parts, body) = request.body(body)?.into_parts();
        self.upstream.send(parts, body.into()).await
    }
}

/// The emulator does not answer, or nothing that can be read.
#[derive(Debug)]
struct Broken(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        tracing::error!("{:#}", self.0);
        (StatusCode::BAD_GATEWAY, format!("{:#}\n", self.0)).into_response()
    }
}

#[cfg(test)]
mod tests;
