//! What tests can set and ask under `/_edge`: faults, calls, rates, what subnets lack, other providers' services and what
//! becomes of a connection.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::Edge;
use super::rates::Limits;
use super::subnets::Lacking;
use crate::aws::private_link::{ConnectionState, EndpointService, Refused};
use crate::faults::{Count, Invalid};

/// The next `times` calls of `action` answer `code`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    action: String,
    code: String,
    message: String,
    times: u32,
}

/// Somebody else's endpoint service.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewService {
    region: String,
    owner: String,
    zones: Vec<String>,
    #[serde(default = "yes")]
    acceptance_required: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EndpointLimit {
    per_vpc: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewState {
    state: ConnectionState,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn calls(State(edge): State<Edge>) -> Json<Vec<Count>> {
    Json(edge.faults.counts())
}

pub(super) async fn add_fault(State(edge): State<Edge>, Json(fault): Json<Fault>) -> Result<StatusCode, Invalid> {
    let Fault { action, code, message, times } = fault;
    let fault = json!({ "action": action, "fault": "refused", "code": code, "message": message, "times": times });
    edge.faults.add(fault)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn clear_faults(State(edge): State<Edge>) -> StatusCode {
    edge.faults.clear();
    StatusCode::NO_CONTENT
}

pub(super) async fn set_rates(State(edge): State<Edge>, Json(limits): Json<Limits>) -> StatusCode {
    edge.rates.set(limits);
    StatusCode::NO_CONTENT
}

pub(super) async fn clear_rates(State(edge): State<Edge>) -> StatusCode {
    edge.rates.set(Limits::default());
    StatusCode::NO_CONTENT
}

/// Answers the service with its name.
pub(super) async fn add_service(
    State(edge): State<Edge>,
    Json(new): Json<NewService>,
) -> (StatusCode, Json<serde_json::Value>) {
    let mut service = edge.private_link.add_service(&new.region, &new.owner, &new.zones);
    if !new.acceptance_required {
        service = EndpointService { acceptance_required: false, ..service };
        edge.private_link.register_service(service.clone());
    }
    (StatusCode::CREATED, Json(json!({ "id": service.id, "name": service.name() })))
}

pub(super) async fn set_endpoint_limit(State(edge): State<Edge>, Json(limit): Json<EndpointLimit>) -> StatusCode {
    edge.private_link.set_endpoint_limit(limit.per_vpc);
    StatusCode::NO_CONTENT
}

pub(super) async fn set_subnet(
    State(edge): State<Edge>,
    Path(subnet): Path<String>,
    Json(lacking): Json<Lacking>,
) -> StatusCode {
    edge.subnets.set(subnet, lacking);
    StatusCode::NO_CONTENT
}

pub(super) async fn clear_subnet(State(edge): State<Edge>, Path(subnet): Path<String>) -> StatusCode {
    edge.subnets.clear(&subnet);
    StatusCode::NO_CONTENT
}

/// Does what the provider or AWS would do: `pending` is the provider's acceptance.
pub(super) async fn set_state(
    State(edge): State<Edge>,
    Path(endpoint_id): Path<String>,
    Json(new): Json<NewState>,
) -> (StatusCode, String) {
    let reason = new.reason.as_deref().unwrap_or("The endpoint could not be made.");
    let done = match new.state {
        ConnectionState::Pending => edge.private_link.accept(&endpoint_id),
        ConnectionState::Rejected => edge.private_link.reject(&endpoint_id),
        ConnectionState::Failed => edge.private_link.fail(&endpoint_id, reason),
        ConnectionState::Expired => edge.private_link.expire(&endpoint_id),
        ConnectionState::PendingAcceptance | ConnectionState::Available | ConnectionState::Deleting => {
            return (StatusCode::UNPROCESSABLE_ENTITY, "nobody can bring a connection into that state".to_owned());
        }
    };
    match done {
        Ok(()) => (StatusCode::NO_CONTENT, String::new()),
        Err(Refused::Unknown) => (StatusCode::NOT_FOUND, Refused::Unknown.to_string()),
        Err(refused) => (StatusCode::CONFLICT, refused.to_string()),
    }
}
