//! A ticket, its comments, and what can be changed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::fields::FIELDS;
use super::text::{from_html, to_html};
use super::{CUSTOMER, FIRST_AGENT};

#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) subject: String,
    pub(super) status: Status,
    pub(super) tags: Vec<String>,
    pub(super) organization: Option<u64>,
    pub(super) custom_fields: BTreeMap<u64, Value>,
    pub(super) comments: Vec<Comment>,
    pub(super) created_at: OffsetDateTime,
    pub(super) channel: &'static str,
    updated_at: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) author: u64,
    pub(super) public: bool,
    pub(super) text: String,
    html: String,
    at: OffsetDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    New,
    Open,
    Pending,
    Hold,
    Solved,
    Closed,
}

impl Status {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Hold => "hold",
            Self::Solved => "solved",
            Self::Closed => "closed",
        }
    }
}

/// What a request wants a ticket to be; what it does not name stays.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Change {
    pub(super) subject: Option<String>,
    pub(super) status: Option<Status>,
    pub(super) comment: Option<NewComment>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) organization_id: Option<u64>,
    #[serde(default)]
    pub(super) custom_fields: Vec<FieldValue>,
    #[serde(default)]
    pub(super) safe_update: bool,
    pub(super) updated_stamp: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewComment {
    pub(super) body: Option<String>,
    pub(super) html_body: Option<String>,
    #[serde(default = "yes")]
    pub(super) public: bool,
    /// An agent may write in somebody else's name.
    pub(super) author_id: Option<u64>,
}

impl NewComment {
    /// What a person writes for all to see.
    pub(super) fn public(body: String) -> Self {
        Self { body: Some(body), html_body: None, public: true, author_id: None }
    }
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
pub(super) struct FieldValue {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) value: Value,
}

impl Ticket {
    pub(super) fn new(id: u64, change: Change, channel: &'static str) -> Self {
        let now = now();
        let mut ticket = Self {
            id,
            subject: String::new(),
            status: Status::New,
            tags: Vec::new(),
            organization: None,
            custom_fields: BTreeMap::new(),
            comments: Vec::new(),
            created_at: now,
            updated_at: now,
            channel,
        };
        ticket.apply(change, CUSTOMER, now);
        ticket
    }

    /// The customer who asked.
    #[expect(clippy::unused_self, reason = "all tickets here are of one customer")]
    pub(super) const fn requester(&self) -> u64 {
        CUSTOMER
    }

    /// What the ticket began with.
    pub(super) fn description(&self) -> &str {
        self.comments.first().map_or("", |comment| &comment.text)
    }

    /// The last change's time, as `updated_stamp` must repeat it.
    pub(super) fn stamp(&self) -> String {
        stamp(self.updated_at)
    }

    /// Changes the ticket and gives what happened, as the types and contents of Zendesk's events.
    pub(super) fn change(&mut self, change: Change, actor: u64) -> Vec<(&'static str, Value)> {
        // Stamps have seconds only. Two changes within one must still be told apart.
        self.updated_at = now().max(self.updated_at + Duration::SECOND);
        let before = self.clone();
        self.apply(change, actor, self.updated_at);
        self.happened_since(&before)
    }

    fn apply(&mut self, change: Change, actor: u64, at: OffsetDateTime) {
        let comment = change.comment.map(|new| Comment::new(new, actor, at));
        let is_customers = comment.as_ref().is_some_and(|comment| comment.public && comment.author == CUSTOMER);
        if let Some(status) = change.status {
            self.status = status;
        } else if is_customers && matches!(self.status, Status::Pending | Status::Hold | Status::Solved) {
            self.status = Status::Open;
        }
        if let Some(subject) = change.subject {
            self.subject = subject;
        }
        if let Some(tags) = change.tags {
            self.tags = tags;
        }
        self.organization = change.organization_id.or(self.organization);
        self.custom_fields.extend(change.custom_fields.into_iter().map(|field| (field.id, field.value)));
        self.comments.extend(comment);
    }

    /// The event of the last comment by the customer.
    pub(super) fn last_comment(&self) -> Vec<(&'static str, Value)> {
        let mut now = self.clone();
        let last = now.comments.iter().rposition(|comment| comment.author == CUSTOMER).unwrap_or_default();
        now.comments.truncate(last + 1);
        let mut before = now.clone();
        before.comments.truncate(last);
        now.happened_since(&before)
    }

    fn happened_since(&self, before: &Self) -> Vec<(&'static str, Value)> {
        let mut happened = Vec::new();
        for (number, comment) in self.comments.iter().enumerate().skip(before.comments.len()) {
            let author = json!({
                "id": comment.author.to_string(), "is_staff": comment.author >= FIRST_AGENT, "name": comment.writer(),
            });
            let id = comment_id(self.id, number).to_string();
            let content = json!({"author": author, "body": comment.text, "id": id, "is_public": comment.public});
            happened.push(("comment_added", json!({ "comment": content })));
        }
        if self.status != before.status {
            let upper = |status: Status| status.as_str().to_uppercase();
            let change = json!({"current": upper(self.status), "previous": upper(before.status)});
            happened.push(("status_changed", change));
        }
        if self.tags != before.tags {
            let without = |tags: &[String], others: &[String]| -> Vec<String> {
                tags.iter().filter(|tag| !others.contains(tag)).cloned().collect()
            };
            let change = json!({
                "tags_added": without(&self.tags, &before.tags), "tags_removed": without(&before.tags, &self.tags),
            });
            happened.push(("tags_changed", change));
        }
        for (id, value) in &self.custom_fields {
            let previous = before.custom_fields.get(id);
            if previous != Some(value) {
                let title = FIELDS.iter().find(|(known, ..)| known == id).map(|(_, title, _)| *title);
                let field = json!({"id": id.to_string(), "title": title, "type": "text"});
                let change = json!({"custom_field": field, "current": value, "previous": previous});
                happened.push(("custom_field_changed", change));
            }
        }
        happened
    }

    pub(super) fn to_json(&self) -> Value {
        // Zendesk shows all fields that the form has, filled in or not.
        let mut fields: BTreeMap<u64, &Value> = FIELDS.iter().map(|(id, _, _)| (*id, &Value::Null)).collect();
        fields.extend(self.custom_fields.iter().map(|(id, value)| (*id, value)));
        let fields: Vec<_> = fields.into_iter().map(|(id, value)| json!({ "id": id, "value": value })).collect();
        json!({
            "id": self.id,
            "url": format!("/api/v2/tickets/{}.json", self.id),
            "subject": self.subject,
            "raw_subject": self.subject,
            "description": self.description(),
            "status": self.status.as_str(),
            "priority": null,
            "type": null,
            "requester_id": self.requester(),
            "organization_id": self.organization,
            "tags": self.tags,
            "custom_fields": fields,
            "via": { "channel": self.channel },
            "created_at": stamp(self.created_at),
            "updated_at": self.stamp(),
        })
    }

    pub(super) fn comments_to_json(&self) -> Vec<Value> {
        let comments = self.comments.iter().enumerate();
        comments.map(|(number, comment)| comment.to_json(comment_id(self.id, number))).collect()
    }
}

impl Comment {
    fn new(new: NewComment, actor: u64, at: OffsetDateTime) -> Self {
        let author = new.author_id.unwrap_or(actor);
        let (text, html) = match (new.html_body, new.body) {
            (Some(html), _) => (from_html(&html), html),
            (None, Some(body)) => (body.clone(), to_html(&body)),
            (None, None) => (String::new(), String::new()),
        };
        Self { author, public: new.public, text, html, at }
    }

    pub(super) fn at(&self) -> String {
        stamp(self.at)
    }

    /// Who wrote it, for people.
    pub(super) const fn writer(&self) -> &'static str {
        match self.author {
            CUSTOMER => "The customer",
            FIRST_AGENT.. => "An agent",
            _ => "Somebody else",
        }
    }

    fn to_json(&self, id: u64) -> Value {
        json!({
            "id": id,
            "type": "Comment",
            "author_id": self.author,
            "body": self.text,
            "html_body": self.html,
            "plain_body": self.text,
            "public": self.public,
            "attachments": [],
            "created_at": self.at(),
        })
    }
}

fn comment_id(ticket: u64, number: usize) -> u64 {
    ticket * 10_000 + u64::try_from(number).unwrap_or_default()
}

fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now)
}

pub(super) fn stamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
