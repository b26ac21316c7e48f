//! How an answer of the customer is taken, wherever it comes from: claimed in the register, which one of many at once can,
//! and only then passed on to the waiting execution.

mod resume;
mod standing;

use data_encoding::HEXLOWER;
use serde_json::json;
use sha2::{Digest, Sha256};

use register::{Claim, Onboarding, Register, Wait, unix_milliseconds};
pub use resume::resume;
use secrets::source as secret;
use secrets::vault;
use shared::ids::OnboardingId;
use shared::request::EndpointRequest;
use source::Source;
pub use standing::{awaited, refusal};
use step::StepError;

/// What an answer passes through.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// Where it is claimed.
    pub register: &'a Register,
    /// Where the task token is, and a source goes.
    pub secrets: &'a aws_sdk_secretsmanager::Client,
    /// For the task token's return.
    pub sfn: &'a aws_sdk_sfn::Client,
    /// The stack's name, which is part of its secrets' names.
    pub stack: &'a str,
}

/// An answer that is right.
pub enum Brought {
    /// What was read out of a command.
    Command(EndpointRequest),
    /// How to log in.
    Source(Box<Source>),
}

/// What came of an answer.
#[derive(Debug)]
pub enum Given {
    /// The execution has left its wait with it.
    Taken(Claim),
    /// What it needs of the wait is gone, so that nothing is awaited.
    NotAwaited,
    /// Another came first, or the wait has ended; the register says which.
    Lost,
}

impl Brought {
    /// What the register keeps of it besides its digest.
    fn request(&self) -> Option<EndpointRequest> {
        match self {
            Self::Command(request) => Some(request.clone()),
            Self::Source(_) => None,
        }
    }
}

/// Gives an answer to the wait that the onboarding is in. `digest` is what it is known by when it comes again.
///
/// # Errors
/// When the register, Secrets Manager or Step Functions refuses.
pub async fn give(
    way: Way<'_>,
    id: &OnboardingId,
    onboarding: &Onboarding,
    wait: &Wait,
    digest: String,
    brought: &Brought,
) -> Result<Given, StepError> {
    let Some(task_token) = vault::read(way.secrets, way.stack, id, &wait.vault_version).await? else {
        return Ok(Given::NotAwaited);
    };
    let claim = Claim { order: onboarding.shown.order, digest, at: unix_milliseconds(), request: brought.request() };
    // Of many at once, one goes on; the others leave nothing behind.
    if !way.register.claim(id, &claim).await? {
        return Ok(Given::Lost);
    }
    let output = match brought {
        Brought::Command(request) => json!(request),
        Brought::Source(source) => {
            let version = version(&wait.vault_version, &claim.digest);
            match secret::put(way.secrets, way.stack, id, &version, source).await? {
                Some(arn) => json!({"sourceSecretArn": arn, "sourceVersionId": version}),
                None => return Ok(Given::NotAwaited),
            }
        }
    };
    Ok(if resume(way.sfn, &task_token, &output).await? { Given::Taken(claim) } else { Given::Lost })
}

/// Keeps that an answer was refused because of a fault that is not the customer's, so that its window does not count. Where
/// the register is at fault too, the log alone says it.
pub async fn spare(register: &Register, id: &OnboardingId) {
    if let Err(error) = register.refuse(id).await {
        tracing::error!(onboarding = %id, "the register does not say that an answer was refused: {error}");
    }
}

/// The version of the source's secret that an answer puts: the same for the same answer to the same wait, which is known by
/// the version of the vault that holds its token.
fn version(wait: &str, digest: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(format!("{wait}/{digest}"))[..16])
}
