//! Zendesk's webhooks: an event for each thing that happens to a ticket, signed, and delivered again when the receiver
//! is busy or away.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::HelpDesk;
use super::api::{not_found, number};
use super::ticket::{Ticket, stamp};

/// How often an event is sent at most.
const TRIES: u32 = 5;
/// The first pause before an event is sent again; the next is twice as long. Zendesk waits as `Retry-After` says.
const PAUSE: Duration = Duration::from_millis(200);

const ACCOUNT: u64 = 12_514_403;

/// Where events are sent to.
#[derive(Debug, Clone)]
pub struct Hook {
    /// The receiver.
    pub url: String,
    /// The secret that the signatures are made under.
    pub secret: String,
}

/// An event's payload.
#[derive(Debug)]
pub(super) struct Event(Value);

impl Event {
    /// The event as Zendesk writes it for its event subscriptions. There, ids are texts.
    pub(super) fn new(ticket: &Ticket, kind: &str, actor: u64, event: &Value) -> Self {
        Self(json!({
            "type": format!("zen:event-type:ticket.{kind}"),
            "account_id": ACCOUNT,
            "id": Uuid::new_v4().to_string(),
            "time": ticket.stamp(),
            "zendesk_event_version": "2022-11-06",
            "subject": format!("zen:ticket:{}", ticket.id),
            "detail": {
                "actor_id": actor.to_string(),
                "id": ticket.id.to_string(),
                "subject": ticket.subject,
                "description": ticket.description(),
                "status": ticket.status.as_str().to_uppercase(),
                "requester_id": ticket.requester().to_string(),
                "organization_id": null,
                "form_id": null,
                "tags": ticket.tags,
                "via": {"channel": ticket.channel},
                "created_at": stamp(ticket.created_at),
                "updated_at": ticket.stamp(),
            },
            "event": event,
        }))
    }
}

/// Has a ticket's last comment told of once more, as Zendesk does when an answer gets lost on its way back.
pub(super) async fn tell_again(State(desk): State<HelpDesk>, Path(id): Path<String>) -> Response {
    let Some(ticket) = number(&id).and_then(|id| desk.tickets().get(&id).cloned()) else { return not_found() };
    desk.announce(&ticket, super::CUSTOMER, ticket.last_comment());
    StatusCode::NO_CONTENT.into_response()
}

/// The webhook at work.
#[derive(Debug)]
pub struct Deliveries {
    hook: Hook,
    events: UnboundedReceiver<Event>,
}

impl Deliveries {
    pub(super) fn new(hook: Hook, events: UnboundedReceiver<Event>) -> Self {
        Self { hook, events }
    }

    /// Delivers what happens, until the help desk is gone. The order is not kept, as Zendesk does not keep it.
    pub async fn run(mut self) {
        let http = reqwest::Client::new();
        let hook = Arc::new(self.hook);
        let mut deliveries = JoinSet::new();
        loop {
            tokio::select! {
                event = self.events.recv() => match event {
                    Some(event) => { deliveries.spawn(deliver(http.clone(), Arc::clone(&hook), event)); }
                    None => break,
                },
                Some(_) = deliveries.join_next() => {}
            }
        }
        deliveries.join_all().await;
    }
}

async fn deliver(http: reqwest::Client, hook: Arc<Hook>, Event(payload): Event) {
    let body = payload.to_string();
    for attempt in 0..TRIES {
        match send(&http, &hook, &body).await {
            Ok(status) if status.is_server_error() || [409, 429].contains(&status.as_u16()) => {}
            Ok(status) if status.is_success() => return,
            Ok(status) => return tracing::warn!("the webhook was answered {status}"),
            Err(error) => tracing::debug!("the webhook was not answered: {error}"),
        }
        tokio::time::sleep(PAUSE * 2_u32.pow(attempt)).await;
    }
    tracing::warn!("the webhook was given up after {TRIES} tries");
}

async fn send(http: &reqwest::Client, hook: &Hook, body: &str) -> anyhow::Result<reqwest::StatusCode> {
    let timestamp = OffsetDateTime::now_utc().format(&Rfc3339)?;
    let request = http
        .post(&hook.url)
        .header("content-type", "application/json; charset=utf-8")
        .header("x-zendesk-account-id", ACCOUNT.to_string())
        .header("x-zendesk-webhook-id", "01J0000000000000000000HOOK")
        .header("x-zendesk-webhook-invocation-id", Uuid::new_v4().to_string())
        .header("x-zendesk-webhook-signature", sign(&hook.secret, &timestamp, body)?)
        .header("x-zendesk-webhook-signature-timestamp", timestamp)
        .body(body.to_owned());
    Ok(request.send().await?.status())
}

fn sign(secret: &str, timestamp: &str, body: &str) -> anyhow::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(timestamp.as_bytes());
    mac.update(body.as_bytes());
    Ok(BASE64.encode(&mac.finalize().into_bytes()))
}
