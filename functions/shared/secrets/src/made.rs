//! How an onboarding's secrets are made: empty, and tagged as everything that is made for it.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::Tag;

use shared::ids::{OnboardingId, TicketId};
use shared::tags;
use step::StepError;
use step::aws::step_error;

/// A secret that is to be there.
#[derive(Debug)]
pub(crate) struct Secret<'a> {
    pub(crate) name: String,
    pub(crate) description: &'a str,
    /// The KMS key to encrypt it with, Secrets Manager's own when there is none.
    pub(crate) key: Option<&'a str>,
    pub(crate) stack: &'a str,
    pub(crate) onboarding: &'a OnboardingId,
    pub(crate) ticket: Option<&'a TicketId>,
}

/// Makes the secret; one that is there already stays as it is. `doing` is what a failure is called.
pub(crate) async fn ensure(secrets: &Client, secret: Secret<'_>, doing: &str) -> Result<(), StepError> {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let made = secrets
        .create_secret()
        .name(secret.name)
        .description(secret.description)
        .set_kms_key_id(secret.key.map(str::to_owned))
        .tags(tag(tags::ONBOARDING, secret.onboarding.as_str()))
        .tags(tag(tags::TICKET, secret.ticket.map_or("", TicketId::as_str)))
        .tags(tag(tags::STACK, secret.stack))
        .send()
        .await;
    match made {
        Err(error) if !error.as_service_error().is_some_and(|error| error.is_resource_exists_exception()) => {
            Err(step_error(doing, &error))
        }
        _ => Ok(()),
    }
}
