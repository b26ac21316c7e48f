//! A body that is no JSON, signed by the help desk: a line break or a quotation mark out of a placeholder.

use crate::reply::Reply;
use crate::{Clients, Config, zendesk};
use help_desk::Product;
use shared::ids::TicketId;
use step::StepError;

/// What an alarm looks for in the log: the help desk said something that nobody can read, of a ticket that nobody can tell.
const UNHEARD: &str = "ticket-unheard";

/// Says so on the ticket, if one can be told from the body, and goes on with it; rings otherwise. Other help desks than Zendesk
/// hear it in the answer too, but who reads that is not known.
pub(crate) async fn take(clients: &Clients, config: &Config, body: &[u8]) -> Result<Reply, StepError> {
    let is_zendesk = clients.help_desk.product == Product::Zendesk;
    let told = is_zendesk.then(|| ticket_in(&String::from_utf8_lossy(body))).flatten();
    if let Some(ticket) = &told
        && let Some(reply) = zendesk::take_broken(clients, config, ticket).await?
    {
        return Ok(reply);
    }
    tracing::error!(alarm = UNHEARD, "a webhook's body is not JSON, and names no ticket that bears the tag");
    Ok(Reply::unreadable())
}

/// The first id of a ticket in a text that was to be `{"ticket": {"id": …}}`, or one of Zendesk's events.
fn ticket_in(body: &str) -> Option<TicketId> {
    let after = |text: &'static str| body.split_once(text).map(|(_, rest)| rest);
    let rest = after("\"ticket\"").or_else(|| after("\"detail\""))?;
    let (_, rest) = rest.split_once("\"id\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let rest = rest.strip_prefix('"').unwrap_or(rest);
    let end = rest.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '-').unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_told_from_what_is_left_of_a_body() {
        let told = |body: &str| ticket_in(body).map(|ticket| ticket.to_string());
        for body in [
            "{\"ticket\": {\"id\": \"35436\"}, \"atlas\": {\"region\": \"US\n_EAST\"}}",
            "{\"ticket\":{\"title\":\"a \"quoted\" title\",\"id\":35436}}",
            "{\"ticket\":{\"id\":\"35436\"",
            "{\"detail\": {\"id\": \"35436\", \"subject\": \"a\nb\"}}",
        ] {
            assert_eq!(told(body).as_deref(), Some("35436"), "{body}");
        }
        for body in ["", "{", "ticket 35436", "{\"id\": 35436,", "{\"ticket\": {\"id\": \"\"", "{\"ticket\": {\"id\" 7"]
        {
            assert_eq!(told(body), None, "{body}");
        }
    }
}
