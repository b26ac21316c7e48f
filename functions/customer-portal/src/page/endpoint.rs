//! The endpoint: what is created, what Atlas asks for next, and what to know once it is accepted.

use maud::{Markup, html};

use super::value;
use crate::outcome::{Outcome, Shown};
use shared::endpoint::Endpoint;
use shared::left_out;

/// What we create, as it was read, so that it stays to be seen.
pub(super) fn created(shown: &Shown, outcome: &Outcome) -> Markup {
    let network = shown.network();
    let made = shown.state().is_ended() || shown.endpoint().is_some();
    html! {
        @if let Outcome::Accepted { preview: Some(preview), .. } = outcome {
            div #received .box .good { p { strong { "Your command was received." } " We create: " (preview) } }
        }
        @if let (Some(request), Some(network)) = (shown.request(), network) {
            h2 #created { @if made { "What we created" } @else { "We create" } }
            dl .plain {
                div { dt { "What" } dd { "One interface endpoint with its security group, in our AWS account" } }
                div { dt { "For the service" } dd { code { (request.service_name) } } }
                div { dt { "Region" } dd { code { (network.region) } } }
                div { dt { "VPC" } dd { code { (network.vpc_id) } } }
                div {
                    dt { "Subnets" }
                    @for subnet in &request.subnet_ids { dd { code { (subnet) } } }
                }
                div { dt { "Private DNS" } dd { "off" } }
            }
            @if let Some(remark) = left_out::remark(shown.left_out()) { p #left-out .hint { (remark) } }
            p .hint { "Of what you sent we took the service name and the subnets. Everything else in it has no effect." }
        }
    }
}

/// The values, and the screens of Atlas that ask for them.
pub(super) fn finalize(shown: &Shown) -> Markup {
    let Some(endpoint) = shown.endpoint() else { return html! {} };
    html! {
        h2 #in-atlas { "In Atlas: enter this" }
        (fields(endpoint))
        @if endpoint.target.is_shared() {
            p {
                "Back in the dialog (" b { "Network Access" } " > " b { "Private Endpoint" } " > " b { (endpoint.target.atlas_tab()) }
                "), enter both and choose " b { "Finalize" } ". The endpoint ID of a cluster cannot be used here."
            }
        } @else {
            p { "Under " b { "Network Access" } " > " b { "Private Endpoint" } " > " b { (endpoint.target.atlas_tab()) } ":" }
            ul .screens {
                li {
                    b { "Newer Atlas" } ": on the card of the endpoint service choose " b { "Add Endpoint" } " > "
                    b { "Connect Existing Endpoint" } ", paste the ID, and choose " b { "Submit Endpoint" }
                    ". Where the dialog of the command is still open, paste it there and choose " b { "Add Endpoint" } "."
                }
                li {
                    b { "Older Atlas" } ": in the dialog of the command (" b { "Add Private Endpoint" } "), paste the ID as "
                    b { "Your VPC Endpoint ID" } " and choose " b { "Finalize" } "."
                }
            }
        }
        p {
            "Should Atlas show the endpoint as failed, choose " b { "Edit" } " or " b { "Retry" } " there. Do " b { "not" }
            " delete it in Atlas: Atlas may then delete its whole endpoint service, and the command would no longer hold."
        }
        @if let Some(state) = &endpoint.state { p .hint { "State in AWS: " code { (state) } } }
    }
}

/// The endpoint to keep.
pub(super) fn connected(shown: &Shown) -> Markup {
    let Some(endpoint) = shown.endpoint() else { return html! {} };
    html! {
        h2 { "Your private endpoint" }
        dl {
            (value::copied("VPC Endpoint ID", "endpoint-id", endpoint.endpoint_id.as_str()))
            @if let Some(name) = &endpoint.dns_name { (value::copied("DNS Name", "dns-name", name)) }
        }
    }
}

fn fields(endpoint: &Endpoint) -> Markup {
    html! {
        dl {
            (value::copied("Your VPC Endpoint ID", "endpoint-id", endpoint.endpoint_id.as_str()))
            @if let (true, Some(name)) = (endpoint.target.is_shared(), &endpoint.dns_name) {
                (value::copied("Your VPC Endpoint DNS Name", "dns-name", name))
            }
        }
    }
}
