//! Zendesk's ticket API, as far as an integration needs it.

use axum::extract::{Path, Query, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ticket::{Change, NewComment, Status, Ticket};
use super::{HelpDesk, organization};

#[derive(Deserialize)]
pub(super) struct Envelope {
    ticket: Change,
}

/// The agent whose credentials a call bears.
#[derive(Clone, Copy)]
struct Caller(u64);

/// Which tickets are merged into another one, and what is said there and here.
#[derive(Deserialize)]
struct Merge {
    ids: Vec<u64>,
    target_comment: Option<String>,
    source_comment: Option<String>,
}

#[derive(Deserialize)]
struct Listing {
    sort_order: Option<String>,
    per_page: Option<usize>,
}

pub(super) fn routes(desk: HelpDesk) -> Router<HelpDesk> {
    // A path parameter is a whole segment, so `35436.json` is taken apart in the handler.
    Router::new()
        .route("/api/v2/tickets", post(create))
        .route("/api/v2/tickets.json", post(create))
        .route("/api/v2/tickets/{file}", get(show).put(update).delete(delete))
        .route("/api/v2/tickets/{id}/{file}", get(comments).post(merge))
        .route("/api/v2/organizations.json", post(organization::create))
        .route("/api/v2/organizations/{file}", get(organization::show).put(organization::update))
        .route("/api/v2/users/{file}", get(me))
        .route_layer(middleware::from_fn_with_state(desk, require_credentials))
}

async fn require_credentials(State(desk): State<HelpDesk>, mut request: Request, next: Next) -> Response {
    let Some(name) = caller(request.headers()) else {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "Couldn't authenticate you" }))).into_response();
    };
    request.extensions_mut().insert(Caller(desk.agent(&name)));
    next.run(request).await
}

/// Who calls: any credentials do that are not empty. A basic name is an agent's, and so is any token.
fn caller(headers: &HeaderMap) -> Option<String> {
    let (_, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let credentials = credentials.trim();
    let decoded = BASE64.decode(credentials.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let name = decoded.as_deref().and_then(|decoded| decoded.split_once(':')).map_or(credentials, |(name, _)| name);
    (!name.is_empty()).then(|| name.to_owned())
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
    match number(&file).and_then(|id| desk.tickets().get(&id).map(Ticket::to_json)) {
        Some(ticket) => Json(json!({ "ticket": ticket })).into_response(),
        None => not_found(),
    }
}

async fn update(
    State(desk): State<HelpDesk>,
    Extension(Caller(caller)): Extension<Caller>,
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
        return conflict();
    }
    desk.change(ticket, change, caller);
    let audit = json!({ "ticket_id": ticket.id, "created_at": ticket.stamp() });
    Json(json!({ "ticket": ticket.to_json(), "audit": audit })).into_response()
}

/// Deletes a ticket: from then on there is none.
async fn delete(State(desk): State<HelpDesk>, Path(file): Path<String>) -> Response {
    match number(&file).and_then(|id| desk.tickets().remove(&id)) {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => not_found(),
    }
}

/// Merges tickets into this one, which closes them for good.
async fn merge(
    State(desk): State<HelpDesk>,
    Extension(Caller(caller)): Extension<Caller>,
    Path((id, file)): Path<(String, String)>,
    Json(Merge { ids, target_comment, source_comment }): Json<Merge>,
) -> Response {
    let mut tickets = desk.tickets();
    let target = (stem(&file) == "merge").then(|| number(&id)).flatten().filter(|id| tickets.contains_key(id));
    let Some(target) = target.filter(|_| ids.iter().all(|id| tickets.contains_key(id))) else {
        return not_found();
    };
    let is_closed = |id: &u64| tickets.get(id).is_some_and(|ticket| ticket.status == Status::Closed);
    if ids.is_empty() || ids.contains(&target) || ids.iter().chain([&target]).any(is_closed) {
        return invalid("base", "Merge: a closed ticket, or one with itself, cannot be merged");
    }
    let note = |text: String| Some(NewComment { public: false, ..NewComment::public(text) });
    for id in &ids {
        let text = source_comment
            .clone()
            .unwrap_or_else(|| format!("This request was closed and merged into request #{target}."));
        let Some(source) = tickets.get_mut(id) else { continue };
        let change = Change { status: Some(Status::Closed), comment: note(text), ..Change::default() };
        desk.change(source, change, caller);
    }
    if let Some(ticket) = tickets.get_mut(&target) {
        let text = target_comment.unwrap_or_else(|| format!("Requests {ids:?} were closed and merged into this one."));
        desk.change(ticket, Change { comment: note(text), ..Change::default() }, caller);
    }
    Json(json!({ "job_status": { "id": format!("merge-{target}"), "status": "completed" } })).into_response()
}

/// Who calls.
async fn me(Extension(Caller(caller)): Extension<Caller>, Path(file): Path<String>) -> Response {
    if stem(&file) != "me" {
        return not_found();
    }
    let user = json!({ "id": caller, "name": "An agent", "role": "agent", "active": true });
    Json(json!({ "user": user })).into_response()
}

async fn comments(
    State(desk): State<HelpDesk>,
    Path((id, file)): Path<(String, String)>,
    Query(listing): Query<Listing>,
) -> Response {
    let found = (stem(&file) == "comments").then(|| number(&id)).flatten();
    let Some(mut comments) = found.and_then(|id| desk.tickets().get(&id).map(Ticket::comments_to_json)) else {
        return not_found();
    };
    let count = comments.len();
    if listing.sort_order.as_deref() == Some("desc") {
        comments.reverse();
    }
    comments.truncate(listing.per_page.unwrap_or(100).min(100));
    Json(json!({ "count": count, "comments": comments, "next_page": null, "previous_page": null })).into_response()
}

/// An error without a place of its own; its code is the status in words, where there is none.
pub(crate) fn refused(status: StatusCode, code: &str, description: &str) -> Response {
    if status == StatusCode::CONFLICT && code.is_empty() {
        return conflict();
    }
    let code = if code.is_empty() { status.canonical_reason().unwrap_or_default() } else { code };
    (status, Json(json!({ "error": code, "description": description }))).into_response()
}

fn conflict() -> Response {
    let description = "Safe Update prevented the update due to outdated ticket data. \
                       Please fetch the latest ticket data and try again.";
    let body = json!({ "error": "UpdateConflict", "description": description });
    (StatusCode::CONFLICT, Json(body)).into_response()
}

fn stem(file: &str) -> &str {
    file.strip_suffix(".json").unwrap_or(file)
}

pub(super) fn number(file: &str) -> Option<u64> {
    stem(file).parse().ok()
}

pub(super) fn not_found() -> Response {
    let body = json!({ "error": "RecordNotFound", "description": "Not found" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

fn invalid(field: &str, description: &str) -> Response {
    let details: Value = json!({ field: [{ "description": description }] });
    let body = json!({ "error": "RecordInvalid", "description": "Record validation errors", "details": details });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}
