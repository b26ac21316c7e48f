//! The second layer: every name leads through the endpoint that was made for this customer, and into our subnets.
//!
//! That is proven by the alias before anything is sent: the name's chain passes the endpoint's own DNS name.

use crate::address::{CheckedAddress, Elsewhere};
use crate::names::Path;
use crate::report::Stop;
use crate::{Endpoint, Input};
use shared::source::Host;

/// A host that leads through the endpoint.
#[derive(Debug)]
pub(crate) struct Owned {
    pub(crate) host: Host,
    pub(crate) addresses: Vec<CheckedAddress>,
}

pub(crate) fn check(host: Host, path: &Path, input: &Input) -> Result<Owned, Stop> {
    let checked: Result<Vec<_>, Elsewhere> =
        path.addresses.iter().map(|address| CheckedAddress::check(*address, &input.subnet_cidrs)).collect();
    let names = || std::iter::once(&host.name).chain(&path.aliases);
    let addresses = path.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let way = names().map(String::as_str).chain([addresses.as_str()]).collect::<Vec<_>>().join(" > ");
    let ours = names().any(|name| is_ours(name, &input.endpoint));
    let other = names().find_map(|name| another(name));
    match (checked, other) {
        (Err(Elsewhere::Special), _) => Err(Stop::ask_again(
            way,
            format!("{} leads to an address that no deployment can have. Nothing was sent there.", host.name),
            COPY,
        )),
        (_, Some((id, region))) if !ours => Err(strange_endpoint(&host, way, &id, &region, &input.endpoint)),
        (Err(Elsewhere::Public), _) => Err(Stop::ask_again(
            way,
            format!(
                "{} is a public name: it leads over the internet and not through the private endpoint. Nothing was sent there.",
                host.name
            ),
            COPY,
        )),
        (Err(Elsewhere::Private), _) => Err(Stop::ask_again(
            way,
            format!(
                "{} leads into another private network than the endpoint's, as the names for VPC peering do. Nothing was sent there.",
                host.name
            ),
            COPY,
        )),
        (Ok(_), _) if !ours => Err(Stop::ask_again(
            way,
            format!(
                "{} leads into our network, but is no alias of the endpoint {}.",
                host.name, input.endpoint.endpoint_id
            ),
            COPY,
        )),
        (Ok(_), _) if !is_let_through(host.port, &input.endpoint) => {
            let (first, last) = input.endpoint.target.ports();
            let ports = if first == last { first.to_string() } else { format!("{first} to {last}") };
            Err(Stop::ask_again(
                format!("port {} of {}", host.port, host.name),
                format!("The endpoint lets through the port {ports}, and not {}.", host.port),
                COPY,
            ))
        }
        (Ok(addresses), _) => Ok(Owned { host, addresses }),
    }
}

fn strange_endpoint(host: &Host, way: String, id: &str, region: &str, endpoint: &Endpoint) -> Stop {
    let our_region = another(&endpoint.dns_name).map(|(_, region)| region);
    let elsewhere = if our_region.as_deref() == Some(region) { String::new() } else { format!(" in {region}") };
    Stop::ask_again(
        way,
        format!(
            "{} leads through another endpoint, {id}{elsewhere}, and not through {}. Nothing was sent there.",
            host.name, endpoint.endpoint_id
        ),
        format!(
            "In Atlas choose Connect > Private Endpoint, pick the endpoint {}, and copy the connection string from there.",
            endpoint.endpoint_id
        ),
    )
}

/// Whether a name is the endpoint's, regional or of one zone: `vpce-<id>-<8 characters>[-<zone>].<service>…`.
pub(crate) fn is_ours(name: &str, endpoint: &Endpoint) -> bool {
    let known = endpoint.dns_name.trim_end_matches('.').to_ascii_lowercase();
    match (name.split_once('.'), known.split_once('.')) {
        (Some((label, domain)), Some((known_label, known_domain))) => {
            let is_zone = || label.strip_prefix(known_label).is_some_and(|zone| zone.starts_with('-'));
            domain == known_domain
                && known_label.starts_with(&format!("{}-", endpoint.endpoint_id))
                && (label == known_label || is_zone())
        }
        _ => false,
    }
}

/// The endpoint and the region of a name of any interface endpoint.
fn another(name: &str) -> Option<(String, String)> {
    let labels: Vec<&str> = name.split('.').collect();
    match labels.as_slice() {
        [label, service, region, "vpce", "amazonaws", ..] if service.starts_with("vpce-svc-") => {
            let id: Vec<&str> = label.split('-').take(2).collect();
            Some((id.join("-"), (*region).to_owned()))
        }
        _ => None,
    }
}

fn is_let_through(port: u16, endpoint: &Endpoint) -> bool {
    let (first, last) = endpoint.target.ports();
    (first..=last).contains(&port)
}

pub(crate) fn evidence(owned: &[Owned], input: &Input) -> String {
    let mut names: Vec<&str> = owned.iter().map(|owned| owned.host.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    format!("{} through {} into its subnets", names.join(", "), input.endpoint.endpoint_id)
}

const COPY: &str = "In Atlas choose Connect > Private Endpoint and copy the connection string from there. Its host has `pl` in its first part.";
