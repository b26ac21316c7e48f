//! Subnets that an endpoint does without. It works in those that are left, so that nobody is asked for anything.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::SubnetId;

/// A subnet in which the endpoint has no address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// The subnet.
    pub subnet_id: SubnetId,
    /// Why it was left out.
    #[serde(default)]
    pub why: Why,
}

/// Why a subnet was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It has IPv6 alone.
    NoIpv4,
    /// All its addresses are in use.
    NoFreeAddress,
    /// The endpoint service is not offered in its zone.
    ZoneNotOffered,
    /// Another subnet in its zone is used: an endpoint takes one in each.
    ZoneTaken,
    /// The endpoint was made without it, and what EC2 said then is not known any more; or a later release knows a reason.
    #[default]
    #[serde(other)]
    Unknown,
}

impl LeftOut {
    /// A subnet that is left out.
    #[must_use]
    pub fn new(subnet_id: SubnetId, why: Why) -> Self {
        Self { subnet_id, why }
    }
}

/// In a sentence: `subnet-… has no free address`.
impl fmt::Display for LeftOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.subnet_id, self.why.as_str())
    }
}

impl Why {
    /// What goes behind the subnet in a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoIpv4 => "has IPv6 alone, and the endpoint needs an address of IPv4",
            Self::NoFreeAddress => "has no free address",
            Self::ZoneNotOffered => "lies in an availability zone in which the endpoint service is not offered",
            Self::ZoneTaken => "lies in the same availability zone as another one, and an endpoint takes one in each",
            Self::Unknown => "is not used by the endpoint",
        }
    }
}

/// What the customer is told of them, on the page and on the ticket; nothing when there are none.
#[must_use]
pub fn remark<'a>(left_out: impl IntoIterator<Item = &'a LeftOut>) -> Option<String> {
    let listed = listed(left_out);
    (!listed.is_empty()).then(|| {
        format!("Left out: {listed}. The endpoint works in the other subnets, and nothing is needed from you for that.")
    })
}

/// Several in a sentence.
#[must_use]
pub fn listed<'a>(left_out: impl IntoIterator<Item = &'a LeftOut>) -> String {
    left_out.into_iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_a_later_release_is_read_as_one_that_is_not_known() {
        let read = |text| serde_json::from_str::<LeftOut>(text).unwrap();
        let why = read(r#"{"subnetId": "subnet-0aa11bb22cc33dd44", "why": "no-ipv4"}"#).why;
        assert_eq!(why, Why::NoIpv4);
        for later in [
            r#"{"subnetId": "subnet-0aa11bb22cc33dd44", "why": "too-far-away"}"#,
            r#"{"subnetId": "subnet-0aa11bb22cc33dd44"}"#,
        ] {
            assert_eq!(read(later).why, Why::Unknown);
        }
    }
}
