//! MongoDB Atlas as a customer and their scripts meet it: the Admin API's private endpoints, and a page like its dialog.
//!
//! Any credentials are good and any group ID of 24 hexadecimal digits is a project.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use self::deployments::Deployments;
use self::problem::Problem;
use crate::aws::private_link::{EndpointService, PrivateLink};
use crate::faults::{Faults, Wire};

mod connections;
mod dedicated;
pub mod deployments;
mod federation;
mod pages;
pub mod printed;
pub(crate) mod problem;
mod regions;

/// The AWS account that owns all of Atlas's endpoint services here; a made-up number, as AWS's documentation uses it.
pub const ATLAS_ACCOUNT: &str = "444455556666";

/// The state of Atlas; a clone is the same Atlas.
#[derive(Debug, Clone)]
struct Atlas {
    private_link: PrivateLink,
    deployments: Deployments,
    store: Arc<Mutex<Store>>,
}

#[derive(Debug, Default)]
struct Store {
    services: Vec<dedicated::Service>,
    entries: Vec<federation::Entry>,
    /// Zones of the services that are made from now on, where a test wants other than all.
    zones: BTreeMap<String, Vec<String>>,
}

/// An Atlas whose services shared by all customers stand in PrivateLink from the start.
pub fn router(private_link: PrivateLink, deployments: Deployments) -> Router {
    for region in regions::REGIONS {
        if let Some(id) = region.shared_service {
            private_link.register_service(EndpointService {
                id: id.to_owned(),
                region: region.name.to_owned(),
                owner: ATLAS_ACCOUNT.to_owned(),
                zones: region.zones(),
                acceptance_required: true,
            });
        }
    }
    let service = "/privateEndpoint/AWS/endpointService";
    let group = Router::new()
        .route("/privateEndpoint/endpointService", post(dedicated::create))
        .route(service, get(dedicated::list))
        .route(&format!("{service}/{{service_id}}"), get(dedicated::show))
        .route(&format!("{service}/{{service_id}}/endpoint"), post(dedicated::add_endpoint))
        .route(
            &format!("{service}/{{service_id}}/endpoint/{{endpoint_id}}"),
            get(dedicated::show_endpoint).delete(dedicated::delete_endpoint),
        )
        .route("/clusters/{name}", get(deployments::cluster))
        .route("/dataFederation/{name}", get(deployments::federated))
        .route("/privateNetworkSettings/endpointIds", get(federation::list).post(federation::add))
        .route("/privateNetworkSettings/endpointIds/{endpoint_id}", get(federation::show).delete(federation::delete));
    let api = Router::new()
        .route("/api/oauth/token", post(token))
        .nest("/api/atlas/v2/groups/{group_id}", group)
        .route_layer(middleware::from_fn(require_credentials));
    let router = Router::new()
        .route("/_atlas/zones", post(set_zones))
        .merge(pages::routes())
        .merge(api)
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND", "Cannot find resource.", &[]))
        .with_state(Atlas { private_link, deployments, store: Arc::default() });
    let faults = Faults::new(Wire::Atlas);
    faults.before(router).merge(faults.control())
}

impl Atlas {
    fn store(&self) -> MutexGuard<'_, Store> {
        // A panic elsewhere leaves the lists whole: each change is a single push or removal.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn require_credentials(request: Request, next: Next) -> Response {
    let given = request.headers().get(AUTHORIZATION).is_some_and(|value| !value.is_empty());
    if given {
        return next.run(request).await;
    }
    let problem =
        Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "You are not authorized for this resource.", &[]);
    // Clients with API keys wait for this challenge before they send a digest.
    let challenge =
        r#"Digest realm="MMS Public API", domain="", nonce="bm9uY2U=", algorithm=MD5, qop="auth", stale=false"#;
    ([(WWW_AUTHENTICATE, challenge)], problem).into_response()
}

async fn token() -> Json<serde_json::Value> {
    Json(
        serde_json::json!({ "access_token": uuid::Uuid::new_v4().to_string(), "expires_in": 3600, "token_type": "Bearer" }),
    )
}

/// For tests, not Atlas's: the zones of a region's services that are made after it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Zones {
    region: String,
    zones: Vec<String>,
}

async fn set_zones(State(atlas): State<Atlas>, Json(Zones { region, zones }): Json<Zones>) -> StatusCode {
    atlas.store().zones.insert(region, zones);
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests;
