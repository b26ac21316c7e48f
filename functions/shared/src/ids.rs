//! The ids that travel through an onboarding, each a type of its own that only holds well-formed values.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A text that is not the id it should be. It does not say which: what stands in an id's place may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct InvalidId {
    expected: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as AWS or the help desk writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId { expected: $expected }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A VPC, `vpc-0b1c…`.
    VpcId,
    "a VPC ID (vpc- and 8 or 17 hex digits)",
    |text| is_resource(text, "vpc-")
);
id!(
    /// A subnet, `subnet-0aa…`.
    SubnetId,
    "a subnet ID (subnet- and 8 or 17 hex digits)",
    |text| is_resource(text, "subnet-")
);
id!(
    /// A security group, `sg-0cc…`.
    SecurityGroupId,
    "a security group ID (sg- and 8 or 17 hex digits)",
    |text| is_resource(text, "sg-")
);
id!(
    /// An interface endpoint, `vpce-0dd…`.
    EndpointId,
    "a VPC endpoint ID (vpce- and 8 or 17 hex digits)",
    |text| is_resource(text, "vpce-")
);
id!(
    /// An endpoint service, `vpce-svc-0ee…`.
    ServiceId,
    "an endpoint service ID (vpce-svc- and 8 or 17 hex digits)",
    |text| is_resource(text, "vpce-svc-")
);
id!(
    /// The full name of an endpoint service, `com.amazonaws.vpce.us-east-1.vpce-svc-0ee…`.
    ServiceName,
    "the name of an endpoint service (com.amazonaws.vpce.<region>.vpce-svc-<hex digits>)",
    |text| split_service_name(text).is_some()
);
id!(
    /// An AWS region, `us-east-1`.
    Region,
    "an AWS region such as us-east-1",
    |text| {
        let parts: Vec<&str> = text.split('-').collect();
        // Twice the longest that there is; the names of services and endpoints hold one.
        text.len() <= 32 && matches!(parts.as_slice(), [area, middle @ .., number]
            if (2..=4).contains(&area.len()) && !middle.is_empty() && number.len() == 1
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && std::iter::once(area).chain(middle).all(|part| {
                    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase())
                }))
    }
);
id!(
    /// A ticket of the help desk, `35436`. It becomes part of the execution's name, which bounds its length and letters;
    /// the `_` there is ours.
    TicketId,
    "a ticket ID (1 to 40 letters, digits or -)",
    |text| (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
);
id!(
    /// A comment on a ticket. It is what our answer to it is known by; there is no `.` in it, as in the references of messages.
    CommentId,
    "a comment ID (1 to 40 letters, digits or -)",
    |text| (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
);
id!(
    /// One onboarding: 128 bits in lowercase hex. It is no secret: tags, names and logs hold it.
    OnboardingId,
    "an onboarding ID (32 lowercase hex digits)",
    |text| text.len() == 32 && is_hex(text)
);

impl OnboardingId {
    /// The onboarding that an execution is: the first 128 bits of SHA-256 of its ARN.
    #[must_use]
    pub fn of(execution_arn: &str) -> Self {
        Self(HEXLOWER.encode(&Sha256::digest(execution_arn)[..16]))
    }
}

impl ServiceName {
    const BROKEN: InvalidId = InvalidId { expected: "the name of an endpoint service" };

    /// The region that the endpoint service lives in.
    ///
    /// # Errors
    /// Never for a value that was read by this type; the signature spares a panic.
    pub fn region(&self) -> Result<Region, InvalidId> {
        split_service_name(&self.0).map_or_else(|| Err(Self::BROKEN), |(region, _)| region.parse())
    }

    /// The id of the endpoint service.
    ///
    /// # Errors
    /// As [`Self::region`].
    pub fn service_id(&self) -> Result<ServiceId, InvalidId> {
        split_service_name(&self.0).map_or_else(|| Err(Self::BROKEN), |(_, id)| id.parse())
    }
}

impl Region {
    /// Reads a region as Atlas writes it, `US_EAST_1`, or as AWS does, `us-east-1`.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn from_atlas(text: &str) -> Result<Self, InvalidId> {
        text.trim().to_ascii_lowercase().replace('_', "-").parse()
    }

    /// The region as Atlas writes it, `US_EAST_1`.
    #[must_use]
    pub fn atlas_name(&self) -> String {
        self.0.to_ascii_uppercase().replace('-', "_")
    }
}

fn split_service_name(text: &str) -> Option<(&str, &str)> {
    let (region, id) = text.strip_prefix("com.amazonaws.vpce.")?.split_once('.')?;
    (region.parse::<Region>().is_ok() && is_resource(id, "vpce-svc-")).then_some((region, id))
}

fn is_resource(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| matches!(digits.len(), 8 | 17) && is_hex(digits))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_ids_are_read_and_written_as_they_are() {
        let name: ServiceName = "com.amazonaws.vpce.us-gov-west-1.vpce-svc-0667f4ca6f4a2bbc8".parse().unwrap();
        assert_eq!(name.region().unwrap().as_str(), "us-gov-west-1");
        assert_eq!(name.service_id().unwrap().as_str(), "vpce-svc-0667f4ca6f4a2bbc8");
        assert_eq!(serde_json::to_value(&name).unwrap(), serde_json::json!(name.as_str()));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "vpc-", "vpc-0B1C2D3E", "vpc-0b1c2d3", "vpc-xxxxxxxx", "subnet-0b1c2d3e", "vpc-0b1c2d3e "] {
            assert!(text.parse::<VpcId>().is_err(), "{text}");
        }
        for text in ["us", "us-east", "us-east-", "US-EAST-1", "us--1", "us-east-11", "-east-1", "us-éast-1"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
        let region = |length: usize| format!("us-{}-1", "e".repeat(length - 5)).parse::<Region>();
        assert!(region(32).is_ok() && region(33).is_err());
        for text in ["com.amazonaws.us-east-1.s3", "com.amazonaws.vpce.us-east-1.vpce-0667f4ca6f4a2bbc8", "vpce-svc-1"]
        {
            assert!(text.parse::<ServiceName>().is_err(), "{text}");
        }
        for text in ["", "../../etc", "35436_2", &"7".repeat(41)] {
            assert!(text.parse::<TicketId>().is_err(), "{text}");
        }
        assert!("0123456789ABCDEF0123456789ABCDEF".parse::<OnboardingId>().is_err());
    }

    #[test]
    fn an_execution_is_one_onboarding() {
        let id = OnboardingId::of("arn:ticket-1");
        assert_eq!(id, OnboardingId::of("arn:ticket-1"));
        assert_ne!(id, OnboardingId::of("arn:ticket-2"));
    }

    #[test]
    fn atlas_and_aws_name_the_same_region() {
        let region = Region::from_atlas("EU_WEST_1").unwrap();
        assert_eq!(region.as_str(), "eu-west-1");
        assert_eq!(region.atlas_name(), "EU_WEST_1");
        assert_eq!(Region::from_atlas("eu-west-1").unwrap(), region);
    }
}
