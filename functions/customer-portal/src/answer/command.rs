//! The command that Atlas generates.

use lambda_http::http::StatusCode;
use serde_json::json;

use crate::answer::read::Read;
use crate::outcome::Outcome;
use crate::submission::{FILL_IN, Submission};
use answering::Brought;
use shared::network::Network;
use shared::target::Target;

pub(super) fn read(submission: &Submission<'_>, pasted: &[u8], network: &Network, target: Option<Target>) -> Read {
    let text = || String::from_utf8_lossy(pasted).into_owned();
    if submission.is_form() && submission.field(FILL_IN).is_some() {
        return Read::Stop(StatusCode::OK, Outcome::FilledIn { pasted: text() });
    }
    match command::read_bytes(pasted, network, target) {
        Ok(accepted) => {
            let (preview, notes) = (Some(accepted.preview(network)), json!(accepted.notes));
            let outcome = Outcome::Accepted { preview, notes, by_form: submission.is_form() };
            Read::Go(Brought::Command(accepted.request), outcome)
        }
        Err(refused) => Read::Stop(StatusCode::UNPROCESSABLE_ENTITY, Outcome::Refused { refused, pasted: text() }),
    }
}
