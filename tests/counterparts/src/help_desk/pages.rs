//! The help desk's pages: the list with a form to file a ticket, a ticket's thread, and a page to write to it.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::fields::{
    ATLAS_REGION, ATLAS_TARGET, CUSTOMER_ID, CUSTOMER_NAME, CUSTOMER_PLAN, CUSTOMER_REGION, FIELDS, VPC_ID, text,
};
use super::text::linked;
use super::ticket::{Change, Comment, FieldValue, NewComment, Status, Ticket};
use super::{CUSTOMER, FIRST_AGENT, HelpDesk, TAG};
use crate::pages::{Frame, choice, page, text_field};

const STAND_IN: &str = "A local stand-in for a help desk such as Zendesk. Nothing here leaves this machine.";

/// Seconds between two loads of a thread.
const RELOAD: u32 = 3;

const PLANS: [(&str, &str); 3] = [("business", "Business"), ("starter", "Starter"), ("free", "Free")];

const TARGETS: [(&str, &str); 4] = [
    ("dedicated", "Dedicated cluster"),
    ("federated", "Federated database instance"),
    ("online-archive", "Online Archive"),
    ("", "I am not sure"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Filed {
    customer_id: String,
    customer_name: String,
    plan: String,
    region: String,
    atlas_region: String,
    target: String,
    #[serde(default)]
    vpc_id: String,
}

#[derive(Deserialize)]
pub(super) struct Written {
    comment: String,
}

fn framed(title: &str, reload: Option<u32>, body: &Markup) -> Html<String> {
    page(&Frame { title, stand_in: STAND_IN, reload }, body)
}

pub(super) async fn index(State(desk): State<HelpDesk>) -> Html<String> {
    let tickets = desk.tickets();
    let body = html! {
        h2 { "Ask for a PrivateLink connection" }
        form.sheet method="post" action="/tickets" {
            (text_field("Customer ID", "customerId", "acme", false))
            (text_field("Customer name", "customerName", "Acme Corp", false))
            (choice("Plan", "plan", PLANS, "business"))
            (text_field("Region of your pipelines", "region", "us-east-1", false))
            (text_field("Atlas region", "atlasRegion", "US_EAST_1", true))
            (choice("What to connect to", "target", TARGETS, "dedicated"))
            (text_field("Existing VPC ID", "vpcId", "", true))
            button { "File the ticket" }
        }
        h2 { "Tickets" }
        @if tickets.is_empty() { p.quiet { "None yet." } } @else {
            table {
                tr { th { "Number" } th { "Subject" } th { "Status" } }
                @for ticket in tickets.values().rev() {
                    tr {
                        td { a href={ "/tickets/" (ticket.id) } { "#" (ticket.id) } }
                        td { (ticket.subject) }
                        td { (ticket.status.as_str()) }
                    }
                }
            }
        }
    };
    framed("Help desk", None, &body)
}

/// Files the form's ticket as the API would, tag included.
pub(super) async fn file(State(desk): State<HelpDesk>, Form(filed): Form<Filed>) -> Redirect {
    let body = "Please connect our MongoDB Atlas deployment over AWS PrivateLink.".to_owned();
    let values = [
        (CUSTOMER_ID, &filed.customer_id),
        (CUSTOMER_NAME, &filed.customer_name),
        (CUSTOMER_PLAN, &filed.plan),
        (CUSTOMER_REGION, &filed.region),
        (ATLAS_REGION, &filed.atlas_region),
        (ATLAS_TARGET, &filed.target),
        (VPC_ID, &filed.vpc_id),
    ];
    let filled_in = values.into_iter().filter(|(_, value)| !value.trim().is_empty());
    let change = Change {
        subject: Some(format!("PrivateLink to MongoDB Atlas for {}", filed.customer_name.trim())),
        comment: Some(NewComment::public(body)),
        tags: Some(vec![TAG.to_owned()]),
        custom_fields: filled_in.map(|(id, value)| FieldValue { id, value: Value::from(value.trim()) }).collect(),
        ..Change::default()
    };
    Redirect::to(&format!("/tickets/{}", desk.file(change, "web").id))
}

pub(super) async fn thread(State(desk): State<HelpDesk>, Path(id): Path<String>) -> Response {
    let tickets = desk.tickets();
    let Some(ticket) = id.parse().ok().and_then(|id: u64| tickets.get(&id)) else { return unknown() };
    let title = format!("#{}: {}", ticket.id, ticket.subject);
    framed(&title, Some(RELOAD), &conversation(ticket)).into_response()
}

/// A page of its own, since the thread loads itself again and would lose what is being written.
pub(super) async fn write(State(desk): State<HelpDesk>, Path(id): Path<String>) -> Response {
    let tickets = desk.tickets();
    let Some(ticket) = id.parse().ok().and_then(|id: u64| tickets.get(&id)) else { return unknown() };
    let body = html! {
        form.sheet method="post" action={ "/tickets/" (ticket.id) "/reply" } {
            label { "Your reply" textarea name="comment" rows="8" required {} }
            button { "Send it as the customer" }
        }
        p { a href={ "/tickets/" (ticket.id) } { "Back to the ticket" } }
    };
    framed(&format!("Reply to #{}", ticket.id), None, &body).into_response()
}

/// Adds a comment in the customer's name; it opens a ticket that is pending or solved.
pub(super) async fn reply(
    State(desk): State<HelpDesk>,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Response {
    // A form's lines end as on typewriters.
    let comment = NewComment::public(written.comment.replace("\r\n", "\n"));
    change(&desk, &id, Change { comment: Some(comment), ..Change::default() }, CUSTOMER)
}

/// Opens a ticket again, as a support engineer does.
pub(super) async fn reopen(State(desk): State<HelpDesk>, Path(id): Path<String>) -> Response {
    let engineer = desk.agent("support engineer");
    change(&desk, &id, Change { status: Some(Status::Open), ..Change::default() }, engineer)
}

fn change(desk: &HelpDesk, id: &str, change: Change, actor: u64) -> Response {
    let mut tickets = desk.tickets();
    let Some(ticket) = id.parse().ok().and_then(|id: u64| tickets.get_mut(&id)) else { return unknown() };
    if ticket.status != Status::Closed {
        desk.change(ticket, change, actor);
    }
    Redirect::to(&format!("/tickets/{}", ticket.id)).into_response()
}

fn unknown() -> Response {
    let body = html! { p { a href="/" { "All tickets" } } };
    (StatusCode::NOT_FOUND, framed("There is no such ticket", None, &body)).into_response()
}

fn conversation(ticket: &Ticket) -> Markup {
    html! {
        p { a href="/" { "All tickets" } " · status: " strong { (ticket.status.as_str()) } }
        p { a href={ "/tickets/" (ticket.id) "/reply" } { "Reply as the customer" } }
        div {
            @if ticket.status == Status::Solved {
                form method="post" action={ "/tickets/" (ticket.id) "/reopen" } {
                    button.quiet { "Open it again as a support engineer" }
                }
            }
        }
        p.quiet { "The newest is on top; the page loads itself again." }
        @for comment in ticket.comments.iter().rev() { (entry(comment)) }
        section.sheet {
            dl {
                @for (id, title, _) in FIELDS {
                    @if let Some(value) = ticket.custom_fields.get(&id).and_then(text) { dt { (title) } dd { (value) } }
                }
                dt { "Tags" } dd { (ticket.tags.join(", ")) }
            }
        }
    }
}

fn entry(comment: &Comment) -> Markup {
    let who = match comment.author {
        _ if !comment.public => "Internal note, not shown to the customer",
        CUSTOMER => "From the customer",
        FIRST_AGENT.. => "Reply to the customer",
        _ => "From somebody else",
    };
    html! {
        article.internal[!comment.public] {
            header { strong { (who) } " · " time { (comment.at()) } }
            p.body { (linked(&comment.text)) }
        }
    }
}
