//! Private endpoints of federated database instances and Online Archive: a list of endpoint IDs per project.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::deployments::Accepted;
use super::problem::{Problem, check_group, check_provider};
use super::regions::{REGIONS, Region};
use super::{Atlas, connections};
use crate::aws::private_link::{ConnectionState, PrivateLink};

/// An endpoint that a project has submitted.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    group_id: String,
    new: NewEntry,
    failure: Option<String>,
}

/// An endpoint as the customer submits it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewEntry {
    pub(super) endpoint_id: String,
    #[serde(default = "aws")]
    pub(super) provider: String,
    #[serde(default)]
    pub(super) region: Option<String>,
    #[serde(default, rename = "customerEndpointDNSName")]
    pub(super) dns_name: Option<String>,
    #[serde(default)]
    pub(super) comment: Option<String>,
}

fn aws() -> String {
    "AWS".to_owned()
}

/// An entry as the Admin API shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryView {
    comment: Option<String>,
    #[serde(rename = "customerEndpointDNSName")]
    dns_name: Option<String>,
    endpoint_id: String,
    pub(super) error_message: Option<String>,
    provider: &'static str,
    region: Option<String>,
    pub(super) status: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Entry {
    fn view(&self, private_link: &PrivateLink) -> EntryView {
        let connection = private_link.connection(&self.new.endpoint_id);
        let lost = connection.as_ref().and_then(connections::loss);
        let error = self.failure.clone().or(lost);
        let status = match (&error, connection.map(|connection| connection.state)) {
            (Some(_), _) => "FAILED",
            (None, Some(ConnectionState::Pending | ConnectionState::PendingAcceptance)) => "PENDING",
            // An ID that AWS never heard of is "OK" too: Atlas does not find out.
            (None, _) => "OK",
        };
        EntryView {
            comment: self.new.comment.clone(),
            dns_name: self.new.dns_name.clone(),
            endpoint_id: self.new.endpoint_id.clone(),
            error_message: error,
            provider: "AWS",
            region: self.new.region.clone(),
            status,
            kind: "DATA_LAKE",
        }
    }
}

impl Atlas {
    /// The project's endpoints that are accepted and have their names.
    pub(super) fn accepted_entries(&self, group_id: &str) -> Vec<Accepted> {
        let store = self.store();
        let entries = store.entries.iter().filter(|entry| entry.group_id == group_id);
        entries.filter_map(|entry| connections::accepted(&self.private_link, &entry.new.endpoint_id)).collect()
    }

    /// The customer submits an endpoint, for the first time or once more.
    pub(super) fn submit_entry(&self, group_id: &str, new: NewEntry) -> Result<EntryView, Problem> {
        check_group(group_id)?;
        check_provider(&new.provider)?;
        self.deployments.publish_public(group_id);
        if !connections::is_endpoint_id(&new.endpoint_id) {
            let detail = format!("{} is not the ID of an interface endpoint.", new.endpoint_id);
            return Err(Problem::invalid("INVALID_ENDPOINT_ID", detail, &[&new.endpoint_id]));
        }
        let entry = Entry { group_id: group_id.to_owned(), failure: self.accept_entry(&new)?, new };
        let view = entry.view(&self.private_link);
        let mut store = self.store();
        store.entries.retain(|known| !known.is(group_id, &entry.new.endpoint_id));
        store.entries.push(entry);
        Ok(view)
    }

    /// Why the endpoint is not accepted, if it is not.
    fn accept_entry(&self, new: &NewEntry) -> Result<Option<String>, Problem> {
        let endpoint_id = &new.endpoint_id;
        let expected = match (&new.region, &new.dns_name) {
            (Some(name), Some(dns_name)) => {
                let region = Region::find(name).ok_or_else(|| Problem::region(name))?;
                let service_id = region.shared_service.ok_or_else(|| Problem::region(name))?;
                if !connections::is_regional_name(dns_name, endpoint_id, service_id, region.name) {
                    return Ok(Some(format!("{dns_name} is not the regional DNS name of {endpoint_id}.")));
                }
                Some(service_name(region.name, service_id))
            }
            (None, None) => None,
            _ => {
                let detail = "region and customerEndpointDNSName must be given together.";
                return Err(Problem::invalid("MISSING_ATTRIBUTE", detail, &["region", "customerEndpointDNSName"]));
            }
        };
        // Atlas takes IDs that it has no connection request of for good.
        let Some(connection) = self.private_link.connection(endpoint_id) else { return Ok(None) };
        let expected = expected.or_else(|| shared_service_names().find(|name| *name == connection.service_name));
        let Some(expected) = expected else {
            return Ok(Some(format!("{endpoint_id} was not made for a service of federated database instances.")));
        };
        Ok(connections::accept(&self.private_link, endpoint_id, &expected).err())
    }

    pub(super) fn entry(&self, group_id: &str, endpoint_id: &str) -> Result<EntryView, Problem> {
        check_group(group_id)?;
        let store = self.store();
        let found = store.entries.iter().find(|entry| entry.is(group_id, endpoint_id));
        found.map(|entry| entry.view(&self.private_link)).ok_or_else(|| no_entry(endpoint_id))
    }

    pub(super) fn remove_entry(&self, group_id: &str, endpoint_id: &str) -> Result<(), Problem> {
        check_group(group_id)?;
        let mut store = self.store();
        let found = store.entries.iter().position(|entry| entry.is(group_id, endpoint_id));
        store.entries.remove(found.ok_or_else(|| no_entry(endpoint_id))?);
        connections::reject(&self.private_link, endpoint_id);
        Ok(())
    }

    fn page_of_entries(&self, group_id: &str) -> Result<Value, Problem> {
        check_group(group_id)?;
        let store = self.store();
        let of_group = store.entries.iter().filter(|entry| entry.group_id == group_id);
        let results: Vec<_> = of_group.map(|entry| entry.view(&self.private_link)).collect();
        Ok(json!({ "links": [], "totalCount": results.len(), "results": results }))
    }
}

impl Entry {
    fn is(&self, group_id: &str, endpoint_id: &str) -> bool {
        self.group_id == group_id && self.new.endpoint_id == endpoint_id
    }
}

fn shared_service_names() -> impl Iterator<Item = String> {
    REGIONS.iter().filter_map(|region| Some(service_name(region.name, region.shared_service?)))
}

/// The name of a region's shared service.
pub(super) fn service_name(region: &str, service_id: &str) -> String {
    format!("com.amazonaws.vpce.{region}.{service_id}")
}

fn no_entry(endpoint_id: &str) -> Problem {
    let detail = format!("No private endpoint {endpoint_id} exists.");
    Problem::new(StatusCode::NOT_FOUND, "PRIVATE_NETWORK_ENDPOINT_ID_NOT_FOUND", detail, &[endpoint_id])
}

pub(super) async fn list(State(atlas): State<Atlas>, Path(group): Path<String>) -> Result<Json<Value>, Problem> {
    atlas.page_of_entries(&group).map(Json)
}

pub(super) async fn add(
    State(atlas): State<Atlas>,
    Path(group): Path<String>,
    Json(new): Json<NewEntry>,
) -> Result<Json<Value>, Problem> {
    atlas.submit_entry(&group, new)?;
    atlas.page_of_entries(&group).map(Json)
}

pub(super) async fn show(
    State(atlas): State<Atlas>,
    Path((group, endpoint)): Path<(String, String)>,
) -> Result<Json<EntryView>, Problem> {
    atlas.entry(&group, &endpoint).map(Json)
}

pub(super) async fn delete(
    State(atlas): State<Atlas>,
    Path((group, endpoint)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    atlas.remove_entry(&group, &endpoint)?;
    Ok(StatusCode::NO_CONTENT)
}
