//! A proxy in front of moto's EC2 that adds what moto lacks of AWS PrivateLink, can make calls fail, and can limit how
//! many come.
//!
//! All calls are passed on as they are, except those that this file's `answer` names.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use tokio::time::Instant;

use self::permissions::Judge;
use self::query::Query;
use self::rates::Rates;
use self::refusal::Refusal;
pub(crate) use self::refusal::refused;
use self::subnets::Subnets;
pub(crate) use self::unseen::unseen;
use self::upstream::{Call, Upstream};
use crate::aws::private_link::PrivateLink;
use crate::faults::{Faults, Wire};

mod bucket;
mod control;
mod create;
mod delete;
mod describe;
mod permissions;
mod query;
mod rates;
mod refusal;
mod services;
mod subnets;
mod unseen;
mod upstream;
pub(crate) mod xml;

/// EC2 requests are small; a larger body is a mistake.
const BODY_LIMIT: usize = 1024 * 1024;

/// The state of the proxy; a clone is the same proxy.
#[derive(Debug, Clone)]
struct Edge {
    upstream: Upstream,
    private_link: PrivateLink,
    faults: Faults,
    judge: Judge,
    rates: Rates,
    subnets: Subnets,
    /// Held while an endpoint is made, so that two requests with one client token cannot make two.
    creating: Arc<tokio::sync::Mutex<()>>,
}

/// A proxy in front of the EC2 that answers at `upstream`, e.g. `http://127.0.0.1:5000`.
///
/// With an `authority`, calls are judged by the roles that it knows; callers whom it does not know may do everything.
pub fn router(private_link: PrivateLink, upstream: &str, authority: Option<&str>) -> Router {
    let faults = Faults::new(Wire::Ec2);
    let (upstream, judge) = (Upstream::new(upstream), Judge::new(authority));
    let edge = Edge {
        upstream,
        private_link,
        faults: faults.clone(),
        judge,
        rates: Rates::default(),
        subnets: Subnets::default(),
        creating: Arc::default(),
    };
    let router = Router::new()
        .route("/_edge/calls", get(control::calls))
        .route("/_edge/faults", post(control::add_fault).delete(control::clear_faults))
        .route("/_edge/rates", put(control::set_rates).delete(control::clear_rates))
        .route("/_edge/services", post(control::add_service))
        .route("/_edge/subnets/{id}", put(control::set_subnet).delete(control::clear_subnet))
        .route("/_edge/endpoint-limit", put(control::set_endpoint_limit))
        .route("/_edge/endpoints/{id}/state", post(control::set_state))
        .fallback(serve)
        .with_state(edge);
    faults.before(router).merge(faults.control())
}

async fn serve(State(edge): State<Edge>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let answered = match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => answer(&edge, &Call::new(parts, body)).await,
        Err(error) => Err(Refusal::Broken(anyhow::Error::new(error).context("reading the request"))),
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(edge: &Edge, call: &Call) -> Result<Response, Refusal> {
    let query = Query::parse(&call.body);
    let action = query.get("Action").unwrap_or_default();
    edge.rates.check(&call.region(), action, Instant::now())?;
    permissions::check(edge, call, &query, action).await?;
    match action {
        "CreateVpcEndpoint" => create::create_vpc_endpoint(edge, call, &query).await,
        "DescribeVpcEndpoints" => describe::describe_vpc_endpoints(edge, call, &query).await,
        "DescribeVpcEndpointServices" => services::describe_vpc_endpoint_services(edge, call, &query),
        "DescribeSubnets" => subnets::describe_subnets(edge, call, &query).await,
        "DeleteVpcEndpoints" => delete::delete_vpc_endpoints(edge, call, &query).await,
        "DeleteSecurityGroup" => delete::delete_security_group(edge, call, &query).await,
        "DeleteSubnet" => delete::delete_subnet(edge, call, &query).await,
        _ => Ok(edge.upstream.forward(call).await?.into_response()),
    }
}

#[cfg(test)]
mod tests;
