//! Reads where the endpoint stands: its state, its regional DNS name, and what that means for the onboarding.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::VpcEndpoint;

use ec2::is_in_state;
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

/// How many looks in a row must miss an endpoint until it counts as deleted. They are 10 s and more apart: EC2's answers
/// may be older than its last one, for minutes.
const LOOKS_UNTIL_GONE: u32 = 12;

/// Reads the endpoint.
///
/// # Errors
/// When EC2 refuses.
pub async fn handle(ec2: &Client, input: Input) -> Result<Output, StepError> {
    let endpoint = match ec2.describe_vpc_endpoints().vpc_endpoint_ids(input.endpoint_id.as_str()).send().await {
        Ok(answer) => answer.vpc_endpoints.unwrap_or_default().into_iter().next(),
        Err(error) if error.code() == Some("InvalidVpcEndpointId.NotFound") => None,
        Err(error) => return Err(step_error(&format!("read the endpoint {}", input.endpoint_id), &error)),
    };
    Ok(match endpoint {
        Some(endpoint) => seen(input, &endpoint),
        // An empty answer right after the endpoint was made means "not visible yet".
        None if input.dns_name.is_none() => {
            Output { problem: Some(unnamed(&input.endpoint_id)), verdict: Verdict::Preparing, ..input }
        }
        None if input.unseen + 1 < LOOKS_UNTIL_GONE => Output { unseen: input.unseen + 1, ..input },
        None => Output {
            state: None,
            verdict: Verdict::Failed,
            problem: Some(deleted(&input.endpoint_id)),
            unseen: input.unseen + 1,
            ..input
        },
    })
}

fn seen(input: Input, endpoint: &VpcEndpoint) -> Output {
    let id = &input.endpoint_id;
    let state = endpoint.state().map(|state| state.as_str().to_owned());
    let mut names = endpoint.dns_entries().iter().filter_map(|entry| entry.dns_name());
    let dns_name = names.find(|name| is_regional_name_of(id, name)).map(str::to_owned);
    let verdict = judge(state.as_deref(), dns_name.is_some());
    let problem = match verdict {
        Verdict::Rejected => Some(format!(
            "Atlas rejected the endpoint {id}. A rejected endpoint cannot be accepted any more, so a new one is needed."
        )),
        Verdict::Failed => Some(failure(id, state.as_deref().unwrap_or_default(), endpoint)),
        Verdict::Preparing => Some(unnamed(id)),
        Verdict::AwaitingAcceptance | Verdict::Accepted => None,
    };
    Output { dns_name: dns_name.or(input.dns_name), state, verdict, problem, unseen: 0, ..input }
}

fn unnamed(id: &EndpointId) -> String {
    format!("EC2 has not given the endpoint {id} its regional DNS name.")
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

fn failure(id: &EndpointId, state: &str, endpoint: &VpcEndpoint) -> String {
    if is_in_state(endpoint, &["deleting", "deleted"]) {
        return deleted(id);
    }
    let error = || endpoint.last_error().and_then(|error| error.message());
    match endpoint.failure_reason().or_else(error) {
        Some(reason) => format!("AWS reports the endpoint {id} as {state}: {}", excerpt(reason, LONGEST_REASON)),
        None => format!("AWS reports the endpoint {id} as {state}."),
    }
}

fn deleted(id: &EndpointId) -> String {
    format!("The endpoint {id} was deleted in AWS; what Atlas still shows of it can be removed there.")
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

    fn knows_nothing() -> Client {
        let rule = mock!(Client::describe_vpc_endpoints).then_error(|| {
            let metadata = ErrorMetadata::builder().code("InvalidVpcEndpointId.NotFound").build();
            DescribeVpcEndpointsError::generic(metadata)
        });
        mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&rule])
    }

    #[tokio::test]
    async fn an_endpoint_that_was_never_seen_is_new() {
        let output = handle(&knows_nothing(), input(None)).await.unwrap();
        assert_eq!((output.verdict, output.unseen), (Verdict::Preparing, 0));
    }

    #[tokio::test]
    async fn an_endpoint_that_was_seen_is_gone_only_when_many_looks_agree() {
        let accepted = check("available", &[REGIONAL]).await;
        let mut output = accepted.clone();
        for look in 1..LOOKS_UNTIL_GONE {
            output = handle(&knows_nothing(), output).await.unwrap();
            assert_eq!(output, Output { unseen: look, ..accepted.clone() });
        }
        let gone = handle(&knows_nothing(), output.clone()).await.unwrap();
        assert_eq!(gone.verdict, Verdict::Failed);
        assert!(gone.problem.unwrap().contains("was deleted"));
        // A good look in between, and all begins anew.
        let seen = mock!(Client::describe_vpc_endpoints).then_output(|| {
            let name = DnsEntry::builder().dns_name(REGIONAL).build();
            let endpoint = VpcEndpoint::builder().state(State::from("available")).dns_entries(name).build();
            DescribeVpcEndpointsOutput::builder().vpc_endpoints(endpoint).build()
        });
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&seen]);
        assert_eq!(handle(&ec2, output).await.unwrap(), accepted);
    }
}
