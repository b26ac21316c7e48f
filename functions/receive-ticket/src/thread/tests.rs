use serde_json::{Value, json};

use super::*;

const CUSTOMER: &str = "800001";
const OURS: &str = "900001";

fn thread(comments: &[(&str, bool, &str)]) -> Vec<ThreadComment> {
    let comments = comments.iter().map(|(author, public, body)| {
        json!({"id": 1, "author_id": author, "public": public, "body": body, "created_at": "2026-07-04T05:33:18Z"})
    });
    serde_json::from_value(Value::Array(comments.collect())).unwrap()
}

#[test]
fn only_a_question_of_ours_for_that_round_says_that_it_was_wanted() {
    let asked = |round: u16, comment| {
        let round = Ticket { id: "35436".parse().unwrap(), round: round.try_into().unwrap() };
        has_question(&round, OURS, &thread(&[comment]))
    };
    let note = (OURS, false, "Please fill in.\n\nReference: ticket-35436_2/details-note-0a1b2c3d.");
    assert!(asked(2, note) && !asked(1, note) && !asked(3, note));
    assert!(asked(1, (OURS, true, "Reference: ticket-35436/details-0a1b2c3d.")));
    for comment in [
        (CUSTOMER, true, "> Reference: ticket-35436_2/details-0a1b2c3d."),
        ("900002", true, "> Reference: ticket-35436_2/details-0a1b2c3d."),
        (OURS, true, "Reference: ticket-35436_2/o.7 (instructions)."),
        (OURS, true, "Reference: ticket-354362/details-0a1b2c3d."),
    ] {
        assert!(!asked(2, comment), "{comment:?}");
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
    let FilledIn { given, unreadable } = answers(&"35436".parse().unwrap(), OURS, CUSTOMER, &thread(&comments));
    let given = given.into_iter().map(|(fact, said)| (fact.name(), said)).collect();
    let unreadable = unreadable.into_iter().map(|(fact, unreadable)| (fact.name(), unreadable.said)).collect();
    (given, unreadable)
}

#[test]
fn the_customer_answers_what_was_asked_and_nothing_else() {
    let long = |length: usize| format!("US_EAST_1 {}", "x".repeat(length - 10));
    let region = |said: &str| vec![("atlas.region".to_owned(), said.to_owned())];
    for (comment, given, unreadable) in [
        // What was said before the question is no answer to it.
        ((CUSTOMER, true, "Hello"), vec![], vec![]),
        ((CUSTOMER, true, "Atlas region: US_EAST_1"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, "Hi,\n - ATLAS  Region :  \"us-east-1\" (N. Virginia)\nBye"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, "> Atlas region: US_EAST_1"), vec![], vec![]),
        ((CUSTOMER, true, "Atlas region:"), vec![], vec![]),
        ((CUSTOMER, true, "Atlas region: Virginia"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, "Atlas region: somewhere"), vec![], region("somewhere")),
        ((CUSTOMER, true, "Atlas region: AWS / N. Virginia (us-east-1)"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, "Atlas target: not sure"), vec![], vec![]),
        ((CUSTOMER, true, "Atlas region: somewhere\nAtlas region: US_EAST_1"), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, &format!("Atlas region: {}", long(200))), region("US_EAST_1"), vec![]),
        ((CUSTOMER, true, &format!("Atlas region: {}", long(201))), vec![], region(&format!("{}…", long(60)))),
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

#[test]
fn a_question_that_others_quote_asks_nothing() {
    let quoted =
        "Please reply with these lines, filled in:\n\nAtlas region:\n\nReference: ticket-35436/details-0a1b2c3d.";
    for author in ["900002", "800002", CUSTOMER] {
        let comments = thread(&[(author, true, quoted), (CUSTOMER, true, "Atlas region: US_EAST_1")]);
        assert_eq!(answers(&"35436".parse().unwrap(), OURS, CUSTOMER, &comments), FilledIn::default(), "{author}");
    }
}
