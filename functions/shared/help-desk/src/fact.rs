//! The parts of the neutral event, and who may say them on a ticket.

use std::str::FromStr;

use shared::event::{CustomerId, CustomerName, Plan};
use shared::ids::VpcId;
use spelling::{Deployment, UnreadRegion, UnreadTarget};
use step::outside::excerpt;

/// How much is said again of what cannot be read.
const LONGEST_QUOTE: usize = 60;

/// One part of the neutral event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The customer's id on the data platform.
    CustomerId,
    /// The customer's name.
    CustomerName,
    /// The customer's plan.
    CustomerPlan,
    /// The region of the customer's data platform.
    CustomerRegion,
    /// The region of the Atlas deployment.
    AtlasRegion,
    /// The kind of the Atlas deployment.
    AtlasTarget,
    /// The VPC to use.
    VpcId,
}

impl Fact {
    /// All of them, in the order of the event.
    pub const ALL: [Self; 7] = [
        Self::CustomerId,
        Self::CustomerName,
        Self::CustomerPlan,
        Self::CustomerRegion,
        Self::AtlasRegion,
        Self::AtlasTarget,
        Self::VpcId,
    ];

    /// Where the neutral event has it.
    #[must_use]
    pub const fn path(self) -> (&'static str, &'static str) {
        match self {
            Self::CustomerId => ("customer", "id"),
            Self::CustomerName => ("customer", "name"),
            Self::CustomerPlan => ("customer", "plan"),
            Self::CustomerRegion => ("customer", "region"),
            Self::AtlasRegion => ("atlas", "region"),
            Self::AtlasTarget => ("atlas", "target"),
            Self::VpcId => ("network", "vpcId"),
        }
    }

    /// The path as people write it, `customer.id`.
    #[must_use]
    pub fn name(self) -> String {
        let (part, name) = self.path();
        format!("{part}.{name}")
    }

    /// Whether there is no onboarding without it. The target is read from the service name when the ticket is silent.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        !matches!(self, Self::AtlasTarget | Self::VpcId)
    }

    /// Under which label the customer may say it in a comment. Who the customer is and what was bought is the vendor's
    /// own knowledge, and which VPC of ours is used is ours to choose: no comment says these.
    #[must_use]
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::CustomerRegion => Some("Data platform region"),
            Self::AtlasRegion => Some("Atlas region"),
            Self::AtlasTarget => Some("Atlas target"),
            Self::CustomerId | Self::CustomerName | Self::CustomerPlan | Self::VpcId => None,
        }
    }

    /// Reads what somebody wrote of it, as the neutral event has it; nothing when that says that nobody knows.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(self, said: &str) -> Result<Option<String>, Unreadable> {
        let why = match self {
            Self::CustomerId => return checked::<CustomerId>(said),
            Self::CustomerName => return checked::<CustomerName>(said),
            Self::CustomerPlan => return checked::<Plan>(said),
            Self::VpcId => return checked::<VpcId>(said),
            Self::CustomerRegion | Self::AtlasRegion => match spelling::region(said) {
                Ok(region) if self == Self::AtlasRegion => return Ok(Some(region.atlas_name())),
                Ok(region) => return Ok(Some(region.to_string())),
                Err(unread) => Why::Region(unread),
            },
            Self::AtlasTarget => match spelling::target(said) {
                Ok(Deployment::Reached(target)) => return Ok(Some(target.name().to_owned())),
                Ok(Deployment::Unreached(kind)) => return Ok(Some(kind.to_owned())),
                Err(UnreadTarget::Unsure) => return Ok(None),
                Err(UnreadTarget::Unknown) => Why::Target,
            },
        };
        Err(Unreadable::new(said, why))
    }
}

/// A value that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its beginning.
    pub said: String,
    /// Why not.
    pub why: Why,
}

/// Why a value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is not what the event's own type has there, which is this.
    Expected(String),
    /// It is no region, or leaves open which.
    Region(UnreadRegion),
    /// It is no target, or leaves open which.
    Target,
}

impl Unreadable {
    fn new(said: &str, why: Why) -> Self {
        Self { said: excerpt(said, LONGEST_QUOTE), why }
    }
}

fn checked<T: FromStr<Err: ToString>>(said: &str) -> Result<Option<String>, Unreadable> {
    match said.parse::<T>() {
        Ok(_) => Ok(Some(said.to_owned())),
        Err(error) => Err(Unreadable::new(said, Why::Expected(error.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_as_the_neutral_event_has_it() {
        for (fact, said, read) in [
            (Fact::AtlasRegion, "AWS / N. Virginia (us-east-1)", Some("US_EAST_1")),
            (Fact::CustomerRegion, "AWS / N. Virginia (us-east-1)", Some("us-east-1")),
            (Fact::AtlasTarget, "Dedicated cluster", Some("dedicated")),
            (Fact::AtlasTarget, "M0 (Free)", Some("free cluster")),
            (Fact::AtlasTarget, "not sure", None),
            (Fact::CustomerPlan, "business", Some("business")),
        ] {
            assert_eq!(fact.read(said).unwrap().as_deref(), read, "{said}");
        }
        let unreadable = Fact::AtlasRegion.read(&"x".repeat(61)).unwrap_err();
        assert_eq!(unreadable.said, format!("{}…", "x".repeat(60)));
    }
}
