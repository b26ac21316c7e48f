//! What a look costs, and what is kept of it.

use super::world::{COMMAND, StepFunctions, World, link};
use shared::answer::Answer;

const PAGE: (&str, &str) = ("accept", "text/html");
const JSON: (&str, &str) = ("accept", "application/json");

#[tokio::test]
async fn a_look_is_one_read_of_the_register_and_nothing_else() {
    let world = World::awaiting();
    world.page().await;
    assert_eq!(world.calls().pop(), Some("GetItem"), "the signing key is read before");
    for (method, headers) in [("GET", PAGE), ("GET", JSON), ("HEAD", PAGE)] {
        assert_eq!(world.send(method, &link(), &[headers], "").await.status(), 200);
        assert_eq!(world.calls(), ["GetItem"]);
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let world = World::awaiting();
    for accept in [PAGE, JSON] {
        let first = world.send("GET", &link(), &[accept], "").await;
        assert_eq!(first.headers()["cache-control"], "private, no-cache");
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"another\", {tag}"), "*".to_owned()] {
            for method in ["GET", "HEAD"] {
                let second = world.send(method, &link(), &[accept, ("if-none-match", &known)], "").await;
                assert_eq!((second.status().as_u16(), second.body().as_str()), (304, ""), "{known}");
                // All but what tells of the body.
                let mut expected = first.headers().clone();
                expected.remove("content-type");
                assert_eq!(*second.headers(), expected);
            }
        }
        let other = world.send("GET", &link(), &[accept, ("if-none-match", "\"another\"")], "").await;
        assert_eq!((other.status(), other.body()), (first.status(), first.body()));
    }
}

#[tokio::test]
async fn what_has_changed_and_what_is_of_another_kind_has_another_tag() {
    let tag = async |world: &World, accept| {
        world.send("GET", &link(), &[accept], "").await.headers()["etag"].to_str().unwrap().to_owned()
    };
    let world = World::awaiting();
    let (page, json) = (tag(&world, PAGE).await, tag(&world, JSON).await);
    assert_ne!(page, json);
    let world = world.take(Answer::Command);
    let answer = world.send("GET", &link(), &[PAGE, ("if-none-match", &page)], "").await;
    assert_eq!(answer.status(), 200);
    assert_ne!(tag(&world, JSON).await, json);
}

#[tokio::test]
async fn an_answer_is_never_a_304_and_kept_by_nobody() {
    let headers = [("content-type", "application/json"), ("if-none-match", "*")];
    let body = serde_json::json!({ "command": COMMAND }).to_string();
    let answer = World::awaiting().send("POST", &format!("{}/command", link()), &headers, &body).await;
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(!answer.headers().contains_key("etag"));
}

#[tokio::test]
async fn a_look_does_not_need_step_functions() {
    let world = World::awaiting();
    world.aws().step_functions = StepFunctions::Refuses;
    assert_eq!(world.get().await["state"], "awaiting-command");
    assert!(world.page().await.contains("Bring us the command from Atlas"));
}
