//! Reads where the endpoint stands: its state, its regional DNS name, and what that means for the onboarding.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::VpcEndpoint;

use shared::endpoint::{Endpoint, EndpointName, Verdict};
use shared::ids::EndpointId;
use step::StepError;
use step::aws::step_error;
use step::outside::excerpt;

/// How much is told of the reason that AWS gives.
const LONGEST_REASON: usize = 400;

/// The step's input: the endpoint as the steps before left it. One that was seen and is gone was deleted.
pub type Input = Endpoint;

/// The endpoint as it is now.
pub type Output = Endpoint;

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
        .find(|name| is_regional_name_of(&input.endpoint_id, name))
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
        Verdict::Preparing => {
            Some(format!("EC2 has not given the endpoint {} its regional DNS name.", input.endpoint_id))
        }
        Verdict::AwaitingAcceptance | Verdict::Accepted => None,
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

/// A zonal name leads into one zone only.
fn is_regional_name_of(endpoint: &EndpointId, name: &str) -> bool {
    EndpointName::read(name).is_some_and(|name| name.endpoint_id == *endpoint && name.is_regional())
}

fn failure(id: &EndpointId, state: Option<&str>, endpoint: Option<&VpcEndpoint>) -> String {
    let reason = endpoint.and_then(|endpoint| {
        endpoint.failure_reason().or_else(|| endpoint.last_error().and_then(|error| error.message()))
    });
    match (state, reason) {
        (Some(state), Some(reason)) => {
            format!("AWS reports the endpoint {id} as {state}: {}", excerpt(reason, LONGEST_REASON))
        }
        (Some(state), None) => format!("AWS reports the endpoint {id} as {state}."),
        (None, _) => format!("The endpoint {id} was deleted."),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::error::ErrorMetadata;
    use aws_sdk_ec2::operation::describe_vpc_endpoints::{DescribeVpcEndpointsError, DescribeVpcEndpointsOutput};
    use aws_sdk_ec2::types::{DnsEntry, State};
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;
    use shared::target::Target;

    const ID: &str = "vpce-0123456789abcdef0";
    const REGIONAL: &str = "vpce-0123456789abcdef0-abcd1234.vpce-svc-00e311695874992b4.us-east-1.vpce.amazonaws.com";
    const ZONAL: &str =
        "vpce-0123456789abcdef0-abcd1234-us-east-1a.vpce-svc-00e311695874992b4.us-east-1.vpce.amazonaws.com";

    fn input(dns_name: Option<&str>) -> Input {
        Input { dns_name: dns_name.map(str::to_owned), ..Endpoint::made(ID.parse().unwrap(), Target::Dedicated) }
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
        let output = check("pendingAcceptance", &[]).await;
        assert_eq!(output.verdict, Verdict::Preparing);
        assert!(output.problem.unwrap().contains("its regional DNS name"), "an onboarding that gives up says why");
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
