//! Whether a webhook is the help desk's, and of now.

use crate::answer::Answer;
use lambda_http::http::HeaderMap;
use shared::StepError;
use shared::help_desk::signature::{is_standard, is_zendesks};
use shared::help_desk::{CredentialStore, Credentials, Product};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How far a timestamp may be from now, either way.
const WINDOW: Duration = Duration::from_mins(5);

/// Checks timestamp and signature. After a wrong signature the secret is read anew, since it may have been rotated.
pub(crate) async fn verify(
    product: Product,
    credentials: &CredentialStore,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Result<(), Answer>, StepError> {
    let signed = match Signed::read(product, headers, body) {
        Ok(signed) => signed,
        Err(refused) => return Ok(Err(refused)),
    };
    if !signed.is_recent() {
        return Ok(Err(Answer::timestamp()));
    }
    if signed.is_right(&*credentials.current().await?)? {
        return Ok(Ok(()));
    }
    match credentials.renewed().await? {
        Some(renewed) if signed.is_right(&renewed)? => Ok(Ok(())),
        _ => Ok(Err(Answer::signature())),
    }
}

/// What the signature covers, and the signature.
struct Signed<'a> {
    product: Product,
    /// Standard Webhooks signs the id too; Zendesk has none to sign.
    id: &'a str,
    timestamp: &'a str,
    signature: &'a str,
    body: &'a [u8],
}

impl<'a> Signed<'a> {
    fn read(product: Product, headers: &'a HeaderMap, body: &'a [u8]) -> Result<Self, Answer> {
        let header = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());
            value.ok_or_else(|| Answer::header_missing(name))
        };
        let (id, timestamp, signature) = match product {
            Product::Zendesk => {
                ("", header("x-zendesk-webhook-signature-timestamp")?, header("x-zendesk-webhook-signature")?)
            }
            Product::Webhook => (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?),
        };
        Ok(Self { product, id, timestamp, signature, body })
    }

    fn is_recent(&self) -> bool {
        let sent = match self.product {
            Product::Zendesk => {
                OffsetDateTime::parse(self.timestamp, &Rfc3339).map(OffsetDateTime::unix_timestamp).ok()
            }
            Product::Webhook => self.timestamp.parse().ok(),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        sent.and_then(|sent| u64::try_from(sent).ok()).is_some_and(|sent| sent.abs_diff(now) <= WINDOW.as_secs())
    }

    fn is_right(&self, credentials: &Credentials) -> Result<bool, StepError> {
        let secret = credentials.webhook_secret()?;
        match self.product {
            Product::Zendesk => Ok(is_zendesks(secret, self.timestamp, self.body, self.signature)),
            Product::Webhook => is_standard(secret, self.id, self.timestamp, self.body, self.signature),
        }
    }
}
