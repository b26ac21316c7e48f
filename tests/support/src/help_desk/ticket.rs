//! A ticket, its comments, and what can be changed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::fields::FIELDS;
use super::text::{from_html, to_html};

/// Whoever calls the API; Zendesk's ids are numbers.
const AGENT: u64 = 900_001;
const CUSTOMER: u64 = 900_002;

#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) subject: String,
    pub(super) status: Status,
    pub(super) tags: Vec<String>,
    pub(super) custom_fields: BTreeMap<u64, Value>,
    pub(super) comments: Vec<Comment>,
    pub(super) is_announced: bool,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    channel: &'static str,
}

#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) author: Author,
    pub(super) public: bool,
    pub(super) text: String,
    html: String,
    at: OffsetDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    Agent,
    Customer,
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
            custom_fields: BTreeMap::new(),
            comments: Vec::new(),
            is_announced: false,
            created_at: now,
            updated_at: now,
            channel,
        };
        ticket.apply(change, Author::Customer, now);
        ticket
    }

    /// The last change's time, as `updated_stamp` must repeat it.
    pub(super) fn stamp(&self) -> String {
        stamp(self.updated_at)
    }

    pub(super) fn change(&mut self, change: Change) {
        // Stamps have seconds only. Two changes within one must still be told apart.
        self.updated_at = now().max(self.updated_at + Duration::SECOND);
        self.apply(change, Author::Agent, self.updated_at);
    }

    fn apply(&mut self, change: Change, author: Author, at: OffsetDateTime) {
        if let Some(subject) = change.subject {
            self.subject = subject;
        }
        if let Some(status) = change.status {
            self.status = status;
        }
        if let Some(tags) = change.tags {
            self.tags = tags;
        }
        self.custom_fields.extend(change.custom_fields.into_iter().map(|field| (field.id, field.value)));
        self.comments.extend(change.comment.map(|new| Comment::new(new, author, at)));
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
            "description": self.comments.first().map_or("", |comment| &comment.text),
            "status": self.status.as_str(),
            "priority": null,
            "type": null,
            "requester_id": CUSTOMER,
            "organization_id": null,
            "tags": self.tags,
            "custom_fields": fields,
            "via": { "channel": self.channel },
            "created_at": stamp(self.created_at),
            "updated_at": self.stamp(),
        })
    }

    pub(super) fn comments_to_json(&self) -> Value {
        let comments: Vec<_> =
            (1u64..).zip(&self.comments).map(|(number, comment)| comment.to_json(self.id, number)).collect();
        json!({ "count": comments.len(), "comments": comments, "next_page": null, "previous_page": null })
    }
}

impl Comment {
    fn new(new: NewComment, author: Author, at: OffsetDateTime) -> Self {
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

    fn to_json(&self, ticket: u64, number: u64) -> Value {
        json!({
            "id": ticket * 1000 + number,
            "type": "Comment",
            "author_id": if self.author == Author::Agent { AGENT } else { CUSTOMER },
            "body": self.text,
            "html_body": self.html,
            "plain_body": self.text,
            "public": self.public,
            "attachments": [],
            "created_at": self.at(),
        })
    }
}

fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now)
}

fn stamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
