//! The signatures of webhooks: Zendesk's, and those of Standard Webhooks. All are compared in constant time.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use step::StepError;

/// Whether Zendesk signed this body: base64(HMAC-SHA256(secret, timestamp + body)).
#[must_use]
pub fn is_zendesks(secret: &str, timestamp: &str, body: &[u8], signature: &str) -> bool {
    let Ok(signature) = BASE64.decode(signature.as_bytes()) else { return false };
    mac(secret.as_bytes(), &[timestamp.as_bytes(), body]).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

/// Whether one of the signatures of the header `webhook-signature` is right; there are several while keys are rotated.
///
/// # Errors
/// [`StepError::Operator`] when the secret is not `whsec_` and base64.
pub fn is_standard(secret: &str, id: &str, timestamp: &str, body: &[u8], header: &str) -> Result<bool, StepError> {
    let expected = standard(secret, id, timestamp, body)?;
    let signatures = header.split_ascii_whitespace().filter_map(|signature| signature.strip_prefix("v1,"));
    let mut decoded = signatures.filter_map(|signature| BASE64.decode(signature.as_bytes()).ok());
    Ok(decoded.any(|signature| expected.clone().verify_slice(&signature).is_ok()))
}

/// The header `webhook-signature` for a body of ours.
///
/// # Errors
/// As [`is_standard`].
pub fn sign_standard(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Result<String, StepError> {
    Ok(format!("v1,{}", BASE64.encode(&standard(secret, id, timestamp, body)?.finalize().into_bytes())))
}

fn standard(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Result<Hmac<Sha256>, StepError> {
    let key = secret.strip_prefix("whsec_").and_then(|key| BASE64.decode(key.as_bytes()).ok());
    key.filter(|key| !key.is_empty())
        .and_then(|key| mac(&key, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]))
        .ok_or_else(|| StepError::Operator("a webhook secret of the help desk is not whsec_ and base64".to_owned()))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}
