//! Which custom field of Zendesk is which part of the neutral event.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::fact::Fact;

/// The ids of the custom fields, as `customer.id=360000000101,atlas.region=360000000105`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<Fact, String>);

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
    /// No field's id.
    #[error("`{0}` is not the number of a custom field, such as 360000000101")]
    Number(String),
    /// Something given twice.
    #[error("`{0}` is given twice")]
    Twice(String),
}

impl FromStr for Fields {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let mut fields = BTreeMap::new();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, id) = item.split_once('=').ok_or_else(|| FieldError::Shape(item.to_owned()))?;
            let (name, id) = (name.trim(), id.trim());
            let fact = Fact::ALL.into_iter().find(|fact| fact.name() == name);
            let fact = fact.ok_or_else(|| FieldError::Name(name.to_owned()))?;
            if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(FieldError::Number(id.to_owned()));
            }
            if fields.values().any(|known| known == id) {
                return Err(FieldError::Twice(id.to_owned()));
            }
            if fields.insert(fact, id.to_owned()).is_some() {
                return Err(FieldError::Twice(name.to_owned()));
            }
        }
        Ok(Self(fields))
    }
}

impl Fields {
    /// The field of a fact.
    #[must_use]
    pub fn id(&self, fact: Fact) -> Option<&str> {
        self.0.get(&fact).map(String::as_str)
    }

    /// All facts that have a field.
    pub fn all(&self) -> impl Iterator<Item = (Fact, &str)> {
        self.0.iter().map(|(fact, id)| (*fact, id.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_is_refused_by_its_name() {
        for (text, expected) in [
            ("customer.id", "`customer.id` is not of the form"),
            ("customer.email=1", "`customer.email` is none of customer.id"),
            ("customer.id=plan", "`plan` is not the number"),
            ("customer.id=", "`` is not the number"),
            ("customer.id=1,customer.id=2", "`customer.id` is given twice"),
            ("customer.id=1,customer.name=1", "`1` is given twice"),
        ] {
            let error = text.parse::<Fields>().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
        let fields: Fields = " customer.id = 1, network.vpcId=2 ,".parse().unwrap();
        assert_eq!((fields.id(Fact::CustomerId), fields.id(Fact::VpcId)), (Some("1"), Some("2")));
    }
}
