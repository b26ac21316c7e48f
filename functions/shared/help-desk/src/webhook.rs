//! Replies as signed webhooks (Standard Webhooks), for a help desk that is not Zendesk.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::comment::Comment;
use crate::credentials::CredentialStore;
use crate::refusal::Refusal;
use crate::signature::sign_standard;
use shared::ids::TicketId;

/// Posts the comments of one message, signed. The webhook's id is the first comment's reference, so that the receiver
/// can drop what it has had before.
pub(crate) async fn post(
    http: &reqwest::Client,
    url: &str,
    credentials: &CredentialStore,
    ticket: &TicketId,
    comments: &[Comment],
) -> Result<usize, Refusal> {
    let doing = "reply to the ticket";
    let id = comments.first().map_or("", |comment| comment.reference.as_str());
    let body = json!({"ticket": ticket, "comments": comments.iter().map(to_json).collect::<Vec<_>>()}).to_string();
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let credentials = credentials.current().await?;
    let signature = sign_standard(credentials.reply_secret()?, id, &seconds, body.as_bytes())?;
    let request = http
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .body(body);
    let answer = request.send().await.map_err(|error| Refusal::no_answer(doing, &error))?;
    if answer.status().is_success() { Ok(comments.len()) } else { Err(Refusal::of(doing, &answer)) }
}

fn to_json(comment: &Comment) -> Value {
    json!({
        "body": comment.text(),
        "htmlBody": comment.html(),
        "public": comment.public,
        "status": comment.status,
        "reference": comment.reference,
    })
}
