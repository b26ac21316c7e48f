use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};

use super::signature::{is_standard, is_zendesks, sign_standard};
use super::*;
use crate::origin::Origin;
use step::StepError;

/// The example of the Standard Webhooks specification.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

#[test]
fn a_standard_webhook_is_signed_as_the_specification_shows() {
    assert_eq!(sign_standard(SECRET, ID, "1614265330", BODY).unwrap(), SIGNATURE);
    let verdict = |id, timestamp, body, header: &str| is_standard(SECRET, id, timestamp, body, header).unwrap();
    assert!(verdict(ID, "1614265330", BODY, SIGNATURE));
    // While keys are rotated, a header holds a signature of each; of other versions we know nothing.
    let several = format!("v1a,AAAA v1,{} {SIGNATURE}", "A".repeat(43) + "=");
    assert!(verdict(ID, "1614265330", BODY, &several));
    assert!(!verdict("msg_other", "1614265330", BODY, SIGNATURE));
    assert!(!verdict(ID, "1614265331", BODY, SIGNATURE));
    assert!(!verdict(ID, "1614265330", br#"{"test": 2432232315}"#, SIGNATURE));
    for header in ["", "v1,", "v1,not base64", &SIGNATURE["v1,".len()..], &SIGNATURE.replace("v1,", "v2,")] {
        assert!(!verdict(ID, "1614265330", BODY, header), "{header}");
    }
}

#[test]
fn a_secret_that_is_no_standard_one_is_our_mistake_and_not_told() {
    for secret in ["", "whsec_", "whsec_%%%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
        let error = sign_standard(secret, ID, "1614265330", BODY).unwrap_err();
        assert!(matches!(&error, StepError::Operator(_)) && !error.to_string().contains("MfKQ"), "{error}");
    }
}

#[test]
fn zendesks_signature_covers_timestamp_and_body() {
    // The secret is Zendesk's documented one for tests; it is taken as it is, and not decoded.
    let secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
    let (timestamp, body) = ("2026-07-04T05:33:18Z", br#"{"type":"zen:event-type:ticket.created"}"#.as_slice());
    let signature = "lSrFlSGnLQCsNBz+4rbtJvINoboq+9Ddof8TcMf3xsY=";
    assert!(is_zendesks(secret, timestamp, body, signature));
    assert!(!is_zendesks("another", timestamp, body, signature));
    assert!(!is_zendesks(secret, "2026-07-04T05:33:19Z", body, signature));
    assert!(!is_zendesks(secret, timestamp, b"{}", signature));
    for signature in ["", "lSrFlSGnLQCsNBz", "not base64"] {
        assert!(!is_zendesks(secret, timestamp, body, signature), "{signature}");
    }
}

/// A secret whose token is a new one each time that it is read, and how often it was.
fn store() -> (CredentialStore, Arc<AtomicUsize>) {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let read = mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_compute_output(move |_| {
        let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
        GetSecretValueOutput::builder().secret_string(format!(r#"{{"apiToken":"token-{number}"}}"#)).build()
    });
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read]);
    (CredentialStore::new(secrets, "help-desk"), reads)
}

#[tokio::test]
async fn a_secret_is_read_once_and_anew_once_after_a_refusal() {
    let (store, reads) = store();
    for _ in 0..3 {
        assert_eq!(store.current().await.unwrap().api_token().unwrap(), "token-1");
    }
    assert_eq!(reads.load(Ordering::Relaxed), 1);
    assert_eq!(store.renewed().await.unwrap().unwrap().api_token().unwrap(), "token-2");
    assert_eq!(store.current().await.unwrap().api_token().unwrap(), "token-2");
    // Whoever is refused again and again within the minute makes us read nothing.
    for _ in 0..3 {
        assert!(store.renewed().await.unwrap().is_none());
    }
    assert_eq!(reads.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn what_the_secret_lacks_is_named() {
    let error = store().0.current().await.unwrap().email().unwrap_err().to_string();
    assert!(error.contains("\"email\"") && !error.contains("token-1"), "{error}");
}

#[test]
fn zendesks_address_has_no_path() {
    let read = |text: &str| text.parse::<Origin>().map(String::from);
    assert_eq!(read("https://example.zendesk.com/").unwrap(), "https://example.zendesk.com");
    assert_eq!(read("http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080");
    for text in ["example.zendesk.com", "https://", "https://example.zendesk.com/api/v2", "https://a:b@c.example"] {
        assert_eq!(read(text).unwrap_err().to_string(), "expected the form https://example.zendesk.com", "{text}");
    }
}

#[test]
fn a_comment_says_the_same_as_html_and_as_text() {
    let comment = Comment {
        blocks: vec![
            Block::text("Two <things>.\n\nPlease:"),
            Block::Steps(vec![
                vec![Block::text("Enter"), Block::Values("Your Subnet IDs".to_owned(), vec!["a".into(), "b".into()])],
                vec![Block::text("Go to"), Block::Link("https://x.example/o/1?a&b".to_owned())],
            ]),
        ],
        public: true,
        status: None,
        reference: "ticket-1/o.7".to_owned(),
        message: Some("instructions"),
    };
    insta::assert_snapshot!(format!("{}\n\n---\n\n{}\n", comment.html(), comment.text()));
}
