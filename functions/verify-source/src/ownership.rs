//! The second layer: every name leads through the endpoint that was made for this customer, and into our subnets.
//!
//! That is proven by the alias before anything is sent: the name's chain passes the endpoint's own DNS name.

use ipnet::IpNet;

use crate::dns::Path;
use crate::regions;
use crate::report::Stop;
use crate::spelling;
use crate::tcp::{CheckedAddress, Elsewhere};
use shared::endpoint::{Endpoint, EndpointName};
use source::{Host, Look};

/// A host that leads through the endpoint.
#[derive(Debug)]
pub(crate) struct Owned {
    pub(crate) host: Host,
    pub(crate) addresses: Vec<CheckedAddress>,
}

pub(crate) fn check(host: Host, path: &Path, endpoint: &Endpoint, subnets: &[IpNet]) -> Result<Owned, Stop> {
    let checked: Result<Vec<_>, Elsewhere> =
        path.addresses.iter().map(|address| CheckedAddress::check(*address, subnets)).collect();
    let names = || std::iter::once(&host.name).chain(&path.aliases);
    // The addresses behind a name of somebody else's may be ones inside of our network.
    let last = path.aliases.last().unwrap_or(&host.name);
    let is_known = spelling::is_of_atlas(last) || endpoint.has_name(last);
    let addresses = path.addresses.iter().filter(|_| is_known).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let way = names().map(String::as_str).chain([addresses.as_str()].into_iter().filter(|text| !text.is_empty()));
    let way = way.collect::<Vec<_>>().join(" > ");
    let ours = names().any(|name| endpoint.has_name(name));
    let other = names().find_map(|name| EndpointName::read(name));
    match (checked, other) {
        (Err(Elsewhere::Special), _) => Err(Stop::ask_again(
            way,
            format!("{} leads to an address that no deployment can have. Nothing was sent there.", host.name),
            COPY,
        )),
        (_, Some(other)) if !ours => Err(strange_endpoint(&host, way, &other, endpoint)),
        (Err(Elsewhere::Public), _) => Err(Stop::ask_again(
            way,
            format!(
                "{} is a public name{}: it leads over the internet and not through the private endpoint. Nothing was sent there.",
                host.name,
                match Look::of(&host.name) {
                    Some(Look::Standard) => ", of the standard connection string",
                    Some(Look::PublicFederated) => ", of a federated database instance or an archive",
                    _ => "",
                }
            ),
            COPY,
        )),
        (Err(Elsewhere::Private), _) => Err(Stop::ask_again(
            way,
            format!(
                "{}leads into another private network than the endpoint's. Nothing was sent there.",
                match Look::of(&host.name) {
                    Some(Look::Peering) => format!("{} is the name for VPC peering: it ", host.name),
                    _ => format!("{} ", host.name),
                }
            ),
            COPY,
        )),
        (Ok(_), _) if !ours => Err(Stop::ask_again(
            way,
            format!("{} leads into our network, but is no alias of the endpoint {}.", host.name, endpoint.endpoint_id),
            COPY,
        )),
        (Ok(_), _) if !is_let_through(host.port, endpoint) => Err(closed_port(&host, endpoint)),
        (Ok(addresses), _) => Ok(Owned { host, addresses }),
    }
}

fn strange_endpoint(host: &Host, way: String, other: &EndpointName, endpoint: &Endpoint) -> Stop {
    let our_region = endpoint.dns_name.as_deref().and_then(EndpointName::read).map(|name| name.region);
    let elsewhere =
        if our_region.as_ref() == Some(&other.region) { String::new() } else { format!(" in {}", other.region) };
    Stop::ask_again(
        way,
        format!(
            "{} leads through another endpoint, {}{elsewhere}, and not through {}. Nothing was sent there.",
            host.name, other.endpoint_id, endpoint.endpoint_id
        ),
        regions::pick(endpoint),
    )
}

fn closed_port(host: &Host, endpoint: &Endpoint) -> Stop {
    let (first, last) = endpoint.target.ports();
    let ports = if first == last { first.to_string() } else { format!("{first} to {last}") };
    let stop = Stop::ask_again(
        format!("port {} of {}", host.port, host.name),
        format!("The endpoint lets through the port {ports}, and not {}.", host.port),
        if endpoint.target.is_shared() {
            COPY.to_owned()
        } else {
            format!(
                "If Atlas itself shows the port {} under Connect > Private Endpoint, reply to the ticket: our security group \
                 opens {ports} alone, and our support engineer has to open yours. Otherwise copy the connection string from there again.",
                host.port
            )
        },
    );
    if endpoint.target.is_shared() {
        return stop;
    }
    stop.for_support(format!(
        "{} leads through the endpoint {} to port {}, and the endpoint's security group opens {ports} alone. If Atlas itself shows that \
         port, let the platform into the group on it by hand; the customer then gives the same source again.",
        host.name, endpoint.endpoint_id, host.port
    ))
}

fn is_let_through(port: u16, endpoint: &Endpoint) -> bool {
    let (first, last) = endpoint.target.ports();
    (first..=last).contains(&port)
}

pub(crate) fn evidence(owned: &[Owned], endpoint: &Endpoint) -> String {
    let mut names: Vec<&str> = owned.iter().map(|owned| owned.host.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    format!("{} through {} into its subnets", names.join(", "), endpoint.endpoint_id)
}

const COPY: &str = "In Atlas choose Connect > Private Endpoint and copy the connection string from there. Its host mostly has `pl` in its first part.";
