//! What becomes of a source: into its secret, and nowhere else.

use serde_json::{Value, json};

use super::world::{COMMAND, World};
use shared::answer::Answer;

const STRING: &str = "mongodb+srv://reader:se%3Acret@cluster0-pl-0.abcde.mongodb.net/sales";

fn string(text: &str) -> Value {
    json!({ "connectionString": text })
}

#[tokio::test]
async fn a_right_source_goes_into_its_secret_and_the_execution_learns_where() {
    let world = World::awaiting_source("dedicated");
    assert_eq!(world.get().await["state"], "awaiting-source");
    let (status, body) = world.give(&string(STRING)).await;
    assert_eq!((status, &body["state"]), (202, &json!("verifying")), "{body}");
    let kept = world.aws().kept[0].clone();
    assert_eq!((&kept["username"], &kept["password"]), (&json!("reader"), &json!("se:cret")));
    let version = world.aws().versions[0].clone();
    assert_eq!(world.aws().sent, [json!({"sourceSecretArn": "arn:source", "sourceVersionId": version})]);
    assert_eq!(world.get().await["state"], "verifying");
    let item = world.item().to_string();
    assert!(!item.contains("se:cret") && !item.contains("se%3Acret"), "{item}");
}

#[tokio::test]
async fn the_single_fields_will_do_too_by_json_and_by_form() {
    let fields = [("host", "cluster0-pl-0.abcde.mongodb.net"), ("username", "reader"), ("password", "a+b c&d=ü%")];
    let by_json = World::awaiting_source("dedicated");
    let body: Value = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    assert_eq!(by_json.give(&body).await.0, 202);
    let by_form = World::awaiting_source("dedicated");
    assert_eq!(by_form.submit_to("source", &fields).await.0, 303);
    assert_eq!(by_json.aws().kept, by_form.aws().kept);
    assert!(by_form.aws().kept[0].to_string().contains("a+b c&d=ü%"));
}

#[tokio::test]
async fn a_wrong_source_is_refused_at_once_and_not_shown_again() {
    for (text, code) in [
        ("mongodb://reader:se%3Acret@10.0.0.1/?tls=true", "ip-address"),
        ("mongodb+srv://reader:se%3Acret@cluster0-pl-0.abcde.mongodb.net/?tls=false", "tls-off"),
        ("reader:se%3Acret", "not-a-connection-string"),
    ] {
        let world = World::awaiting_source("dedicated");
        let (status, body) = world.give(&string(text)).await;
        assert_eq!((status, &body["error"]["code"]), (422, &json!(code)), "{body}");
        let (status, page) = world.submit_to("source", &[("connectionString", text)]).await;
        assert_eq!(status, 422);
        assert!(page.contains("The source was not accepted"), "{page}");
        for told in [body.to_string(), page] {
            assert!(!told.contains("%3Acret") && !told.contains("se:cret"), "{told}");
        }
        assert!(world.aws().kept.is_empty() && world.aws().sent.is_empty());
        assert_eq!(world.get().await["state"], "awaiting-source");
    }
}

#[tokio::test]
async fn what_was_given_in_the_wrong_field_is_not_shown_again_either() {
    let fields = [("host", STRING), ("username", "se:cret"), ("password", "se:cret")];
    let (status, page) = World::awaiting_source("dedicated").submit_to("source", &fields).await;
    assert_eq!(status, 422);
    assert!(!page.contains("%3Acret") && !page.contains("se:cret"), "{page}");
}

#[tokio::test]
async fn each_answer_is_taken_only_where_it_is_awaited() {
    let (status, body) = World::awaiting().give(&string(STRING)).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("not-awaited")));
    let (status, body) = World::awaiting_source("dedicated").bring(COMMAND).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("already-answered")));

    let world = World::awaiting_source("dedicated");
    assert_eq!(world.give(&string(STRING)).await.0, 202);
    let (status, body) = world.give(&string(STRING)).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("already-received")));
    let (status, body) = world.give(&string(&STRING.replace("sales", "other"))).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("already-answered")));
    assert_eq!(world.aws().sent.len(), 1);
}

#[tokio::test]
async fn while_the_hosts_are_not_published_the_link_says_so() {
    let report = json!({
        "verdict": "not-yet", "problem": "The DNS has no seed list yet.", "nextStep": "Nothing; we try again.",
        "layers": [{"name": "dns", "passed": false, "evidence": "No SRV records."}],
    });
    let world = World::awaiting_source("dedicated").take(Answer::Source).know(&json!({"verification": report}));
    let shown = world.tell("verifying", None).get().await;
    assert_eq!((&shown["state"], &shown["error"]), (&json!("verifying"), &Value::Null));
    assert_eq!(shown["verification"], report);
    assert_eq!(shown["endpoint"]["id"], "vpce-0123456789abcdef0");
}

#[tokio::test]
async fn what_came_of_the_last_source_is_not_told_of_the_next() {
    let report = json!({"verdict": "ask-again", "problem": "The login was refused.", "nextStep": null, "layers": []});
    let world =
        World::awaiting_source("dedicated").know(&json!({"verification": report})).error("The login was refused.");
    let shown = world.get().await;
    assert_eq!((&shown["verification"], &shown["error"]), (&report, &json!("The login was refused.")));
    assert_eq!(world.give(&string(STRING)).await.0, 202);
    let shown = world.get().await;
    assert_eq!((&shown["state"], &shown["verification"]), (&json!("verifying"), &Value::Null));
    assert_eq!(shown["error"], Value::Null);
}
