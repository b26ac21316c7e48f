//! The messages of an onboarding. A message has two views: the page shows one, the ticket gets the other.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::answer::Answer;
use crate::awaited::Awaited;
use crate::comment::CommentAnswer;
use crate::facts::Facts;
use crate::failure::Failure;
use crate::ids::TicketId;
use crate::reference::Reference;
use crate::state::State;
use crate::wish::Wish;

/// A message; its name is the state's, `Tell: instructions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Message {
    /// The ticket can be served; the network comes next. For the page only.
    Preparing,
    /// The ticket cannot be served.
    Declined {
        /// Why, and the way out.
        reason: String,
    },
    /// What to type into Atlas, and where to bring the command.
    Instructions,
    /// The customer's command has resumed the execution. For the page only.
    CommandReceived,
    /// The customer's source has resumed the execution. For the page only.
    SourceReceived,
    /// A window has passed without an answer.
    Reminder {
        /// What we wait for.
        awaited: Answer,
        /// The window that passed, from 1.
        window: u32,
        /// How many there are.
        windows: u32,
    },
    /// A window has passed and nobody is reminded: it did not count, or was the last one. For the page only.
    WindowPassed {
        /// What we wait for.
        awaited: Answer,
    },
    /// The last window for the source begins; after it an endpoint that Atlas accepted is deleted.
    LastWindow {
        /// For how long the customer can still answer once this is posted, in seconds.
        seconds: u32,
        /// Until when that is: known when it is posted.
        #[serde(skip)]
        until: Option<OffsetDateTime>,
    },
    /// What Atlas asks for next.
    EndpointReady,
    /// The endpoint is still looked at, after a fault. For the page only.
    AcceptanceAwaited,
    /// Atlas has not accepted the endpoint for another day.
    AcceptanceReminder,
    /// Atlas accepted the endpoint; how the platform is to log in is asked for.
    SourceWanted,
    /// Atlas has not published the private hosts yet. For the page only.
    NotYet,
    /// A fault of ours or of the outside is in the way. For the page and the support engineer.
    Held {
        /// What went wrong, where.
        failure: Failure,
    },
    /// The source works.
    Connected,
    /// What was made is being undone. For the page only.
    Closing {
        /// How it will have ended.
        ending: State,
        /// What went wrong, if something did.
        failure: Option<Failure>,
    },
    /// The customer did not answer, or did not finalize, in time.
    Expired {
        /// What we waited for.
        awaited: Awaited,
    },
    /// Something went wrong.
    Failed {
        /// What went wrong, where.
        failure: Failure,
    },
    /// Somebody wanted it closed.
    Closed {
        /// Who, and why.
        wish: Wish,
    },
    /// What a comment is answered. It is beside the way, and for the ticket only: no state tells it.
    Answered {
        /// That is this.
        answer: CommentAnswer,
    },
}

/// A message on its way to the ticket, as it lies in the queue of replies. It holds no link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// The execution that this onboarding is.
    pub execution_arn: String,
    /// The ticket that is answered.
    pub ticket: TicketId,
    /// What the message is known by.
    pub reference: Reference,
    /// The step at which it was told in the end, if that is not the one by which it is known: it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// What is said.
    pub message: Message,
    /// What was known when it was said.
    pub facts: Facts,
    /// Whether it is the first message after a fault that was told of: the support engineer is told that it goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
}

impl Message {
    /// The message's name, `source-wanted`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Declined { .. } => "declined",
            Self::Instructions => "instructions",
            Self::CommandReceived => "command-received",
            Self::SourceReceived => "source-received",
            Self::Reminder { .. } => "reminder",
            Self::WindowPassed { .. } => "window-passed",
            Self::LastWindow { .. } => "last-window",
            Self::EndpointReady => "endpoint-ready",
            Self::AcceptanceAwaited => "acceptance-awaited",
            Self::AcceptanceReminder => "acceptance-reminder",
            Self::SourceWanted => "source-wanted",
            Self::NotYet => "not-yet",
            Self::Held { .. } => "held",
            Self::Connected => "connected",
            Self::Closing { .. } => "closing",
            Self::Expired { .. } => "expired",
            Self::Failed { .. } => "failed",
            Self::Closed { .. } => "closed",
            Self::Answered { .. } => "answered",
        }
    }

    /// Whether the ticket gets it too.
    #[must_use]
    pub fn is_for_the_ticket(&self) -> bool {
        !matches!(
            self,
            Self::Preparing
                | Self::CommandReceived
                | Self::SourceReceived
                | Self::WindowPassed { .. }
                | Self::AcceptanceAwaited
                | Self::NotYet
                | Self::Closing { .. }
        )
    }

    /// Whether it asks for something, or hands something out for it: worth nothing once the onboarding has ended.
    #[must_use]
    pub fn is_request(&self) -> bool {
        match self {
            Self::Instructions
            | Self::Reminder { .. }
            | Self::LastWindow { .. }
            | Self::EndpointReady
            | Self::AcceptanceReminder
            | Self::SourceWanted => true,
            Self::Answered { answer } => answer.is_of_its_time(),
            _ => false,
        }
    }

    /// Has the message name its date, for one that is posted at this time; nothing if it names none.
    pub fn date(&mut self, at: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::LastWindow { seconds, until } => {
                *until = Some(at + Duration::seconds((*seconds).into()));
                *until
            }
            _ => None,
        }
    }

    /// Whether the onboarding ends with it.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(
            self,
            Self::Declined { .. } | Self::Connected | Self::Expired { .. } | Self::Failed { .. } | Self::Closed { .. }
        )
    }

    /// Why the onboarding ends, in a sentence.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Declined { reason } => Some(reason.clone()),
            Self::Expired { awaited } => Some(awaited.missed().to_owned()),
            Self::Failed { failure } => Some(failure.message().unwrap_or_else(|| "No cause was given.".to_owned())),
            Self::Closed { wish } => Some(format!("{} wanted it closed: {}", wish.who, wish.why)),
            _ => None,
        }
    }

    /// The message with this as the cause of the failure that it tells, if it tells any: without one where the reason, which
    /// is the cause, is kept beside it; with the reason when it is told again.
    #[must_use]
    pub fn with_cause(self, cause: Option<String>) -> Self {
        match self {
            Self::Failed { failure } => Self::Failed { failure: Failure { cause, ..failure } },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wish::Side;

    #[test]
    fn a_message_is_written_under_the_name_that_it_tells() {
        let failure = || Failure { state: String::new(), error: String::new(), cause: None };
        let wish = Wish { by: Side::Customer, who: "Ada".parse().unwrap(), why: "Not now.".parse().unwrap() };
        for message in [
            Message::Preparing,
            Message::Declined { reason: String::new() },
            Message::Instructions,
            Message::CommandReceived,
            Message::SourceReceived,
            Message::Reminder { awaited: Answer::Source, window: 1, windows: 7 },
            Message::WindowPassed { awaited: Answer::Source },
            Message::LastWindow { seconds: 604_800, until: None },
            Message::EndpointReady,
            Message::AcceptanceAwaited,
            Message::AcceptanceReminder,
            Message::SourceWanted,
            Message::NotYet,
            Message::Held { failure: failure() },
            Message::Connected,
            Message::Closing { ending: State::Expired, failure: None },
            Message::Expired { awaited: Awaited::Command },
            Message::Failed { failure: failure() },
            Message::Closed { wish },
            Message::Answered { answer: CommentAnswer::PasswordSeen },
        ] {
            assert_eq!(serde_json::to_value(&message).unwrap()["name"], message.name());
        }
    }
}
