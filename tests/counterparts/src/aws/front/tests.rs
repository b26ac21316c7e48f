use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What reached the emulator about faults.
type Asked = Arc<Mutex<Vec<String>>>;

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

/// An emulator that says what it was sent, with one fault of its own.
async fn emulator(asked: Asked) -> String {
    let own = async move |method: Method, uri: Uri, body: String| {
        asked.lock().unwrap().push(format!("{method} {uri} {body}"));
        match method {
            Method::GET => Json(json!([{ "id": 1, "service": "lambda" }])).into_response(),
            Method::POST => (StatusCode::CREATED, Json(json!({ "id": 2 }))).into_response(),
            _ => StatusCode::NO_CONTENT.into_response(),
        }
    };
    let echo = async |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        let host = headers["host"].to_str().unwrap().to_owned();
        ([("x-said", "yes")], [format!("{method} {uri} {host} ").as_bytes(), &body].concat())
    };
    serve(
        Router::new()
            .route("/_faults", axum::routing::any(own.clone()))
            .route("/_faults/{id}", delete(own))
            .fallback(echo),
    )
    .await
}

#[tokio::test]
async fn a_request_arrives_as_it_was_sent() {
    let front = serve(router(&format!("http://{}", emulator(Asked::default()).await))).await;
    // By hand, as clients tidy paths up.
    let mut connection = TcpStream::connect(&front).await.unwrap();
    let request = b"PUT /b/../a%2Fb%7e//$x?q=%20+&q HTTP/1.1\r\nhost: s3.example\r\nconnection: close\r\ncontent-length: 3\r\n\r\n\x00\xffz";
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    assert!(answer.ends_with(b"\r\n\r\nPUT /b/../a%2Fb%7e//$x?q=%20+&q s3.example \x00\xffz"), "{answer:?}");
    assert!(String::from_utf8_lossy(&answer).contains("x-said: yes"));
}

#[tokio::test]
async fn faults_inside_the_emulator_are_passed_on_to_it() {
    let asked = Asked::default();
    let front =
        format!("http://{}/_faults", serve(router(&format!("http://{}", emulator(Arc::clone(&asked)).await))).await);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let inside = json!({ "service": "lambda", "action": "check-endpoint", "fault": "killed" });
    let own = json!({ "service": "states", "action": "StartExecution", "fault": "throttled" });
    let mut ids = Vec::new();
    for fault in [&inside, &own] {
        let answer = http.post(&front).json(fault).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        ids.push(answer.json::<Value>().await.unwrap()["id"].as_u64().unwrap());
    }
    assert_eq!(ids, [2, 1_000_001]);
    let listed: Vec<Value> = http.get(&front).send().await.unwrap().json().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|fault| fault["service"].as_str().unwrap()).collect();
    assert_eq!(listed, ["states", "lambda"]);
    for path in ["/1000001", "/1", ""] {
        assert_eq!(http.delete(format!("{front}{path}")).send().await.unwrap().status(), 204);
    }
    let expected = [
        format!("POST /_faults {inside}"),
        "GET /_faults ".into(),
        "DELETE /_faults/1 ".into(),
        "DELETE /_faults ".into(),
    ];
    assert_eq!(*asked.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_signed_call_meets_its_fault_in_its_protocol() {
    let front = format!("http://{}", serve(router(&format!("http://{}", emulator(Asked::default()).await))).await);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let signed = |service| format!("AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/{service}/aws4_request, X=1");
    for (service, action) in [("s3", "GET /bucket/key"), ("sts", "GetCallerIdentity"), ("cloudwatch", "*")] {
        let fault = json!({ "service": service, "action": action, "fault": "denied", "times": 1 });
        assert_eq!(http.post(format!("{front}/_faults")).json(&fault).send().await.unwrap().status(), 201);
    }
    let s3 = http.get(format!("{front}/bucket/key")).header("authorization", signed("s3"));
    let sts = http.post(&front).header("authorization", signed("sts")).form(&[("Action", "GetCallerIdentity")]);
    let rest = http.get(format!("{front}/x?X-Amz-Credential=key%2F20260101%2Fus-east-1%2Fcloudwatch%2Faws4_request"));
    let mut said = Vec::new();
    for call in [s3, sts, rest] {
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), 403);
        said.push(answer.text().await.unwrap());
    }
    assert!(said[0].contains("<Error><Code>AccessDenied</Code>"), "{}", said[0]);
    assert!(said[1].contains("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"), "{}", said[1]);
    assert!(said[2].contains(r#""__type":"AccessDeniedException""#), "{}", said[2]);
    let unsigned = http.get(format!("{front}/bucket/key")).send().await.unwrap();
    assert_eq!(unsigned.status(), 200);
}
