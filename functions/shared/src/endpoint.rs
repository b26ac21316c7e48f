//! The interface endpoint of an onboarding, and the DNS names of interface endpoints.

use serde::{Deserialize, Serialize};

use crate::ids::{EndpointId, Region, ServiceId};
use crate::left_out::LeftOut;
use crate::target::Target;

/// The endpoint as the steps hand it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// Its regional DNS name, once EC2 has told it.
    #[serde(default)]
    pub dns_name: Option<String>,
    /// What it leads to.
    pub target: Target,
    /// The state as EC2 writes it, `pendingAcceptance`, once it was looked at.
    #[serde(default)]
    pub state: Option<String>,
    /// What the state means.
    #[serde(default)]
    pub verdict: Verdict,
    /// Why it is not there yet, or was rejected, or failed. The latter two are for the customer.
    #[serde(default)]
    pub problem: Option<String>,
    /// In how many looks in a row EC2 did not know it, though it did before.
    #[serde(default)]
    pub unseen: u32,
    /// Subnets of the command in which it has no address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// What an endpoint's state means for the onboarding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It has no DNS name yet.
    #[default]
    Preparing,
    /// It waits for Atlas.
    AwaitingAcceptance,
    /// Atlas accepted it.
    Accepted,
    /// Atlas rejected it, for good: another attempt needs another endpoint.
    Rejected,
    /// It will never work.
    Failed,
}

impl Endpoint {
    /// An endpoint that was only just made.
    #[must_use]
    pub fn made(endpoint_id: EndpointId, target: Target) -> Self {
        Self {
            endpoint_id,
            dns_name: None,
            target,
            state: None,
            verdict: Verdict::default(),
            problem: None,
            unseen: 0,
            left_out: Vec::new(),
        }
    }

    /// Whether a DNS name is this endpoint's, regional or of one zone.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        let known = self.dns_name.as_deref().and_then(EndpointName::read);
        known.is_some_and(|known| {
            known.endpoint_id == self.endpoint_id
                && EndpointName::read(name).is_some_and(|name| EndpointName { zone: None, ..name } == known)
        })
    }
}

/// A DNS name of an interface endpoint to an endpoint service:
/// `vpce-<id>-<8 characters>[-<zone>].vpce-svc-<id>.<region>.vpce.amazonaws.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointName {
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// What tells the endpoint's names from those of another with the same id.
    suffix: String,
    /// The availability zone, when the name is not the regional one.
    pub zone: Option<String>,
    /// The endpoint service that the endpoint leads to.
    pub service_id: ServiceId,
    /// The region of the endpoint.
    pub region: Region,
    /// `amazonaws.com`, or `amazonaws.com.cn`.
    domain: String,
}

impl EndpointName {
    /// Reads a name, whatever its case, with or without the dot at its end; nothing when it is no endpoint's.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let mut labels = name.splitn(5, '.');
        let (label, service, region) = (labels.next()?, labels.next()?, labels.next()?);
        let domain = labels.next().filter(|label| *label == "vpce").and(labels.next())?;
        let (id, rest) = label.strip_prefix("vpce-")?.split_once('-')?;
        let (suffix, zone) = rest.split_once('-').map_or((rest, None), |(suffix, zone)| (suffix, Some(zone)));
        let is_name = !suffix.is_empty() && zone != Some("") && matches!(domain, "amazonaws.com" | "amazonaws.com.cn");
        is_name.then_some(Self {
            endpoint_id: format!("vpce-{id}").parse().ok()?,
            suffix: suffix.to_owned(),
            zone: zone.map(str::to_owned),
            service_id: service.parse().ok()?,
            region: region.parse().ok()?,
            domain: domain.to_owned(),
        })
    }

    /// Whether it is the one that leads into every zone.
    #[must_use]
    pub fn is_regional(&self) -> bool {
        self.zone.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGIONAL: &str = "vpce-0123456789abcdef0-abcd1234.vpce-svc-00e311695874992b4.us-east-1.vpce.amazonaws.com";

    fn zonal(zone: &str) -> String {
        REGIONAL.replacen("1234.", &format!("1234-{zone}."), 1)
    }

    #[test]
    fn a_name_tells_endpoint_zone_service_and_region() {
        let name = EndpointName::read(&format!("{}.", REGIONAL.to_uppercase())).unwrap();
        assert_eq!((name.endpoint_id.as_str(), name.is_regional()), ("vpce-0123456789abcdef0", true));
        assert_eq!((name.service_id.as_str(), name.region.as_str()), ("vpce-svc-00e311695874992b4", "us-east-1"));
        let name = EndpointName::read(&zonal("us-east-1a")).unwrap();
        assert_eq!((name.zone.as_deref(), name.is_regional()), (Some("us-east-1a"), false));
        assert!(EndpointName::read(&format!("{REGIONAL}.cn")).is_some());
    }

    #[test]
    fn other_names_are_none_of_an_endpoint() {
        let service = REGIONAL.split_once('.').unwrap().1;
        for name in [
            "",
            "cluster0-pl-0.abcde.mongodb.net",
            service,
            &format!("vpce-0123456789abcdef0.{service}"),
            &format!("vpce-0123456789abcdef0-.{service}"),
            &format!("vpce-0123456789abcdef0-abcd1234-.{service}"),
            &format!("vpce-012-abcd1234.{service}"),
            &format!("{REGIONAL}.example.com"),
            "vpce-0123456789abcdef0-abcd1234.example.com",
            "vpce-0123456789abcdef0-abcd1234.s3.us-east-1.vpce.amazonaws.com",
        ] {
            assert_eq!(EndpointName::read(name), None, "{name}");
        }
    }

    #[test]
    fn an_endpoint_knows_its_own_names_from_others() {
        let mut endpoint = Endpoint::made("vpce-0123456789abcdef0".parse().unwrap(), Target::Federated);
        assert!(!endpoint.has_name(REGIONAL), "nothing is known of its names yet");
        endpoint.dns_name = Some(REGIONAL.to_owned());
        assert!(endpoint.has_name(REGIONAL) && endpoint.has_name(&zonal("us-east-1a")));
        for other in [REGIONAL.replace("abcd1234", "abcd1235"), REGIONAL.replace("us-east-1", "us-east-2")] {
            assert!(!endpoint.has_name(&other), "{other}");
        }
        endpoint.endpoint_id = "vpce-0fedcba9876543210".parse().unwrap();
        assert!(!endpoint.has_name(REGIONAL), "a name of another endpoint is not its own, whatever was kept");
    }
}
