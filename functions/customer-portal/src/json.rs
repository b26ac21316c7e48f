//! The reply as JSON.

use serde_json::{Value, json};

use crate::outcome::{Outcome, Reply, Shown};
use shared::endpoint::Endpoint;
use shared::left_out::LeftOut;

/// The body.
pub(crate) fn body(reply: &Reply) -> Value {
    match reply {
        Reply::Shown(shown) => onboarding(shown),
        Reply::Problem(problem, _) => problem.json_body(),
    }
}

fn onboarding(shown: &Shown) -> Value {
    match &shown.outcome {
        Outcome::Problem { problem, .. } | Outcome::CancelAsked { problem: Some(problem), .. } => problem.json_body(),
        Outcome::Refused { refused, .. } => json!({"error": refused.to_json(), "errors": refused.diagnostics}),
        Outcome::SourceRefused { refused } => json!({"error": refused.to_json(), "errors": refused.diagnostics}),
        Outcome::Accepted { preview, notes, .. } => {
            let mut body = json!({"state": shown.state().name(), "notes": notes});
            if let Some(preview) = preview {
                body["preview"] = json!(preview);
            }
            body
        }
        Outcome::Cancelled { .. } => json!({"state": shown.state().name(), "closing": true}),
        Outcome::None | Outcome::FilledIn { .. } | Outcome::CancelAsked { problem: None, .. } => {
            let network = shown.network();
            let mut body = json!({
                "state": shown.state().name(),
                "ticket": shown.onboarding.ticket,
                "region": network.map(|network| &network.region),
                "vpcId": network.map(|network| &network.vpc_id),
                "subnetIds": network.map(|network| network.subnet_ids.as_slice()).unwrap_or_default(),
                "endpoint": shown.endpoint().map(|made| endpoint(made, &shown.left_out())),
                "verification": shown.verification(),
                "timeline": shown.timeline(),
                "error": shown.error(),
            });
            if shown.is_closing() {
                body["closing"] = json!(true);
            }
            body
        }
    }
}

fn endpoint(endpoint: &Endpoint, left_out: &[&LeftOut]) -> Value {
    let mut body = json!({"id": endpoint.endpoint_id, "dnsName": endpoint.dns_name, "state": endpoint.state});
    if !left_out.is_empty() {
        body["leftOut"] = json!(left_out);
    }
    body
}
