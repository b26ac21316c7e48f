//! The neutral event: what a help desk's adapter puts on the bus when a ticket asks for PrivateLink.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::ids::{TicketId, VpcId};
use crate::text::Text;

/// The customer's id on the data platform: a UUID has 36 characters, with a prefix it is still far from this.
pub type CustomerId = Text<100>;
/// The customer's name: companies may register one of about so many characters.
pub type CustomerName = Text<200>;
/// The name of a plan.
pub type Plan = Text<100>;
/// A region as somebody wrote it: AWS's and Atlas's names have at most 16 characters.
pub type RegionName = Text<50>;
/// A target as somebody wrote it, `online-archive`.
pub type TargetName = Text<50>;

/// The event's detail, which is also the execution's input.
///
/// It is written anew from this type wherever it enters, so that no field is longer than it may be, and none that is
/// unknown comes along: Step Functions takes 256 KiB a state, `EventBridge` 256 KB an entry, and each state holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketEvent {
    /// The ticket that asked.
    pub ticket: Ticket,
    /// Who asked.
    pub customer: Customer,
    /// What the endpoint is to lead to.
    pub atlas: Atlas,
    /// The network to use, when it is not to be an intermediate VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkWish>,
}

/// What an execution gets in the place of an event that cannot be read: as much as its failure and its ticket need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Malformed {
    /// The ticket that is told, if the event names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// What is wrong with the event, without the value that is.
    pub malformed: String,
}

/// The help desk's ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The ticket's id; help desks write it as a text or as a number.
    #[serde(deserialize_with = "text_or_number")]
    pub id: TicketId,
    /// Which onboarding of the ticket this is: a ticket that is opened again after its end gets the next one.
    #[serde(default, skip_serializing_if = "is_first")]
    pub round: Round,
}

/// The customer, as the help desk knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The customer's id on the data platform.
    pub id: CustomerId,
    /// The customer's name, for people.
    pub name: CustomerName,
    /// The plan, `business` or another.
    pub plan: Plan,
    /// The customer's region on the data platform, `us-east-1`.
    pub region: RegionName,
}

/// The Atlas deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Atlas {
    /// The deployment's region, `US_EAST_1` or `us-east-1`.
    pub region: RegionName,
    /// `dedicated`, `federated` or `online-archive`; when absent, it is read from the service name later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetName>,
}

/// The network that the ticket asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkWish {
    /// An existing VPC of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
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

/// The first round is not mentioned.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_first(round: &Round) -> bool {
    *round == Round::FIRST
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

impl Malformed {
    /// What is left of an event with this problem.
    #[must_use]
    pub fn of(event: &Value, malformed: String) -> Self {
        let first = || ticket_id(event).map(|id| Ticket { id, round: Round::FIRST });
        Self { ticket: ticket(event).or_else(first), malformed }
    }
}

/// The customer's name of an event that may be malformed everywhere else, as far as a page shows it.
#[must_use]
pub fn customer_name(event: &Value) -> Option<String> {
    let name = event.get("customer")?.get("name")?.as_str()?.trim();
    (!name.is_empty()).then(|| name.chars().take(80).collect())
}

/// What was found wrong with an event before its execution began.
#[must_use]
pub fn problem(event: &Value) -> Option<&str> {
    event.get("malformed")?.as_str()
}

/// The ARN of the execution with this name, as Step Functions gives it.
#[must_use]
pub fn execution_arn(state_machine_arn: &str, name: &str) -> String {
    format!("{}:{name}", state_machine_arn.replacen(":stateMachine:", ":execution:", 1))
}

/// The ticket that an execution is named after; none if it is named after an event without one.
#[must_use]
pub fn ticket_of_execution(arn: &str) -> Option<TicketId> {
    let name = arn.rsplit(':').next()?.strip_prefix("ticket-")?;
    name.split('_').next()?.parse().ok()
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

/// Reads which ticket somebody means: its id, or an object that holds it, as the neutral event's does.
///
/// # Errors
/// When it is neither.
pub fn ticket_named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TicketId, D::Error> {
    let id = match Value::deserialize(deserializer)? {
        Value::Object(mut ticket) => ticket.remove("id").unwrap_or_default(),
        id => id,
    };
    text_or_number(id).map_err(serde::de::Error::custom)
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
    fn a_ticket_is_named_in_whatever_way_its_id_is_written() {
        for named in [json!("35436"), json!(35436), json!({"id": "35436"}), json!({"id": 35436, "round": 2})] {
            assert_eq!(ticket_named(&named).unwrap().as_str(), "35436", "{named}");
        }
        for named in [json!(null), json!({}), json!({"id": {"id": 1}}), json!("a b"), json!(["35436"])] {
            let error = ticket_named(&named).unwrap_err().to_string();
            assert!(error.starts_with("expected a ticket ID"), "{error}");
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

    /// An event with every field as long as it may be, of the characters that need most room.
    fn longest() -> Value {
        let text = |length: usize| "\u{1}".repeat(length);
        json!({
            "ticket": {"id": "7".repeat(40), "round": 999},
            "customer": {"id": text(100), "name": text(200), "plan": text(100), "region": text(50)},
            "atlas": {"region": text(50), "target": text(50)},
            "network": {"vpcId": "vpc-0123456789abcdef0"},
        })
    }

    #[test]
    fn an_event_is_small_however_long_its_fields_are() {
        let event = TicketEvent::deserialize(longest()).unwrap();
        let written = serde_json::to_string(&event).unwrap();
        assert!(written.len() < 4096, "{} bytes", written.len());
        assert_eq!(TicketEvent::deserialize(serde_json::from_str::<Value>(&written).unwrap()).unwrap(), event);
        for (part, name) in [
            ("customer", "id"),
            ("customer", "name"),
            ("customer", "plan"),
            ("customer", "region"),
            ("atlas", "region"),
            ("atlas", "target"),
        ] {
            let mut event = longest();
            let longer = format!("{}+", event[part][name].as_str().unwrap());
            event[part][name] = json!(longer);
            let error = TicketEvent::deserialize(event).unwrap_err().to_string();
            assert!(error.starts_with("expected at most "), "{part}.{name}: {error}");
        }
    }

    #[test]
    fn what_is_written_has_no_more_than_was_read() {
        let mut event = json!({
            "ticket": {"id": 35436, "round": 1, "subject": "?"},
            "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1", "more": 1},
            "atlas": {"region": "US_EAST_1", "target": null},
            "network": {},
            "more": "x".repeat(300_000),
        });
        let written = json!(TicketEvent::deserialize(&event).unwrap());
        event["ticket"] = json!({"id": "35436"});
        event["customer"].as_object_mut().unwrap().remove("more");
        event["atlas"].as_object_mut().unwrap().remove("target");
        event.as_object_mut().unwrap().remove("more");
        assert_eq!(written, event);
    }

    #[test]
    fn of_a_malformed_event_the_ticket_and_the_problem_stay() {
        let left = |event: Value| json!(Malformed::of(&event, "missing field `plan`".to_owned()));
        let problem = "missing field `plan`";
        assert_eq!(
            left(json!({"ticket": {"id": 7, "round": 2, "more": 1}, "customer": "?"})),
            json!({"ticket": {"id": "7", "round": 2}, "malformed": problem})
        );
        assert_eq!(
            left(json!({"ticket": {"id": "7", "round": "?"}})),
            json!({"ticket": {"id": "7"}, "malformed": problem})
        );
        assert_eq!(left(json!({"ticket": {"id": "a b"}})), json!({ "malformed": problem }));
        assert_eq!(super::problem(&left(json!({}))), Some(problem));
        assert_eq!(super::problem(&longest()), None);
    }

    #[test]
    fn the_arn_of_an_execution_is_known_before_it_is_started() {
        let ticket = ticket(&json!({"ticket": {"id": "35436", "round": 2}})).unwrap();
        assert_eq!(
            ticket.execution_arn("arn:aws:states:us-east-1:000000000000:stateMachine:causeway-onboarding"),
            "arn:aws:states:us-east-1:000000000000:execution:causeway-onboarding:ticket-35436_2"
        );
    }

    #[test]
    fn the_ticket_of_an_execution_is_in_its_name() {
        let ticket =
            |name: &str| ticket_of_execution(&format!("arn:aws:states:us-east-1:000000000000:execution:m:{name}"));
        assert_eq!(ticket("ticket-35436").unwrap().as_str(), "35436");
        assert_eq!(ticket("ticket-INC-0042_12").unwrap().as_str(), "INC-0042");
        assert_eq!((ticket("event-7bf73129"), ticket("ticket-")), (None, None));
    }
}
