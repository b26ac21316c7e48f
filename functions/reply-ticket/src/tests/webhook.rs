//! Any other help desk: replies as signed webhooks.

use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use super::*;
use help_desk::signature::is_standard;

#[tokio::test]
async fn any_other_help_desk_gets_a_signed_webhook() {
    let received = Arc::new(Mutex::new(Vec::<(HeaderMap, String)>::new()));
    let seen = received.clone();
    let hook = post(move |headers: HeaderMap, body: String| async move {
        let mut seen = seen.lock().unwrap();
        seen.push((headers, body));
        [StatusCode::TOO_MANY_REQUESTS, StatusCode::UNAUTHORIZED, StatusCode::NO_CONTENT, StatusCode::GONE]
            [seen.len() - 1]
    });
    let url = serve(Router::new().route("/causeway", hook)).await;
    let bench = Bench::new(Product::Webhook, &format!("{url}/causeway"));
    assert!(!bench.reply(&failed()).await);
    assert!(!bench.reply(&failed()).await);
    assert!(bench.log().contains("help-desk-stuck"), "{}", bench.log());
    assert!(bench.reply(&failed()).await);
    assert_eq!(bench.written(), ["kept back for 10 s", "kept back for 10 s", "o.7 is posted"]);
    bench.keep(Some(item(8)));
    assert!(bench.reply(&failed()).await);
    assert_eq!(bench.written()[1], "o.7 is refused");

    let received = received.lock().unwrap();
    for (headers, body) in received.iter() {
        let header = |name: &str| headers[name].to_str().unwrap();
        // The same each time, so that the receiver can drop repeats.
        assert_eq!(header("webhook-id"), "ticket-35436/o.7");
        let (timestamp, signature) = (header("webhook-timestamp"), header("webhook-signature"));
        assert!(is_standard(REPLY_SECRET, "ticket-35436/o.7", timestamp, body.as_bytes(), signature).unwrap());
    }
    let body: Value = serde_json::from_str(&received[0].1).unwrap();
    assert_eq!((&body["ticket"], body["comments"].as_array().unwrap().len()), (&json!("35436"), 2));
    let public = &body["comments"][0];
    assert_eq!((&public["public"], &public["status"]), (&json!(true), &json!("open")));
    assert_eq!(public["reference"], "ticket-35436/o.7");
    assert!(public["body"].as_str().unwrap().ends_with("Reference: ticket-35436/o.7 (failed)."));
    assert!(public["htmlBody"].as_str().unwrap().ends_with("<p>Reference: ticket-35436/o.7 (failed).</p>"));
    let note = &body["comments"][1];
    assert_eq!((&note["public"], &note["status"]), (&json!(false), &json!(null)));
    assert_eq!(note["reference"], "ticket-35436/o.7-note");
}
