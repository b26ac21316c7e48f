//! `DescribeVpcEndpointServices`: answered from PrivateLink alone, as moto knows no provider's services.

use axum::response::Response;

use super::Edge;
use super::query::Query;
use super::refusal::{Refusal, accepted};
use super::upstream::Call;
use super::xml::Element;
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
    let sets = [Element::texts("serviceNameSet", &names), Element::node("serviceDetailSet", found.iter().map(detail))];
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
    let kind = Element::node("item", [Element::text("serviceType", "Interface")]);
    let base_name = format!("{}.{}.vpce.amazonaws.com", service.id, service.region);
    Element::node(
        "item",
        [
            Element::text("serviceName", service.name()),
            Element::text("serviceId", &service.id),
            Element::node("serviceType", [kind]),
            Element::text("serviceRegion", &service.region),
            Element::texts("availabilityZoneSet", &service.zones),
            Element::text("owner", &service.owner),
            Element::texts("baseEndpointDnsNameSet", [&base_name]),
            Element::text("vpcEndpointPolicySupported", "false"),
            Element::text("acceptanceRequired", service.acceptance_required.to_string()),
            Element::text("managesVpcEndpoints", "false"),
            Element::node("supportedIpAddressTypeSet", [Element::text("item", "ipv4")]),
            Element::node("tagSet", []),
        ],
    )
}
