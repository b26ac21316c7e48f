//! What of Atlas a private endpoint leads to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{Region, ServiceId};

/// The kind of Atlas deployment. It decides which ports the endpoint must let through and what Atlas asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A dedicated cluster (M10 and larger): an endpoint service of its own per Atlas project and region.
    Dedicated,
    /// A federated database instance: one published service per region, shared by all customers of Atlas.
    Federated,
    /// Online Archive, which is reached through the same shared service.
    OnlineArchive,
}

impl Target {
    /// The ports to let through to the endpoint, first and last (MongoDB's documentation of private endpoints).
    #[must_use]
    pub fn ports(self) -> (u16, u16) {
        match self {
            Self::Dedicated => (1024, 65535),
            Self::Federated | Self::OnlineArchive => (27017, 27017),
        }
    }

    /// Reads the target from the service that Atlas named. The shared service serves federated database instances and
    /// Online Archive alike; the endpoint is the same for both, so federated stands for either.
    #[must_use]
    pub fn of_service(region: &Region, service: &ServiceId) -> Self {
        if shared_service(region) == Some(service.as_str()) { Self::Federated } else { Self::Dedicated }
    }

    /// The target as the neutral event has it, `online-archive`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dedicated => "dedicated",
            Self::Federated => "federated",
            Self::OnlineArchive => "online-archive",
        }
    }

    /// The tab of Atlas's page Network Access > Private Endpoint that belongs to the target.
    #[must_use]
    pub fn atlas_tab(self) -> &'static str {
        match self {
            Self::Dedicated => "Dedicated Cluster",
            Self::Federated | Self::OnlineArchive => "Federated Database Instance / Online Archive",
        }
    }

    /// Whether this target is reached through the region's shared service.
    #[must_use]
    pub fn is_shared(self) -> bool {
        !matches!(self, Self::Dedicated)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Dedicated => "dedicated cluster",
            Self::Federated => "federated database instance",
            Self::OnlineArchive => "Online Archive",
        })
    }
}

/// The published endpoint services for federated database instances and Online Archive, one per region, as
/// "Set Up a Private Endpoint for a Federated Database Instance" of MongoDB's documentation lists them. The list grows.
pub const SHARED_SERVICES: [(&str, &str); 11] = [
    ("ap-northeast-1", "vpce-svc-0b63834ecd618a332"),
    ("ap-south-1", "vpce-svc-03eb8a541f96d356d"),
    ("ap-southeast-1", "vpce-svc-07728d2dfd2860efb"),
    ("ap-southeast-2", "vpce-svc-036f1de74d761706e"),
    ("ca-central-1", "vpce-svc-08564bb8ccae8ba64"),
    ("eu-central-1", "vpce-svc-0ac8ce91871138c0d"),
    ("eu-west-1", "vpce-svc-0824460b72e1a420e"),
    ("eu-west-2", "vpce-svc-052f1840aa0c4f1f9"),
    ("sa-east-1", "vpce-svc-0b56e75e8cdf50044"),
    ("us-east-1", "vpce-svc-00e311695874992b4"),
    ("us-west-2", "vpce-svc-09d86b19e59d1b4bb"),
];

/// The id of the region's shared service, when one is published.
#[must_use]
pub fn shared_service(region: &Region) -> Option<&'static str> {
    SHARED_SERVICES.iter().find(|(name, _)| *name == region.as_str()).map(|(_, service)| *service)
}
