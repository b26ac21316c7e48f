//! How far a ticket's onboardings have come, as the register knows it. The ticket's thread is not asked: it may have been
//! told late, or not at all.

use register::{Onboarding, Register};
use shared::event::{Round, Ticket};
use shared::ids::TicketId;
use step::StepError;

use crate::reply::Reply;

/// How far a ticket's onboardings have come.
#[derive(Debug)]
pub(crate) enum Standing {
    /// The ticket has had none; its first would be this round.
    Ahead(Ticket),
    /// The last one, of this round, is under way.
    Running { ticket: Ticket, onboarding: Box<Onboarding> },
    /// The last one, of this round, has ended, or is being closed: the next one does not wait for that.
    Ended { latest: Round, onboarding: Box<Onboarding> },
}

impl Standing {
    /// Reads how far they have come.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub(crate) async fn read(
        register: &Register,
        state_machine_arn: &str,
        ticket: &TicketId,
    ) -> Result<Self, StepError> {
        Ok(match register.latest(state_machine_arn, ticket).await? {
            None => Self::Ahead(Ticket { id: ticket.clone(), round: Round::FIRST }),
            Some((latest, onboarding)) if onboarding.has_ended() || onboarding.is_closing() => {
                Self::Ended { latest, onboarding: Box::new(onboarding) }
            }
            Some((round, onboarding)) => {
                Self::Running { ticket: Ticket { id: ticket.clone(), round }, onboarding: Box::new(onboarding) }
            }
        })
    }
}

/// The round after the last one, if a ticket may have another.
pub(crate) fn another(ticket: &TicketId, latest: Round) -> Result<Ticket, Reply> {
    let too_many = || Reply::ignored("too-many-rounds", "The ticket has had 999 onboardings; open another ticket.");
    Ok(Ticket { id: ticket.clone(), round: latest.next().ok_or_else(too_many)? })
}

/// The round is under way.
pub(crate) fn running() -> Reply {
    Reply::ignored("running", "The ticket's onboarding is under way.")
}

/// The last round has ended, and nobody asks for another.
pub(crate) fn ended() -> Reply {
    Reply::ignored("ended", "The ticket's onboarding has ended.")
}

/// Which round an event asks for that counts rounds itself. Its number tells a repeat from a wish for another onboarding;
/// which number that one gets is known from the register alone.
pub(crate) fn wished(ticket: &Ticket, standing: Standing) -> Result<Ticket, Reply> {
    match standing {
        Standing::Ahead(first) => Ok(first),
        Standing::Running { .. } => Err(running()),
        Standing::Ended { latest, .. } if ticket.round > latest => another(&ticket.id, latest),
        Standing::Ended { .. } => Err(ended()),
    }
}
