//! The page's view of a message. The ticket's is in the crate of the help desk.

use crate::held;
use shared::answer::Answer;
use shared::facts::Facts;
use shared::message::Message;
use shared::state::State;
use shared::wish::{Side, Wish};
use step::StepError;

/// What the page shows of a message.
pub(crate) struct View {
    /// Where the onboarding then stands.
    pub(crate) state: State,
    /// Where it stood when a fault came in its way, if that is what is told.
    pub(crate) held_at: Option<State>,
    /// What the customer is told to be wrong.
    pub(crate) error: Option<String>,
    /// What happened, if it deserves a line of the timeline.
    pub(crate) line: Option<&'static str>,
}

impl View {
    /// How the page shows this message.
    ///
    /// # Errors
    /// [`StepError::InvalidInput`] for what answers a comment: it is beside the way, and the page does not show it.
    pub(crate) fn of(message: &Message, facts: &Facts) -> Result<Self, StepError> {
        let again = facts.problem.is_some();
        let (state, line) = match message {
            Message::Preparing => (State::PreparingNetwork, Some("The network is being prepared")),
            Message::Declined { .. } => (State::Declined, Some("The request was declined")),
            Message::Instructions if again => {
                (State::PreparingNetwork, Some("Another command is needed; the steps were sent to the ticket again"))
            }
            Message::Instructions => {
                (State::PreparingNetwork, Some("The VPC ID and the subnet IDs were sent to the ticket"))
            }
            Message::CommandReceived => {
                (State::CreatingEndpoint, Some("The command was received; the endpoint is being created"))
            }
            Message::SourceReceived => (State::Verifying, Some("The source is being verified")),
            Message::Reminder { awaited: Answer::Command, .. } => {
                (State::AwaitingCommand, Some("A reminder was sent to the ticket"))
            }
            Message::Reminder { awaited: Answer::Source, .. } => {
                (State::AwaitingSource, Some("A reminder was sent to the ticket"))
            }
            Message::WindowPassed { awaited: Answer::Command } => (State::AwaitingCommand, None),
            Message::WindowPassed { awaited: Answer::Source } => (State::AwaitingSource, None),
            Message::LastWindow { .. } => (
                State::AwaitingSource,
                Some("A last reminder was sent to the ticket; it names the day on which the request is closed"),
            ),
            Message::AcceptanceAwaited => (State::AwaitingAcceptance, None),
            Message::AcceptanceReminder => (State::AwaitingAcceptance, Some("A reminder was sent to the ticket")),
            Message::EndpointReady => {
                (State::AwaitingAcceptance, Some("The endpoint is ready and waits for Atlas to accept it"))
            }
            Message::SourceWanted if again => (State::Verifying, Some("Another source is needed; the ticket says why")),
            Message::SourceWanted => (
                State::AwaitingAcceptance,
                Some("Atlas accepted the endpoint; the connection string was asked for on the ticket"),
            ),
            Message::NotYet => (State::Verifying, None),
            Message::Held { .. } => (State::Held, Some("A fault on our side is in the way; nothing is lost")),
            Message::Connected => (State::Connected, Some("The source works")),
            Message::Closing { ending, .. } => (*ending, Some("The request is being closed")),
            Message::Expired { .. } => (State::Expired, Some("The request has expired")),
            Message::Failed { .. } => (State::Failed, Some("The request failed")),
            Message::Closed { wish: Wish { by: Side::Customer, .. } } => {
                (State::Closed, Some("The request was closed, as was asked on this page"))
            }
            Message::Closed { wish: Wish { by: Side::Operator, .. } } => {
                (State::Closed, Some("The request was closed by our team"))
            }
            Message::Answered { .. } => {
                return Err(StepError::InvalidInput("what answers a comment is no message of a state".to_owned()));
            }
        };
        let held_at = match message {
            Message::Held { failure } => held::at(&failure.state, facts),
            _ => None,
        };
        let error = match message {
            Message::Declined { .. } | Message::Expired { .. } => message.reason(),
            Message::Closed { wish: Wish { by: Side::Customer, who, why } } => {
                Some(format!("{who} asked for it on this page: {why}"))
            }
            // Who of us it was, and why, is for the support engineer, and so is any other reason.
            Message::Closed { wish: Wish { by: Side::Operator, .. } } => Some("Our team closed it.".to_owned()),
            Message::Failed { failure } | Message::Closing { failure: Some(failure), .. }
                if failure.error == StepError::CUSTOMER =>
            {
                failure.message()
            }
            Message::Reminder { .. } | Message::WindowPassed { .. } | Message::LastWindow { .. } => facts.problem(),
            // Why the customer is asked again; what went wrong with us is for the support engineer.
            Message::Held { .. } if matches!(held_at, Some(State::AwaitingCommand | State::AwaitingSource)) => {
                facts.problem()
            }
            _ => None,
        };
        Ok(Self { state, held_at, error, line })
    }
}
