//! What is behind the portal.

use aws_types::SdkConfig;

use crate::config::Config;
use register::Register;
use secrets::signing_key::SigningKey;

/// What is behind the portal.
#[derive(Debug)]
pub struct Clients {
    /// For where an onboarding stands, and for claims.
    pub register: Register,
    /// For the onboarding's vault, and for the source.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// For the task token's return.
    pub sfn: aws_sdk_sfn::Client,
    /// For the links.
    pub signing_key: SigningKey,
}

impl Clients {
    /// Makes the clients; nothing is read yet.
    #[must_use]
    pub fn new(aws: &SdkConfig, config: &Config) -> Self {
        let secrets = aws_sdk_secretsmanager::Client::new(aws);
        Self {
            register: Register::new(aws, config.register.clone()),
            signing_key: SigningKey::new(secrets.clone(), &config.signing_key),
            secrets,
            sfn: aws_sdk_sfn::Client::new(aws),
        }
    }
}
