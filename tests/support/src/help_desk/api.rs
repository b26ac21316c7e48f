//! Zendesk's ticket API, as far as an integration needs it.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::HelpDesk;
use super::ticket::{Change, Status};

#[derive(Deserialize)]
pub(super) struct Envelope {
    ticket: Change,
}

pub(super) fn routes() -> Router<HelpDesk> {
    // A path parameter is a whole segment, so `35436.json` is taken apart in the handler.
    Router::new()
        .route("/api/v2/tickets", post(create))
        .route("/api/v2/tickets.json", post(create))
        .route("/api/v2/tickets/{file}", get(show).put(update))
        .route("/api/v2/tickets/{id}/{file}", get(comments))
        .route_layer(middleware::from_fn(require_credentials))
}

async fn require_credentials(request: Request, next: Next) -> Response {
    if request.headers().get(AUTHORIZATION).is_some_and(|value| !value.is_empty()) {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, Json(json!({ "error": "Couldn't authenticate you" }))).into_response()
}

async fn create(State(desk): State<HelpDesk>, Json(Envelope { ticket }): Json<Envelope>) -> Response {
    let is_said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if !ticket.comment.as_ref().is_some_and(|comment| is_said(&comment.body) || is_said(&comment.html_body)) {
        return invalid("base", "Description: cannot be blank");
    }
    let ticket = desk.file(ticket, "api");
    (StatusCode::CREATED, Json(json!({ "ticket": ticket.to_json() }))).into_response()
}

async fn show(State(desk): State<HelpDesk>, Path(file): Path<String>) -> Response {
    match number(&file).and_then(|id| desk.tickets().get(&id).map(super::ticket::Ticket::to_json)) {
        Some(ticket) => Json(json!({ "ticket": ticket })).into_response(),
        None => not_found(),
    }
}

async fn update(
    State(desk): State<HelpDesk>,
    Path(file): Path<String>,
    Json(Envelope { ticket: change }): Json<Envelope>,
) -> Response {
    let mut tickets = desk.tickets();
    let Some(ticket) = number(&file).and_then(|id| tickets.get_mut(&id)) else {
        return not_found();
    };
    if ticket.status == Status::Closed {
        return invalid("status", "Status: closed prevents ticket update");
    }
    if change.safe_update && change.updated_stamp.as_deref() != Some(ticket.stamp().as_str()) {
        let description = "Safe Update prevented the update due to outdated ticket data. \
                           Please fetch the latest ticket data and try again.";
        let body = json!({ "error": "UpdateConflict", "description": description });
        return (StatusCode::CONFLICT, Json(body)).into_response();
    }
    ticket.change(change);
    desk.announce(ticket);
    let audit = json!({ "ticket_id": ticket.id, "created_at": ticket.stamp() });
    Json(json!({ "ticket": ticket.to_json(), "audit": audit })).into_response()
}

async fn comments(State(desk): State<HelpDesk>, Path((id, file)): Path<(String, String)>) -> Response {
    let found = (stem(&file) == "comments").then(|| number(&id)).flatten();
    match found.and_then(|id| desk.tickets().get(&id).map(super::ticket::Ticket::comments_to_json)) {
        Some(comments) => Json(comments).into_response(),
        None => not_found(),
    }
}

fn stem(file: &str) -> &str {
    file.strip_suffix(".json").unwrap_or(file)
}

fn number(file: &str) -> Option<u64> {
    stem(file).parse().ok()
}

fn not_found() -> Response {
    let body = json!({ "error": "RecordNotFound", "description": "Not found" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

fn invalid(field: &str, description: &str) -> Response {
    let details: Value = json!({ field: [{ "description": description }] });
    let body = json!({ "error": "RecordInvalid", "description": "Record validation errors", "details": details });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}
