//! Zendesk's webhooks: events of tickets, which only say which ticket, and what an administrator's trigger sends.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::facts::Facts;
use crate::reply::Reply;
use crate::thread::{FilledIn, Standing, answers, standing};
use crate::{Clients, Config, bus};
use help_desk::message::question::{note, question};
use help_desk::zendesk::{Conversation, ThreadComment, as_text};
use help_desk::{Fact, Zendesk};
use shared::event::{self, Ticket};
use shared::ids::TicketId;
use step::StepError;

/// Our last comment of an onboarding can open a ticket again that somebody has solved meanwhile. A change by whom we
/// are, this soon after that comment, is our own.
const OWN_CHANGE: Duration = Duration::minutes(1);

/// What a webhook says.
#[derive(Debug)]
struct Notice {
    ticket: TicketId,
    /// What a trigger's payload says of the ticket.
    facts: Facts,
    reopened: Option<Reopened>,
}

/// The ticket was solved and is open again.
#[derive(Debug)]
struct Reopened {
    at: OffsetDateTime,
    /// Who did it.
    actor: Option<String>,
}

/// Announces the ticket's onboarding, or asks for what is missing, or finds that there is nothing to do.
pub(crate) async fn take(clients: &Clients, config: &Config, payload: &Value) -> Result<Reply, StepError> {
    let notice = match Notice::read(payload, &config.tag) {
        Ok(notice) => notice,
        Err(ignored) => return Ok(ignored),
    };
    if notice.facts.missing().is_empty()
        && let Some(ticket) = event::ticket(payload)
    {
        return bus::announce(clients, config, &ticket, &notice.facts.event(&ticket)).await;
    }
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
    let thread = zendesk.thread(&notice.ticket).await?;
    let conversation = Conversation { ticket, thread };
    let requester = conversation.ticket.requester_id.as_str();
    let round = match standing(&notice.ticket, requester, &conversation.thread) {
        Standing::Ahead(round) => round,
        Standing::Running => return Ok(Reply::ignored("running", "The ticket's onboarding is under way.")),
        Standing::Ended { key, last, next }
            if notice.reopened.is_some_and(|reopened| reopened.asks_for_more(requester, key, last)) =>
        {
            next
        }
        Standing::Ended { .. } => return Ok(Reply::ignored("ended", "The ticket's onboarding has ended.")),
    };
    let answers = answers(&notice.ticket, requester, &conversation.thread);
    // What the vendor's own system says counts more than what a comment says.
    let mut facts = Facts::default();
    answers.given.iter().for_each(|(fact, value)| facts.set(*fact, value.clone()));
    facts.add(notice.facts);
    facts.add_fields(&config.fields, &conversation.ticket.custom_fields);
    if facts.missing().is_empty() {
        return bus::announce(clients, config, &round, &facts.event(&round)).await;
    }
    ask(&zendesk, config, &round, conversation, &facts, &answers).await
}

/// Asks for what is missing, each question once.
async fn ask(
    zendesk: &Zendesk<'_>,
    config: &Config,
    round: &Ticket,
    conversation: Conversation,
    facts: &Facts,
    answers: &FilledIn,
) -> Result<Reply, StepError> {
    let execution = round.execution_name();
    let (customers, vendors): (Vec<_>, Vec<_>) = facts.missing().into_iter().partition(|fact| fact.label().is_some());
    let mut comments = Vec::new();
    if !vendors.is_empty() {
        comments.push(note(&execution, &vendors, &config.fields));
    }
    if !customers.is_empty() {
        let is_target_known = facts.has(Fact::AtlasTarget);
        comments.push(question(&execution, &customers, &answers.unreadable, is_target_known));
    }
    match zendesk.post(&round.id, conversation, &comments).await? {
        0 => Ok(Reply::ignored("waiting", "The ticket has said before what is missing.")),
        _ => Ok(Reply::asked()),
    }
}

impl Notice {
    /// Reads the payload; what cannot concern us is told apart without a call to the help desk.
    fn read(payload: &Value, tag: &str) -> Result<Self, Reply> {
        let no_ticket = || Reply::ignored("no-ticket", "The webhook names no ticket.");
        let Some(kind) = payload["type"].as_str().and_then(|kind| kind.strip_prefix("zen:event-type:")) else {
            let ticket = event::ticket_id(payload).ok_or_else(no_ticket)?;
            return Ok(Self { ticket, facts: Facts::of_event(payload), reopened: None });
        };
        let (detail, event) = (&payload["detail"], &payload["event"]);
        let kind = kind.strip_prefix("ticket.").ok_or_else(no_ticket)?;
        let ticket = as_text(&detail["id"]).and_then(|id| id.parse().ok()).ok_or_else(no_ticket)?;
        if detail["tags"].as_array().is_some_and(|tags| !tags.iter().any(|known| known == tag)) {
            return Err(without_tag());
        }
        let nothing_new = || Reply::ignored("nothing-new", "This changes nothing for an onboarding.");
        let reopened = match kind {
            "created" | "tags_changed" | "custom_field_changed" => None,
            // Only the requester answers questions; our own replies end here.
            "comment_added" => {
                let (author, requester) =
                    (as_text(&event["comment"]["author"]["id"]), as_text(&detail["requester_id"]));
                if author.is_some() && requester.is_some() && author != requester {
                    return Err(nothing_new());
                }
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
        Ok(Self { ticket, facts: Facts::default(), reopened })
    }
}

impl Reopened {
    /// Whether this starts another onboarding. A customer who says thank you for a connection opens the ticket too.
    fn asks_for_more(&self, requester: &str, end: &str, last: &ThreadComment) -> bool {
        let is_thanks = end == "connected" && self.actor.as_deref() == Some(requester);
        self.is_after(last) && !is_thanks
    }

    /// Whether the ticket was opened again after this comment, and by somebody else than us. An event that is
    /// delivered again after the next onboarding has ended is older than that one's end.
    fn is_after(&self, last: &ThreadComment) -> bool {
        let Ok(ended) = OffsetDateTime::parse(&last.created_at, &Rfc3339) else { return false };
        let is_own = self.actor.as_ref() == Some(&last.author_id) && self.at - ended < OWN_CHANGE;
        // Comments are dated in seconds.
        self.at.unix_timestamp() > ended.unix_timestamp() && !is_own
    }
}

fn without_tag() -> Reply {
    Reply::ignored("without-tag", "The ticket does not bear the tag of PrivateLink tickets.")
}
