//! A help desk with Zendesk's API, Zendesk's webhooks and its pages: the list with a form, a ticket's thread, and a
//! page to write as the customer.
//!
//! What happens to tickets that bear the tag `privatelink`, as the form's do, is announced by webhook.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{get, post};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

pub(crate) use self::api::refused;
use self::ticket::{Change, Ticket};
use self::webhook::Event;
pub use self::webhook::{Deliveries, Hook};
use crate::faults::{Faults, Wire};

mod api;
mod faults;
pub mod fields;
mod organization;
mod pages;
mod text;
mod ticket;
mod webhook;

/// The first ticket's number.
const FIRST_TICKET: u64 = 35436;

/// What makes a ticket one of ours.
const TAG: &str = "privatelink";

/// The ids of people: end users below, agents from here on, in the order in which they are met.
const FIRST_AGENT: u64 = 900_001;
/// The only customer who files tickets here.
pub const CUSTOMER: u64 = 800_001;

/// The state of the help desk; a clone is the same help desk.
#[derive(Debug, Clone)]
struct HelpDesk {
    tickets: Arc<Mutex<BTreeMap<u64, Ticket>>>,
    /// How many tickets were ever filed: the number of a deleted one is not given again.
    filed: Arc<AtomicU64>,
    agents: Arc<Mutex<Vec<String>>>,
    organizations: Arc<Mutex<BTreeMap<u64, serde_json::Value>>>,
    events: UnboundedSender<Event>,
}

/// An empty help desk, and the deliveries of its webhook, which are to be run beside it.
pub fn new(hook: Hook) -> (Router, Deliveries) {
    let (events, announced) = unbounded_channel();
    let desk = HelpDesk {
        tickets: Arc::default(),
        filed: Arc::default(),
        agents: Arc::default(),
        organizations: Arc::default(),
        events,
    };
    let router = Router::new()
        .route("/", get(pages::index))
        .route("/tickets", post(pages::file))
        .route("/tickets/{id}", get(pages::thread))
        .route("/tickets/{id}/reply", get(pages::write).post(pages::reply))
        .route("/tickets/{id}/reopen", post(pages::reopen))
        .route("/_help-desk/tell-again/{id}", post(webhook::tell_again))
        .merge(api::routes(desk.clone()))
        .with_state(desk);
    let faults = Faults::new(Wire::HelpDesk);
    let switches = Router::new().route("/_help-desk/faults", post(faults::add).delete(faults::clear));
    let router = faults.before(router).merge(faults.control()).merge(switches.with_state(faults));
    (router, Deliveries::new(hook, announced))
}

impl HelpDesk {
    fn file(&self, change: Change, channel: &'static str) -> Ticket {
        let mut tickets = self.tickets();
        let id = FIRST_TICKET + self.filed.fetch_add(1, Ordering::Relaxed);
        let ticket = tickets.entry(id).or_insert(Ticket::new(id, change, channel)).clone();
        self.announce(&ticket, CUSTOMER, vec![("created", serde_json::json!({}))]);
        ticket
    }

    /// Changes a ticket and announces what has changed.
    fn change(&self, ticket: &mut Ticket, change: Change, actor: u64) {
        let happened = ticket.change(change, actor);
        self.announce(ticket, actor, happened);
    }

    fn announce(&self, ticket: &Ticket, actor: u64, happened: Vec<(&'static str, serde_json::Value)>) {
        if !ticket.tags.iter().any(|tag| tag == TAG) {
            return;
        }
        for (kind, event) in happened {
            if self.events.send(Event::new(ticket, kind, actor, &event)).is_err() {
                tracing::warn!("nobody hears of ticket {}", ticket.id);
            }
        }
    }

    /// The id of the agent with this name, who is one from now on.
    fn agent(&self, name: &str) -> u64 {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let place = agents.iter().position(|known| known == name).unwrap_or_else(|| {
            agents.push(name.to_owned());
            agents.len() - 1
        });
        FIRST_AGENT + u64::try_from(place).unwrap_or_default()
    }

    fn organizations(&self) -> MutexGuard<'_, BTreeMap<u64, serde_json::Value>> {
        self.organizations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tickets(&self) -> MutexGuard<'_, BTreeMap<u64, Ticket>> {
        // A panic elsewhere leaves at worst one ticket half changed, which is no reason to lose the others.
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
