//! The webhook of any other help desk: the neutral event, signed as Standard Webhooks says.

use super::*;
use help_desk::signature::sign_standard;

/// The secret of the specification's example, and another.
const STANDARD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_QW5vdGhlciBzZWNyZXQgb2YgMzIgYnl0ZXMgaGVyZSE=";

async fn bench() -> Bench {
    let bench = Bench::new(Product::Webhook).await;
    *bench.secret.lock().unwrap() = json!({"webhookSecret": STANDARD, "replySecret": OTHER});
    bench
}

fn event() -> Value {
    let mut event = parts();
    event["ticket"] = json!({"id": "INC-0042"});
    event
}

fn standard(secrets: &[&str], age: i64, body: &str) -> Delivery {
    let timestamp = (OffsetDateTime::now_utc().unix_timestamp() - age).to_string();
    let sign = |secret: &&str| sign_standard(secret, "msg_1", &timestamp, body.as_bytes()).unwrap();
    let signatures: Vec<String> = secrets.iter().map(sign).collect();
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-signature", signatures.join(" ")),
        ("webhook-timestamp", timestamp),
    ];
    Delivery { headers, body: body.to_owned() }
}

#[tokio::test]
async fn a_signed_event_goes_on_the_bus_without_what_nobody_reads() {
    let bench = bench().await;
    let mut more = event();
    more["customer"]["more"] = json!("x".repeat(100_000));
    let body = more.to_string();
    // While its key is rotated the sender signs with both.
    for secrets in [vec![STANDARD], vec![OTHER, STANDARD], vec![STANDARD, OTHER]] {
        assert_eq!(bench.send(&standard(&secrets, 0, &body)).await, (200, "announced".to_owned()));
        assert_eq!(bench.announced(), [event()]);
    }
    bench.secret.lock().unwrap()["webhookSecret"] = json!(OTHER);
    assert_eq!(bench.send(&standard(&[OTHER], 0, &body)).await, (200, "announced".to_owned()));
}

#[tokio::test]
async fn a_comment_is_heard_from_the_body_when_it_is_the_requesters() {
    let bench = bench().await;
    let of = |comment: Value| {
        let mut body = event();
        body["comment"] = comment;
        standard(&[STANDARD], 0, &body.to_string())
    };
    let own = || json!({"id": "c-7", "body": "Where do we stand?", "public": true, "byRequester": true});
    let code = |code: &str| (200, code.to_owned());
    assert_eq!(bench.send(&of(own())).await, code("nothing-new"), "no onboarding is under way");
    bench.onboarding("INC-0042", 1, None);
    assert_eq!(bench.send(&of(own())).await, code("heard"));
    let said = json!({"ticket": {"id": "INC-0042"}, "comment": "c-7", "said": {"kind": "question"}});
    assert_eq!(bench.passed_on(), [said]);
    for name in ["public", "byRequester"] {
        let mut others = own();
        others.as_object_mut().unwrap().remove(name);
        assert_eq!(bench.send(&of(others)).await, code("nothing-new"), "{name}");
    }
    let mut unknown = own();
    unknown["id"] = json!("c 7");
    assert_eq!(bench.send(&of(unknown)).await, (422, "no-event".to_owned()));
    assert_eq!((bench.passed_on(), bench.announced()), (vec![], vec![]));
}

#[tokio::test]
async fn what_is_not_signed_or_no_event_is_refused() {
    let bench = bench().await;
    let body = event().to_string();
    let changed = |change: fn(&mut Value)| {
        let mut event = event();
        change(&mut event);
        standard(&[STANDARD], 0, &event.to_string())
    };
    let right = || standard(&[STANDARD], 0, &body);
    for (delivery, status, code) in [
        (standard(&[OTHER], 0, &body), 401, "signature"),
        (with(right(), "webhook-id", Some("msg_2")), 401, "signature"),
        (with(right(), "webhook-id", None), 401, "header-missing"),
        (with(right(), "webhook-timestamp", None), 401, "header-missing"),
        (with(right(), "webhook-signature", None), 401, "header-missing"),
        (with(right(), "webhook-timestamp", Some("2026-07-04T05:33:18Z")), 401, "timestamp"),
        (with(right(), "webhook-timestamp", Some("-1")), 401, "timestamp"),
        (standard(&[STANDARD], 301, &body), 401, "timestamp"),
        (standard(&[STANDARD], -310, &body), 401, "timestamp"),
        (with(right(), "content-type", Some("text/plain")), 415, "content-type"),
        (standard(&[STANDARD], 0, "no JSON"), 400, "unreadable"),
        (changed(|event| event["ticket"] = json!({"id": "a b"})), 422, "no-event"),
        (changed(|event| event["ticket"]["round"] = json!(0)), 422, "no-event"),
        (changed(|event| event["customer"] = json!({"id": "acme"})), 422, "no-event"),
        (changed(|event| event["network"] = json!({"vpcId": "vpc"})), 422, "no-event"),
        (changed(|event| event["customer"]["name"] = json!("n".repeat(201))), 422, "no-event"),
        (changed(|event| event["atlas"]["region"] = json!("r".repeat(51))), 422, "no-event"),
        (changed(|event| event["customer"]["plan"] = json!(" ")), 422, "no-event"),
        // A reply of ours that somebody sends back.
        (standard(&[STANDARD], 0, r#"{"ticket":"INC-0042","comments":[]}"#), 422, "no-event"),
    ] {
        assert_eq!(bench.send(&delivery).await, (status, code.to_owned()), "{:?} {}", delivery.headers, delivery.body);
    }
    assert_eq!(bench.announced(), Vec::<Value>::new());
    let longest = changed(|event| event["customer"]["name"] = json!("n".repeat(200)));
    assert_eq!(bench.send(&longest).await, (200, "announced".to_owned()));
}

#[tokio::test]
async fn regions_and_targets_are_read_as_they_are_written_or_asked_for_on_the_ticket() {
    let bench = bench().await;
    let send = async |region: &str, target: &str| {
        let mut event = event();
        event["customer"]["region"] = json!("US East (N. Virginia)");
        event["atlas"] = json!({"region": region, "target": target});
        bench.send(&standard(&[STANDARD], 0, &event.to_string())).await
    };
    assert_eq!(send("AWS / N. Virginia (us-east-1)", "Dedicated cluster").await, (200, "announced".to_owned()));
    assert_eq!(bench.announced(), [event()]);
    for _ in 0..2 {
        assert_eq!(send("somewhere", "a cluster").await, (200, "asked".to_owned()));
    }
    assert_eq!(bench.announced(), Vec::<Value>::new());
    let replies = std::mem::take(&mut *bench.replies.lock().unwrap());
    let [first, again] = replies.as_slice() else { panic!("{replies:?}") };
    assert_eq!(first, again, "by its reference the receiver drops a repeat");
    let comment = &first["comments"][0];
    assert_eq!((&first["ticket"], &comment["public"]), (&json!("INC-0042"), &json!(true)));
    let text = comment["body"].as_str().unwrap();
    assert!(text.contains("\"somewhere\" as the Atlas region") && text.contains("as the Atlas target"), "{text}");
    // An onboarding that is under way is not asked about.
    bench.onboarding("INC-0042", 1, None);
    assert_eq!(send("somewhere", "a cluster").await.1, "running");
}

#[tokio::test]
async fn the_round_is_known_from_the_register_whatever_the_sender_counts() {
    let bench = bench().await;
    let send = async |round: Option<u16>| {
        let mut event = event();
        if let Some(round) = round {
            event["ticket"]["round"] = json!(round);
        }
        bench.send(&standard(&[STANDARD], 0, &event.to_string())).await.1
    };
    let ended = End { state: "declined", at: "2026-07-04T05:33:18.123Z".to_owned(), delivered: None };
    let announced = || bench.announced().first().map(|event| event["ticket"]["round"].clone());

    assert_eq!(send(Some(7)).await, "announced");
    assert_eq!(announced(), Some(json!(null)), "there was none before");

    bench.onboarding("INC-0042", 1, None);
    for round in [None, Some(1), Some(2)] {
        assert_eq!(send(round).await, "running", "{round:?}");
    }
    bench.onboarding("INC-0042", 1, Some(&ended));
    for repeat in [None, Some(1)] {
        assert_eq!(send(repeat).await, "ended", "{repeat:?}");
    }
    assert_eq!(announced(), None);
    // The sender counts up when the ticket is opened again; whoever counts wrong gets the next one too.
    for round in [2, 5] {
        assert_eq!(send(Some(round)).await, "announced");
        assert_eq!(announced(), Some(json!(2)));
    }
    bench.onboarding("INC-0042", 2, Some(&ended));
    assert_eq!(send(Some(2)).await, "ended", "a repeat");
    assert_eq!(announced(), None);
}

#[tokio::test]
async fn a_ticket_has_a_thousand_onboardings_less_one() {
    let bench = bench().await;
    let ended = End { state: "expired", at: "2026-07-04T05:33:18.123Z".to_owned(), delivered: None };
    for round in 1..999 {
        bench.onboarding("INC-0042", round, Some(&ended));
    }
    let mut event = event();
    event["ticket"]["round"] = json!(999);
    let delivery = standard(&[STANDARD], 0, &event.to_string());
    assert_eq!(bench.send(&delivery).await.1, "announced");
    bench.onboarding("INC-0042", 999, Some(&ended));
    assert_eq!(bench.send(&delivery).await.1, "ended");
    assert_eq!(bench.announced(), [event]);
}
