//! What tests can set under `/_help-desk/faults`: API calls that go wrong.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use super::HelpDesk;
use super::api::conflict;

/// The faults that wait for their calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    waiting: Arc<Mutex<Vec<Fault>>>,
}

/// The next `times` calls of the API with this method are answered `status`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fault {
    method: String,
    status: u16,
    retry_after: Option<u32>,
    times: u32,
}

impl Faults {
    fn take(&self, method: &str) -> Option<(StatusCode, Option<u32>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = waiting.iter_mut().find(|fault| fault.method == method && fault.times > 0)?;
        fault.times -= 1;
        Some((StatusCode::from_u16(fault.status).ok()?, fault.retry_after))
    }
}

pub(super) async fn add(State(desk): State<HelpDesk>, Json(fault): Json<Fault>) -> StatusCode {
    desk.faults.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    StatusCode::NO_CONTENT
}

pub(super) async fn clear(State(desk): State<HelpDesk>) -> StatusCode {
    desk.faults.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    StatusCode::NO_CONTENT
}

/// Lets a call of the API meet the fault that waits for it.
pub(super) async fn meet(State(desk): State<HelpDesk>, request: Request, next: Next) -> Response {
    let Some((status, retry_after)) = desk.faults.take(request.method().as_str()) else {
        return next.run(request).await;
    };
    if status == StatusCode::CONFLICT {
        return conflict();
    }
    let answer = (status, Json(json!({ "error": status.canonical_reason() }))).into_response();
    match retry_after {
        Some(seconds) => ([(header::RETRY_AFTER, seconds.to_string())], answer).into_response(),
        None => answer,
    }
}
