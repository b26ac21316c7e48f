//! Deletions: moto never says that an endpoint is unknown, nor that a group or subnet is still in use.

use axum::response::{IntoResponse as _, Response};

use super::Edge;
use super::describe::living_endpoints;
use super::query::Query;
use super::refusal::{Refusal, accepted};
use super::upstream::Call;
use super::xml;

pub(super) async fn delete_vpc_endpoints(edge: &Edge, call: &Call, query: &Query) -> Result<Response, Refusal> {
    let living = living_endpoints(edge, call).await?;
    let is_living = |id: &String| living.iter().any(|endpoint| xml::text_of(endpoint, "vpcEndpointId") == id);
    let (known, unknown): (Vec<_>, Vec<_>) = query.list("VpcEndpointId").into_iter().partition(is_living);
    for id in &known {
        edge.private_link.delete(id);
    }
    let unsuccessful = unknown.iter().map(|id| {
        let message = format!("The VPC endpoint '{id}' does not exist");
        let error = [xml::text("code", "InvalidVpcEndpoint.NotFound"), xml::text("message", message)];
        xml::node("item", [xml::node("error", error), xml::text("resourceId", id)])
    });
    Ok(accepted("DeleteVpcEndpointsResponse", [xml::node("unsuccessful", unsuccessful)]))
}

pub(super) async fn delete_security_group(edge: &Edge, call: &Call, query: &Query) -> Result<Response, Refusal> {
    let id = query.get("GroupId").unwrap_or_default();
    if !edge.private_link.users_of(id).is_empty() {
        return Err(Refusal::ec2("DependencyViolation", format!("resource {id} has a dependent object")));
    }
    Ok(edge.upstream.forward(call).await?.into_response())
}

pub(super) async fn delete_subnet(edge: &Edge, call: &Call, query: &Query) -> Result<Response, Refusal> {
    let id = query.get("SubnetId").unwrap_or_default();
    if !edge.private_link.users_of(id).is_empty() {
        let message = format!("The subnet '{id}' has dependencies and cannot be deleted.");
        return Err(Refusal::ec2("DependencyViolation", message));
    }
    Ok(edge.upstream.forward(call).await?.into_response())
}
