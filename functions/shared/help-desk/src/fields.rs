//! Which field of Zendesk is which part of the neutral event.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::fact::Fact;

/// The custom fields of tickets by their ids and the fields of organisations by their keys, as
/// `atlas.region=360000000105,customer.plan=organization.plan`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    tickets: BTreeMap<Fact, String>,
    organizations: BTreeMap<Fact, String>,
}

/// A part of the list of fields that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// No assignment.
    #[error("`{0}` is not of the form customer.id=360000000101")]
    Shape(String),
    /// An unknown name.
    #[error(
        "`{0}` is none of customer.id, customer.name, customer.plan, customer.region, atlas.region, atlas.target, network.vpcId"
    )]
    Name(String),
    /// Neither a field's id nor an organisation's field.
    #[error(
        "`{0}` is neither the number of a custom field, such as 360000000101, nor organization and a key, such as organization.plan"
    )]
    Number(String),
    /// Something given twice.
    #[error("`{0}` is given twice")]
    Twice(String),
}

impl FromStr for Fields {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let mut fields = Self::default();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, place) = item.split_once('=').ok_or_else(|| FieldError::Shape(item.to_owned()))?;
            let (name, place) = (name.trim(), place.trim());
            let fact = Fact::ALL.into_iter().find(|fact| fact.name() == name);
            let fact = fact.ok_or_else(|| FieldError::Name(name.to_owned()))?;
            let (known, id) = match place.strip_prefix("organization.") {
                Some(key) if is_key(key) => (&mut fields.organizations, key),
                None if is_number(place) => (&mut fields.tickets, place),
                _ => return Err(FieldError::Number(place.to_owned())),
            };
            if known.values().any(|known| known == id) {
                return Err(FieldError::Twice(place.to_owned()));
            }
            if known.insert(fact, id.to_owned()).is_some() {
                return Err(FieldError::Twice(name.to_owned()));
            }
        }
        Ok(fields)
    }
}

impl Fields {
    /// Where people fill in a fact: in the organisation, if that has a field for it.
    #[must_use]
    pub fn place(&self, fact: Fact) -> Option<String> {
        let organizations = self.organizations.get(&fact).map(|key| format!("the organization's {key}"));
        organizations.or_else(|| Some(format!("custom field {}", self.tickets.get(&fact)?)))
    }

    /// The facts that have a custom field of the ticket, and its id.
    pub fn of_tickets(&self) -> impl Iterator<Item = (Fact, &str)> {
        self.tickets.iter().map(|(fact, id)| (*fact, id.as_str()))
    }

    /// The facts that have a field of the organisation, and its key.
    pub fn of_organizations(&self) -> impl Iterator<Item = (Fact, &str)> {
        self.organizations.iter().map(|(fact, key)| (*fact, key.as_str()))
    }

    /// Whether a fact is read out of the organisation.
    #[must_use]
    pub fn is_organizations(&self, fact: Fact) -> bool {
        self.organizations.contains_key(&fact)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_is_refused_by_its_name() {
        for (text, expected) in [
            ("customer.id", "`customer.id` is not of the form"),
            ("customer.email=1", "`customer.email` is none of customer.id"),
            ("customer.id=plan", "`plan` is neither the number"),
            ("customer.id=", "`` is neither the number"),
            ("customer.id=organization.", "`organization.` is neither the number"),
            ("customer.id=organization.a b", "`organization.a b` is neither the number"),
            ("customer.id=1,customer.id=2", "`customer.id` is given twice"),
            ("customer.id=1,customer.name=1", "`1` is given twice"),
            ("customer.id=organization.x,customer.name=organization.x", "`organization.x` is given twice"),
        ] {
            let error = text.parse::<Fields>().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
        let fields: Fields = " customer.plan = 1, network.vpcId=2 , customer.plan=organization.plan,".parse().unwrap();
        let (tickets, organizations) =
            (fields.of_tickets().collect::<Vec<_>>(), fields.of_organizations().collect::<Vec<_>>());
        assert_eq!(tickets, [(Fact::CustomerPlan, "1"), (Fact::VpcId, "2")]);
        assert_eq!(organizations, [(Fact::CustomerPlan, "plan")]);
        assert_eq!(fields.place(Fact::CustomerPlan).unwrap(), "the organization's plan");
        assert_eq!(fields.place(Fact::VpcId).unwrap(), "custom field 2");
    }
}
