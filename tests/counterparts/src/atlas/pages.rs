//! Pages in place of Atlas's "Private Endpoint" dialog, for whoever plays the customer.

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::deployments::{PASSWORD, USERNAME};
use super::federation::{NewEntry, service_name};
use super::problem::Problem;
use super::regions::{REGIONS, Region};
use super::{Atlas, connections, printed};
use crate::pages::{Frame, choice, page, text_field};

const STAND_IN: &str = "A local stand-in for MongoDB Atlas. Nothing here reaches MongoDB or AWS.";

/// Any project will do; this one is filled in.
const DEFAULT_GROUP: &str = "65f0c0ffee0ddba11cafe001";

const TARGETS: [(&str, &str); 3] = [
    ("dedicated", "Dedicated cluster"),
    ("federated", "Federated database instance"),
    ("online-archive", "Online Archive"),
];

/// What the customer wants to connect; all of it travels in the address, so that nothing is kept for a visitor.
#[derive(Debug, Deserialize)]
struct Wish {
    group: String,
    target: String,
    region: String,
    #[serde(default)]
    vpc: String,
    #[serde(default)]
    subnets: String,
    #[serde(default)]
    endpoint: String,
    #[serde(default, rename = "dnsName")]
    dns_name: String,
    /// Set after a rejection, when Atlas itself no longer knows the endpoint.
    #[serde(default)]
    rejected: bool,
}

impl Wish {
    fn is_dedicated(&self) -> bool {
        self.target == "dedicated"
    }

    fn region(&self) -> Result<&'static Region, Problem> {
        Region::find(&self.region).ok_or_else(|| Problem::region(&self.region))
    }

    fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let Self { group, target, region, vpc, subnets, .. } = self;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("group", group), ("target", target), ("region", region)]);
        query.extend_pairs([("vpc", vpc), ("subnets", subnets)]);
        query.extend_pairs(more);
        format!("{path}?{}", query.finish())
    }

    fn command(&self, service_name: &str) -> String {
        let split = |character: char| character == ',' || character.is_whitespace();
        let subnets: Vec<_> = self.subnets.split(split).filter(|subnet| !subnet.is_empty()).collect();
        printed::command(self.vpc.trim(), &self.region, service_name, &subnets)
    }
}

pub(super) fn routes() -> Router<Atlas> {
    Router::new()
        .route("/", get(ask))
        .route("/private-endpoint", get(show_command).post(make))
        .route("/endpoint", get(show_endpoint).post(finalize))
        .route("/endpoint/reject", post(reject))
}

/// A problem as a page.
struct Trouble(Problem);

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let body = html! {
            p.bad { (self.0.detail) }
            p { a href="/" { "Start again" } }
        };
        (StatusCode::UNPROCESSABLE_ENTITY, framed("That did not work", None, &body)).into_response()
    }
}

fn framed(title: &str, reload: Option<u32>, body: &Markup) -> Html<String> {
    page(&Frame { title, stand_in: STAND_IN, reload }, body)
}

async fn ask() -> Html<String> {
    let regions = REGIONS.iter().map(|region| (region.name, region.name));
    let body = html! {
        p { "Network Access › Private Endpoint › Add Private Endpoint, provider AWS." }
        form.sheet method="post" action="/private-endpoint" {
            (text_field("Project ID", "group", DEFAULT_GROUP, false))
            (choice("Target", "target", TARGETS, "dedicated"))
            (choice("Atlas region", "region", regions, "us-east-1"))
            (text_field("Your VPC ID", "vpc", "", false))
            (text_field("Your Subnet IDs", "subnets", "", false))
            p.quiet { "The VPC and subnet IDs are those that you were given on the ticket, separated by commas or blanks." }
            button { "Next" }
        }
    };
    framed("Add a private endpoint", None, &body)
}

/// Makes the project's service where there is none yet.
async fn make(State(atlas): State<Atlas>, Form(wish): Form<Wish>) -> Result<Redirect, Trouble> {
    let region = wish.region()?;
    if wish.is_dedicated() && atlas.regional_service(&wish.group, region)?.is_none() {
        atlas.create_service(&wish.group, region.name)?;
    }
    Ok(Redirect::to(&wish.address("/private-endpoint", &[])))
}

async fn show_command(State(atlas): State<Atlas>, Query(wish): Query<Wish>) -> Result<Html<String>, Trouble> {
    let region = wish.region()?;
    let name = if wish.is_dedicated() {
        atlas.regional_service(&wish.group, region)?.and_then(|service| service.endpoint_service_name)
    } else {
        region.shared_service.map(|id| service_name(region.name, id))
    };
    let name = name.ok_or_else(|| Problem::region(&wish.region))?;
    let body = html! {
        h2 { "1. Create the interface endpoint" }
        p { "Copy this command (a click selects all of it) and hand it in at your onboarding's link." }
        pre.command { (wish.command(&name)) }
        h2 { "2. Finalize" }
        p { "Come back with what you receive for it." }
        (finalize_form(&wish))
        p { a href="/" { "Another private endpoint" } }
    };
    Ok(framed("Private endpoint", None, &body))
}

fn finalize_form(wish: &Wish) -> Markup {
    html! {
        form.sheet method="post" action="/endpoint" {
            (carried(wish))
            (text_field("Your VPC Endpoint ID", "endpoint", &wish.endpoint, false))
            @if !wish.is_dedicated() {
                (text_field("Your VPC Endpoint DNS Name", "dnsName", &wish.dns_name, false))
            }
            button { "Finalize" }
        }
    }
}

fn carried(wish: &Wish) -> Markup {
    let Wish { group, target, region, vpc, subnets, .. } = wish;
    html! {
        @for (name, value) in [("group", group), ("target", target), ("region", region), ("vpc", vpc), ("subnets", subnets)] {
            input type="hidden" name=(name) value=(value);
        }
    }
}

async fn finalize(State(atlas): State<Atlas>, Form(wish): Form<Wish>) -> Result<Redirect, Trouble> {
    let region = wish.region()?;
    let (endpoint_id, dns_name) = (wish.endpoint.trim(), wish.dns_name.trim());
    if wish.is_dedicated() {
        atlas.submit_endpoint(&wish.group, &service_id(&atlas, &wish, region)?, endpoint_id)?;
    } else {
        let entry = NewEntry {
            endpoint_id: endpoint_id.to_owned(),
            provider: "AWS".to_owned(),
            region: Some(region.atlas_name()),
            dns_name: Some(dns_name.to_owned()),
            comment: None,
        };
        atlas.submit_entry(&wish.group, entry)?;
    }
    Ok(Redirect::to(&wish.address("/endpoint", &[("endpoint", endpoint_id), ("dnsName", dns_name)])))
}

async fn reject(State(atlas): State<Atlas>, Form(wish): Form<Wish>) -> Result<Redirect, Trouble> {
    let region = wish.region()?;
    if wish.is_dedicated() {
        atlas.remove_endpoint(&wish.group, &service_id(&atlas, &wish, region)?, &wish.endpoint)?;
    } else {
        atlas.remove_entry(&wish.group, &wish.endpoint)?;
    }
    Ok(Redirect::to(&wish.address("/endpoint", &[("endpoint", &wish.endpoint), ("rejected", "true")])))
}

fn service_id(atlas: &Atlas, wish: &Wish, region: &Region) -> Result<String, Problem> {
    let service = atlas.regional_service(&wish.group, region)?;
    service.map(|service| service.id).ok_or_else(|| Problem::region(&wish.region))
}

async fn show_endpoint(State(atlas): State<Atlas>, Query(wish): Query<Wish>) -> Result<Html<String>, Trouble> {
    if wish.rejected {
        let body = html! {
            p.bad { "Rejected. Atlas has ended the connection of " code { (wish.endpoint) } "." }
            p { a href=(wish.address("/private-endpoint", &[])) { "Back to the command" } }
        };
        return Ok(framed("Private endpoint", None, &body));
    }
    let region = wish.region()?;
    let (status, error) = if wish.is_dedicated() {
        let view = atlas.endpoint(&wish.group, &service_id(&atlas, &wish, region)?, &wish.endpoint)?;
        (view.connection_status, view.error_message)
    } else {
        let view = atlas.entry(&wish.group, &wish.endpoint)?;
        (view.status, view.error_message)
    };
    let connection = atlas.private_link.connection(&wish.endpoint);
    let string = match connections::accepted(&atlas.private_link, &wish.endpoint) {
        Some(accepted) => Some(atlas.connection_string(&wish.group, &accepted, wish.is_dedicated()).await?),
        None => None,
    };
    let is_bad = matches!(status, "FAILED" | "REJECTED");
    let body = html! {
        p.bad[is_bad].good[!is_bad] {
            @if is_bad { "Failed. " (error.unwrap_or_default()) } @else { "Accepted." }
        }
        dl {
            dt { "VPC endpoint" } dd { code { (wish.endpoint) } }
            dt { "Status in Atlas" } dd { (status) }
            dt { "State in AWS" }
            dd {
                @if let Some(connection) = &connection { (connection.state.as_str()) }
                @else { "unknown: AWS has no such endpoint, whatever Atlas says" }
            }
        }
        @if is_bad {
            h2 { "Edit and retry" }
            (finalize_form(&wish))
        } @else {
            @if let Some(string) = &string {
                h2 { "Connect › Private Endpoint" }
                p { "The connection string, with the database user that every deployment here has:" }
                pre.command { (printed::with_user(string, USERNAME, PASSWORD)) }
            }
            form method="post" action="/endpoint/reject" {
                (carried(&wish))
                input type="hidden" name="endpoint" value=(wish.endpoint);
                button.quiet { "Reject" }
                " " span.quiet { "to see what happens when Atlas refuses" }
            }
        }
        p { a href=(wish.address("/private-endpoint", &[])) { "Back to the command" } }
    };
    // A page with a form to type into must not be taken away from under the typist.
    Ok(framed("Private endpoint", (!is_bad).then_some(5), &body))
}
