//! AWS as every step uses it: one configuration for the clients, one reading of their errors.

mod failure;

pub use failure::{step_error, step_error_of_secret};

/// The configuration for the SDK's clients: region, credentials and endpoints from the function's environment.
pub async fn aws_config() -> aws_config::SdkConfig {
    aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await
}
