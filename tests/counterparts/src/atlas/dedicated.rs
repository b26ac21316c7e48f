//! Private endpoints of dedicated clusters: an endpoint service per project and region, and its interface endpoints.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::deployments::Accepted;
use super::problem::{Problem, check_group, check_provider};
use super::regions::Region;
use super::{ATLAS_ACCOUNT, Atlas, connections};
use crate::aws::private_link::{ConnectionState, PrivateLink};

/// A project's endpoint service in one region.
#[derive(Debug, Clone)]
pub(super) struct Service {
    id: String,
    group_id: String,
    region: &'static Region,
    name: String,
    /// False until it is first asked for: Atlas takes minutes to make one.
    is_ready: bool,
    endpoints: Vec<Endpoint>,
}

#[derive(Debug, Clone)]
struct Endpoint {
    id: String,
    failure: Option<String>,
}

/// A service as the Admin API shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceView {
    cloud_provider: &'static str,
    pub(super) endpoint_service_name: Option<String>,
    error_message: Option<String>,
    pub(super) id: String,
    interface_endpoints: Vec<String>,
    region_name: String,
    status: &'static str,
}

/// An interface endpoint as the Admin API shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndpointView {
    cloud_provider: &'static str,
    pub(super) connection_status: &'static str,
    delete_requested: bool,
    pub(super) error_message: Option<String>,
    interface_endpoint_id: String,
}

impl Service {
    fn view(&self) -> ServiceView {
        ServiceView {
            cloud_provider: "AWS",
            endpoint_service_name: self.is_ready.then(|| self.name.clone()),
            error_message: None,
            id: self.id.clone(),
            interface_endpoints: self.endpoints.iter().map(|endpoint| endpoint.id.clone()).collect(),
            region_name: self.region.atlas_name(),
            status: if self.is_ready { "AVAILABLE" } else { "INITIATING" },
        }
    }
}

impl Endpoint {
    fn view(&self, private_link: &PrivateLink) -> EndpointView {
        let connection = private_link.connection(&self.id);
        let (status, error) = match (&self.failure, connection) {
            (Some(failure), _) => ("FAILED", Some(failure.clone())),
            (None, None) => ("FAILED", Some(format!("{} no longer exists in AWS.", self.id))),
            (None, Some(connection)) => {
                let status = match connection.state {
                    ConnectionState::PendingAcceptance => "PENDING_ACCEPTANCE",
                    ConnectionState::Pending => "PENDING",
                    ConnectionState::Available => "AVAILABLE",
                    ConnectionState::Rejected => "REJECTED",
                    ConnectionState::Failed | ConnectionState::Expired | ConnectionState::Deleting => "FAILED",
                };
                (status, connections::loss(&connection))
            }
        };
        EndpointView {
            cloud_provider: "AWS",
            connection_status: status,
            delete_requested: false,
            error_message: error,
            interface_endpoint_id: self.id.clone(),
        }
    }
}

impl Atlas {
    /// The project's endpoints that are accepted and have their names.
    pub(super) fn accepted_by_services(&self, group_id: &str) -> Vec<Accepted> {
        let store = self.store();
        let services = store.services.iter().filter(|service| service.group_id == group_id);
        let endpoints = services.flat_map(|service| &service.endpoints);
        endpoints.filter_map(|endpoint| connections::accepted(&self.private_link, &endpoint.id)).collect()
    }

    pub(super) fn create_service(&self, group_id: &str, region_name: &str) -> Result<ServiceView, Problem> {
        check_group(group_id)?;
        let region = Region::find(region_name).ok_or_else(|| Problem::region(region_name))?;
        let mut store = self.store();
        if store.services.iter().any(|service| service.is_of(group_id, region)) {
            let name = region.atlas_name();
            let detail = format!("A private endpoint service already exists for region {name} in project {group_id}.");
            let code = "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION";
            return Err(Problem::new(StatusCode::CONFLICT, code, detail, &[&name, group_id]));
        }
        let zones = store.zones.get(region.name).cloned().unwrap_or_else(|| region.zones());
        let service = Service {
            id: uuid::Uuid::new_v4().simple().to_string().split_off(8),
            group_id: group_id.to_owned(),
            region,
            name: self.private_link.add_service(region.name, ATLAS_ACCOUNT, &zones).name(),
            is_ready: false,
            endpoints: Vec::new(),
        };
        let view = service.view();
        store.services.push(service);
        Ok(view)
    }

    /// The project's services, which are ready from the first look on.
    pub(super) fn project_services(&self, group_id: &str) -> Result<Vec<ServiceView>, Problem> {
        check_group(group_id)?;
        let mut store = self.store();
        let of_group = store.services.iter_mut().filter(|service| service.group_id == group_id);
        Ok(of_group
            .map(|service| {
                service.is_ready = true;
                service.view()
            })
            .collect())
    }

    /// The project's service in a region.
    pub(super) fn regional_service(&self, group_id: &str, region: &Region) -> Result<Option<ServiceView>, Problem> {
        let name = region.atlas_name();
        Ok(self.project_services(group_id)?.into_iter().find(|service| service.region_name == name))
    }

    /// The customer submits an interface endpoint, for the first time or once more.
    pub(super) fn submit_endpoint(
        &self,
        group_id: &str,
        service_id: &str,
        endpoint_id: &str,
    ) -> Result<EndpointView, Problem> {
        self.deployments.publish_public(group_id);
        self.with_service(group_id, service_id, |service| {
            let failure = connections::accept(&self.private_link, endpoint_id, &service.name).err();
            service.endpoints.retain(|endpoint| endpoint.id != endpoint_id);
            let endpoint = Endpoint { id: endpoint_id.to_owned(), failure };
            let view = endpoint.view(&self.private_link);
            service.endpoints.push(endpoint);
            Ok(view)
        })
    }

    pub(super) fn endpoint(
        &self,
        group_id: &str,
        service_id: &str,
        endpoint_id: &str,
    ) -> Result<EndpointView, Problem> {
        self.with_service(group_id, service_id, |service| {
            let found = service.endpoints.iter().find(|endpoint| endpoint.id == endpoint_id);
            let endpoint = found.ok_or_else(|| no_endpoint(endpoint_id, service_id))?;
            Ok(endpoint.view(&self.private_link))
        })
    }

    /// Rejects and removes an endpoint. With the last one, if it had failed, the whole service goes, name and all.
    pub(super) fn remove_endpoint(&self, group_id: &str, service_id: &str, endpoint_id: &str) -> Result<(), Problem> {
        let gone = self.with_service(group_id, service_id, |service| {
            let found = service.endpoints.iter().position(|endpoint| endpoint.id == endpoint_id);
            let position = found.ok_or_else(|| no_endpoint(endpoint_id, service_id))?;
            let status = service.endpoints.remove(position).view(&self.private_link).connection_status;
            connections::reject(&self.private_link, endpoint_id);
            let is_last_failed = service.endpoints.is_empty() && matches!(status, "FAILED" | "REJECTED");
            Ok(is_last_failed.then(|| service.name.clone()))
        })?;
        if let Some(name) = gone {
            self.private_link.remove_service(&name);
            self.store().services.retain(|service| service.name != name);
        }
        Ok(())
    }

    fn with_service<T>(
        &self,
        group_id: &str,
        service_id: &str,
        action: impl FnOnce(&mut Service) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        check_group(group_id)?;
        let mut store = self.store();
        let found = store.services.iter_mut().find(|service| service.group_id == group_id && service.id == service_id);
        let service = found.ok_or_else(|| {
            let detail = format!("No private endpoint service {service_id} exists in project {group_id}.");
            let parameters = [service_id, group_id];
            Problem::new(StatusCode::NOT_FOUND, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", detail, &parameters)
        })?;
        service.is_ready = true;
        action(service)
    }
}

impl Service {
    fn is_of(&self, group_id: &str, region: &Region) -> bool {
        self.group_id == group_id && self.region.name == region.name
    }
}

fn no_endpoint(endpoint_id: &str, service_id: &str) -> Problem {
    let detail = format!("No interface endpoint {endpoint_id} exists at private endpoint service {service_id}.");
    Problem::new(StatusCode::NOT_FOUND, "INTERFACE_ENDPOINT_NOT_FOUND", detail, &[endpoint_id, service_id])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewService {
    provider_name: String,
    region: String,
}

#[derive(Deserialize)]
pub(super) struct NewEndpoint {
    id: String,
}

type InService = Path<(String, String)>;
type InEndpoint = Path<(String, String, String)>;

pub(super) async fn create(
    State(atlas): State<Atlas>,
    Path(group): Path<String>,
    Json(new): Json<NewService>,
) -> Result<(StatusCode, Json<ServiceView>), Problem> {
    check_provider(&new.provider_name)?;
    Ok((StatusCode::CREATED, Json(atlas.create_service(&group, &new.region)?)))
}

pub(super) async fn list(
    State(atlas): State<Atlas>,
    Path(group): Path<String>,
) -> Result<Json<Vec<ServiceView>>, Problem> {
    atlas.project_services(&group).map(Json)
}

pub(super) async fn show(
    State(atlas): State<Atlas>,
    Path((group, service)): InService,
) -> Result<Json<ServiceView>, Problem> {
    atlas.with_service(&group, &service, |service| Ok(service.view())).map(Json)
}

pub(super) async fn add_endpoint(
    State(atlas): State<Atlas>,
    Path((group, service)): InService,
    Json(new): Json<NewEndpoint>,
) -> Result<(StatusCode, Json<EndpointView>), Problem> {
    Ok((StatusCode::CREATED, Json(atlas.submit_endpoint(&group, &service, &new.id)?)))
}

pub(super) async fn show_endpoint(
    State(atlas): State<Atlas>,
    Path((group, service, endpoint)): InEndpoint,
) -> Result<Json<EndpointView>, Problem> {
    atlas.endpoint(&group, &service, &endpoint).map(Json)
}

pub(super) async fn delete_endpoint(
    State(atlas): State<Atlas>,
    Path((group, service, endpoint)): InEndpoint,
) -> Result<StatusCode, Problem> {
    atlas.remove_endpoint(&group, &service, &endpoint)?;
    Ok(StatusCode::NO_CONTENT)
}
