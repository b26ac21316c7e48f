//! The parts of the neutral event, and who may say them on a ticket.

use std::str::FromStr;

use shared::event::{CustomerId, CustomerName, Plan, RegionName, TargetName};
use shared::ids::{Region, VpcId};

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

    /// What is expected of a value that cannot be this part of the event, as the event's own type has it.
    #[must_use]
    pub fn fault(self, value: &str) -> Option<String> {
        match self {
            Self::CustomerId => fault::<CustomerId>(value),
            Self::CustomerName => fault::<CustomerName>(value),
            Self::CustomerPlan => fault::<Plan>(value),
            Self::CustomerRegion | Self::AtlasRegion => fault::<RegionName>(value),
            Self::AtlasTarget => fault::<TargetName>(value),
            Self::VpcId => fault::<VpcId>(value),
        }
    }

    /// Reads what a customer wrote after the label; nothing when it cannot be meant.
    #[must_use]
    pub fn read(self, said: &str) -> Option<String> {
        let word = said.split([' ', '(', ',']).next().unwrap_or_default();
        let word = word.trim_matches(['"', '\'', '`', '*', '.']);
        match self {
            Self::AtlasRegion => Region::from_atlas(word).ok().map(|region| region.atlas_name()),
            Self::CustomerRegion => Region::from_atlas(word).ok().map(|region| region.to_string()),
            Self::AtlasTarget => {
                let said = said.to_ascii_lowercase().replace([' ', '_'], "-");
                let target =
                    ["dedicated", "federated", "online-archive"].into_iter().find(|name| said.starts_with(name));
                target.map(str::to_owned)
            }
            Self::CustomerId | Self::CustomerName | Self::CustomerPlan | Self::VpcId => None,
        }
    }
}

fn fault<T: FromStr<Err: ToString>>(value: &str) -> Option<String> {
    value.parse::<T>().err().map(|error| error.to_string())
}
