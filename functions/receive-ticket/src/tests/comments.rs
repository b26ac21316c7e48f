//! Comments while an onboarding runs: what of them goes on the bus.

use super::*;

const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4";

/// The comments' author is the requester: the id of the customer who files tickets.
const REQUESTER: u64 = counterpart::CUSTOMER;

impl Bench {
    /// The ticket's onboarding waits for the command.
    fn waiting(&self, ticket: &str) {
        self.onboarding(ticket, 1, None);
        let mut items = self.items.lock().unwrap();
        let item = items.values_mut().find(|item| item["executionArn"].as_str().unwrap().ends_with(ticket)).unwrap();
        item["shown"]["wait"] = json!({"answer": "command", "until": "2099-01-01T00:00:00Z", "vaultVersion": "v1"});
        item["shown"]["facts"] = json!({"network": {
            "region": "us-east-1", "vpcId": "vpc-0b1c2d3e4f5a6b7c8", "subnetIds": ["subnet-0aa11bb22cc33dd44"],
        }});
    }

    fn change_item(&self, ticket: &str, change: impl FnOnce(&mut Value)) {
        let mut items = self.items.lock().unwrap();
        change(items.values_mut().find(|item| item["executionArn"].as_str().unwrap().ends_with(ticket)).unwrap());
    }

    /// Somebody writes on the ticket; gives the webhook that tells of it.
    async fn comment(&self, ticket: &str, author: Option<u64>, public: bool, text: &str) -> Value {
        let mut comment = json!({"body": text, "public": public});
        if let Some(author) = author {
            comment["author_id"] = json!(author);
        }
        self.change("causeway", ticket, json!({ "comment": comment })).await;
        let last = self.thread(ticket).await.pop().unwrap();
        json!({
            "type": "zen:event-type:ticket.comment_added", "time": "2026-07-04T05:33:18Z",
            "detail": {"id": ticket, "status": "OPEN", "requester_id": REQUESTER.to_string(), "tags": ["privatelink"]},
            "event": {"comment": {"body": text, "id": last["id"].to_string(), "is_public": public}},
        })
    }
}

fn id(webhook: &Value) -> &Value {
    &webhook["event"]["comment"]["id"]
}

fn request() -> Value {
    json!({"serviceName": SERVICE, "subnetIds": ["subnet-0aa11bb22cc33dd44"]})
}

#[tokio::test]
async fn a_command_goes_on_the_bus_as_what_was_read_out_of_it() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    bench.waiting(&ticket);
    let webhook =
        bench.comment(&ticket, Some(REQUESTER), true, &format!("Good morning,\n\n{SERVICE}\n\nann, canary")).await;
    let expected = json!({
        "ticket": {"id": ticket}, "comment": id(&webhook), "wait": 9000, "said": {"kind": "command", "request": request()},
    });
    // It may come twice; the register tells who has heard it.
    for _ in 0..2 {
        assert_eq!(bench.zendesk(&webhook).await, "heard");
        assert_eq!(bench.passed_on(), std::slice::from_ref(&expected));
    }
    let comment = id(&webhook).as_str().unwrap().to_owned();
    bench.change_item(&ticket, |item| {
        item["timeline"] = json!({comment: {"at": "2026-07-04T05:33:18.123Z", "what": "heard"}});
    });
    assert_eq!((bench.zendesk(&webhook).await.as_str(), bench.passed_on()), ("heard", vec![]));

    let other = bench.comment(&ticket, Some(REQUESTER), true, &format!("--vpc-id vpc-1 canary {SERVICE}")).await;
    assert_eq!(bench.zendesk(&other).await, "heard");
    let [event] = bench.passed_on().try_into().unwrap();
    assert_eq!(
        (&event["said"]["kind"], &event["said"]["codes"][0]),
        (&json!("command-refused"), &json!("not-a-command"))
    );
    assert!(!event.to_string().contains("canary"), "{event}");
}

#[tokio::test]
async fn of_a_password_nothing_goes_on_the_bus_but_that_there_is_one() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    bench.waiting(&ticket);
    for (text, kind) in [
        ("mongodb+srv://app:canary@c-pl-0.abcde.mongodb.net", "password"),
        ("The password is: canary", "password"),
        ("mongodb+srv://canary-pl-0.abcde.mongodb.net", "connection-string"),
        ("Where do we stand with canary?", "question"),
    ] {
        let webhook = bench.comment(&ticket, Some(REQUESTER), true, text).await;
        assert_eq!(bench.zendesk(&webhook).await, "heard");
        let [event] = bench.passed_on().try_into().unwrap();
        assert_eq!(event["said"], json!({ "kind": kind }), "{text}");
        assert!(!event.to_string().contains("canary"), "{event}");
    }
}

#[tokio::test]
async fn other_comments_are_nobodys_answer() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    bench.waiting(&ticket);
    for (author, public, text) in [
        (Some(REQUESTER + 1), true, SERVICE),
        (Some(REQUESTER), false, SERVICE),
        // Ourselves, and the requester quoting us or saying something else.
        (None, true, SERVICE),
        (Some(REQUESTER), true, "Thank you!"),
        (Some(REQUESTER), true, "Thanks.\n\n> vpce-svc-00e311695874992b4"),
    ] {
        let webhook = bench.comment(&ticket, author, public, text).await;
        assert_eq!(bench.zendesk(&webhook).await, "running", "{text}");
    }
    assert_eq!(bench.passed_on(), Vec::<Value>::new());
    let mut unseen = bench.comment(&ticket, Some(REQUESTER), true, SERVICE).await;
    unseen["event"]["comment"]["id"] = json!("1");
    assert_eq!(bench.send(&signed(&unseen.to_string())).await.0, 503, "Zendesk shows it in a moment");
}

#[tokio::test]
async fn a_command_is_for_the_wait_that_it_meets() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    bench.waiting(&ticket);
    let webhook = bench.comment(&ticket, Some(REQUESTER), true, SERVICE).await;
    // A command that was taken after the comment was written has come to nothing, and another is asked for.
    let later = u64::try_from((OffsetDateTime::now_utc() + Duration::minutes(1)).unix_timestamp()).unwrap() * 1000;
    bench.change_item(&ticket, |item| item["claim"] = json!({"order": 5000, "digest": "another", "at": later}));
    assert_eq!(bench.zendesk(&webhook).await, "heard");
    assert_eq!(bench.passed_on()[0].get("wait"), None);
    // A reminder is being told: in a moment the next wait begins.
    bench.change_item(&ticket, |item| item["shown"]["wait"] = json!(null));
    assert_eq!(bench.send(&signed(&webhook.to_string())).await.0, 503);
    // Nothing is awaited, which take-answer says.
    bench.change_item(&ticket, |item| item["shown"]["state"] = json!("awaiting-acceptance"));
    assert_eq!(bench.zendesk(&webhook).await, "heard");
    assert_eq!(bench.passed_on()[0].get("wait"), None);
    bench.change_item(&ticket, |item| item["wish"] = json!({"by": "customer", "who": "Ann", "why": "?"}));
    assert_eq!((bench.zendesk(&webhook).await.as_str(), bench.passed_on()), ("ended", vec![]));
}
