//! The neutral event: what a help desk's adapter puts on the bus when a ticket asks for PrivateLink.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::ids::{TicketId, VpcId};

/// The event's detail, which is also the execution's input.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TicketEvent {
    /// The ticket that asked.
    pub ticket: Ticket,
    /// Who asked.
    pub customer: Customer,
    /// What the endpoint is to lead to.
    pub atlas: Atlas,
    /// The network to use, when it is not to be an intermediate VPC.
    pub network: Option<NetworkWish>,
}

/// The help desk's ticket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ticket {
    /// The ticket's id; help desks write it as a text or as a number.
    #[serde(deserialize_with = "text_or_number")]
    pub id: TicketId,
    /// Which onboarding of the ticket this is: a ticket that is opened again after its end gets the next one.
    #[serde(default)]
    pub round: Round,
}

/// The customer, as the help desk knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Customer {
    /// The customer's id on the data platform.
    pub id: String,
    /// The customer's name, for people.
    pub name: String,
    /// The plan, `business` or another.
    pub plan: String,
    /// The customer's region on the data platform, `us-east-1`.
    pub region: String,
}

/// The Atlas deployment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Atlas {
    /// The deployment's region, `US_EAST_1` or `us-east-1`.
    pub region: String,
    /// `dedicated`, `federated` or `online-archive`; when absent, it is read from the service name later.
    pub target: Option<String>,
}

/// The network that the ticket asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkWish {
    /// An existing VPC of ours.
    pub vpc_id: Option<VpcId>,
}

/// Which onboarding of a ticket, from 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Round(u16);

/// A number that is no round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the number of a round, from 1 to 999")]
pub struct InvalidRound;

impl Round {
    /// A ticket's first.
    pub const FIRST: Self = Self(1);

    /// The one after it; none after the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::try_from(self.0 + 1).ok()
    }
}

impl Default for Round {
    fn default() -> Self {
        Self::FIRST
    }
}

impl TryFrom<u16> for Round {
    type Error = InvalidRound;

    fn try_from(number: u16) -> Result<Self, InvalidRound> {
        if (1..=999).contains(&number) { Ok(Self(number)) } else { Err(InvalidRound) }
    }
}

impl From<Round> for u16 {
    fn from(round: Round) -> Self {
        round.0
    }
}

impl Ticket {
    /// The name of the ticket's execution: `ticket-35436`, or `ticket-35436_2` for its second round.
    #[must_use]
    pub fn execution_name(&self) -> String {
        let Self { id, round } = self;
        if *round == Round::FIRST { format!("ticket-{id}") } else { format!("ticket-{id}_{}", round.0) }
    }

    /// The ARN of the ticket's execution, which the onboarding's id derives from.
    #[must_use]
    pub fn execution_arn(&self, state_machine_arn: &str) -> String {
        execution_arn(state_machine_arn, &self.execution_name())
    }
}

/// The ARN of the execution with this name, as Step Functions gives it.
#[must_use]
pub fn execution_arn(state_machine_arn: &str, name: &str) -> String {
    format!("{}:{name}", state_machine_arn.replacen(":stateMachine:", ":execution:", 1))
}

/// The ticket of an event that may be malformed everywhere else, so that its execution can be named.
#[must_use]
pub fn ticket(event: &Value) -> Option<Ticket> {
    Ticket::deserialize(event.get("ticket")?).ok()
}

/// The ticket's id of an event that may be malformed everywhere else, so that its ticket still gets an answer.
#[must_use]
pub fn ticket_id(event: &Value) -> Option<TicketId> {
    text_or_number(event.get("ticket")?.get("id")?).ok()
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TicketId, D::Error> {
    let text = match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return Err(serde::de::Error::custom("expected a ticket ID, a text or a number")),
    };
    text.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_ticket_of_a_malformed_event_is_still_found() {
        assert_eq!(ticket_id(&json!({"ticket": {"id": 35436}, "customer": 7})).unwrap().as_str(), "35436");
        assert_eq!(ticket_id(&json!({"ticket": {"id": "INC-0042"}})).unwrap().as_str(), "INC-0042");
        assert_eq!(ticket_id(&json!({"ticket": {"id": "7", "round": "?"}})).unwrap().as_str(), "7");
        for event in
            [json!({}), json!({"ticket": {}}), json!({"ticket": {"id": "a b"}}), json!({"ticket": {"id": null}})]
        {
            assert_eq!(ticket_id(&event), None, "{event}");
        }
    }

    #[test]
    fn an_execution_is_named_after_its_ticket_and_round() {
        let name = |event: Value| ticket(&event).map(|ticket| ticket.execution_name());
        assert_eq!(name(json!({"ticket": {"id": 35436}})).unwrap(), "ticket-35436");
        assert_eq!(name(json!({"ticket": {"id": "35436", "round": 1}})).unwrap(), "ticket-35436");
        assert_eq!(name(json!({"ticket": {"id": "35436", "round": 2}})).unwrap(), "ticket-35436_2");
        assert_eq!(name(json!({"ticket": {"id": "35436", "round": 0}})), None);
        assert_eq!(name(json!({"ticket": {"id": "35436", "round": 1000}})), None);
        assert_eq!(name(json!({"ticket": {"id": "35436", "round": "2"}})), None);
    }

    #[test]
    fn the_arn_of_an_execution_is_known_before_it_is_started() {
        let ticket = ticket(&json!({"ticket": {"id": "35436", "round": 2}})).unwrap();
        assert_eq!(
            ticket.execution_arn("arn:aws:states:us-east-1:123456789012:stateMachine:causeway-onboarding"),
            "arn:aws:states:us-east-1:123456789012:execution:causeway-onboarding:ticket-35436_2"
        );
    }
}
