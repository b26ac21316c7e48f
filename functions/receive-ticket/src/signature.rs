//! Whether a webhook is the help desk's, and of now.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_http::http::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::reply::Reply;
use help_desk::signature::{is_standard, is_zendesks};
use help_desk::{Credentials, HelpDesk, Product};
use step::StepError;

/// How far a timestamp may be from now, either way.
const WINDOW: Duration = Duration::from_mins(5);

/// The secret under which Zendesk signs the test of a webhook that is not saved yet. It stands in Zendesk's documentation, so
/// that what it signs is anybody's, also when somebody has set it as the webhook's own.
pub(crate) const ZENDESKS_TEST_SECRET: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

/// Checks timestamp and signature. After a wrong signature the secret is read anew, since it may have been rotated.
pub(crate) async fn check(
    help_desk: &HelpDesk,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Result<(), Reply>, StepError> {
    let signed = match Signed::read(help_desk.product, headers, body) {
        Ok(signed) => signed,
        Err(refused) => return Ok(Err(refused)),
    };
    if !signed.is_recent() {
        return Ok(Err(Reply::timestamp()));
    }
    if signed.is_test() {
        return Ok(Err(Reply::test_webhook()));
    }
    if signed.is_right(&*help_desk.credentials.current().await?)? {
        return Ok(Ok(()));
    }
    match help_desk.credentials.renewed().await? {
        Some(renewed) if signed.is_right(&renewed)? => Ok(Ok(())),
        _ => Ok(Err(Reply::signature())),
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
    fn read(product: Product, headers: &'a HeaderMap, body: &'a [u8]) -> Result<Self, Reply> {
        let (zendesks, standard) =
            (headers.contains_key("x-zendesk-webhook-signature"), headers.contains_key("webhook-signature"));
        match product {
            Product::Zendesk if standard && !zendesks => {
                return Err(Reply::other_product("Standard Webhooks", "zendesk"));
            }
            Product::Webhook if zendesks && !standard => return Err(Reply::other_product("Zendesk", "webhook")),
            _ => {}
        }
        let header = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());
            value.ok_or_else(|| Reply::header_missing(name))
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

    fn is_test(&self) -> bool {
        self.product == Product::Zendesk && is_zendesks(ZENDESKS_TEST_SECRET, self.timestamp, self.body, self.signature)
    }

    fn is_right(&self, credentials: &Credentials) -> Result<bool, StepError> {
        let secret = credentials.webhook_secret()?;
        match self.product {
            Product::Zendesk => Ok(is_zendesks(secret, self.timestamp, self.body, self.signature)),
            Product::Webhook => is_standard(secret, self.id, self.timestamp, self.body, self.signature),
        }
    }
}
