//! A help desk with Zendesk's API and two pages: the list with a form, and a ticket's thread.
//!
//! Tickets that bear the tag `privatelink`, as the form's do, are announced once each; the receiver of the
//! announcements puts them on the bus.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use self::ticket::{Change, Ticket};

mod api;
pub mod fields;
mod pages;
mod text;
mod ticket;

/// The first ticket's number.
const FIRST_TICKET: u64 = 35436;

/// What makes a ticket one of ours.
const TAG: &str = "privatelink";

/// The state of the help desk; a clone is the same help desk.
#[derive(Debug, Clone)]
struct HelpDesk {
    tickets: Arc<Mutex<BTreeMap<u64, Ticket>>>,
    announce: UnboundedSender<Value>,
}

/// An empty help desk that sends the neutral event of each PrivateLink ticket to `announce`.
pub fn router(announce: UnboundedSender<Value>) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/tickets", post(pages::file))
        .route("/tickets/{id}", get(pages::thread))
        .merge(api::routes())
        .with_state(HelpDesk { tickets: Arc::default(), announce })
}

impl HelpDesk {
    fn file(&self, change: Change, channel: &'static str) -> Ticket {
        let mut tickets = self.tickets();
        let id = tickets.last_key_value().map_or(FIRST_TICKET, |(last, _)| last + 1);
        let ticket = tickets.entry(id).or_insert(Ticket::new(id, change, channel));
        self.announce(ticket);
        ticket.clone()
    }

    /// Announces a ticket the first time that it bears the tag.
    fn announce(&self, ticket: &mut Ticket) {
        if ticket.is_announced || !ticket.tags.iter().any(|tag| tag == TAG) {
            return;
        }
        ticket.is_announced = true;
        if self.announce.send(fields::neutral_event(ticket.id, &ticket.custom_fields)).is_err() {
            tracing::warn!("nobody hears of ticket {}", ticket.id);
        }
    }

    fn tickets(&self) -> MutexGuard<'_, BTreeMap<u64, Ticket>> {
        // A panic elsewhere leaves at worst one ticket half changed, which is no reason to lose the others.
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
