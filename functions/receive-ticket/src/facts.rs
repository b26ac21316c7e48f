//! What an onboarding needs to know of a ticket, and who may say it.

use serde_json::{Map, Value, json};
use shared::event::Ticket;
use shared::help_desk::zendesk::as_text;
use shared::ids::Region;
use std::collections::BTreeMap;

/// One part of the neutral event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    CustomerId,
    CustomerName,
    CustomerPlan,
    CustomerRegion,
    AtlasRegion,
    AtlasTarget,
    VpcId,
}

impl Fact {
    pub(crate) const ALL: [Self; 7] = [
        Self::CustomerId,
        Self::CustomerName,
        Self::CustomerPlan,
        Self::CustomerRegion,
        Self::AtlasRegion,
        Self::AtlasTarget,
        Self::VpcId,
    ];

    /// Where the neutral event has it.
    pub(crate) const fn path(self) -> (&'static str, &'static str) {
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
    pub(crate) fn name(self) -> String {
        let (part, name) = self.path();
        format!("{part}.{name}")
    }

    /// Whether there is no onboarding without it. The target is read from the service name when the ticket is silent.
    pub(crate) const fn is_needed(self) -> bool {
        !matches!(self, Self::AtlasTarget | Self::VpcId)
    }

    /// Under which label the customer may say it in a comment. Who the customer is and what was bought is the vendor's
    /// own knowledge, and which VPC of ours is used is ours to choose: no comment says these.
    pub(crate) const fn label(self) -> Option<&'static str> {
        match self {
            Self::CustomerRegion => Some("Data platform region"),
            Self::AtlasRegion => Some("Atlas region"),
            Self::AtlasTarget => Some("Atlas target"),
            Self::CustomerId | Self::CustomerName | Self::CustomerPlan | Self::VpcId => None,
        }
    }

    /// Reads what a customer wrote after the label; nothing when it cannot be meant.
    pub(crate) fn read(self, said: &str) -> Option<String> {
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

/// What is known of a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts(BTreeMap<Fact, String>);

impl Facts {
    /// What a neutral event says, whole or not.
    pub(crate) fn of_event(event: &Value) -> Self {
        let known = Fact::ALL.into_iter().filter_map(|fact| {
            let (part, name) = fact.path();
            let text = as_text(event.get(part)?.get(name)?)?.trim().to_owned();
            (!text.is_empty()).then_some((fact, text))
        });
        Self(known.collect())
    }

    pub(crate) fn set(&mut self, fact: Fact, value: String) {
        self.0.insert(fact, value);
    }

    /// Adds what others say, which counts more than what was known.
    pub(crate) fn add(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(crate) fn has(&self, fact: Fact) -> bool {
        self.0.contains_key(&fact)
    }

    /// What an onboarding needs and nobody has said.
    pub(crate) fn missing(&self) -> Vec<Fact> {
        Fact::ALL.into_iter().filter(|fact| fact.is_needed() && !self.has(*fact)).collect()
    }

    /// The neutral event. The first round is not mentioned.
    pub(crate) fn event(&self, ticket: &Ticket) -> Value {
        let mut event = Map::new();
        event.insert("ticket".to_owned(), json!({"id": ticket.id}));
        if ticket.round.get() > 1 {
            event["ticket"]["round"] = json!(ticket.round);
        }
        for (fact, value) in &self.0 {
            let (part, name) = fact.path();
            let part = event.entry(part).or_insert_with(|| json!({}));
            part[name] = json!(value);
        }
        Value::Object(event)
    }
}
