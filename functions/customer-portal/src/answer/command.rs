//! The command that Atlas generates.

use lambda_http::http::StatusCode;
use serde_json::json;

use crate::answer::read::Read;
use crate::outcome::Outcome;
use crate::state::State;
use crate::submission::{FILL_IN, Submission};
use secrets::vault::HandedOut;
use step::StepError;

pub(super) fn read(submission: &Submission<'_>, pasted: &[u8], handed_out: &HandedOut) -> Result<Read, StepError> {
    let text = || String::from_utf8_lossy(pasted).into_owned();
    if submission.is_form() && submission.field(FILL_IN).is_some() {
        return Ok(Read::Stop(StatusCode::OK, Outcome::FilledIn { pasted: text() }));
    }
    let accepted = match command::read_bytes(pasted, &handed_out.network, handed_out.target) {
        Ok(accepted) => accepted,
        Err(refused) => {
            let outcome = Outcome::Refused { refused, pasted: text() };
            return Ok(Read::Stop(StatusCode::UNPROCESSABLE_ENTITY, outcome));
        }
    };
    let preview = Some(accepted.preview(&handed_out.network));
    let output = serde_json::to_value(&accepted.request)
        .map_err(|error| StepError::Operator(format!("the request cannot be written: {error}")))?;
    let outcome = Outcome::Accepted { preview, notes: json!(accepted.notes), by_form: submission.is_form() };
    Ok(Read::Go { output, next: State::CreatingEndpoint, outcome })
}
