//! `CreateVpcEndpoint`: moto makes the endpoint; whether it may be made is decided here as AWS decides it.

use std::collections::BTreeMap;

use axum::response::Response;

use super::Edge;
use super::describe::{endpoints, show};
use super::query::{Query, numbered};
use super::refusal::{Refusal, accepted};
use super::subnets::not_offered;
use super::upstream::Call;
use super::xml::{self, Element};
use crate::aws::private_link::{ClientToken, EndpointService, NewConnection};

pub(super) async fn create_vpc_endpoint(edge: &Edge, call: &Call, query: &Query) -> Result<Response, Refusal> {
    let _one_at_a_time = edge.creating.lock().await;
    let region = call.region();
    let fingerprint = query.fingerprint();
    // Client tokens are unique within an account and region.
    let token = query.get("ClientToken").map(|token| format!("{region}/{token}"));
    if let Some(token) = &token {
        match edge.private_link.client_token(token, &fingerprint) {
            ClientToken::New => {}
            ClientToken::Used(endpoint_id) => return repeat(edge, call, query, &endpoint_id).await,
            ClientToken::Mismatch => {
                return Err(Refusal::ec2(
                    "IdempotentParameterMismatch",
                    "The client token was used before with other parameters.",
                ));
            }
        }
    }

    let service = checked_service(edge, &region, query)?;
    let subnet_ids = query.list("SubnetId");
    let zones = checked_zones(edge, call, &service, &subnet_ids).await?;
    let security_group_ids = query.list("SecurityGroupId");
    if !security_group_ids.is_empty() {
        // moto takes unknown groups; its own answer to this question is AWS's refusal.
        let question = Query::action("DescribeSecurityGroups", numbered("GroupId", &security_group_ids));
        edge.upstream.ask(call, &question).await?;
    }
    let vpc_id = query.get("VpcId").unwrap_or_default().to_owned();
    if edge.private_link.is_full(&vpc_id) {
        return Err(Refusal::ec2(
            "VpcEndpointLimitExceeded",
            "The maximum number of VPC endpoints for this VPC has been reached.",
        ));
    }

    // moto turns private DNS on when nothing is said; a service without a private name has none.
    let mut answer = edge.upstream.ask(call, &query.with("PrivateDnsEnabled", "false")).await?;
    let Some(endpoint) = answer.get_mut_child("vpcEndpoint") else {
        return Err(Refusal::Broken(anyhow::anyhow!("EC2 made no endpoint")));
    };
    let made = NewConnection {
        endpoint_id: xml::text_of(endpoint, "vpcEndpointId").to_owned(),
        service,
        vpc_id,
        subnet_ids,
        security_group_ids,
        zones,
    };
    if let Some(token) = &token {
        edge.private_link.remember_client_token(token, &fingerprint, &made.endpoint_id);
    }
    let endpoint_id = made.endpoint_id.clone();
    edge.private_link.connect(made);
    if let Some(connection) = edge.private_link.connection(&endpoint_id) {
        show(endpoint, &connection);
    }
    Ok(created(endpoint.clone(), query))
}

/// The same token and the same parameters: the first request's endpoint once more.
async fn repeat(edge: &Edge, call: &Call, query: &Query, endpoint_id: &str) -> Result<Response, Refusal> {
    let known = endpoints(edge, call).await?;
    let mut endpoint = known
        .into_iter()
        .find(|endpoint| xml::text_of(endpoint, "vpcEndpointId") == endpoint_id)
        .ok_or_else(|| Refusal::not_found(endpoint_id))?;
    "vpcEndpoint".clone_into(&mut endpoint.name);
    match edge.private_link.connection(endpoint_id) {
        Some(connection) => show(&mut endpoint, &connection),
        // Deleted since: the token stays bound to it, and moto says that it is deleted.
        None => xml::set(&mut endpoint, xml::node("dnsEntrySet", [])),
    }
    Ok(created(endpoint, query))
}

fn created(endpoint: Element, query: &Query) -> Response {
    let token = query.get("ClientToken").map(|token| xml::text("clientToken", token));
    accepted("CreateVpcEndpointResponse", std::iter::once(endpoint).chain(token))
}

fn checked_service(edge: &Edge, region: &str, query: &Query) -> Result<EndpointService, Refusal> {
    let name = query.get("ServiceName").unwrap_or_default();
    let service = super::services::known(edge, region, name)?;
    let kind = query.get("VpcEndpointType").unwrap_or("Gateway");
    if kind != "Interface" {
        let message = format!("Endpoint type ({kind}) does not match available service types ([Interface]).");
        return Err(Refusal::ec2("InvalidParameter", message));
    }
    if query.get("PrivateDnsEnabled") == Some("true") {
        let message =
            format!("Private DNS can't be enabled because the service {name} does not provide a private DNS name.");
        return Err(Refusal::ec2("InvalidParameter", message));
    }
    Ok(service)
}

/// The subnets' zones in the order of the subnets.
async fn checked_zones(
    edge: &Edge,
    call: &Call,
    service: &EndpointService,
    subnet_ids: &[String],
) -> Result<Vec<String>, Refusal> {
    if subnet_ids.is_empty() {
        return Ok(Vec::new());
    }
    let question = Query::action("DescribeSubnets", numbered("SubnetId", subnet_ids));
    let answer = edge.upstream.ask(call, &question).await?;
    let zone_of: BTreeMap<&str, &str> = xml::items_of(&answer, "subnetSet")
        .into_iter()
        .map(|subnet| (xml::text_of(subnet, "subnetId"), xml::text_of(subnet, "availabilityZone")))
        .collect();

    let mut zones: Vec<String> = Vec::new();
    for subnet_id in subnet_ids {
        let zone = zone_of.get(subnet_id.as_str()).copied().unwrap_or_default();
        if !service.zones.iter().any(|supported| supported == zone) {
            return Err(not_offered(&service.name(), subnet_id));
        }
        edge.subnets.check(subnet_id, &service.name())?;
        if zones.iter().any(|taken| taken == zone) {
            let message = format!("Found another VPC endpoint subnet in the availability zone of {subnet_id}");
            return Err(Refusal::ec2("DuplicateSubnetsInSameZone", message));
        }
        zones.push(zone.to_owned());
    }
    Ok(zones)
}
