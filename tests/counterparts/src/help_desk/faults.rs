//! What tests can set under `/_help-desk/faults`: API calls that are answered with a status.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::faults::{Faults, Invalid};

/// The next `times` calls of the API with this method are answered `status`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fault {
    method: String,
    status: u16,
    retry_after: Option<u32>,
    times: u32,
}

pub(super) async fn add(State(faults): State<Faults>, Json(fault): Json<Fault>) -> Result<StatusCode, Invalid> {
    let Fault { method, status, retry_after, times } = fault;
    let fault =
        json!({ "action": method, "fault": "refused", "status": status, "retryAfter": retry_after, "times": times });
    faults.add(fault)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn clear(State(faults): State<Faults>) -> StatusCode {
    faults.clear();
    StatusCode::NO_CONTENT
}
