//! What the register knows of an onboarding.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use shared::answer::Answer;
use shared::facts::Facts;
use shared::ids::TicketId;
use shared::message::Message;
use shared::reference::Reference;
use shared::request::EndpointRequest;
use shared::state::State;
use shared::wish::Wish;

/// An onboarding's item. It holds no secret. Times are RFC 3339, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Onboarding {
    /// The execution that it is.
    pub execution_arn: String,
    /// The ticket that it answers; a malformed event may name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Who asked, as the ticket names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The number of the link that is valid.
    pub link: u32,
    /// What the page shows first.
    pub shown: Shown,
    /// The answer that was claimed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// Since when, and for which closing, only closings write the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<Fence>,
    /// The number of the last closing that was, or is to be, started.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub closings: u32,
    /// How many comments of the requester were answered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub comments: u32,
    /// Who wants it closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Wish>,
    /// What happened.
    #[serde(default)]
    pub timeline: BTreeMap<Reference, Line>,
    /// When an answer was last refused because of a fault that is not the customer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What became of the messages to the ticket.
    #[serde(default)]
    pub deliveries: BTreeMap<Reference, Delivery>,
}

/// What the page shows first. It is written as a whole, by whoever is newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// How new it is.
    pub order: Order,
    /// Where the onboarding stands.
    pub state: State,
    /// Where it stood when a fault came in its way, while it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at: Option<State>,
    /// Since when.
    pub since: String,
    /// What the customer is told to be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the execution waits for, when it waits for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// The version of the vault that holds the task token by which a pause is ended, while the onboarding is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<String>,
    /// What is known.
    #[serde(default)]
    pub facts: Facts,
    /// How it ended: as `state` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// How new a write is: whether the onboarding's own execution or which of its closings wrote it, then the step that the
/// definition counts, then which try of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Order(u64);

/// From here on only this closing, or a later one, writes the register: what still runs of the onboarding changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// The closing's number.
    pub closing: u32,
    /// Since when.
    pub since: String,
}

/// A wait for the customer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// What the customer is to bring.
    pub answer: Answer,
    /// Until when.
    pub until: String,
    /// The version of the vault that holds the task token of this wait.
    pub vault_version: String,
}

/// The right of one answer, among many, to resume the execution. Whoever has it need not have used it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The wait that it is for.
    pub order: Order,
    /// What the answer is known by when it comes again.
    pub digest: String,
    /// When it was made, in milliseconds of Unix time.
    pub at: u64,
    /// What was read out of a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<EndpointRequest>,
}

impl Claim {
    /// How long nobody else may answer: twice the time that the portal may run, so that a claim which is free again
    /// cannot resume anything any more, in milliseconds.
    pub const HOLDS: u64 = 60_000;

    /// Whether nobody else may answer yet.
    #[must_use]
    pub fn holds(&self) -> bool {
        unix_milliseconds() < self.at + Self::HOLDS
    }
}

/// The time, in milliseconds of Unix time.
#[must_use]
pub fn unix_milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// How an onboarding ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// When.
    pub at: String,
    /// Why, for the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The message that tells it; earlier releases did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<Reference>,
    /// That message, so that it can be put into the queue again when whoever told it was stopped before; then it goes from
    /// here. A failure's cause is `reason`. Earlier releases did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
    /// Whether it is a message that the ticket gets too. Items of the release 0.1.0 have the other name.
    #[serde(default, rename = "forTicket", alias = "for_ticket", skip_serializing_if = "std::ops::Not::not")]
    pub for_ticket: bool,
}

/// What became of a message to the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// When.
    pub at: String,
    /// What.
    pub what: Delivered,
    /// The date that the message named, for one that names any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What can become of a message to the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivered {
    /// The ticket has it.
    Posted,
    /// The help desk refused it for good; it is in the dead-letter queue.
    Refused,
    /// It was tried for 13 days; it is in the dead-letter queue.
    GivenUp,
    /// When its turn came, it said nothing any more that anybody could act on.
    Pointless,
}

/// An order's steps are this far apart.
const STEP: u64 = 1000;
/// Its closings are this far apart.
const CLOSING: u64 = 1_000_000 * STEP;

impl Order {
    /// How new a try of a step is, of the closing with this number or, 0, of the onboarding's own execution; `retry` is below
    /// 1,000, and `step` below a million.
    #[must_use]
    pub fn new(closing: u32, step: u32, retry: u32) -> Self {
        Self(u64::from(closing) * CLOSING + u64::from(step) * STEP + u64::from(retry))
    }

    /// The number of the closing that writes; 0 for the onboarding's own execution.
    #[must_use]
    pub fn closing(self) -> u32 {
        u32::try_from(self.0 / CLOSING).unwrap_or(u32::MAX)
    }

    /// What a message that is first tried at this step is known by.
    #[must_use]
    pub fn reference(self) -> Reference {
        Reference::Step { closing: self.closing(), step: self.step() }
    }

    /// The step.
    #[must_use]
    pub fn step(self) -> u32 {
        u32::try_from(self.0 % CLOSING / STEP).unwrap_or(u32::MAX)
    }
}

impl From<u64> for Order {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<Order> for u64 {
    fn from(order: Order) -> Self {
        order.0
    }
}

impl Onboarding {
    /// The claim to answer what is asked now, while it holds.
    #[must_use]
    pub fn claimed(&self) -> Option<&Claim> {
        self.claim.as_ref().filter(|claim| claim.order == self.shown.order && claim.holds())
    }

    /// Where the onboarding stands. A claim moves it before the next message says so; one that has resumed nothing moves
    /// it back when it holds no more.
    #[must_use]
    pub fn state(&self) -> State {
        match (&self.shown.wait, self.claimed()) {
            (Some(wait), Some(_)) => match wait.answer {
                Answer::Command => State::CreatingEndpoint,
                Answer::Source => State::Verifying,
            },
            _ => self.shown.state,
        }
    }

    /// What was read out of the last command that was accepted.
    #[must_use]
    pub fn request(&self) -> Option<&EndpointRequest> {
        self.claimed().and_then(|claim| claim.request.as_ref()).or(self.shown.facts.request.as_ref())
    }

    /// Whether it is being closed, or is to be.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        !self.has_ended() && (self.fence.is_some() || self.wish.is_some())
    }

    /// Whether nothing of it will change any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.shown.outcome.is_some()
    }
}
