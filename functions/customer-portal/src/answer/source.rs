//! The source: how to reach and log in to the deployment.

use lambda_http::http::StatusCode;
use serde_json::json;

use crate::answer::read::Read;
use crate::outcome::Outcome;
use crate::submission::Submission;
use answering::Brought;
use shared::target::Target;
use source::Given;

/// `target` is what the endpoint leads to.
pub(super) fn read(submission: &Submission<'_>, target: Option<Target>) -> Read {
    let given = match submission {
        Submission::Json(body) => Given::from_json(body),
        Submission::Form(_) => Ok(Given::from_fields(submission.fields())),
    };
    match given.and_then(|given| source::read(&given, target)) {
        Ok(accepted) => {
            let notes = json!(accepted.notes);
            let outcome = Outcome::Accepted { preview: None, notes, by_form: submission.is_form() };
            Read::Go(Brought::Source(Box::new(accepted.source)), outcome)
        }
        Err(refused) => Read::Stop(StatusCode::UNPROCESSABLE_ENTITY, Outcome::SourceRefused { refused }),
    }
}
