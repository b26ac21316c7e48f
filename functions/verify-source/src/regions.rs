//! Clusters of several regions: the network behind the endpoint reaches one of them, and no other connection string changes that.

use std::collections::BTreeMap;

use crate::dns::Traced;
use crate::report::{Stop, by_name};
use crate::spelling;
use shared::endpoint::{Endpoint, EndpointName};
use shared::ids::Region;
use source::Host;

/// Stops at hosts in other regions beside those that lead through the endpoint. That some do may be known already.
///
/// Hosts that are all elsewhere are no such cluster: they are another endpoint's, which ownership tells. Only where the DNS
/// here does not know them it is told from their names, since they would be waited for in vain.
pub(crate) fn check(traced: &[Traced], endpoint: &Endpoint, some_lead_here: bool) -> Result<(), Stop> {
    let Some(ours) = endpoint.dns_name.as_deref().and_then(EndpointName::read).map(|name| name.region) else {
        return Ok(());
    };
    let (mut some_lead_here, mut any_known) = (some_lead_here, false);
    let mut elsewhere: BTreeMap<Region, Vec<&Host>> = BTreeMap::new();
    for traced in traced {
        any_known |= traced.path.is_ok();
        let names = || std::iter::once(&traced.name).chain(traced.path.iter().flat_map(|path| &path.aliases));
        if names().any(|name| endpoint.has_name(name)) {
            some_lead_here = true;
            continue;
        }
        let region = names().find_map(|name| EndpointName::read(name)).map(|name| name.region);
        match region.or_else(|| spelling::region(&traced.name)) {
            // One that is named for our region and not published yet is no host of another endpoint's.
            Some(region) if region == ours => some_lead_here |= traced.path.is_err(),
            Some(region) => elsewhere.entry(region).or_default().extend(&traced.hosts),
            None => {}
        }
    }
    let regions = elsewhere.keys().map(Region::as_str).collect::<Vec<_>>().join(", ");
    let seen =
        elsewhere.iter().flat_map(|(region, hosts)| hosts.iter().map(move |host| (*host, format!(" in {region}"))));
    match (elsewhere.is_empty(), some_lead_here) {
        (false, true) => Err(Stop::ask_again(
            by_name(seen),
            format!(
                "This cluster has members in {regions} too. Our network behind the endpoint {} reaches {ours} alone, and needs to reach every member.",
                endpoint.endpoint_id
            ),
            format!(
                "Another connection string does not help. Reply to the ticket, so that we look at connecting our network to \
                 {regions}; or move the cluster's members to {ours} alone; or, for a sharded cluster, switch on regionalized \
                 private endpoints in Atlas and give the string of {ours}."
            ),
        )
        .for_support(format!(
            "The cluster has members in {regions}, and our network behind the endpoint {} reaches {ours} alone. The customer was \
             told that another connection string does not help, and may ask here whether we connect our network to {regions}: a \
             private endpoint in each of these regions, and a way from the platform to each.",
            endpoint.endpoint_id
        ))),
        (false, false) if !any_known => Err(Stop::ask_again(
            by_name(seen),
            format!("The hosts are named for {regions}, and the endpoint {} is in {ours}.", endpoint.endpoint_id),
            pick(endpoint),
        )),
        _ => Ok(()),
    }
}

/// What to do about a string of another endpoint's.
pub(crate) fn pick(endpoint: &Endpoint) -> String {
    let id = &endpoint.endpoint_id;
    format!(
        "In Atlas choose Connect > Private Endpoint, pick the endpoint {id}, and copy the connection string from there. If \
         Atlas does not offer {id}, the cluster may span several regions: then reply to the ticket, since we reach one of them alone."
    )
}
