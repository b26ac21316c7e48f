//! The source: how to reach and log in to the deployment. It goes into its secret and nowhere else.

use super::Read;
use crate::progress::State;
use crate::reply::Outcome;
use crate::submission::Submission;
use crate::{Clients, Config};
use lambda_http::http::StatusCode;
use serde_json::json;
use shared::StepError;
use shared::ids::OnboardingId;
use shared::source::{self, Given, secret};
use shared::vault::Vault;

pub(super) async fn read(
    clients: &Clients,
    config: &Config,
    id: &OnboardingId,
    vault: &Vault,
    submission: &Submission<'_>,
) -> Result<Read, StepError> {
    let target = vault.handed_out.as_ref().and_then(|handed_out| handed_out.target);
    let given = match submission {
        Submission::Json(body) => Given::from_json(body),
        Submission::Form(_) => Ok(Given::from_fields(submission.fields())),
    };
    let accepted = match given.and_then(|given| source::read(&given, target)) {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(Read::Stop(StatusCode::UNPROCESSABLE_ENTITY, Outcome::SourceRefused { refused })),
    };
    let owner = secret::Owner { stack: &config.stack, onboarding: id, ticket: &vault.ticket };
    let arn = secret::put(&clients.secrets, owner, config.source_key.as_deref(), &accepted.source).await?;
    let outcome = Outcome::Accepted { preview: None, notes: json!(accepted.notes), by_form: submission.is_form() };
    Ok(Read::Go { output: json!({"sourceSecretArn": arn}), next: State::Verifying, outcome })
}
