//! What a comment of the requester says to an onboarding that runs, and what it is answered. Neither holds anything of the
//! comment's text but what was read out of a command: a comment may hold a password.

use serde::{Deserialize, Serialize};

use crate::event::Ticket;
use crate::ids::CommentId;
use crate::late::Late;
use crate::request::EndpointRequest;
use crate::state::State;
use crate::text::Text;

/// The code of a fault of a command, `vpc-mismatch`.
pub type FaultCode = Text<40>;

/// The detail of the event `Customer Answered` on the stack's bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentEvent {
    /// The ticket, and its onboarding that runs.
    pub ticket: Ticket,
    /// The comment.
    pub comment: CommentId,
    /// The wait that the comment met, by its order in the register; none when there was none, or it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
    /// What the comment says.
    pub said: Said,
}

/// What a comment says, as far as an onboarding is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Said {
    /// A command that can be taken, or a service's name.
    Command {
        /// What was read out of it.
        request: EndpointRequest,
    },
    /// A command that cannot be taken.
    CommandRefused {
        /// What is wrong with it.
        codes: Vec<FaultCode>,
        /// What would be taken in its place, if that is sure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrected: Option<EndpointRequest>,
    },
    /// A password, alone or in a connection string.
    Password,
    /// A connection string without a password.
    ConnectionString,
    /// Where it stands.
    Question,
}

/// What a comment is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CommentAnswer {
    /// The command was taken.
    CommandTaken {
        /// What was read out of it.
        request: EndpointRequest,
    },
    /// The command cannot be taken.
    CommandRefused {
        /// What is wrong with it.
        codes: Vec<FaultCode>,
        /// What would be taken in its place, if that is sure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrected: Option<EndpointRequest>,
    },
    /// The command is not awaited.
    CommandLate {
        /// Why not.
        why: Late,
    },
    /// A password stands in the ticket now, and is not taken.
    PasswordSeen,
    /// A connection string is not taken from the ticket.
    ConnectionStringSeen,
    /// Where the onboarding stands.
    Standing {
        /// That is here.
        state: State,
    },
}

impl CommentAnswer {
    /// The answer's name, `command-taken`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CommandTaken { .. } => "command-taken",
            Self::CommandRefused { .. } => "command-refused",
            Self::CommandLate { .. } => "command-late",
            Self::PasswordSeen => "password-seen",
            Self::ConnectionStringSeen => "connection-string-seen",
            Self::Standing { .. } => "standing",
        }
    }

    /// Whether it is worth nothing once the onboarding has ended.
    #[must_use]
    pub fn is_of_its_time(&self) -> bool {
        !matches!(self, Self::PasswordSeen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_under_the_name_that_it_tells() {
        let request = || EndpointRequest {
            service_name: "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4".parse().unwrap(),
            subnet_ids: Vec::new(),
        };
        for answer in [
            CommentAnswer::CommandTaken { request: request() },
            CommentAnswer::CommandRefused { codes: Vec::new(), corrected: Some(request()) },
            CommentAnswer::CommandLate { why: Late::Closing },
            CommentAnswer::PasswordSeen,
            CommentAnswer::ConnectionStringSeen,
            CommentAnswer::Standing { state: State::Held },
        ] {
            let written = serde_json::to_value(&answer).unwrap();
            assert_eq!(written["kind"], answer.name());
            assert_eq!(serde_json::from_value::<CommentAnswer>(written).unwrap(), answer);
        }
    }
}
