//! What an answer is known by when it comes again.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use shared::answer::Answer;
use shared::ids::OnboardingId;
use step::StepError;

/// What an answer is known by: an HMAC under the stack's signing key, so that nobody can tell from the register which
/// password it was made of, and which is still there to compare with when the wait's task token is gone.
pub(super) fn digest(key: &str, id: &OnboardingId, answer: Answer, brought: &[u8]) -> Result<String, StepError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map_err(|_| StepError::Operator("the stack's signing key cannot be used".to_owned()))?;
    // Apart from links, which are derived under the same key.
    mac.update(format!("answer/{id}/{}/", answer.name()).as_bytes());
    mac.update(brought);
    Ok(HEXLOWER.encode(&mac.finalize().into_bytes()))
}
