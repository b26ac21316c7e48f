//! What a request must be, compared with what was handed out: the one set of rules, for pasted commands and for
//! requests that are structured already.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Refused, quoted};
use crate::request::{listed, print};
use crate::suspicious::suspicious;
use shared::ids::{Region, ServiceId, ServiceName, SubnetId};
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::target::{SHARED_SERVICES, Target, shared_service};

const COPY_AGAIN: &str = "Enter the VPC ID and the subnet IDs from our message in Atlas and copy the command again.";

/// Checks a structured request against what was handed out.
///
/// # Errors
/// All faults at once, as for a pasted command but without spans.
pub fn check(request: &EndpointRequest, network: &Network, target: Option<Target>) -> Result<(), Refused> {
    let service = service_name(request.service_name.as_str(), network, target).err();
    let subnets = foreign_subnets(&request.subnet_ids, network);
    let mut diagnostics: Vec<Diagnostic> = service.into_iter().chain(subnets).collect();
    let service_is_sound = diagnostics.iter().all(|diagnostic| diagnostic.code == Code::SubnetMismatch);
    let twice = |(at, id): (usize, &SubnetId)| request.subnet_ids.iter().take(at).any(|earlier| earlier == id);
    if request.subnet_ids.is_empty() {
        diagnostics.push(Diagnostic::new(Code::SubnetMismatch, "The request names no subnet.").hint(COPY_AGAIN));
    } else if request.subnet_ids.len() > network.subnet_ids.len() || request.subnet_ids.iter().enumerate().any(twice) {
        diagnostics.push(Diagnostic::new(Code::SubnetMismatch, "The request names a subnet twice.").hint(COPY_AGAIN));
    }
    if diagnostics.is_empty() {
        return Ok(());
    }
    let corrected = service_is_sound.then(|| {
        let (service_name, subnet_ids) = (request.service_name.clone(), network.subnet_ids.clone());
        print(&EndpointRequest { service_name, subnet_ids }, network)
    });
    Err(Refused { diagnostics, corrected })
}

/// One fault, however many were not handed out.
fn foreign_subnets(ids: &[SubnetId], network: &Network) -> Option<Diagnostic> {
    let mut faults = ids.iter().filter_map(|id| subnet(id.as_str(), network).err());
    let mut first = faults.next()?;
    let more = faults.count();
    if more > 0 {
        first.message =
            format!("{} {} of the {} subnets are not; this is the first.", first.message, more + 1, ids.len());
    }
    Some(first)
}

pub(crate) fn vpc(value: &str, network: &Network) -> Option<Diagnostic> {
    let ours = network.vpc_id.as_str();
    if value == ours {
        return None;
    }
    Some(suspicious(value).unwrap_or_else(|| {
        let message = format!("The VPC {} is not the one that was handed out, `{ours}`.", quoted(value));
        Diagnostic::new(Code::VpcMismatch, message).hint(COPY_AGAIN).label("another VPC").suggest(ours)
    }))
}

pub(crate) fn region(value: &str, network: &Network) -> Option<Diagnostic> {
    let ours = network.region.as_str();
    if value == ours {
        return None;
    }
    Some(suspicious_region(value).unwrap_or_else(|| {
        let message = format!("The region {} is not the VPC's, `{ours}`.", quoted(value));
        Diagnostic::new(Code::RegionMismatch, message)
            .hint(format!("Choose {ours} in Atlas and copy the command again."))
            .label("another region")
            .suggest(ours)
    }))
}

pub(crate) fn service_region(value: &str, network: &Network) -> Option<Diagnostic> {
    (value != network.region.as_str())
        .then(|| suspicious_region(value).unwrap_or_else(|| foreign_service(value, value, &network.region)))
}

/// A region as Atlas writes it, `US_EAST_1`, is no placeholder.
fn suspicious_region(value: &str) -> Option<Diagnostic> {
    if Region::from_atlas(value).is_ok() { None } else { suspicious(value) }
}

pub(crate) fn endpoint_type(value: &str) -> Option<Diagnostic> {
    if value.eq_ignore_ascii_case("Interface") {
        return None;
    }
    Some(suspicious(value).unwrap_or_else(|| {
        let message = format!("The endpoint type {} cannot reach Atlas, which needs `Interface`.", quoted(value));
        Diagnostic::new(Code::EndpointTypeMismatch, message)
            .hint("Copy the command from Atlas as it is.")
            .label("another type")
            .suggest("Interface")
    }))
}

pub(crate) fn subnet(value: &str, network: &Network) -> Result<SubnetId, Diagnostic> {
    if let Some(ours) = network.subnet_ids.iter().find(|id| id.as_str() == value) {
        return Ok(ours.clone());
    }
    Err(suspicious(value).unwrap_or_else(|| {
        let message = format!("{} is not one of the subnets that were handed out.", quoted(value));
        Diagnostic::new(Code::SubnetMismatch, message)
            .hint(format!("Handed out: {}. {COPY_AGAIN}", listed(&network.subnet_ids, ", ")))
            .label("not handed out")
    }))
}

pub(crate) fn service_name(value: &str, network: &Network, target: Option<Target>) -> Result<ServiceName, Diagnostic> {
    match value.parse::<ServiceName>() {
        Ok(name) => match elsewhere(&name, network).or_else(|| contradicts(&name, network, target?)) {
            None => Ok(name),
            Some(fault) => Err(fault),
        },
        Err(_) => Err(suspicious(value).unwrap_or_else(|| malformed(value, network, target))),
    }
}

/// The full name of a service of this region, from its id alone.
pub(crate) fn name_from_id(id: &ServiceId, network: &Network) -> String {
    format!("com.amazonaws.vpce.{}.{id}", network.region)
}

fn elsewhere(name: &ServiceName, network: &Network) -> Option<Diagnostic> {
    let id = name.service_id().ok()?;
    let published = SHARED_SERVICES.iter().find(|(_, shared)| *shared == id.as_str()).map(|(region, _)| *region);
    let named = name.region().ok()?;
    let region =
        [Some(named.as_str()), published].into_iter().flatten().find(|region| *region != network.region.as_str())?;
    Some(foreign_service(name.as_str(), region, &network.region))
}

fn foreign_service(token: &str, region: &str, ours: &Region) -> Diagnostic {
    let message = format!("The endpoint service is in {}, but the VPC is in `{ours}`.", quoted(region));
    let diagnostic = Diagnostic::new(Code::ServiceRegionMismatch, message).label("another region");
    if token == region {
        diagnostic.hint(format!("Choose {ours} in Atlas and copy the command again.")).suggest(ours.as_str())
    } else {
        diagnostic.hint(format!(
            "Create the private endpoint for the Atlas region {} and copy its command.",
            ours.atlas_name()
        ))
    }
}

fn contradicts(name: &ServiceName, network: &Network, target: Target) -> Option<Diagnostic> {
    let id = name.service_id().ok()?;
    // Where no shared service is published (the list grows), the name proves nothing.
    let is_shared = shared_service(&network.region)? == id.as_str();
    let (message, hint) = match (is_shared, target.is_shared()) {
        (true, false) => (
            format!(
                "`{id}` is Atlas's service for federated database instances and Online Archive, but the ticket is about a {target}."
            ),
            "Copy the command from Network Access > Private Endpoint > Dedicated Cluster in Atlas, or say on the ticket what you want to connect.",
        ),
        (false, true) => (
            format!(
                "`{id}` is not Atlas's service for federated database instances and Online Archive, which the ticket is about."
            ),
            "Copy the command from Network Access > Private Endpoint > Federated Database Instance / Online Archive in Atlas, or say on the ticket what you want to connect.",
        ),
        _ => return None,
    };
    Some(Diagnostic::new(Code::TargetMismatch, message).hint(hint).label("for another kind of deployment"))
}

fn malformed(value: &str, network: &Network, target: Option<Target>) -> Diagnostic {
    let tidy = value.trim_matches(['.', ',', ';', '"', '\'', ' ']).to_ascii_lowercase();
    let full = tidy.parse::<ServiceId>().map_or_else(|_| tidy.clone(), |id| name_from_id(&id, network));
    let sure = full != value && full.parse::<ServiceName>().is_ok();
    let (code, message) = if tidy.starts_with("com.amazonaws.") && !tidy.starts_with("com.amazonaws.vpce") {
        (Code::AwsService, format!("{} is a service of AWS itself, not Atlas's endpoint service.", quoted(value)))
    } else {
        let expected = format!("com.amazonaws.vpce.{}.vpce-svc-…", network.region);
        (Code::MalformedServiceName, format!("{} is not the name of an endpoint service, `{expected}`.", quoted(value)))
    };
    let diagnostic = Diagnostic::new(code, message)
        .hint("Copy the command from the private endpoint's screen in Atlas as it is.")
        .label("not Atlas's endpoint service");
    if sure && service_name(&full, network, target).is_ok() { diagnostic.suggest(full) } else { diagnostic }
}
