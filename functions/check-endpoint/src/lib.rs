//! Reads where the endpoint stands: its state, its regional DNS name, and what that means for the onboarding.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::VpcEndpoint;
use serde::{Deserialize, Serialize};
use shared::StepError;
use shared::aws::step_error;
use shared::ids::EndpointId;
use shared::target::Target;

/// The endpoint as the steps before left it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// Its regional DNS name, once it was seen; an endpoint that was seen and is gone was deleted.
    pub dns_name: Option<String>,
    /// What it leads to.
    pub target: Target,
}

/// The endpoint as it is now.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// Its regional DNS name, once EC2 tells it.
    pub dns_name: Option<String>,
    /// What it leads to.
    pub target: Target,
    /// The state as EC2 writes it, `pendingAcceptance`.
    pub state: Option<String>,
    /// What the state means.
    pub verdict: Verdict,
    /// Why it was rejected or failed, for the customer.
    pub problem: Option<String>,
}

/// What an endpoint's state means for the onboarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It has no DNS name yet.
    Preparing,
    /// It waits for Atlas.
    AwaitingAcceptance,
    /// Atlas accepted it.
    Accepted,
    /// Atlas rejected it, for good: another attempt needs another endpoint.
    Rejected,
    /// It will never work.
    Failed,
}

/// Reads the endpoint.
///
/// # Errors
/// When EC2 refuses.
pub async fn handle(ec2: &Client, input: Input) -> Result<Output, StepError> {
    let endpoint = match ec2.describe_vpc_endpoints().vpc_endpoint_ids(input.endpoint_id.as_str()).send().await {
        Ok(answer) => answer.vpc_endpoints().first().cloned(),
        Err(error) if error.code() == Some("InvalidVpcEndpointId.NotFound") => None,
        Err(error) => return Err(step_error(&format!("read the endpoint {}", input.endpoint_id), &error)),
    };
    let state = endpoint.as_ref().and_then(VpcEndpoint::state).map(|state| state.as_str().to_owned());
    let dns_name = endpoint
        .iter()
        .flat_map(VpcEndpoint::dns_entries)
        .filter_map(|entry| entry.dns_name())
        .find(|name| is_regional(name, &input.endpoint_id))
        .map(str::to_owned);
    // An empty answer right after the endpoint was made means "not visible yet", and later "deleted".
    let gone = endpoint.is_none() && input.dns_name.is_some();
    let verdict = if gone { Verdict::Failed } else { judge(state.as_deref(), dns_name.is_some()) };
    let problem = match verdict {
        Verdict::Rejected => Some(format!(
            "Atlas rejected the endpoint {}. A rejected endpoint cannot be accepted any more, so a new one is needed.",
            input.endpoint_id
        )),
        Verdict::Failed => Some(failure(&input.endpoint_id, state.as_deref(), endpoint.as_ref())),
        _ => None,
    };
    Ok(Output {
        endpoint_id: input.endpoint_id,
        dns_name: dns_name.or(input.dns_name),
        target: input.target,
        state,
        verdict,
        problem,
    })
}

/// EC2 answers states in lower camel case, which the SDK's type does not know: the text is compared without its case.
fn judge(state: Option<&str>, has_dns_name: bool) -> Verdict {
    match state.map(str::to_ascii_lowercase).as_deref() {
        Some("rejected") => Verdict::Rejected,
        Some("failed" | "expired" | "deleting" | "deleted") => Verdict::Failed,
        _ if !has_dns_name => Verdict::Preparing,
        Some("available") => Verdict::Accepted,
        Some("pendingacceptance" | "pending" | "partial") => Verdict::AwaitingAcceptance,
        other => {
            tracing::warn!(state = other, "EC2 answered a state that is not known; it counts as pending");
            Verdict::AwaitingAcceptance
        }
    }
}

/// `vpce-<id>-<8 characters>.vpce-svc-….`; a zonal name has its zone after the 8 characters.
fn is_regional(name: &str, endpoint: &EndpointId) -> bool {
    let label = name.split('.').next().unwrap_or_default();
    let rest = label.strip_prefix(endpoint.as_str()).and_then(|rest| rest.strip_prefix('-'));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('-'))
}

fn failure(id: &EndpointId, state: Option<&str>, endpoint: Option<&VpcEndpoint>) -> String {
    let reason = endpoint.and_then(|endpoint| {
        endpoint.failure_reason().or_else(|| endpoint.last_error().and_then(|error| error.message()))
    });
    match (state, reason) {
        (Some(state), Some(reason)) => format!("AWS reports the endpoint {id} as {state}: {reason}"),
        (Some(state), None) => format!("AWS reports the endpoint {id} as {state}."),
        (None, _) => format!("The endpoint {id} was deleted."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::error::ErrorMetadata;
    use aws_sdk_ec2::operation::describe_vpc_endpoints::{DescribeVpcEndpointsError, DescribeVpcEndpointsOutput};
    use aws_sdk_ec2::types::{DnsEntry, State};
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    const ID: &str = "vpce-0123456789abcdef0";
    const REGIONAL: &str = "vpce-0123456789abcdef0-abcd1234.vpce-svc-00e311695874992b4.us-east-1.vpce.amazonaws.com";
    const ZONAL: &str =
        "vpce-0123456789abcdef0-abcd1234-us-east-1a.vpce-svc-00e311695874992b4.us-east-1.vpce.amazonaws.com";

    fn input(dns_name: Option<&str>) -> Input {
        Input { endpoint_id: ID.parse().unwrap(), dns_name: dns_name.map(str::to_owned), target: Target::Dedicated }
    }

    async fn check(state: &'static str, names: &'static [&'static str]) -> Output {
        let rule = mock!(Client::describe_vpc_endpoints).then_output(move || {
            let entries = names.iter().map(|name| DnsEntry::builder().dns_name(*name).build());
            let endpoint = VpcEndpoint::builder().state(State::from(state)).set_dns_entries(Some(entries.collect()));
            DescribeVpcEndpointsOutput::builder().vpc_endpoints(endpoint.build()).build()
        });
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&rule]);
        handle(&ec2, input(None)).await.unwrap()
    }

    #[tokio::test]
    async fn states_are_read_in_the_case_that_ec2_answers() {
        let names: &[&str] = &[ZONAL, REGIONAL];
        for (state, verdict) in [
            ("pendingAcceptance", Verdict::AwaitingAcceptance),
            ("PendingAcceptance", Verdict::AwaitingAcceptance),
            ("pending", Verdict::AwaitingAcceptance),
            ("available", Verdict::Accepted),
            ("rejected", Verdict::Rejected),
            ("failed", Verdict::Failed),
            ("expired", Verdict::Failed),
            ("somethingNew", Verdict::AwaitingAcceptance),
        ] {
            let output = check(state, names).await;
            assert_eq!((output.verdict, output.state.as_deref()), (verdict, Some(state)));
            assert_eq!(output.dns_name.as_deref(), Some(REGIONAL));
            assert_eq!(output.problem.is_some(), matches!(verdict, Verdict::Rejected | Verdict::Failed), "{state}");
        }
    }

    #[tokio::test]
    async fn an_endpoint_without_its_regional_name_is_still_being_prepared() {
        assert_eq!(check("pendingAcceptance", &[]).await.verdict, Verdict::Preparing);
        assert_eq!(check("pendingAcceptance", &[ZONAL]).await.verdict, Verdict::Preparing);
    }

    #[tokio::test]
    async fn an_endpoint_that_is_not_found_is_new_or_deleted() {
        let rule = mock!(Client::describe_vpc_endpoints).then_error(|| {
            let metadata = ErrorMetadata::builder().code("InvalidVpcEndpointId.NotFound").build();
            DescribeVpcEndpointsError::generic(metadata)
        });
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&rule]);
        assert_eq!(handle(&ec2, input(None)).await.unwrap().verdict, Verdict::Preparing);
        assert_eq!(handle(&ec2, input(Some(REGIONAL))).await.unwrap().verdict, Verdict::Failed);
    }
}
