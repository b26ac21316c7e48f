//! What is refused: for a while, for good, and of us.

use axum::http::StatusCode;
use axum::routing::get;

use super::*;

const DAY: Duration = Duration::from_hours(24);

/// How a message is known where it is given up.
fn given_up(body: &str) -> String {
    format!("given up in 35436 as m-1, {} bytes", body.len())
}

#[tokio::test]
async fn while_the_help_desk_is_away_a_message_is_kept_back_for_longer_and_longer() {
    let bench = Bench::zendesk().await;
    for (fault, tries, expected) in [
        (json!({"method": "GET", "status": 503, "times": 1}), 1, "kept back for 10 s"),
        (json!({"method": "PUT", "status": 500, "times": 1}), 4, "kept back for 80 s"),
        (json!({"method": "PUT", "status": 409, "times": 2}), 20, "kept back for 1800 s"),
        (json!({"method": "PUT", "status": 429, "retryAfter": 93, "times": 1}), 2, "kept back for 93 s"),
        (json!({"method": "PUT", "status": 429, "retryAfter": 7, "times": 1}), 3, "kept back for 40 s"),
    ] {
        bench.fault(fault.clone()).await;
        assert!(!bench.try_again(&instructions(), tries, DAY * 12).await, "{fault}");
        assert_eq!(bench.written(), [expected], "{fault}");
    }
    assert!(!bench.log().contains("ERROR"), "{}", bench.log());
    assert!(bench.reply(&instructions()).await);
    assert_eq!(bench.thread().await.len(), 1);

    let nobody = Bench::new(Product::Zendesk, "http://127.0.0.1:9");
    assert!(!nobody.reply(&instructions()).await);
    assert_eq!(nobody.written(), ["kept back for 10 s"]);
}

#[tokio::test]
async fn a_refusal_of_us_is_told_to_the_alarm_and_tried_again() {
    let bench = Bench::zendesk().await;
    bench.fault(json!({"method": "GET", "status": 403, "times": 1})).await;
    assert!(!bench.try_again(&instructions(), 3, DAY).await);
    assert_eq!(bench.written(), ["kept back for 40 s"]);
    let log = bench.log();
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert_eq!(log.matches(r#"alarm="help-desk-stuck""#).count(), 1, "{log}");
    assert!(log.contains("the help desk answered 403 Forbidden"), "{log}");

    // Fresh credentials are tried once; then they are wrong, until somebody mends them.
    bench.fault(json!({"method": "GET", "status": 401, "times": 2})).await;
    assert!(!bench.reply(&instructions()).await);
    assert!(bench.log().contains("401 Unauthorized"), "{}", bench.log());
    assert!(bench.reply(&instructions()).await);
}

#[tokio::test]
async fn who_we_are_is_asked_once_and_again_with_fresh_credentials() {
    let bench = Bench::zendesk().await;
    let asked = async || {
        let calls = reqwest::get(format!("{}/_faults/calls", bench.url)).await.unwrap().text().await.unwrap();
        calls.matches("/api/v2/users/").count()
    };
    for step in 1..4 {
        assert!(bench.reply(&instructions().replace("o.7", &format!("o.{step}"))).await);
        assert_eq!(asked().await, 1);
    }
    bench.fault(json!({"method": "GET", "status": 401, "times": 1})).await;
    assert!(bench.reply(&instructions()).await);
    assert!(bench.reply(&failed().replace("o.7", "o.8")).await);
    assert_eq!(asked().await, 2);
    assert_eq!(bench.thread().await.len(), 6);
}

#[tokio::test]
async fn a_help_desk_that_does_not_know_us_refuses_us_and_not_the_message() {
    let nobody = json!({"user": {"id": null, "name": "Anonymous user"}}).to_string();
    for (status, body) in [(StatusCode::OK, nobody.as_str()), (StatusCode::NOT_FOUND, "no such account")] {
        let (status, body) = (status, body.to_owned());
        let me = get(move || async move { (status, [("content-type", "application/json")], body.clone()) });
        let url = serve(Router::new().route("/api/v2/users/me.json", me)).await;
        let bench = Bench::new(Product::Zendesk, &url);
        assert!(!bench.reply(&instructions()).await);
        assert_eq!(bench.written(), ["kept back for 10 s"], "{status}");
        assert!(bench.log().contains("help-desk-stuck"), "{}", bench.log());
    }
}

#[tokio::test]
async fn what_fails_on_our_side_is_tried_again() {
    let bench = Bench::zendesk().await;
    bench.away(&["read"]);
    assert!(!bench.reply(&instructions()).await);
    bench.away(&[]);
    bench.keep(None);
    assert!(!bench.reply(&instructions()).await, "a message without an onboarding has no link to tell");
    bench.keep(Some(item(8)));
    assert_eq!(bench.written(), ["kept back for 10 s"; 2]);
    assert_eq!(bench.log().matches("ERROR").count(), 2, "{}", bench.log());
    // The queue's own pause holds where it could not be told another.
    bench.away(&["read", "pause"]);
    assert!(!bench.reply(&instructions()).await);
    bench.away(&[]);
    assert!(bench.reply(&instructions()).await);
}

#[tokio::test]
async fn a_closed_or_merged_or_deleted_ticket_ends_a_message_with_an_alarm() {
    let closed = Bench::zendesk().await;
    closed.put(json!({"status": "closed"})).await;

    let merged = Bench::zendesk().await;
    let other = json!({"ticket": {"comment": {"body": "The same again."}}});
    let post = |path: &str, body: Value| {
        reqwest::Client::new().post(format!("{}/api/v2/{path}", merged.url)).bearer_auth("engineer").json(&body)
    };
    assert_eq!(post("tickets.json", other).send().await.unwrap().status(), 201);
    let merge = post("tickets/35437/merge.json", json!({"ids": [35436]}));
    assert_eq!(merge.send().await.unwrap().status(), 200);

    let deleted = Bench::zendesk().await;
    let delete = reqwest::Client::new().delete(format!("{}/api/v2/tickets/35436.json", deleted.url));
    assert_eq!(delete.bearer_auth("engineer").send().await.unwrap().status(), 204);

    for bench in [closed, merged, deleted] {
        let body = instructions();
        assert!(bench.reply(&body).await);
        assert_eq!(bench.written(), [given_up(&body).as_str(), "o.7 is refused"], "kept elsewhere before all else");
        assert!(bench.log().contains("ERROR"), "{}", bench.log());
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_given_up_stays() {
    let bench = Bench::zendesk().await;
    bench.put(json!({"status": "closed"})).await;
    let body = instructions();
    bench.away(&["give-up"]);
    assert!(!bench.reply(&body).await);
    assert_eq!(bench.written(), ["kept back for 10 s"]);
    bench.away(&["deliver"]);
    assert!(bench.reply(&body).await, "it is where the alarm names it, and gets no copy beside it");
    assert_eq!(bench.written(), [given_up(&body)]);
}

#[tokio::test]
async fn a_message_that_can_never_be_posted_holds_up_nothing() {
    let bench = Bench::zendesk().await;
    let body = message(&json!({"name": "endpoint-ready"}));
    assert!(bench.reply(&body).await, "there is no endpoint to tell of");
    assert_eq!(bench.written(), [given_up(&body).as_str(), "o.7 is refused"]);
    assert!(bench.log().contains("ERROR"), "{}", bench.log());
}

#[tokio::test]
async fn after_thirteen_days_a_message_is_given_up_before_the_queue_deletes_it() {
    let bench = Bench::zendesk().await;
    let body = instructions();
    assert!(bench.try_again(&body, 700, DAY * 13).await);
    assert_eq!(bench.written(), [given_up(&body).as_str(), "o.7 is given-up"]);
    assert_eq!(bench.thread().await, Vec::<Value>::new());

    // Also when nobody can say whether it still has a point.
    bench.away(&["read"]);
    assert!(bench.try_again(&body, 700, DAY * 13).await);
    assert_eq!(bench.written(), [given_up(&body).as_str(), "o.7 is given-up"]);

    // Somebody puts it into the queue again.
    bench.away(&[]);
    assert!(bench.reply(&body).await);
    assert_eq!(bench.thread().await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_waits_for_who_can_and_is_not_lost() {
    let bench = Bench::zendesk().await;
    for body in ["no JSON", r#"{"executionArn": "arn:ticket-35436"}"#, &message(&json!({"name": "unheard-of"}))] {
        assert!(!bench.reply(body).await);
        assert_eq!(bench.written(), ["kept back for 10 s"]);
        assert!(bench.try_again(body, 700, DAY).await);
        assert_eq!(bench.written(), [format!("given up in unreadable as m-1, {} bytes", body.len())]);
    }
    bench.away(&["give-up"]);
    assert!(!bench.try_again("no JSON", 700, DAY).await);
    assert!(!bench.log().contains("stuck"), "a deployment rings no alarm");
}

#[tokio::test]
async fn the_log_holds_no_secret_and_nothing_of_an_answer() {
    let bench = Bench::zendesk().await;
    bench.fault(json!({"method": "PUT", "status": 403, "times": 1})).await;
    assert!(!bench.reply(&failed()).await);
    bench.put(json!({"status": "closed"})).await;
    assert!(bench.reply(&failed()).await);
    let link = Link::derive(SIGNING_KEY, OnboardingId::of(ARN), 3).unwrap().reveal();
    let key = link.rsplit('.').next().unwrap();
    let log = bench.log();
    for text in [key, SIGNING_KEY, RECEIPT, "closed prevents", "<b>no</b>", &bench.url] {
        assert!(!log.contains(text), "the log holds {text}: {log}");
    }
}
