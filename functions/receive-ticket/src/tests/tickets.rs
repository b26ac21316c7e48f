//! Zendesk's tickets: announced, asked about, ignored, and opened again.

use super::*;

fn comment_added(ticket: &str, author: &Value) -> Value {
    json!({
        "type": "zen:event-type:ticket.comment_added", "time": "2026-07-04T05:33:18Z",
        "detail": {"id": ticket, "status": "OPEN", "requester_id": "800001", "tags": ["privatelink"]},
        "event": {"comment": {"author": {"id": author, "is_staff": false}, "body": "…", "id": "1", "is_public": true}},
    })
}

/// The ticket was opened again.
fn reopened(ticket: &str, at: &str, actor: &Value) -> Value {
    json!({
        "type": "zen:event-type:ticket.status_changed",
        "time": at,
        "detail": {"actor_id": actor, "id": ticket, "status": "OPEN", "requester_id": "800001", "tags": ["privatelink"]},
        "event": {"current": "OPEN", "previous": "SOLVED"},
    })
}

/// When an onboarding ended.
const END: &str = "2026-07-04T05:33:18.123Z";
/// When its last message reached the ticket: the help desk was away for a day.
const DELIVERED: &str = "2026-07-05T06:00:00.456Z";

fn end(state: &'static str, delivered: Option<&str>) -> End {
    End { state, at: END.to_owned(), delivered: delivered.map(str::to_owned) }
}

#[tokio::test]
async fn a_complete_ticket_becomes_the_neutral_event() {
    let bench = Bench::new(Product::Zendesk).await;
    let mut facts = parts();
    facts["network"] = json!({"vpcId": "vpc-0b1c2d3e4f5a6b7c8"});
    let ticket = bench.file(&["other", "privatelink"], &facts).await;
    let mut expected = json!({ "ticket": { "id": ticket } });
    expected.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    // Ids are texts or numbers, and a webhook may come twice.
    let number: u64 = ticket.parse().unwrap();
    for id in [json!(ticket), json!(number), json!(number)] {
        assert_eq!(bench.zendesk(&created(&id)).await, "announced");
        assert_eq!(bench.announced(), [expected.clone()]);
    }
    // What an administrator's trigger says only points to the ticket.
    assert_eq!(bench.zendesk(&json!({"ticket": {"id": number}, "customer": {"plan": "free"}})).await, "announced");
    assert_eq!(bench.announced(), [expected]);
    assert_eq!(bench.thread(&ticket).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_triggers_body_only_says_which_ticket() {
    let bench = Bench::new(Product::Zendesk).await;
    let mut written = parts();
    written["customer"]["plan"] = json!("starter");
    let ticket = bench.file(&["privatelink"], &written).await;
    // Into a placeholder's text a customer can write what he wants.
    let mut body = parts();
    body["ticket"] = json!({"id": ticket, "round": 7});
    body["network"] = json!({"vpcId": "vpc-0b1c2d3e4f5a6b7c8"});
    assert_eq!(bench.zendesk(&body).await, "announced");
    let mut expected = written;
    expected["ticket"] = json!({ "id": ticket });
    assert_eq!(bench.announced(), [expected]);
    bench.onboarding(&ticket, 1, Some(&end("declined", Some(DELIVERED))));
    assert_eq!(bench.zendesk(&body).await, "ended", "only a ticket that is opened again gets another round");
    body["ticket"] = json!({"id": 7});
    assert_eq!(bench.zendesk(&body).await, "unknown-ticket");
}

#[tokio::test]
async fn who_the_customer_is_comes_from_the_organization_first() {
    let mut bench = Bench::new(Product::Zendesk).await;
    let mapping =
        "customer.id=organization.external_id,customer.name=organization.name,customer.plan=organization.plan";
    bench.config.fields = format!("{},{mapping}", counterpart::fields::mapping()).parse().unwrap();
    let organization = json!({"name": "Acme Corp", "external_id": "acme", "organization_fields": {"plan": "business"}});
    let organization = bench.organize(&organization).await;
    // What the ticket says of them is not believed.
    let mut written = parts();
    written["customer"] = json!({"id": "other", "name": "Other", "plan": "enterprise", "region": "us-east-1"});
    let ticket = bench.file(&["privatelink"], &written).await;
    bench.change("engineer", &ticket, json!({ "organization_id": organization })).await;
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "announced");
    let mut expected = parts();
    expected["ticket"] = json!({ "id": ticket });
    assert_eq!(bench.announced(), [expected]);

    // Where the ticket has no field for it, an organisation that says nothing is to be filled in.
    bench.config.fields = counterpart::fields::mapping()
        .replace("customer.plan=360000000103", "customer.plan=organization.tier")
        .parse()
        .unwrap();
    let ticket = bench.file(&["privatelink"], &parts()).await;
    bench.change("engineer", &ticket, json!({ "organization_id": organization })).await;
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "asked");
    let thread = bench.thread(&ticket).await;
    let text = thread[0]["body"].as_str().unwrap();
    assert!(text.contains("customer.plan (the organization's tier)"), "{text}");
    // The support engineer's note says that it is; our own note is one too, and says nothing new.
    let mut note = comment_added(&ticket, &json!(900_001));
    note["event"]["comment"]["is_public"] = json!(false);
    assert_eq!(bench.zendesk(&note).await, "waiting");
    let filled_in = json!({"organization_fields": {"tier": "business"}});
    let request = bench.http.put(format!("{}/api/v2/organizations/{organization}.json", bench.desk));
    bench.api(request.json(&json!({ "organization": filled_in })), "engineer").await;
    assert_eq!(bench.zendesk(&note).await, "announced");
    assert_eq!(bench.announced()[0]["customer"]["plan"], "business");
    bench.fault("GET", 503, 1).await;
    assert_eq!(bench.send(&signed(&created(&json!(ticket)).to_string())).await.0, 503);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_noted_on_its_ticket() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    let body = format!("{{\"ticket\": {{\"id\": \"{ticket}\"}}, \"said\": \"two\nlines\"}}");
    for _ in 0..2 {
        assert_eq!(bench.send(&signed(&body)).await, (200, "announced".to_owned()));
    }
    assert_eq!(bench.announced().len(), 2);
    let thread = bench.thread(&ticket).await;
    let [note] = thread.as_slice() else { panic!("{thread:?}") };
    assert_eq!(note["public"], false);
    let text = note["body"].as_str().unwrap();
    assert!(text.contains("not JSON") && text.contains(r#"{"ticket": {"id": "{{ticket.id}}"}}"#), "{text}");

    // Of a ticket that is none of ours nothing is said there.
    let other = bench.file(&["other"], &parts()).await;
    for id in [other.as_str(), "99", "?"] {
        let body = body.replace(&ticket, id);
        assert_eq!(bench.send(&signed(&body)).await, (400, "unreadable".to_owned()), "{id}");
    }
    assert_eq!(bench.thread(&other).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_concerns_no_onboarding_is_ignored() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    let untagged = bench.file(&["other"], &parts()).await;
    let solved = bench.file(&["privatelink"], &parts()).await;
    bench.change("engineer", &solved, json!({"status": "solved"})).await;
    let changed = |change: fn(&mut Value)| {
        let mut payload = created(&json!(ticket));
        change(&mut payload);
        payload
    };
    for (payload, code) in [
        (created(&json!(99)), "unknown-ticket"),
        (created(&json!("../users/me")), "no-ticket"),
        (created(&json!(null)), "no-ticket"),
        (created(&json!(untagged)), "without-tag"),
        (changed(|payload| payload["detail"]["tags"] = json!([])), "without-tag"),
        (created(&json!(solved)), "solved"),
        (changed(|payload| payload["type"] = json!("zen:event-type:user.created")), "no-ticket"),
        (changed(|payload| payload["type"] = json!("zen:event-type:ticket.subject_changed")), "nothing-new"),
        (changed(|payload| payload["type"] = json!("zen:event-type:ticket.status_changed")), "nothing-new"),
        (comment_added(&ticket, &json!("800002")), "nothing-new"),
        (comment_added(&ticket, &json!(900_001)), "nothing-new"),
        (json!({"test": true}), "no-ticket"),
        (json!([]), "no-ticket"),
        (json!("text"), "no-ticket"),
    ] {
        assert_eq!(bench.zendesk(&payload).await, code, "{payload}");
    }
    assert_eq!(bench.announced(), Vec::<Value>::new());
}

#[tokio::test]
async fn the_customer_is_asked_once_and_the_answer_goes_through() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &without(&["customer.region", "atlas.region", "atlas.target"])).await;
    let event = created(&json!(ticket));
    assert_eq!(bench.zendesk(&event).await, "asked");
    assert_eq!(bench.zendesk(&event).await, "waiting");
    let thread = bench.thread(&ticket).await;
    let [question] = thread.as_slice() else { panic!("{thread:?}") };
    let text = question["body"].as_str().unwrap();
    assert!(text.contains("\nData platform region:\nAtlas region:\nAtlas target:\n"), "{text}");
    assert!(text.contains(&format!("Reference: ticket-{ticket}/details-")), "{text}");
    assert_eq!((&question["public"], bench.status(&ticket).await.as_str()), (&json!(true), "pending"));

    let say = async |author: u64, body: &str| {
        bench.change("customer", &ticket, json!({"comment": {"body": body, "author_id": author}})).await;
    };
    // A stranger's answer, and the requester's empty one, leave the question open.
    say(800_002, "Atlas region: EU_WEST_1\nData platform region: eu-west-1").await;
    say(800_001, "I will ask my colleague.").await;
    let heard = comment_added(&ticket, &json!("800001"));
    assert_eq!(bench.zendesk(&heard).await, "waiting");
    // Half an answer leads to a question for the other half, a wrong one to a question that says so.
    say(800_001, "Atlas region: us-east-1\nPlan: free\ncustomer.id: somebody-else").await;
    assert_eq!(bench.zendesk(&heard).await, "asked");
    assert_eq!(bench.zendesk(&heard).await, "waiting");
    say(800_001, "Data platform region: somewhere").await;
    assert_eq!(bench.zendesk(&heard).await, "asked");
    assert_eq!(bench.announced(), Vec::<Value>::new());
    let thread = bench.thread(&ticket).await;
    let last = thread.last().unwrap()["body"].as_str().unwrap();
    assert!(last.contains("\"somewhere\"") && !last.contains("Atlas region:"), "{last}");

    say(800_001, "Data platform region: us-east-1\nAtlas target: Dedicated cluster").await;
    assert_eq!(bench.zendesk(&heard).await, "announced");
    let mut expected = parts();
    expected["ticket"] = json!({ "id": ticket });
    assert_eq!(bench.announced(), [expected]);
    // A field that is filled in counts more than what somebody says.
    let filled_in = counterpart::fields::custom_fields(&json!({"atlas": {"region": "EU_WEST_1"}}));
    bench.change("engineer", &ticket, json!({ "custom_fields": filled_in })).await;
    let mut event = event;
    event["type"] = json!("zen:event-type:ticket.custom_field_changed");
    assert_eq!(bench.zendesk(&event).await, "announced");
    assert_eq!(bench.announced()[0]["atlas"]["region"], "EU_WEST_1");
}

#[tokio::test]
async fn regions_and_targets_are_read_as_forms_and_people_write_them() {
    let bench = Bench::new(Product::Zendesk).await;
    for (customers, atlas, target) in [
        ("us_east_1", "AWS / N. Virginia (us-east-1)", "Dedicated Cluster"),
        ("US East (N. Virginia)", "aws_us_east_1", "dedicated_cluster"),
        ("Virginia", "AWS us east 1", "M10+"),
    ] {
        let mut written = parts();
        written["customer"]["region"] = json!(customers);
        written["atlas"] = json!({"region": atlas, "target": target});
        let ticket = bench.file(&["privatelink"], &written).await;
        assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "announced", "{written}");
        let mut expected = parts();
        expected["ticket"] = json!({ "id": ticket });
        assert_eq!(bench.announced(), [expected]);
    }
    // Another cloud's region is asked for again, and so is what may be two; no answer is guessed.
    let mut written = parts();
    written["customer"]["region"] = json!("US East");
    written["atlas"]["region"] = json!("Azure / Virginia (eastus2)");
    let ticket = bench.file(&["privatelink"], &written).await;
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "asked");
    let thread = bench.thread(&ticket).await;
    let text = thread[0]["body"].as_str().unwrap();
    assert!(text.contains("as the Data platform region: is it us-east-1 or us-east-2?"), "{text}");
    assert!(text.contains("Azure or Google Cloud") && !text.contains("Atlas target:"), "{text}");
    let answer = "Data platform region: N. Virginia\nAtlas region: us-east-1 (N. Virginia)";
    bench.change("customer", &ticket, json!({"comment": {"body": answer, "author_id": 800_001}})).await;
    assert_eq!(bench.zendesk(&comment_added(&ticket, &json!("800001"))).await, "announced");
    assert_eq!(bench.announced()[0]["atlas"]["region"], "US_EAST_1");
}

#[tokio::test]
async fn what_the_vendor_knows_is_asked_of_the_support_engineer() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &without(&["customer.plan", "customer.id"])).await;
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "asked");
    let thread = bench.thread(&ticket).await;
    let [note] = thread.as_slice() else { panic!("{thread:?}") };
    let text = note["body"].as_str().unwrap();
    assert!(text.contains("customer.id (custom field 360000000101)") && text.contains("customer.plan"), "{text}");
    assert_eq!((&note["public"], bench.status(&ticket).await.as_str()), (&json!(false), "new"));
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "waiting");

    let filled_in = counterpart::fields::custom_fields(&json!({"customer": {"id": "acme", "plan": "business"}}));
    bench.change("engineer", &ticket, json!({ "custom_fields": filled_in })).await;
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "announced");

    // Both lack something: each is asked for their own.
    let ticket = bench.file(&["privatelink"], &without(&["customer.plan", "atlas.region"])).await;
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "asked");
    let thread = bench.thread(&ticket).await;
    let public: Vec<_> = thread.iter().map(|comment| comment["public"].as_bool().unwrap()).collect();
    assert_eq!(public, [false, true]);
}

#[tokio::test]
async fn a_field_that_is_too_long_is_asked_for_again() {
    let bench = Bench::new(Product::Zendesk).await;
    let mut facts = parts();
    facts["atlas"] = json!({"region": "r".repeat(51), "target": "t".repeat(51)});
    facts["customer"]["name"] = json!("n".repeat(201));
    facts["network"] = json!({"vpcId": "vpc"});
    let ticket = bench.file(&["privatelink"], &facts).await;
    let event = created(&json!(ticket));
    assert_eq!(bench.zendesk(&event).await, "asked");
    assert_eq!(bench.zendesk(&event).await, "waiting");
    let thread = bench.thread(&ticket).await;
    let [note, question] = thread.as_slice() else { panic!("{thread:?}") };
    let (note, question) = (note["body"].as_str().unwrap(), question["body"].as_str().unwrap());
    assert!(note.contains("customer.name (custom field 360000000102): cannot be read, expected at most 200"), "{note}");
    assert!(note.contains("network.vpcId (custom field 360000000107): cannot be read, expected a VPC ID"), "{note}");
    assert!(
        question.contains("We could not read") && question.contains("\nAtlas region:\nAtlas target:\n"),
        "{question}"
    );

    // The customer's answer counts in the place of a field that says nothing; the other fields are filled in anew.
    let answer = "Atlas region: US_EAST_1\nAtlas target: dedicated";
    bench.change("customer", &ticket, json!({"comment": {"body": answer, "author_id": 800_001}})).await;
    let mended = json!({"customer": {"name": "n".repeat(200)}, "network": {"vpcId": ""}});
    let mended = json!({ "custom_fields": counterpart::fields::custom_fields(&mended) });
    bench.change("engineer", &ticket, mended).await;
    assert_eq!(bench.zendesk(&event).await, "announced");
    let mut expected = parts();
    expected["ticket"] = json!({ "id": ticket });
    expected["customer"]["name"] = json!("n".repeat(200));
    assert_eq!(bench.announced(), [expected]);
}

#[tokio::test]
async fn two_webhooks_at_once_ask_once() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &without(&["atlas.region"])).await;
    let (first, second) = (created(&json!(ticket)), created(&json!(ticket)));
    let mut codes = <[String; 2]>::from(tokio::join!(bench.zendesk(&first), bench.zendesk(&second)));
    codes.sort();
    assert_eq!(codes, ["asked", "waiting"]);
    assert_eq!(bench.thread(&ticket).await.len(), 1);
    // A ticket that changes again and again is left for another delivery.
    let ticket = bench.file(&["privatelink"], &without(&["atlas.region"])).await;
    bench.fault("PUT", 409, 2).await;
    assert_eq!(bench.send(&signed(&created(&json!(ticket)).to_string())).await.0, 503);
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "asked");
}

#[tokio::test]
async fn a_ticket_that_is_opened_again_after_its_end_gets_the_next_round() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    let event = created(&json!(ticket));
    bench.onboarding(&ticket, 1, None);
    assert_eq!(bench.zendesk(&event).await, "running");
    bench.onboarding(&ticket, 1, Some(&end("failed", Some(DELIVERED))));
    bench.change("engineer", &ticket, json!({"status": "solved"})).await;
    assert_eq!(bench.zendesk(&event).await, "solved");

    bench.change("engineer", &ticket, json!({"status": "open"})).await;
    let (us, engineer) = (bench.us().await, json!("900777"));
    for (payload, code) in [
        // Nobody says that it was opened again.
        (event.clone(), "ended"),
        (comment_added(&ticket, &json!("800001")), "ended"),
        // An event from before the end that comes late.
        (reopened(&ticket, END, &engineer), "ended"),
        (reopened(&ticket, &after(END, -5), &engineer), "ended"),
        // Our last message itself has opened it.
        (reopened(&ticket, &after(DELIVERED, 0), &us), "ended"),
        (reopened(&ticket, &after(DELIVERED, -1), &us), "ended"),
        (reopened(&ticket, &after(DELIVERED, 59), &us), "ended"),
    ] {
        assert_eq!(bench.zendesk(&payload).await, code, "{payload}");
    }
    assert_eq!(bench.announced(), Vec::<Value>::new());

    let mut expected = parts();
    expected["ticket"] = json!({"id": ticket, "round": 2});
    let by_engineer = reopened(&ticket, &after(END, 1), &engineer);
    // Whoever uses the account that we reply with may open it too, only not in the same minute.
    for payload in [
        by_engineer.clone(),
        by_engineer.clone(),
        reopened(&ticket, &after(DELIVERED, 0), &engineer),
        reopened(&ticket, &after(DELIVERED, 61), &us),
    ] {
        assert_eq!(bench.zendesk(&payload).await, "announced", "{payload}");
        assert_eq!(bench.announced(), [expected.clone()]);
    }
    bench.onboarding(&ticket, 2, None);
    assert_eq!(bench.zendesk(&by_engineer).await, "running");
    // The second round fails and leaves the ticket open: the event of the first time starts no third.
    let at = after(END, 30);
    bench.onboarding(&ticket, 2, Some(&End { state: "failed", at, delivered: None }));
    assert_eq!(bench.zendesk(&by_engineer).await, "ended");
    assert_eq!(bench.announced(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_ticket_that_was_never_told_its_end_gets_the_next_round_all_the_same() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    bench.onboarding(&ticket, 1, Some(&end("declined", None)));
    let us = bench.us().await;
    // Whatever we do there may be what tells the end.
    assert_eq!(bench.zendesk(&reopened(&ticket, &after(DELIVERED, 0), &us)).await, "ended");
    assert_eq!(bench.zendesk(&reopened(&ticket, &after(END, 1), &json!("900777"))).await, "announced");
    assert_eq!(bench.announced()[0]["ticket"], json!({"id": ticket, "round": 2}));
    assert_eq!(bench.thread(&ticket).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_written_on_the_ticket_is_no_round() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    for (agent, author) in [("customer", 800_001), ("engineer", 900_777)] {
        for reference in ["o.7 (connected)", "o.7 (declined)"] {
            let body = format!("> Reference: ticket-{ticket}/{reference}.");
            bench.change(agent, &ticket, json!({"comment": {"body": body, "author_id": author}})).await;
        }
    }
    assert_eq!(bench.zendesk(&created(&json!(ticket))).await, "announced");
    assert_eq!(bench.announced()[0]["ticket"], json!({ "id": ticket }));
}

#[tokio::test]
async fn a_customer_who_says_thank_you_gets_no_second_onboarding() {
    let bench = Bench::new(Product::Zendesk).await;
    for (state, expected) in [("connected", "ended"), ("expired", "announced")] {
        let ticket = bench.file(&["privatelink"], &parts()).await;
        bench.onboarding(&ticket, 1, Some(&end(state, Some(DELIVERED))));
        assert_eq!(bench.zendesk(&reopened(&ticket, &after(DELIVERED, 9), &json!("800001"))).await, expected);
        assert_eq!(bench.zendesk(&reopened(&ticket, &after(DELIVERED, 9), &json!("1"))).await, "announced");
    }
}

#[tokio::test]
async fn a_next_round_that_lacks_something_asks_and_goes_on() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &without(&["atlas.region"])).await;
    bench.onboarding(&ticket, 1, Some(&end("declined", Some(DELIVERED))));
    let quoted = format!("Reference: ticket-{ticket}_2/details-0a1b2c3d.");
    bench.change("customer", &ticket, json!({"comment": {"body": quoted, "author_id": 800_001}})).await;
    let heard = comment_added(&ticket, &json!("800001"));
    assert_eq!(bench.zendesk(&heard).await, "ended", "nobody has asked for another onboarding");
    assert_eq!(bench.zendesk(&reopened(&ticket, &after(END, 1), &json!("1"))).await, "asked");
    assert_eq!(bench.zendesk(&heard).await, "waiting");
    let answer = json!({"comment": {"body": "Atlas region: US_EAST_1", "author_id": 800_001}});
    bench.change("customer", &ticket, answer).await;
    assert_eq!(bench.zendesk(&heard).await, "announced");
    let mut expected = parts();
    expected["ticket"] = json!({"id": ticket, "round": 2});
    assert_eq!(bench.announced(), [expected]);
    bench.onboarding(&ticket, 2, Some(&End { at: after(END, 60), ..end("declined", None) }));
    assert_eq!(bench.zendesk(&heard).await, "ended");
}

#[tokio::test]
async fn after_its_last_round_a_ticket_gets_no_other() {
    let bench = Bench::new(Product::Zendesk).await;
    let ticket = bench.file(&["privatelink"], &parts()).await;
    for round in 1..=999 {
        bench.onboarding(&ticket, round, Some(&end("declined", Some(DELIVERED))));
    }
    let again = reopened(&ticket, &after(END, 1), &json!("900777"));
    assert_eq!(bench.zendesk(&again).await, "too-many-rounds");
    assert_eq!(bench.announced(), Vec::<Value>::new());
}
