//! Organisations: what the vendor knows of its customers, who cannot write there.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::HelpDesk;
use super::api::{not_found, number};

/// The first organisation's number.
const FIRST: u64 = 700_001;

#[derive(Deserialize)]
pub(super) struct Envelope {
    organization: Map<String, Value>,
}

pub(super) async fn create(State(desk): State<HelpDesk>, Json(Envelope { organization }): Json<Envelope>) -> Response {
    let mut organizations = desk.organizations();
    let id = FIRST + u64::try_from(organizations.len()).unwrap_or_default();
    let mut made = json!({"id": id, "external_id": null, "name": "", "organization_fields": {}});
    change(&mut made, organization);
    organizations.insert(id, made.clone());
    (StatusCode::CREATED, Json(json!({ "organization": made }))).into_response()
}

pub(super) async fn show(State(desk): State<HelpDesk>, Path(file): Path<String>) -> Response {
    match number(&file).and_then(|id| desk.organizations().get(&id).cloned()) {
        Some(organization) => Json(json!({ "organization": organization })).into_response(),
        None => not_found(),
    }
}

pub(super) async fn update(
    State(desk): State<HelpDesk>,
    Path(file): Path<String>,
    Json(Envelope { organization }): Json<Envelope>,
) -> Response {
    let mut organizations = desk.organizations();
    let Some(known) = number(&file).and_then(|id| organizations.get_mut(&id)) else { return not_found() };
    change(known, organization);
    Json(json!({ "organization": known })).into_response()
}

/// What is not named stays, and so do fields.
fn change(known: &mut Value, wanted: Map<String, Value>) {
    for (key, value) in wanted.into_iter().filter(|(key, _)| key != "id") {
        match (&mut known[&key], value) {
            (Value::Object(fields), Value::Object(more)) => fields.extend(more),
            (place, value) => *place = value,
        }
    }
}
