//! Zendesk's ticket API, as far as an onboarding needs it.

use std::collections::BTreeMap;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::comment::Comment;
use crate::credentials::{CredentialStore, Credentials};
use crate::refusal::Refusal;
use shared::ids::TicketId;

/// Zendesk with credentials.
pub struct Zendesk<'a> {
    /// The client to call with.
    pub http: &'a reqwest::Client,
    /// Zendesk, without a path: `https://example.zendesk.com`.
    pub url: &'a str,
    /// The agent that we are there.
    pub credentials: &'a CredentialStore,
}

/// A ticket.
#[derive(Debug, Deserialize)]
pub struct Ticket {
    /// `new`, `open`, `pending`, `hold`, `solved` or `closed`.
    pub status: String,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The customer who asks.
    #[serde(deserialize_with = "id")]
    pub requester_id: String,
    /// The custom fields, filled in or not.
    #[serde(default)]
    pub custom_fields: Vec<Field>,
    /// The organisation of the customer, if there is one.
    #[serde(default, deserialize_with = "optional_id")]
    pub organization_id: Option<String>,
    /// The time of the last change, which a safe update repeats.
    updated_at: String,
}

/// An organisation, in which customers cannot write.
#[derive(Debug, Deserialize)]
pub struct Organization {
    #[serde(default)]
    organization_fields: BTreeMap<String, Value>,
    /// What every organisation has, its name among it.
    #[serde(flatten)]
    own: BTreeMap<String, Value>,
}

/// A custom field of a ticket.
#[derive(Debug, Deserialize)]
pub struct Field {
    /// The field's id.
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default)]
    value: Value,
}

/// A comment on a ticket, or an internal note.
#[derive(Debug, Deserialize)]
pub struct ThreadComment {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// Who wrote it.
    #[serde(deserialize_with = "id")]
    pub author_id: String,
    /// False for an internal note.
    pub public: bool,
    /// The text.
    pub body: String,
    /// The same as HTML.
    #[serde(default)]
    pub html_body: String,
    /// When, in seconds: `2026-07-04T05:33:18Z`.
    pub created_at: String,
}

impl Field {
    /// What was filled in, as text; nothing for an empty field.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        filled_in(&self.value)
    }
}

impl Organization {
    /// What was filled in under a key: that of a field of the vendor's own, or `id`, `name`, `external_id`; nothing for an
    /// empty one.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        let own = ["id", "name", "external_id"].contains(&key).then(|| self.own.get(key)).flatten();
        filled_in(self.organization_fields.get(key).or(own)?)
    }
}

impl ThreadComment {
    /// Whether this text is in the comment, as text or as HTML.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        self.body.contains(text) || self.html_body.contains(text)
    }
}

/// A ticket with its comments, the oldest first.
#[derive(Debug)]
pub struct Conversation {
    /// The ticket.
    pub ticket: Ticket,
    /// Its newest hundred comments.
    pub thread: Vec<ThreadComment>,
}

enum Updated {
    At(String),
    Conflict,
}

impl Zendesk<'_> {
    /// The id of the agent that we are, which our comments bear. It is asked for once.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub async fn us(&self) -> Result<String, Refusal> {
        #[derive(Deserialize)]
        struct Found {
            user: User,
        }
        #[derive(Deserialize)]
        struct User {
            id: Value,
        }
        if let Some(known) = self.credentials.agent(self.credentials.current().await?.email()?) {
            return Ok(known);
        }
        let doing = "ask the help desk who we are";
        let answer = self.send(doing, self.http.get(format!("{}/api/v2/users/me.json", self.url))).await?;
        let found: Found = read(doing, answer).await.map_err(Refusal::about_us)?;
        // Whom Zendesk does not know has no id there.
        let id = as_text(&found.user.id)
            .ok_or_else(|| Refusal::of_us(format!("could not {doing}: it does not know our credentials")))?;
        // Those that were taken: the first may have been refused.
        self.credentials.keep_agent(self.credentials.current().await?.email()?, &id);
        Ok(id)
    }

    /// Reads a ticket; nothing when there is none.
    ///
    /// # Errors
    /// When Zendesk is away or refuses, or something of ours fails.
    pub async fn ticket(&self, ticket: &TicketId) -> Result<Option<Ticket>, Refusal> {
        #[derive(Deserialize)]
        struct Found {
            ticket: Ticket,
        }
        let doing = "read the ticket";
        let answer = self.send(doing, self.http.get(format!("{}/api/v2/tickets/{ticket}.json", self.url))).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let found: Found = read(doing, answer).await?;
        Ok(Some(found.ticket))
    }

    /// Reads an organisation; nothing when there is none.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub async fn organization(&self, id: &str) -> Result<Option<Organization>, Refusal> {
        #[derive(Deserialize)]
        struct Found {
            organization: Organization,
        }
        let doing = "read the ticket's organization";
        let answer = self.send(doing, self.http.get(format!("{}/api/v2/organizations/{id}.json", self.url))).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let found: Found = read(doing, answer).await?;
        Ok(Some(found.organization))
    }

    /// Reads a ticket's newest hundred comments, the oldest first.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub async fn thread(&self, ticket: &TicketId) -> Result<Vec<ThreadComment>, Refusal> {
        #[derive(Deserialize)]
        struct Page {
            comments: Vec<ThreadComment>,
        }
        let doing = "read the ticket's thread";
        let request = self
            .http
            .get(format!("{}/api/v2/tickets/{ticket}/comments.json", self.url))
            .query(&[("sort_order", "desc"), ("per_page", "100")]);
        let page: Page = read(doing, self.send(doing, request).await?).await?;
        let mut comments = page.comments;
        comments.reverse();
        Ok(comments)
    }

    /// Reads a ticket and its thread. The ticket first: what is said meanwhile then makes an update fail.
    ///
    /// # Errors
    /// As [`Self::ticket`]; a ticket that is unknown is refused for good.
    pub async fn conversation(&self, ticket: &TicketId) -> Result<Conversation, Refusal> {
        let unknown = || Refusal::ForGood(format!("the help desk knows no ticket {ticket}"));
        let found = self.ticket(ticket).await?.ok_or_else(unknown)?;
        Ok(Conversation { ticket: found, thread: self.thread(ticket).await? })
    }

    /// Adds those comments that the thread does not hold yet of `us`, and gives how many. A retry thus says nothing
    /// twice, and neither do two at once: an update is refused when the ticket has changed since it was read. Whoever
    /// else quotes a reference has not said what we have to say.
    ///
    /// # Errors
    /// As [`Self::ticket`]; a ticket that changes again and again counts as away.
    pub async fn post(
        &self,
        ticket: &TicketId,
        us: &str,
        mut seen: Conversation,
        comments: &[Comment],
    ) -> Result<usize, Refusal> {
        let mut posted = 0;
        for comment in comments {
            if seen.holds(us, comment) {
                continue;
            }
            let mut updated = self.update(ticket, &seen.ticket, comment).await?;
            if matches!(updated, Updated::Conflict) {
                seen = self.conversation(ticket).await?;
                if seen.holds(us, comment) {
                    continue;
                }
                updated = self.update(ticket, &seen.ticket, comment).await?;
            }
            match updated {
                Updated::At(stamp) => seen.ticket.updated_at = stamp,
                Updated::Conflict => {
                    let message = "could not reply to the ticket: it changes while it is replied to";
                    return Err(Refusal::away(message.to_owned()));
                }
            }
            posted += 1;
        }
        Ok(posted)
    }

    async fn update(&self, ticket: &TicketId, read_before: &Ticket, comment: &Comment) -> Result<Updated, Refusal> {
        #[derive(Deserialize)]
        struct Changed {
            ticket: Stamped,
        }
        #[derive(Deserialize)]
        struct Stamped {
            updated_at: String,
        }
        let mut body = json!({"ticket": {
            "comment": {"html_body": comment.html(), "public": comment.public},
            "safe_update": true,
            "updated_stamp": read_before.updated_at,
        }});
        if let Some(status) = comment.status {
            body["ticket"]["status"] = json!(status);
        }
        let doing = "reply to the ticket";
        let request = self.http.put(format!("{}/api/v2/tickets/{ticket}.json", self.url)).json(&body);
        let answer = self.send(doing, request).await?;
        if answer.status() == StatusCode::CONFLICT {
            return Ok(Updated::Conflict);
        }
        let changed: Changed = read(doing, answer).await?;
        Ok(Updated::At(changed.ticket.updated_at))
    }

    /// Sends a request, once more with fresh credentials when the known ones are refused.
    async fn send(&self, doing: &str, request: RequestBuilder) -> Result<Response, Refusal> {
        let again = request.try_clone();
        let answer = send_as(&*self.credentials.current().await?, doing, request).await?;
        if answer.status() == StatusCode::UNAUTHORIZED
            && let Some(again) = again
            && let Some(renewed) = self.credentials.renewed().await?
        {
            return send_as(&renewed, doing, again).await;
        }
        Ok(answer)
    }
}

impl Conversation {
    fn holds(&self, us: &str, comment: &Comment) -> bool {
        let mark = comment.mark();
        self.thread.iter().any(|known| known.author_id == us && known.contains(&mark))
    }
}

async fn send_as(credentials: &Credentials, doing: &str, request: RequestBuilder) -> Result<Response, Refusal> {
    let user = format!("{}/token", credentials.email()?);
    let request = request.basic_auth(user, Some(credentials.api_token()?));
    request.send().await.map_err(|error| Refusal::no_answer(doing, &error))
}

async fn read<T: for<'de> Deserialize<'de>>(doing: &str, answer: Response) -> Result<T, Refusal> {
    if !answer.status().is_success() {
        return Err(Refusal::of(doing, &answer));
    }
    answer.json().await.map_err(|error| Refusal::no_answer(doing, &error))
}

/// Ids are numbers in the API and texts in its webhooks.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    as_text(&Value::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom("an id is a text or a number"))
}

/// An id that there may be none of.
fn optional_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(deserializer).map(|id| as_text(&id))
}

/// A value as text; nothing for an empty one.
fn filled_in(value: &Value) -> Option<String> {
    as_text(value).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A text, or a number as text.
#[must_use]
pub fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
