use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde_json::json;
use tokio::net::TcpListener;

use super::*;

const WIRES: [Wire; 4] = [Wire::Aws, Wire::Ec2, Wire::HelpDesk, Wire::Atlas];

/// A service that says what it is told to, behind its faults.
struct Bench {
    wire: Wire,
    base: String,
    /// How many calls have reached the service.
    effects: Arc<AtomicUsize>,
    says: Arc<Mutex<String>>,
    client: reqwest::Client,
}

type Answer = (u16, HeaderMap, String);

impl Bench {
    async fn new(wire: Wire) -> Self {
        let (effects, says) = (Arc::<AtomicUsize>::default(), Arc::new(Mutex::new("first".to_owned())));
        let (count, said) = (Arc::clone(&effects), Arc::clone(&says));
        let service = Router::new().fallback(async move |body: Bytes| {
            count.fetch_add(1, SeqCst);
            let said = said.lock().unwrap().clone();
            let number = body.len() + count.load(SeqCst);
            match wire {
                Wire::Ec2 => format!(
                    "<DescribeVpcsResponse><requestId>{number}</requestId><vpcSet><item><vpcId>{said}</vpcId></item>\
                     </vpcSet></DescribeVpcsResponse>"
                ),
                _ => json!({ "said": said }).to_string(),
            }
        });
        let faults = Faults::new(wire);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = faults.before(service).merge(faults.control());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { wire, base, effects, says, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// The action of all calls here.
    fn action(&self) -> &'static str {
        match self.wire {
            Wire::Aws => "GetSecretValue",
            Wire::Ec2 => "DescribeVpcs",
            Wire::HelpDesk => "GET /api/v2/tickets/*.json",
            Wire::Atlas => "GET /api/atlas/v2/groups/*/clusters/acme",
        }
    }

    async fn control(&self, method: Method, path: &str, body: &Value) -> (u16, String) {
        let answer = self.client.request(method, format!("{}/_faults{path}", self.base)).json(body);
        let answer = answer.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sets a fault for all calls, and gives its number.
    async fn set(&self, mut fault: Value) -> u64 {
        fault["action"] = json!(self.action());
        if self.wire == Wire::Aws {
            fault["service"] = json!("secretsmanager");
        }
        let (status, answer) = self.control(Method::POST, "", &fault).await;
        assert_eq!(status, 201, "{fault}: {answer}");
        serde_json::from_str::<Value>(&answer).unwrap()["id"].as_u64().unwrap()
    }

    async fn faults(&self) -> Vec<Value> {
        serde_json::from_str(&self.control(Method::GET, "", &Value::Null).await.1).unwrap()
    }

    async fn calls(&self, after: u64) -> Vec<Value> {
        let (_, calls) = self.control(Method::GET, &format!("/calls?after={after}"), &Value::Null).await;
        serde_json::from_str(&calls).unwrap()
    }

    /// The call that all tests make. None is a connection that ended without an answer.
    async fn call(&self) -> Option<Answer> {
        self.call_about("VpcId.1=vpc-1").await
    }

    async fn call_about(&self, parameters: &str) -> Option<Answer> {
        let signed =
            |service| format!("AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/{service}/aws4_request, X=1");
        let request = match self.wire {
            Wire::Aws => (self.client.post(format!("{}/", self.base)))
                .header("authorization", signed("secretsmanager"))
                .header("x-amz-target", "secretsmanager.GetSecretValue")
                .header("x-amzn-trace-id", "Root=1-0;State=Check%20endpoint")
                .body(r#"{"SecretId":"causeway/vault/1"}"#),
            Wire::Ec2 => (self.client.post(format!("{}/", self.base)))
                .header("authorization", signed("ec2"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("Action=DescribeVpcs&{parameters}")),
            Wire::HelpDesk => self.client.get(format!("{}/api/v2/tickets/35436.json", self.base)),
            Wire::Atlas => {
                let group = "65f0c0ffee0ddba11cafe001";
                self.client.get(format!("{}/api/atlas/v2/groups/{group}/clusters/acme", self.base))
            }
        };
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                assert!(error.is_request() && !error.is_timeout() && !error.is_connect(), "{error:?}");
                return None;
            }
        };
        Some((answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap()))
    }

    fn effects(&self) -> usize {
        self.effects.load(SeqCst)
    }

    fn say(&self, text: &str) {
        text.clone_into(&mut self.says.lock().unwrap());
    }
}

fn has_said(answer: Option<Answer>, text: &str) -> bool {
    let (status, _, body) = answer.unwrap();
    status == 200 && body.contains(text)
}

#[tokio::test]
async fn each_service_says_no_in_its_own_words() {
    let expected = |wire| match wire {
        Wire::Aws => [
            ("throttled", 400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#),
            ("broken", 500, r#"{"__type":"InternalFailure","#),
            ("denied", 400, r#"{"__type":"AccessDeniedException","#),
        ],
        Wire::Ec2 => [
            (
                "throttled",
                503,
                "<Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15\"><Errors><Error><Code>RequestLimitExceeded</Code>",
            ),
            ("broken", 500, "<Code>InternalError</Code>"),
            ("denied", 403, "<Code>UnauthorizedOperation</Code>"),
        ],
        Wire::HelpDesk => [
            ("throttled", 429, r#"{"error":"APIRateLimitExceeded","description":"Rate exceeded"}"#),
            ("broken", 500, r#"{"error":"Internal Server Error","#),
            ("denied", 403, r#"{"error":"Forbidden","#),
        ],
        Wire::Atlas => [
            ("throttled", 429, r#"{"detail":"Rate exceeded","error":429,"errorCode":"RATE_LIMITED","#),
            ("broken", 500, r#""errorCode":"UNEXPECTED_ERROR","#),
            ("denied", 403, r#""errorCode":"USER_UNAUTHORIZED","#),
        ],
    };
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        for (fault, expected_status, expected_text) in expected(wire) {
            bench.set(json!({ "fault": fault, "times": 1 })).await;
            let (status, headers, body) = bench.call().await.unwrap();
            assert!(status == expected_status && body.contains(expected_text), "{wire:?} {fault}: {status} {body}");
            assert_eq!(headers.contains_key("retry-after"), status == 429, "{wire:?} {fault}");
            assert_eq!(headers.contains_key("x-amzn-errortype"), wire == Wire::Aws, "{wire:?} {fault}");
        }
        let refused = json!({ "fault": "refused", "code": "Odd", "status": 418, "message": "no & no", "times": 1 });
        bench.set(refused).await;
        let (status, _, body) = bench.call().await.unwrap();
        let message = if wire == Wire::Ec2 { "no &amp; no" } else { "no & no" };
        assert!(status == 418 && body.contains("Odd") && body.contains(message), "{wire:?}: {status} {body}");
        assert_eq!(bench.effects(), 0, "{wire:?}");
        assert!(has_said(bench.call().await, "first"));
    }
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_effect() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        bench.set(json!({ "fault": "cut-before", "times": 1 })).await;
        assert_eq!((bench.call().await, bench.effects()), (None, 0), "{wire:?}");
        bench.set(json!({ "fault": "cut-after", "times": 1 })).await;
        assert_eq!((bench.call().await, bench.effects()), (None, 1), "{wire:?}");
        assert!(has_said(bench.call().await, "first"));
        let seen: Vec<_> = bench.calls(0).await.iter().map(|call| call["status"].clone()).collect();
        assert_eq!(seen, [json!(null), json!(null), json!(200)]);
    }
}

#[tokio::test]
async fn a_call_is_held_until_its_fault_is_taken_back() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        let id = bench.set(json!({ "fault": "no-answer", "times": 1 })).await;
        let take_back = async {
            while bench.calls(0).await.is_empty() {
                tokio::task::yield_now().await;
            }
            bench.control(Method::DELETE, &format!("/{id}"), &Value::Null).await.0
        };
        let (answer, released) = tokio::join!(bench.call(), take_back);
        assert_eq!((answer, released, bench.effects()), (None, 204, 0), "{wire:?}");
        bench.set(json!({ "fault": "no-answer", "seconds": 0.01, "times": 1 })).await;
        assert_eq!((bench.call().await, bench.effects()), (None, 0), "{wire:?}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_the_true_one_and_its_effect_is_not_late() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        bench.set(json!({ "fault": "slow", "seconds": 0.01, "times": 1 })).await;
        assert!(has_said(bench.call().await, "first"), "{wire:?}");
        bench.set(json!({ "fault": "slow", "seconds": 3600, "times": 1 })).await;
        let effect = async {
            while bench.effects() == 1 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            answer = bench.call() => panic!("{answer:?}"),
            () = effect => {}
        }
    }
}

#[tokio::test]
async fn a_call_that_arrives_twice_gives_the_second_answer() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        bench.set(json!({ "fault": "twice", "times": 1 })).await;
        let (status, _, body) = bench.call().await.unwrap();
        assert_eq!((status, bench.effects(), bench.calls(0).await.len()), (200, 2, 1), "{wire:?}");
        assert!(
            wire != Wire::Ec2
                || body.contains(&format!("<requestId>{}<", "Action=DescribeVpcs&VpcId.1=vpc-1".len() + 2))
        );
    }
}

#[tokio::test]
async fn garbage_can_be_read_by_nobody_and_holds_the_canary() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        bench.set(json!({ "fault": "garbage", "canary": "tweet", "times": 1 })).await;
        let (status, _, body) = bench.call().await.unwrap();
        assert_eq!((status, bench.effects()), (200, 0), "{wire:?}");
        assert!(body.contains("tweet"));
        serde_json::from_str::<Value>(&body).unwrap_err();
        xmltree::Element::parse(body.as_bytes()).unwrap_err();
    }
}

#[tokio::test]
async fn a_stale_answer_is_that_of_before_the_last_change() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        assert!(has_said(bench.call().await, "first"));
        bench.say("second");
        // Nobody has asked since the change.
        bench.set(json!({ "fault": "stale", "times": 2 })).await;
        assert!(has_said(bench.call().await, "first"), "{wire:?}");
        assert!(has_said(bench.call().await, "first"), "{wire:?}");
        assert!(has_said(bench.call().await, "second"), "{wire:?}");
        // The change has been seen.
        bench.set(json!({ "fault": "stale", "times": 1 })).await;
        assert!(has_said(bench.call().await, "first"), "{wire:?}");
        bench.say("third");
        assert!(has_said(bench.call().await, "third"), "{wire:?}");
    }
}

#[tokio::test]
async fn what_nobody_has_asked_before_is_unknown_at_ec2_and_true_elsewhere() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        bench.set(json!({ "fault": "stale" })).await;
        for _ in 0..2 {
            let (status, _, body) = bench.call().await.unwrap();
            match wire {
                Wire::Ec2 => assert!(status == 400 && body.contains("InvalidVpcID.NotFound"), "{body}"),
                _ => assert!(status == 200 && body.contains("first"), "{body}"),
            }
        }
    }
    let bench = Bench::new(Wire::Ec2).await;
    bench.set(json!({ "fault": "stale", "times": 1 })).await;
    let by_tag = "Filter.1.Name=tag-key&Filter.1.Value.1=a";
    let (status, _, body) = bench.call_about(by_tag).await.unwrap();
    assert!(status == 200 && body.contains("<vpcSet></vpcSet>"), "{body}");
    assert!(has_said(bench.call_about(by_tag).await, "first"));
}

#[tokio::test]
async fn a_fault_meets_the_calls_that_it_names() {
    for wire in WIRES {
        let bench = Bench::new(wire).await;
        bench.set(json!({ "fault": "cut-before", "skip": 1, "times": 2 })).await;
        let mut cut = Vec::new();
        for _ in 0..5 {
            cut.push(bench.call().await.is_none());
        }
        assert_eq!(cut, [false, true, true, false, false], "{wire:?}");
        let [fault] = &bench.faults().await[..] else { panic!("one fault") };
        assert_eq!((&fault["met"], &fault["left"], &fault["skip"]), (&json!(2), &json!(0), &json!(1)));
        assert_eq!(bench.control(Method::DELETE, "", &Value::Null).await.0, 204);
        assert!(bench.faults().await.is_empty());

        // Each matching call counts for both, so that the second does not depend on the first.
        bench.set(json!({ "fault": "cut-before", "times": 1 })).await;
        bench.set(json!({ "fault": "denied", "skip": 1, "times": 1 })).await;
        assert!(bench.call().await.is_none());
        assert_ne!(bench.call().await.unwrap().0, 200);
        assert_eq!(bench.call().await.unwrap().0, 200);
    }
}

#[tokio::test]
async fn where_looks_at_target_headers_and_body_as_they_were_meant() {
    let held = [
        (Wire::Aws, ["State=Check endpoint", "causeway/vault/1", "x-amz-target: secretsmanager"]),
        (Wire::Ec2, ["VpcId.1=vpc-1", "us-east-1/ec2", "Filter=a b"]),
        (Wire::HelpDesk, ["tickets/35436", "host: 127.0.0.1", "json"]),
        (Wire::Atlas, ["65f0c0ffee0ddba11cafe001", "/acme", "host: "]),
    ];
    for (wire, texts) in held {
        let bench = Bench::new(wire).await;
        for text in texts {
            bench.set(json!({ "fault": "cut-before", "where": "not there", "times": 1 })).await;
            bench.set(json!({ "fault": "cut-before", "where": text, "times": 1 })).await;
            assert!(bench.call_about("VpcId.1=vpc-1&Filter=a%20b").await.is_none(), "{wire:?} {text}");
            assert!(bench.call_about("VpcId.1=vpc-1&Filter=a%20b").await.is_some(), "{wire:?} {text}");
        }
    }
}

#[tokio::test]
async fn chance_falls_the_same_way_again() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let bench = Bench::new(Wire::HelpDesk).await;
        bench.set(json!({ "fault": "broken", "chance": 0.5, "seed": seed })).await;
        let mut run = Vec::new();
        for _ in 0..16 {
            run.push(bench.call().await.unwrap().0);
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    assert!(runs[0].contains(&200) && runs[0].contains(&500));
}

#[tokio::test]
async fn the_calls_tell_who_called_what_and_what_came_of_it() {
    let bench = Bench::new(Wire::Aws).await;
    bench.call().await;
    bench.set(json!({ "fault": "broken", "times": 1 })).await;
    bench.call().await;
    let call = |number, status, fault| {
        json!({
            "number": number, "service": "secretsmanager", "action": "GetSecretValue",
            "trace": "Root=1-0;State=Check endpoint", "status": status, "fault": fault,
        })
    };
    let both = [call(1, 200, Value::Null), call(2, 500, json!("broken"))];
    assert_eq!((bench.calls(0).await, bench.calls(1).await), (both.to_vec(), both[1..].to_vec()));
}

#[tokio::test]
async fn what_is_no_fault_is_refused() {
    let bench = Bench::new(Wire::Atlas).await;
    let (status, said) = bench.control(Method::POST, "", &json!({ "action": "*", "fault": "slow" })).await;
    assert_eq!((status, said.as_str()), (422, "slow wants `seconds`\n"));
    assert_eq!(bench.control(Method::POST, "", &json!("x")).await.0, 422);
    assert_eq!(bench.control(Method::DELETE, "/7", &Value::Null).await.0, 404);
    assert!(bench.faults().await.is_empty());
}
