//! The states of endpoints.

use aws_sdk_ec2::types::VpcEndpoint;

/// Whether an endpoint is in one of these states, written as in EC2's documentation, `pendingAcceptance`.
///
/// EC2 answers states in lower camel case, which the SDK's type does not know: the text is compared without its case.
#[must_use]
pub fn is_in_state(endpoint: &VpcEndpoint, states: &[&str]) -> bool {
    endpoint.state().is_some_and(|state| states.iter().any(|name| state.as_str().eq_ignore_ascii_case(name)))
}
