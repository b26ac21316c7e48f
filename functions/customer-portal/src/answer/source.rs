//! The source: how to reach and log in to the deployment. It goes into its secret and nowhere else.

use lambda_http::http::StatusCode;
use serde_json::json;

use crate::answer::read::Read;
use crate::clients::Clients;
use crate::config::Config;
use crate::outcome::Outcome;
use crate::state::State;
use crate::submission::Submission;
use secrets::source as secret;
use secrets::vault::Vault;
use shared::ids::OnboardingId;
use source::Given;
use step::StepError;

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
