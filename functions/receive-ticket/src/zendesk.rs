//! Zendesk's webhooks: events of tickets, and what an administrator's trigger sends. Either only says which ticket, and
//! the ticket is read: into a trigger's body a customer may have written.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::comment::{self, Comment as Heard};
use crate::facts::Facts;
use crate::reopened::Reopened;
use crate::reply::Reply;
use crate::standing::{Standing, another, ended, running};
use crate::thread::{FilledIn, answers, has_question};
use crate::{Clients, Config, bus};
use help_desk::message::question::{note, question};
use help_desk::message::webhook;
use help_desk::zendesk::{Conversation, Organization, as_text};
use help_desk::{Comment, Fact, Fields, Refusal, Zendesk, zendesk};
use register::Onboarding;
use shared::event::{self, Ticket};
use shared::ids::{CommentId, TicketId};
use step::StepError;

/// The schema of the events that are read; Zendesk names it in each.
const EVENT_VERSION: &str = "2022-11-06";

/// What a webhook says.
#[derive(Debug)]
struct Notice {
    ticket: TicketId,
    reopened: Option<Reopened>,
    /// The public comment that was added.
    comment: Option<CommentId>,
}

/// Announces the ticket's onboarding, or asks for what is missing, or finds that there is nothing to do.
pub(crate) async fn take(clients: &Clients, config: &Config, payload: &Value) -> Result<Reply, StepError> {
    let notice = match Notice::read(payload, &config.tag) {
        Ok(notice) => notice,
        Err(ignored) => return Ok(ignored),
    };
    let zendesk = clients.help_desk.zendesk();
    let Some(ticket) = zendesk.ticket(&notice.ticket).await? else {
        return Ok(Reply::ignored("unknown-ticket", "The help desk knows no such ticket."));
    };
    if !ticket.tags.contains(&config.tag) {
        return Ok(without_tag());
    }
    if ["solved", "closed"].contains(&ticket.status.as_str()) {
        return Ok(Reply::ignored("solved", "The ticket is solved."));
    }
    let standing = Standing::read(&clients.register, &config.state_machine_arn, &notice.ticket).await?;
    let (round, is_wanted) = match standing {
        Standing::Ahead(first) => (first, true),
        Standing::Running { ticket: round, onboarding } => {
            return match notice.comment {
                Some(comment) => hear(clients, config, round, &onboarding, &ticket.requester_id, comment).await,
                None => Ok(running()),
            };
        }
        Standing::Ended { latest, onboarding } => match (another(&notice.ticket, latest), &notice.reopened) {
            (Err(ignored), _) => return Ok(ignored),
            (Ok(next), None) => (next, false),
            (Ok(next), Some(reopened)) => {
                (next, reopened.asks_for_more(&zendesk, &ticket.requester_id, &onboarding).await?)
            }
        },
    };
    let us = zendesk.us().await?;
    let (thread, organization) =
        tokio::try_join!(zendesk.thread(&notice.ticket), organization(&zendesk, &config.fields, &ticket))?;
    // Another onboarding that lacked something was wanted before; what it lacked may be there now.
    if !is_wanted && !has_question(&round, &us, &thread) {
        return Ok(ended());
    }
    let answers = answers(&notice.ticket, &us, &ticket.requester_id, &thread);
    // What the vendor's own system says counts more than what a comment says, and most where only the vendor can write.
    let mut facts = Facts::default();
    answers.given.iter().for_each(|(fact, value)| facts.set(*fact, value));
    facts.add_fields(&config.fields, &ticket.custom_fields);
    if let Some(organization) = &organization {
        facts.add_organization(&config.fields, organization);
    }
    if facts.missing().is_empty() {
        let event = facts.event(&round).map_err(|error| StepError::InvalidInput(error.to_string()))?;
        return bus::announce(clients, config, &event).await;
    }
    let comments = questions(config, &round, &facts, &answers);
    match zendesk.post(&round.id, &us, Conversation { ticket, thread }, &comments).await? {
        0 => Ok(Reply::ignored("waiting", "The ticket has said before what is missing.")),
        _ => Ok(Reply::asked()),
    }
}

/// Hears a comment while an onboarding runs, if it is the requester's own and for all to see. What we say ourselves is never
/// heard, whoever the requester is.
async fn hear(
    clients: &Clients,
    config: &Config,
    ticket: Ticket,
    onboarding: &Onboarding,
    requester: &str,
    comment: CommentId,
) -> Result<Reply, StepError> {
    let zendesk = clients.help_desk.zendesk();
    let us = zendesk.us().await?;
    let thread = zendesk.thread(&ticket.id).await?;
    let Some(found) = thread.iter().find(|found| found.id == comment.as_str()) else {
        // What Zendesk tells of may be a moment ahead of what it shows.
        return Err(StepError::Transient("the comment is not in the ticket's thread".to_owned()));
    };
    if !found.public || found.author_id != requester || found.author_id == us {
        return Ok(running());
    }
    let ours = thread.iter().filter(|comment| comment.author_id == us).map(|comment| comment.body.as_str()).collect();
    let at = OffsetDateTime::parse(&found.created_at, &Rfc3339).ok();
    comment::take(clients, config, ticket, onboarding, Heard { id: comment, text: &found.body, at, ours }).await
}

/// The ticket's organisation, where a fact is read out of it.
async fn organization(
    zendesk: &Zendesk<'_>,
    fields: &Fields,
    ticket: &zendesk::Ticket,
) -> Result<Option<Organization>, Refusal> {
    match &ticket.organization_id {
        Some(id) if fields.of_organizations().next().is_some() => zendesk.organization(id).await,
        _ => Ok(None),
    }
}

/// Takes a body that is no JSON, of which the ticket can still be told: the support engineer is told of it, and the ticket is
/// read as for any other. Nothing when it is no ticket of ours.
pub(crate) async fn take_broken(
    clients: &Clients,
    config: &Config,
    ticket: &TicketId,
) -> Result<Option<Reply>, StepError> {
    let zendesk = clients.help_desk.zendesk();
    let is_ours = |found: &zendesk::Ticket| found.tags.contains(&config.tag);
    let Some(found) = zendesk.ticket(ticket).await?.filter(is_ours) else { return Ok(None) };
    // Nobody can write on a closed ticket.
    if found.status != "closed" {
        let us = zendesk.us().await?;
        let seen = Conversation { ticket: found, thread: zendesk.thread(ticket).await? };
        zendesk.post(ticket, &us, seen, &[webhook::unreadable(ticket)]).await?;
    }
    take(clients, config, &json!({"ticket": {"id": ticket}})).await.map(Some)
}

/// What is to be asked: the customer for what only the customer knows, the support engineer for the rest.
fn questions(config: &Config, round: &Ticket, facts: &Facts, answers: &FilledIn) -> Vec<Comment> {
    let execution = round.execution_name();
    let (customers, vendors): (Vec<_>, Vec<_>) = facts.missing().into_iter().partition(|fact| fact.label().is_some());
    let mut comments = Vec::new();
    if !vendors.is_empty() {
        comments.push(note(&execution, &vendors, facts.unreadable(), &config.fields));
    }
    if !customers.is_empty() {
        let is_target_known = facts.has(Fact::AtlasTarget);
        // What the customer said last is what the customer is told.
        let mut unreadable = facts.unreadable().clone();
        unreadable.extend(answers.unreadable.clone());
        comments.push(question(&execution, &customers, &unreadable, is_target_known));
    }
    comments
}

impl Notice {
    /// Reads the payload; what cannot concern us is told apart without a call to the help desk.
    fn read(payload: &Value, tag: &str) -> Result<Self, Reply> {
        let no_ticket = Reply::no_ticket;
        let Some(kind) = payload["type"].as_str().and_then(|kind| kind.strip_prefix("zen:event-type:")) else {
            let ticket = event::ticket_id(payload).ok_or_else(no_ticket)?;
            return Ok(Self { ticket, reopened: None, comment: None });
        };
        if payload["zendesk_event_version"].as_str().is_some_and(|version| version != EVENT_VERSION) {
            return Err(Reply::event_version(EVENT_VERSION));
        }
        let (detail, event) = (&payload["detail"], &payload["event"]);
        let kind = kind.strip_prefix("ticket.").ok_or_else(no_ticket)?;
        let ticket = as_text(&detail["id"]).and_then(|id| id.parse().ok()).ok_or_else(no_ticket)?;
        if detail["tags"].as_array().is_some_and(|tags| !tags.iter().any(|known| known == tag)) {
            return Err(without_tag());
        }
        let nothing_new = || Reply::ignored("nothing-new", "This changes nothing for an onboarding.");
        let mut comment = None;
        let reopened = match kind {
            "created" | "tags_changed" | "custom_field_changed" | "organization_changed" => None,
            // An internal note may say that the organisation is filled in, of which there is no event.
            "comment_added" if event["comment"]["is_public"] == false => None,
            // Only the requester answers questions; our own replies end here.
            "comment_added" => {
                let (author, requester) =
                    (as_text(&event["comment"]["author"]["id"]), as_text(&detail["requester_id"]));
                if author.is_some() && requester.is_some() && author != requester {
                    return Err(nothing_new());
                }
                comment = as_text(&event["comment"]["id"]).and_then(|id| id.parse().ok());
                None
            }
            "status_changed" => {
                let is = |value: &Value, status| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(status));
                if !(is(&event["previous"], "solved") && is(&event["current"], "open")) {
                    return Err(nothing_new());
                }
                let at = payload["time"].as_str().and_then(|time| OffsetDateTime::parse(time, &Rfc3339).ok());
                Some(Reopened { at: at.ok_or_else(nothing_new)?, actor: as_text(&detail["actor_id"]) })
            }
            _ => return Err(nothing_new()),
        };
        Ok(Self { ticket, reopened, comment })
    }
}

fn without_tag() -> Reply {
    Reply::ignored("without-tag", "The ticket does not bear the tag of PrivateLink tickets.")
}
