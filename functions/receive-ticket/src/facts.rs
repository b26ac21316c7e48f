//! What is known of a ticket.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use help_desk::zendesk::{Field, Organization, as_text};
use help_desk::{Fact, Fields, Unreadable};
use shared::event::{Ticket, TicketEvent};
use step::input::{self, InputError};

/// What is known of a ticket. What cannot be read is not known; it is kept apart, to be asked for again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    known: BTreeMap<Fact, String>,
    unreadable: BTreeMap<Fact, Unreadable>,
}

impl Facts {
    /// What a neutral event says, whole or not.
    pub(crate) fn of_event(event: &Value) -> Self {
        let mut facts = Self::default();
        for fact in Fact::ALL {
            let (part, name) = fact.path();
            let said = event.get(part).and_then(|part| as_text(part.get(name)?));
            if let Some(said) = said.as_deref().map(str::trim).filter(|said| !said.is_empty()) {
                facts.set(fact, said);
            }
        }
        facts
    }

    /// Keeps what is said of a fact. What cannot be read takes nothing from what was known.
    pub(crate) fn set(&mut self, fact: Fact, said: &str) {
        match fact.read(said) {
            Ok(Some(value)) => {
                self.known.insert(fact, value);
            }
            Ok(None) => {}
            Err(unreadable) => {
                self.unreadable.insert(fact, unreadable);
            }
        }
    }

    /// Adds what the ticket's custom fields say, which counts more than what was known.
    pub(crate) fn add_fields(&mut self, fields: &Fields, filled_in: &[Field]) {
        for (fact, id) in fields.of_tickets() {
            let field = filled_in.iter().find(|field| field.id == id);
            if let Some(value) = field.and_then(Field::text) {
                self.set(fact, &value);
            }
        }
    }

    /// Adds what the ticket's organisation says, which counts more than what was known: no customer can write there.
    pub(crate) fn add_organization(&mut self, fields: &Fields, organization: &Organization) {
        for (fact, key) in fields.of_organizations() {
            if let Some(value) = organization.text(key) {
                self.set(fact, &value);
            }
        }
    }

    pub(crate) fn has(&self, fact: Fact) -> bool {
        self.known.contains_key(&fact)
    }

    /// What an onboarding needs and nobody has said, and what somebody has said that cannot be read.
    pub(crate) fn missing(&self) -> Vec<Fact> {
        let is_wanted = |fact: &Fact| fact.is_needed() || self.unreadable.contains_key(fact);
        Fact::ALL.into_iter().filter(|fact| is_wanted(fact) && !self.has(*fact)).collect()
    }

    /// What was said and cannot be read.
    pub(crate) fn unreadable(&self) -> &BTreeMap<Fact, Unreadable> {
        &self.unreadable
    }

    /// The neutral event.
    ///
    /// # Errors
    /// When something is missing.
    pub(crate) fn event(&self, ticket: &Ticket) -> Result<TicketEvent, InputError> {
        let mut event = Map::from_iter([("ticket".to_owned(), json!(ticket))]);
        for (fact, value) in &self.known {
            let (part, name) = fact.path();
            event.entry(part).or_insert_with(|| json!({}))[name] = json!(value);
        }
        input::read(Value::Object(event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_missing_unless_it_was_known_before() {
        let mut facts = Facts::default();
        facts.set(Fact::AtlasRegion, "US_EAST_1");
        for fact in [Fact::AtlasRegion, Fact::AtlasTarget, Fact::CustomerName, Fact::VpcId] {
            facts.set(fact, &"x".repeat(201));
        }
        let missing = facts.missing();
        assert!(missing.contains(&Fact::AtlasTarget) && missing.contains(&Fact::VpcId), "needed or not");
        assert!(!missing.contains(&Fact::AtlasRegion));
        assert!(facts.unreadable()[&Fact::AtlasTarget].said.starts_with("xxx"));
    }
}
