//! The AWS services behind the portal.

/// The AWS services behind the portal.
#[derive(Debug)]
pub struct Clients {
    /// For the onboarding's vault.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// For the execution: its history, and the task token's return.
    pub sfn: aws_sdk_sfn::Client,
}

impl Clients {
    /// Makes the clients.
    #[must_use]
    pub fn new(config: &aws_types::SdkConfig) -> Self {
        Self { secrets: aws_sdk_secretsmanager::Client::new(config), sfn: aws_sdk_sfn::Client::new(config) }
    }
}
