//! A trigger of the help desk sends what nobody can read.

use crate::comment::{Block, Comment};
use shared::ids::TicketId;

/// Tells the support engineer that a webhook of this ticket was no JSON, and how its trigger is mended. Once a ticket.
#[must_use]
pub fn unreadable(ticket: &TicketId) -> Comment {
    let blocks = vec![
        Block::text(
            "Causeway got a webhook about this ticket whose body is not JSON. It could tell the ticket's number and has \
             read the ticket itself; the next body may not even tell that.",
        ),
        Block::text(
            "The cause most often is a placeholder in a trigger's body: Zendesk puts in its text as it is, line breaks and \
             quotation marks included. Please ask an administrator to let the body be this and nothing else, since \
             nothing else is read from it:",
        ),
        Block::value("Body", &r#"{"ticket": {"id": "{{ticket.id}}"}}"#),
    ];
    let reference = format!("ticket-{ticket}/webhook");
    Comment { blocks, public: false, status: None, reference, message: None }
}
