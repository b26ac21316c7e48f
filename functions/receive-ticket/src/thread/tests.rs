use serde_json::{Value, json};

use super::*;

const CUSTOMER: &str = "800001";
const OURS: &str = "900001";

fn thread(comments: &[(&str, bool, &str)]) -> Vec<ThreadComment> {
    let comments = comments.iter().map(|(author, public, body)| {
        json!({"author_id": author, "public": public, "body": body, "created_at": "2026-07-04T05:33:18Z"})
    });
    serde_json::from_value(Value::Array(comments.collect())).unwrap()
}

fn told(comments: &[(&str, bool, &str)]) -> String {
    match standing(&"35436".parse().unwrap(), CUSTOMER, &thread(comments)) {
        Standing::Ahead(ticket) => format!("ahead of {}", ticket.execution_name()),
        Standing::Running => "running".to_owned(),
        Standing::Ended { key, last, next } => format!("{key} by {}; next {}", last.author_id, next.execution_name()),
    }
}

#[test]
fn the_references_tell_how_far_a_ticket_is() {
    let said = |text: &'static str| (OURS, true, text);
    let asked = said("Reference: ticket-35436/details-0a1b2c3d.");
    let declined = said("Reference: ticket-35436/declined.");
    let asked_again = said("Reference: ticket-35436-2/details-0a1b2c3d.");
    let instructions = said("Hello\n\nReference: ticket-35436-2/instructions-1.");
    let failed = said("Reference: ticket-35436-2/failed.");
    let details = (OURS, false, "Reference: ticket-35436-2/failed-details.");
    let others = said("Reference: ticket-3543/connected. Reference: ticket-354361/connected.");
    let quoted = (CUSTOMER, true, "> Reference: ticket-35436/connected.");
    for (comments, expected) in [
        (vec![], "ahead of ticket-35436"),
        (vec![others, quoted], "ahead of ticket-35436"),
        (vec![asked], "ahead of ticket-35436"),
        (vec![asked, said("Reference: ticket-35436/instructions-1.")], "running"),
        (vec![asked, declined, quoted], "declined by 900001; next ticket-35436-2"),
        (vec![declined, asked_again], "ahead of ticket-35436-2"),
        (vec![declined, asked_again, instructions], "running"),
        (vec![declined, instructions, failed, details], "failed by 900001; next ticket-35436-3"),
    ] {
        assert_eq!(told(&comments), expected, "{comments:?}");
    }
}

type Said = Vec<(String, String)>;

/// What is taken as an answer, and what cannot be read.
fn answered(comments: &[(&str, bool, &str)]) -> (Said, Said) {
    let question = (
        OURS,
        true,
        "Please reply with these lines, filled in:\n\nAtlas region:\nAtlas target:\n\nReference: ticket-35436/details-0a1b2c3d.",
    );
    let comments = [&[(CUSTOMER, true, "Atlas region: EU_WEST_1"), question], comments].concat();
    let FilledIn { given, unreadable } = answers(&"35436".parse().unwrap(), CUSTOMER, &thread(&comments));
    let named = |facts: BTreeMap<Fact, String>| facts.into_iter().map(|(fact, said)| (fact.name(), said)).collect();
    (named(given), named(unreadable))
}

#[test]
fn the_customer_answers_what_was_asked_and_nothing_else() {
    let region = |said: &str| vec![("atlas.region".to_owned(), said.to_owned())];
    for (comment, given, unreadable) in [
        // What was said before the question is no answer to it.
        ((CUSTOMER, true, "Hello"), vec![], vec![]),
        ((CUSTOMER, true, "Atlas region: US_EAST_1"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, "Hi,\n - ATLAS  Region :  \"us-east-1\" (N. Virginia)\nBye"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, "> Atlas region: US_EAST_1"), vec![], vec![]),
        ((CUSTOMER, true, "Atlas region:"), vec![], vec![]),
        ((CUSTOMER, true, "Atlas region: Virginia"), vec![], region("Virginia")),
        ((CUSTOMER, true, "Atlas region: Virginia\nAtlas region: US_EAST_1"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, &format!("Atlas region: {}", "x".repeat(61))), vec![], vec![]),
        (
            (CUSTOMER, true, "Atlas target: Online Archive"),
            vec![("atlas.target".into(), "online-archive".into())],
            vec![],
        ),
        // Not asked for, or nobody's to say in a comment.
        ((CUSTOMER, true, "Data platform region: us-east-1"), vec![], vec![]),
        ((CUSTOMER, true, "customer.plan: business\nPlan: business\nnetwork.vpcId: vpc-0b1c2d3e"), vec![], vec![]),
        (("800002", true, "Atlas region: US_EAST_1"), vec![], vec![]),
        ((OURS, true, "Atlas region: US_EAST_1"), vec![], vec![]),
        ((CUSTOMER, false, "Atlas region: US_EAST_1"), vec![], vec![]),
    ] {
        assert_eq!(answered(&[comment]), (given, unreadable), "{comment:?}");
    }
}

#[test]
fn the_newest_answer_counts() {
    let (given, _) = answered(&[
        (CUSTOMER, true, "Atlas region: EU_WEST_1"),
        (CUSTOMER, true, "Sorry.\nAtlas region: US_EAST_1"),
        (CUSTOMER, true, "Atlas region: or was it?"),
    ]);
    assert_eq!(given, [("atlas.region".to_owned(), "US_EAST_1".to_owned())]);
}
