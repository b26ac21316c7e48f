//! What is known of a ticket.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use help_desk::zendesk::{Field, as_text};
use help_desk::{Fact, Fields};
use shared::event::{Round, Ticket};

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

    /// Adds what the ticket's custom fields say, which counts more than what was known.
    pub(crate) fn add_fields(&mut self, fields: &Fields, filled_in: &[Field]) {
        for (fact, id) in fields.all() {
            let field = filled_in.iter().find(|field| field.id == id);
            if let Some(value) = field.and_then(Field::text) {
                self.set(fact, value);
            }
        }
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
        if ticket.round != Round::FIRST {
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
