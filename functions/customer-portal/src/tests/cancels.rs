//! Cancelling: asked about on a page of its own, wished by a POST alone, and nothing is answered any more after it.

use serde_json::{Value, json};

use super::world::{Aws, COMMAND, World, endpoint, link};
use shared::answer::Answer;

const STRING: &str = "mongodb+srv://reader:se%3Acret@cluster0-pl-0.abcde.mongodb.net/sales";
const LINK: &str = "Cancel this request</a>";

fn code((status, body): (u16, Value)) -> (u16, String) {
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The page that asks.
async fn question(world: &World) -> (u16, String) {
    world.ask("GET", &format!("{}/cancel", link()), "", "text/html", "").await
}

/// Atlas has accepted the endpoint, and nobody was asked for the source yet.
fn accepted() -> World {
    World::ready("dedicated").know(&json!({"endpoint": endpoint("dedicated", "available", "accepted")}))
}

/// Each place where the customer can cancel, and each where not.
fn places() -> (Vec<World>, Vec<World>) {
    let open = vec![
        World::checking(),
        World::preparing(),
        World::awaiting(),
        World::awaiting().take(Answer::Command),
        World::ready("dedicated"),
        // Atlas rejected the endpoint after all, and another command is asked for.
        accepted().tell("preparing-network", None).wait(Answer::Command),
    ];
    let shut = vec![
        accepted(),
        World::awaiting_source("dedicated"),
        World::awaiting_source("dedicated").take(Answer::Source),
        World::awaiting_source("dedicated").tell("connected", None).end(),
        World::awaiting().tell("expired", None).end(),
        // One of the release before, which undoes it itself.
        World::awaiting().tell("expired", None),
        World::awaiting().wished("customer"),
        World::awaiting().wished("operator"),
        World::ready("dedicated").fenced(),
    ];
    (open, shut)
}

#[tokio::test]
async fn a_link_to_cancel_is_there_until_atlas_has_accepted_the_endpoint() {
    let (open, shut) = places();
    for world in open {
        assert!(world.page().await.contains(LINK), "{}", world.item());
        let (status, page) = question(&world).await;
        assert!(status == 200 && page.contains("Cancel this request?"), "{page}");
    }
    for world in shut {
        assert!(!world.page().await.contains(LINK), "{}", world.item());
        assert!(!question(&world).await.1.contains("id=\"cancel-form\""), "{}", world.item());
    }
}

#[tokio::test]
async fn asking_changes_nothing() {
    let (open, shut) = places();
    for world in open.into_iter().chain(shut) {
        let before = world.item();
        for method in ["GET", "HEAD"] {
            for accept in ["text/html", "application/json"] {
                world.ask(method, &format!("{}/cancel", link()), "", accept, "").await;
            }
        }
        assert_eq!(world.item(), before);
        let calls = world.calls();
        assert!(calls.iter().all(|call| call.starts_with("Get")), "{calls:?}");
    }
}

#[tokio::test]
async fn who_asks_is_told_why_it_cannot_be_cancelled() {
    for (world, status, says) in [
        (accepted(), 409, "reply to ticket 35436; a colleague does it"),
        (World::awaiting().tell("expired", None).end(), 410, "This request has ended."),
        (World::awaiting().wished("customer"), 200, "This request is being closed"),
    ] {
        let (answered, page) = question(&world).await;
        assert!(answered == status && page.contains(says), "{answered}: {page}");
    }
    let (status, facts) = World::awaiting().ask("GET", &format!("{}/cancel", link()), "", "*/*", "").await;
    let facts: Value = serde_json::from_str(&facts).unwrap();
    assert_eq!((status, &facts["state"]), (200, &json!("awaiting-command")));
}

#[tokio::test]
async fn a_wish_is_written_into_the_register_and_nothing_else_is_done() {
    for (body, why) in [
        (json!({"why": " not now,\r\n\tperhaps later "}), "not now, perhaps later"),
        (json!({"why": ""}), "no reason given"),
        (json!({"why": null}), "no reason given"),
        (json!({}), "no reason given"),
    ] {
        let world = World::ready("dedicated");
        world.get().await;
        world.calls();
        let (status, answer) = world.cancel(&body).await;
        assert_eq!((status, answer), (202, json!({"state": "awaiting-acceptance", "closing": true})));
        assert_eq!(world.item()["wish"], json!({"by": "customer", "who": "Acme Corp", "why": why}));
        assert_eq!(world.calls(), ["GetItem", "UpdateItem"]);
    }
}

#[tokio::test]
async fn a_wish_needs_no_body_and_a_form_leads_back_to_the_page() {
    let cancel = format!("{}/cancel", link());
    let world = World::awaiting();
    assert_eq!(world.send("POST", &cancel, &[], "").await.status(), 202);
    let world = World::awaiting();
    let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
    let answer = world.send("POST", &cancel, &form, "why=too+early").await;
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, link().as_str()));
    assert_eq!(world.item()["wish"]["why"], "too early");
}

#[tokio::test]
async fn whoever_has_no_name_is_the_customer_and_the_longest_name_fits() {
    for (name, who) in [(Value::Null, "the customer".to_owned()), (json!("é".repeat(200)), "é".repeat(100))] {
        let world = World::awaiting().change(|item| item["customer"] = name);
        assert_eq!(world.cancel(&json!({})).await.0, 202);
        assert_eq!(world.item()["wish"]["who"], who);
    }
}

#[tokio::test]
async fn the_first_wish_stays() {
    for by in ["customer", "operator"] {
        let world = World::awaiting().wished(by);
        let before = world.item();
        // A reason that is too long is none that would be kept.
        for why in ["another reason", &"é".repeat(501)] {
            assert_eq!(world.cancel(&json!({"why": why})).await.0, 202);
        }
        assert_eq!(world.item(), before);
    }
    // Of two at once, one is written, and both are told that it is.
    let world = World::awaiting();
    world.aws().meanwhile = Some(("UpdateItem", |aws: &mut Aws| {
        aws.item.as_mut().unwrap()["wish"] = json!({"by": "customer", "who": "Acme Corp", "why": "first"});
    }));
    assert_eq!(world.cancel(&json!({"why": "second"})).await.0, 202);
    assert_eq!(world.item()["wish"]["why"], "first");
}

#[tokio::test]
async fn a_reason_that_cannot_be_kept_is_asked_for_again() {
    let world = World::awaiting();
    let before = world.item();
    assert_eq!(code(world.cancel(&json!({"why": "é".repeat(501)})).await), no(422, "too-long"));
    assert_eq!(code(world.cancel(&json!({"why": 7})).await), no(422, "not-a-reason"));
    let (status, page) = world.submit_to("cancel", &[("why", &"é".repeat(501))]).await;
    assert!(status == 422 && page.contains(&"é".repeat(501)), "what was typed stays");
    assert_eq!(world.item(), before);
    // Browsers send a line end, which counts as one character, as two.
    let lines = format!("{}\r\n{}", "é".repeat(250), "é".repeat(249));
    assert_eq!(world.submit_to("cancel", &[("why", &lines)]).await.0, 303);
}

#[tokio::test]
async fn what_atlas_accepted_and_what_has_ended_is_not_cancelled() {
    for (world, expected) in [
        (accepted(), no(409, "accepted-already")),
        (World::awaiting_source("dedicated"), no(409, "accepted-already")),
        (World::awaiting_source("dedicated").take(Answer::Source), no(409, "accepted-already")),
        (World::awaiting_source("dedicated").tell("connected", None).end(), no(410, "ended")),
        (World::awaiting().tell("expired", None).end(), no(410, "ended")),
        (World::awaiting().tell("expired", None), no(410, "ended")),
    ] {
        let before = world.item();
        assert_eq!(code(world.cancel(&json!({"why": "too late"})).await), expected);
        assert_eq!(world.item(), before);
        assert!(!world.calls().contains(&"UpdateItem"));
    }
    let unknown = format!("/o/{}.1.{}/cancel", "0".repeat(32), "0".repeat(40));
    assert_eq!(World::awaiting().ask("POST", &unknown, "application/json", "*/*", "{}").await.0, 404);
}

#[tokio::test]
async fn a_wish_that_met_a_closing_is_kept_should_the_closing_let_go_again() {
    let world = World::ready("dedicated").fenced();
    assert_eq!(world.cancel(&json!({})).await.0, 202);
    assert_eq!(world.item()["wish"]["by"], "customer");
}

#[tokio::test]
async fn a_wish_that_comes_after_something_else_is_decided_anew() {
    // The wait has moved on, and it can still be cancelled.
    let world = World::awaiting();
    world.aws().meanwhile = Some(("UpdateItem", |aws: &mut Aws| {
        aws.item.as_mut().unwrap()["shown"]["order"] = json!(9000);
    }));
    assert_eq!(world.cancel(&json!({})).await.0, 202);
    assert_eq!(world.item()["wish"]["by"], "customer");
    // Atlas has accepted the endpoint meanwhile.
    let world = World::ready("dedicated");
    world.aws().meanwhile = Some(("UpdateItem", |aws: &mut Aws| {
        let shown = &mut aws.item.as_mut().unwrap()["shown"];
        shown["order"] = json!(9000);
        shown["facts"]["endpoint"]["verdict"] = json!("accepted");
    }));
    assert_eq!(code(world.cancel(&json!({})).await), no(409, "accepted-already"));
    assert_eq!(world.item()["wish"], Value::Null);
    // It has ended meanwhile.
    let world = World::awaiting();
    world.aws().meanwhile = Some(("UpdateItem", |aws: &mut Aws| {
        let shown = &mut aws.item.as_mut().unwrap()["shown"];
        shown["outcome"] = json!({"at": "2026-07-02T14:00:00Z"});
        shown["state"] = json!("expired");
    }));
    assert_eq!(code(world.cancel(&json!({})).await), no(410, "ended"));
}

#[tokio::test]
async fn a_wish_after_an_answer_finds_what_the_answer_began() {
    let world = World::awaiting();
    assert_eq!(world.bring(COMMAND).await.0, 202);
    let (status, answer) = world.cancel(&json!({})).await;
    assert_eq!((status, &answer["state"]), (202, &json!("creating-endpoint")));
    assert_eq!(code(world.bring(COMMAND).await), no(410, "closing"));
    assert_eq!(world.aws().sent.len(), 1);
}

#[tokio::test]
async fn an_answer_after_a_wish_is_refused_and_no_secret_is_put() {
    let source = json!({"connectionString": STRING});
    for closing in [World::wished as fn(World, &str) -> World, |world: World, _: &str| world.fenced()] {
        let world = closing(World::awaiting(), "operator");
        assert_eq!(code(world.bring(COMMAND).await), no(410, "closing"));
        assert_eq!(code(world.bring("another").await), no(410, "closing"));
        let world = closing(World::awaiting_source("dedicated"), "operator");
        assert_eq!(code(world.give(&source).await), no(410, "closing"));
        assert!(world.aws().sent.is_empty() && world.aws().kept.is_empty());
        assert_eq!(world.item()["claim"]["request"], World::awaiting_source("dedicated").item()["claim"]["request"]);
    }
    // The wish comes between the answer's look and its claim.
    let wish = |aws: &mut Aws| {
        aws.item.as_mut().unwrap()["wish"] = json!({"by": "operator", "who": "Grace", "why": "enough"});
    };
    let world = World::awaiting_source("dedicated");
    world.aws().meanwhile = Some(("UpdateItem", wish));
    assert_eq!(code(world.give(&source).await), no(410, "closing"));
    let aws = world.aws();
    assert!(aws.sent.is_empty() && aws.kept.is_empty());
}

#[tokio::test]
async fn while_it_is_closed_nothing_is_asked_and_nobody_of_us_is_named() {
    for world in [
        World::awaiting().wished("operator"),
        World::awaiting_source("dedicated").wished("operator"),
        World::ready("dedicated").wished("operator"),
        World::awaiting_source("dedicated").fenced(),
    ] {
        let state = world.item()["shown"]["state"].clone();
        let shown = world.get().await;
        assert_eq!((&shown["state"], &shown["closing"]), (&state, &json!(true)));
        let page = world.page().await;
        assert!(page.contains("data-state=\"closing\"") && page.contains("This request is being closed"), "{page}");
        assert!(!page.contains("<form") && !page.contains("the project is put off"), "{page}");
    }
    assert_eq!(World::awaiting().get().await["closing"], Value::Null);
    let ended = World::awaiting().wished("customer").tell("closed", None).end();
    assert_eq!(ended.get().await["closing"], Value::Null);
}
