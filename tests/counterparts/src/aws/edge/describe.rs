//! `DescribeVpcEndpoints`: moto's endpoints in the state that PrivateLink has them in.

use axum::response::Response;

use super::Edge;
use super::query::{Filter, Query, numbered};
use super::refusal::{Refusal, accepted};
use super::upstream::Call;
use super::xml::{self, Element};
use crate::aws::private_link::Connection;

/// The hosted zone of `us-east-1.vpce.amazonaws.com`; every region has its own, and nobody here reads it.
const HOSTED_ZONE: &str = "Z7HUB22UULQXV";

pub(super) async fn describe_vpc_endpoints(edge: &Edge, call: &Call, query: &Query) -> Result<Response, Refusal> {
    let wanted = query.list("VpcEndpointId");
    let filters = query.filters();
    if let Some(unknown) = filters.iter().find(|filter| !is_known(&filter.name)) {
        let message = format!("The filter '{}' is invalid", unknown.name);
        return Err(Refusal::ec2("InvalidParameterValue", message));
    }

    let mut found = living_endpoints(edge, call).await?;
    let is = |id: &String| found.iter().any(|endpoint| xml::text_of(endpoint, "vpcEndpointId") == id);
    if let Some(missing) = wanted.iter().find(|id| !is(id)) {
        return Err(Refusal::not_found(missing));
    }
    found.retain(|endpoint| {
        let id = xml::text_of(endpoint, "vpcEndpointId");
        (wanted.is_empty() || wanted.iter().any(|wanted| wanted == id))
            && filters.iter().all(|filter| matches(filter, endpoint))
    });
    // Only what is shown has been described: the others' time does not pass.
    let mut gone = Vec::new();
    for endpoint in &mut found {
        let id = xml::text_of(endpoint, "vpcEndpointId").to_owned();
        match edge.private_link.describe(&id) {
            Some(connection) => show(endpoint, &connection),
            None => gone.push(id),
        }
    }
    if !gone.is_empty() {
        let deletion = Query::action("DeleteVpcEndpoints", numbered("VpcEndpointId", &gone));
        edge.upstream.ask(call, &deletion).await?;
        found.retain(|endpoint| !gone.iter().any(|id| id == xml::text_of(endpoint, "vpcEndpointId")));
    }
    Ok(accepted("DescribeVpcEndpointsResponse", [xml::node("vpcEndpointSet", found)]))
}

/// All endpoints that moto has ever made in the call's region.
pub(super) async fn endpoints(edge: &Edge, call: &Call) -> Result<Vec<Element>, Refusal> {
    those(edge, call, &[]).await
}

/// The endpoints that still exist, in their present state. moto keeps deleted ones and shows them; asked for those that
/// are available, as all others are, it need not write them all. The filter has a name of moto's own.
pub(super) async fn living_endpoints(edge: &Edge, call: &Call) -> Result<Vec<Element>, Refusal> {
    let mut found = those(edge, call, &[("Filter.1.Name", "state"), ("Filter.1.Value.1", "available")]).await?;
    found.retain(|endpoint| xml::text_of(endpoint, "state") != "deleted");
    for endpoint in &mut found {
        if let Some(connection) = edge.private_link.connection(xml::text_of(endpoint, "vpcEndpointId")) {
            show(endpoint, &connection);
        }
    }
    Ok(found)
}

async fn those(edge: &Edge, call: &Call, filter: &[(&str, &str)]) -> Result<Vec<Element>, Refusal> {
    let filter = filter.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut answer = edge.upstream.ask(call, &Query::action("DescribeVpcEndpoints", filter)).await?;
    Ok(answer.take_child("vpcEndpointSet").map(xml::into_items).unwrap_or_default())
}

/// Puts PrivateLink's state, DNS names and failure into an endpoint of moto's.
pub(super) fn show(endpoint: &mut Element, connection: &Connection) {
    xml::set(endpoint, xml::text("state", connection.state.as_str()));
    let entry = |name: &String| xml::node("item", [xml::text("dnsName", name), xml::text("hostedZoneId", HOSTED_ZONE)]);
    xml::set(endpoint, xml::node("dnsEntrySet", connection.dns_names.iter().map(entry)));
    if let Some(failure) = &connection.failure {
        let error = [xml::text("message", failure), xml::text("code", "InternalError")];
        xml::set(endpoint, xml::node("lastError", error));
        xml::set(endpoint, xml::text("failureReason", failure));
    }
}

fn is_known(filter: &str) -> bool {
    filter.starts_with("tag:")
        || matches!(
            filter,
            "service-name" | "tag-key" | "vpc-endpoint-id" | "vpc-endpoint-state" | "vpc-endpoint-type" | "vpc-id"
        )
}

fn matches(filter: &Filter, endpoint: &Element) -> bool {
    let tags = xml::items_of(endpoint, "tagSet");
    let actual: Vec<&str> = match filter.name.as_str() {
        "service-name" => vec![xml::text_of(endpoint, "serviceName")],
        "vpc-endpoint-id" => vec![xml::text_of(endpoint, "vpcEndpointId")],
        "vpc-endpoint-state" => vec![xml::text_of(endpoint, "state")],
        "vpc-endpoint-type" => vec![xml::text_of(endpoint, "vpcEndpointType")],
        "vpc-id" => vec![xml::text_of(endpoint, "vpcId")],
        "tag-key" => tags.iter().map(|tag| xml::text_of(tag, "key")).collect(),
        name => tags
            .iter()
            .filter(|tag| name.strip_prefix("tag:") == Some(xml::text_of(tag, "key")))
            .map(|tag| xml::text_of(tag, "value"))
            .collect(),
    };
    filter.values.iter().any(|pattern| actual.iter().any(|text| is_like(pattern.as_bytes(), text.as_bytes())))
}

/// EC2's filter values may hold `*` and `?`.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => is_like(rest, text) || (!text.is_empty() && is_like(pattern, &text[1..])),
        ([b'?', pattern @ ..], [_, text @ ..]) => is_like(pattern, text),
        ([wanted, pattern @ ..], [actual, text @ ..]) => wanted == actual && is_like(pattern, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Element {
        Element::parse(
            "<item><vpcEndpointId>vpce-1</vpcEndpointId><vpcId>vpc-1</vpcId><state>available</state>\
             <tagSet><item><key>causeway:ticket</key><value>35436</value></item></tagSet></item>"
                .as_bytes(),
        )
        .unwrap()
    }

    fn is_matched(name: &str, values: &[&str]) -> bool {
        let filter = Filter { name: name.to_owned(), values: values.iter().map(ToString::to_string).collect() };
        matches(&filter, &endpoint())
    }

    #[test]
    fn filters_match_as_ec2_documents_them() {
        assert!(is_matched("tag:causeway:ticket", &["1", "35436"]));
        assert!(!is_matched("tag:causeway:ticket", &["3543"]));
        assert!(!is_matched("tag:causeway:stack", &["35436"]));
        assert!(is_matched("tag-key", &["causeway:*"]));
        assert!(is_matched("vpc-id", &["vpc-?"]));
        assert!(!is_matched("vpc-endpoint-state", &["pending"]));
    }
}
