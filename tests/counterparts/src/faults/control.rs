//! What tests can set and ask under `/_faults`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::calls::Seen;
use super::{Faults, Invalid};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    #[serde(default)]
    after: u64,
}

pub(super) async fn add(State(faults): State<Faults>, Json(asked): Json<Value>) -> Result<Response, Invalid> {
    let id = faults.add(asked)?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

pub(super) async fn list(State(faults): State<Faults>) -> Json<Vec<Value>> {
    Json(faults.list())
}

pub(super) async fn clear(State(faults): State<Faults>) -> StatusCode {
    faults.clear();
    StatusCode::NO_CONTENT
}

pub(super) async fn remove(State(faults): State<Faults>, Path(id): Path<u64>) -> StatusCode {
    if faults.remove(id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

pub(super) async fn calls(State(faults): State<Faults>, Query(After { after }): Query<After>) -> Json<Vec<Seen>> {
    Json(faults.state().calls.after(after))
}

impl IntoResponse for Invalid {
    fn into_response(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, format!("{self}\n")).into_response()
    }
}
