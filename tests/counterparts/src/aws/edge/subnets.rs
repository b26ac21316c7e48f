//! What subnets lack, as tests set it: moto's have all that an endpoint needs, and are never full.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Edge;
use super::query::Query;
use super::refusal::{Refusal, document};
use super::upstream::Call;
use super::xml::{self, Element};

/// What each subnet lacks; a clone is the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Subnets(Arc<Mutex<BTreeMap<String, Lacking>>>);

/// What a subnet lacks.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lacking {
    lacks: Lack,
    /// Whether a look at the subnet tells it, or only the refusal.
    #[serde(default = "yes")]
    told: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Lack {
    /// All its addresses are in use.
    Addresses,
    /// It has IPv6 alone.
    Ipv4,
    /// The services are not offered in its zone, whatever they say of their zones.
    Zone,
}

fn yes() -> bool {
    true
}

impl Subnets {
    pub(super) fn set(&self, subnet: String, lacking: Lacking) {
        self.lock().insert(subnet, lacking);
    }

    pub(super) fn clear(&self, subnet: &str) {
        self.lock().remove(subnet);
    }

    /// Refuses a subnet as AWS does.
    pub(super) fn check(&self, subnet: &str, service: &str) -> Result<(), Refusal> {
        let lacks = self.lock().get(subnet).map(|lacking| lacking.lacks);
        match lacks {
            None => Ok(()),
            Some(Lack::Addresses) => Err(Refusal::ec2(
                "InsufficientFreeAddressesInSubnet",
                format!("Insufficient free addresses in subnet '{subnet}'."),
            )),
            Some(Lack::Ipv4) => {
                Err(Refusal::ec2("InvalidParameter", format!("The subnet '{subnet}' does not support IPv4 addresses.")))
            }
            Some(Lack::Zone) => Err(not_offered(service, subnet)),
        }
    }

    fn show(&self, subnet: &mut Element) {
        let lacking = self.lock().get(xml::text_of(subnet, "subnetId")).copied();
        let Some(Lacking { lacks, told: true }) = lacking else { return };
        if lacks != Lack::Zone {
            xml::set(subnet, xml::text("availableIpAddressCount", "0"));
        }
        if lacks == Lack::Ipv4 {
            xml::set(subnet, xml::text("ipv6Native", "true"));
            subnet.take_child("cidrBlock");
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Lacking>> {
        // A panic elsewhere leaves the map whole: each change is a single one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// That a service is not offered in the zone of a subnet, in AWS's words.
pub(super) fn not_offered(service: &str, subnet: &str) -> Refusal {
    let message =
        format!("The VPC endpoint service {service} does not support the availability zone of the subnet: {subnet}.");
    Refusal::ec2("InvalidParameter", message)
}

/// `DescribeSubnets`: moto's, with what they lack.
pub(super) async fn describe_subnets(edge: &Edge, call: &Call, query: &Query) -> Result<Response, Refusal> {
    if edge.subnets.lock().is_empty() {
        return Ok(edge.upstream.forward(call).await?.into_response());
    }
    let mut answer = edge.upstream.ask(call, query).await?;
    if let Some(set) = answer.get_mut_child("subnetSet") {
        set.children.iter_mut().filter_map(|node| node.as_mut_element()).for_each(|subnet| edge.subnets.show(subnet));
    }
    Ok(document(StatusCode::OK, &answer))
}
