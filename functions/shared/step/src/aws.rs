//! AWS as every step uses it: one configuration for the clients, one reading of their errors.

mod failure;

use std::time::Duration;

use aws_smithy_types::timeout::TimeoutConfig;

pub use failure::{step_error, step_error_of_secret};

/// How long a call may take with all its tries, of which the first has half: EC2 takes seconds for what it makes. It is less
/// than a function has that does something about a fault, so that a service which does not answer is one like any other.
const CALL: Duration = Duration::from_secs(20);

/// The configuration for the SDK's clients: region, credentials and endpoints from the function's environment.
pub async fn aws_config() -> aws_config::SdkConfig {
    aws_config_within(CALL).await
}

/// Likewise, for a function that has less time: how long a call may take with all its tries.
pub async fn aws_config_within(call: Duration) -> aws_config::SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(call / 2).operation_timeout(call).build();
    aws_config::defaults(aws_config::BehaviorVersion::latest()).timeout_config(timeouts).load().await
}
