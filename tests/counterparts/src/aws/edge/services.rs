//! `DescribeVpcEndpointServices`: answered from PrivateLink alone, as moto knows no provider's services.

use axum::response::Response;

use super::Edge;
use super::query::Query;
use super::refusal::{Refusal, accepted};
use super::upstream::Call;
use super::xml::{self, Element};
use crate::aws::private_link::EndpointService;

pub(super) fn describe_vpc_endpoint_services(edge: &Edge, call: &Call, query: &Query) -> Result<Response, Refusal> {
    let region = call.region();
    let names = query.list("ServiceName");
    let found = if names.is_empty() {
        edge.private_link.services(&region)
    } else {
        names.iter().map(|name| known(edge, &region, name)).collect::<Result<_, _>>()?
    };
    let names: Vec<String> = found.iter().map(EndpointService::name).collect();
    let sets = [xml::texts("serviceNameSet", &names), xml::node("serviceDetailSet", found.iter().map(detail))];
    Ok(accepted("DescribeVpcEndpointServicesResponse", sets))
}

/// The service of that name, which must stand in the region that is asked.
pub(super) fn known(edge: &Edge, region: &str, name: &str) -> Result<EndpointService, Refusal> {
    edge.private_link
        .service(name)
        .filter(|service| service.region == region)
        .ok_or_else(|| Refusal::ec2("InvalidServiceName", format!("The Vpc Endpoint Service '{name}' does not exist")))
}

fn detail(service: &EndpointService) -> Element {
    let kind = xml::node("item", [xml::text("serviceType", "Interface")]);
    let base_name = format!("{}.{}.vpce.amazonaws.com", service.id, service.region);
    xml::node(
        "item",
        [
            xml::text("serviceName", service.name()),
            xml::text("serviceId", &service.id),
            xml::node("serviceType", [kind]),
            xml::text("serviceRegion", &service.region),
            xml::texts("availabilityZoneSet", &service.zones),
            xml::text("owner", &service.owner),
            xml::texts("baseEndpointDnsNameSet", [&base_name]),
            xml::text("vpcEndpointPolicySupported", "false"),
            xml::text("acceptanceRequired", service.acceptance_required.to_string()),
            xml::text("managesVpcEndpoints", "false"),
            xml::node("supportedIpAddressTypeSet", [xml::text("item", "ipv4")]),
            xml::node("tagSet", []),
        ],
    )
}
