//! The page as a person reads it, and what browsers hold it to.

use aws_sdk_sfn::types::ExecutionStatus;
use data_encoding::BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::world::{COMMAND, ID, VPC, World};

/// What a screen reader would say of a page: its texts without the markup, one line for each block.
fn text(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').unwrap();
        text.push_str(before);
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        if ["p", "h1", "h2", "h3", "li", "div", "dt", "dd", "title", "label", "textarea", "button", "pre", "summary"]
            .contains(&name)
        {
            text.push('\n');
        }
        rest = match name {
            "style" | "script" if !tag.starts_with('/') => after.split_once(&format!("</{name}>")).unwrap().1,
            _ => after,
        };
    }
    for (escaped, plain) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
        text = text.replace(escaped, plain);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "Copy");
    lines.collect::<Vec<_>>().join("\n")
}

fn endpoint(target: &str) -> Value {
    json!({
        "endpointId": "vpce-0123456789abcdef0", "dnsName": "vpce-0123456789abcdef0-abcd1234.example", "target": target,
        "state": "pendingAcceptance", "verdict": "awaiting-acceptance", "problem": null,
    })
}

fn request() -> Value {
    let service = "com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8";
    json!({"serviceName": service, "subnetIds": ["subnet-0aaaaaaaaaaaaaaaa"]})
}

/// The command was accepted, and the execution went on with these states.
fn answered(states: &[(&'static str, Option<Value>)]) -> World {
    let mut world = World::awaiting();
    world.vault.lock().unwrap()["awaited"]["answerDigest"] = json!("0");
    world.entered.pop();
    world.entered.push(("Await command", Some(request())));
    world.entered.extend_from_slice(states);
    world
}

fn ready(target: &str) -> World {
    answered(&[("Create endpoint", Some(endpoint(target))), ("Wait for acceptance", None)])
}

/// What the verification came to, at its last layer.
fn report(verdict: &str, layer: &str, problem: Option<&str>) -> Value {
    let layers: Vec<Value> = ["dns", "ownership", "tcp", "tls", "mongodb"]
        .iter()
        .scan(true, |goes_on, name| {
            let before = std::mem::replace(goes_on, *goes_on && *name != layer);
            before.then(|| json!({"name": name, "passed": *goes_on || verdict == "connected", "evidence": "As seen."}))
        })
        .collect();
    json!({"verdict": verdict, "layers": layers, "problem": problem, "nextStep": problem.map(|_| "Do this.")})
}

/// A source was given and verified.
fn verified(report: Value, awaits: bool) -> World {
    let mut world = World::awaiting_source("dedicated");
    world.vault.lock().unwrap()["awaited"]["problem"] = report["problem"].clone();
    if !awaits {
        world.vault.lock().unwrap()["awaited"]["answerDigest"] = json!("0");
    }
    world.entered.extend([("Verify source", Some(report)), ("Source works?", None)]);
    if awaits {
        world.entered.extend([("Reply: source wanted", None), ("Await source", None)]);
    }
    world
}

fn connected() -> World {
    let output = Some(json!({"outcome": "connected", "ticket": "35436"}));
    World { status: ExecutionStatus::Succeeded, output, ..verified(report("connected", "mongodb", None), false) }
}

fn expired(world: World, clean_up: Option<Value>) -> World {
    let output = Some(json!({"outcome": "expired", "reason": "It did not arrive in time."}));
    let mut world = World { status: ExecutionStatus::Succeeded, output, ..world };
    world.entered.push(("Clean up", clean_up));
    world
}

fn failed(error: &'static str) -> World {
    let cause = Some(json!({"outcome": "failed", "reason": "The subnets have no free addresses."}));
    let world = ready("dedicated");
    World { status: ExecutionStatus::Failed, error: Some(error), cause, ..world }
}

fn begun(states: &[&'static str]) -> World {
    let world = World::awaiting();
    world.vault.lock().unwrap()["awaited"] = Value::Null;
    world.vault.lock().unwrap()["handedOut"] = Value::Null;
    World { entered: states.iter().map(|state| (*state, None)).collect(), ..world }
}

fn asked_again() -> World {
    let world = World::awaiting();
    world.vault.lock().unwrap()["awaited"]["problem"] = json!("AWS knows no endpoint service of this name.");
    world
}

fn without_target() -> World {
    let world = World::awaiting();
    world.vault.lock().unwrap()["handedOut"]["target"] = Value::Null;
    world
}

fn failed_early() -> World {
    let cause = Some(json!({"outcome": "failed", "reason": "The VPC lacks DNS hostnames."}));
    let world = begun(&["Check eligibility", "Ensure network", "Clean up", "Reply: failed"]);
    World { status: ExecutionStatus::Failed, error: Some("Step.Customer"), cause, ..world }
}

fn declined() -> World {
    let output = Some(json!({"outcome": "declined", "reason": "Private endpoints need the business plan."}));
    let world = World { status: ExecutionStatus::Succeeded, output, ..begun(&["Check eligibility"]) };
    World { input: json!({}), ..world }
}

/// Each place where an onboarding can stand.
fn places() -> Vec<(&'static str, World)> {
    let removed = || Some(json!({"complete": true, "leftovers": []}));
    let left = || Some(json!({"complete": false, "leftovers": ["sg-0: still in use"]}));
    vec![
        ("checking", begun(&["Check eligibility"])),
        ("preparing", begun(&["Check eligibility", "Ensure network"])),
        ("awaiting-command", World::awaiting()),
        ("awaiting-command-without-target", without_target()),
        ("awaiting-command-again", asked_again()),
        ("creating", answered(&[("Create endpoint", None)])),
        ("acceptance-dedicated", ready("dedicated")),
        ("acceptance-federated", ready("federated")),
        ("awaiting-source-dedicated", World::awaiting_source("dedicated")),
        ("awaiting-source-federated", World::awaiting_source("federated")),
        ("awaiting-source-again", verified(report("ask-again", "mongodb", Some("The login was refused.")), true)),
        ("verifying-not-yet", verified(report("not-yet", "dns", Some("No hosts yet.")), false)),
        ("connected", connected()),
        ("declined", declined()),
        ("expired-without-command", expired(World::awaiting(), removed())),
        ("expired-removed", expired(ready("dedicated"), removed())),
        ("expired-leftovers", expired(ready("dedicated"), left())),
        ("expired-unknown", expired(ready("dedicated"), Some(json!({"Error": "Lambda.Unknown"})))),
        ("failed", failed("Step.Operator")),
        ("failed-customer", failed("Step.Customer")),
        ("failed-early", failed_early()),
    ]
}

/// Each kind of page.
async fn pages() -> Vec<(&'static str, String)> {
    let wrong = COMMAND.replace(VPC, "vpc-00000000000000000").replace("Interface", "Gateway");
    let mut pages = vec![
        ("refused", World::awaiting().submit(&[("command", &wrong)]).await.1),
        ("filled-in", World::awaiting().submit(&[("command", COMMAND), ("fill-in", "yes")]).await.1),
        (
            "source-refused",
            World::awaiting_source("dedicated")
                .submit_to("source", &[("connectionString", "mongodb+srv://u:p@cluster0.abcde.mongodb.net")])
                .await
                .1,
        ),
        ("another-came-first", ready("dedicated").submit(&[("command", COMMAND)]).await.1),
    ];
    for (name, world) in places() {
        pages.push((name, world.page().await));
    }
    pages
}

#[tokio::test]
async fn each_state_says_what_is_going_on_and_who_must_act() {
    for (name, page) in pages().await {
        insta::assert_snapshot!(name, text(&page));
    }
}

#[tokio::test]
async fn what_was_created_is_called_removed_only_when_it_is_known() {
    for (name, page) in pages().await {
        assert_eq!(page.contains("is removed."), name == "expired-removed", "{name}");
    }
}

#[tokio::test]
async fn every_page_is_light_and_runs_and_loads_nothing_but_its_own() {
    let response = World::awaiting().send("GET", &format!("/o/{ID}"), &[("accept", "text/html")], "").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for (name, page) in pages().await {
        assert!(page.len() < 40_000, "{name} has {} bytes", page.len());
        for element in ["script", "style"] {
            let (begin, end) = (format!("<{element}>"), format!("</{element}>"));
            let inlined = page.split_once(&begin).map_or("", |(_, rest)| rest.split(&end).next().unwrap());
            if inlined.is_empty() {
                continue;
            }
            assert_eq!(page.matches(&begin).count(), 1, "{name} has another {element}");
            let digest = BASE64.encode(&Sha256::digest(inlined));
            assert!(policy.contains(&format!("{element}-src 'sha256-{digest}'")), "{name}: {element}, {policy}");
        }
        let markup: String = page.split("<script>").next().unwrap().split("</style>").collect();
        for other in [" style=", " src=", " onclick=", "<link", "<img", "<script "] {
            assert!(!markup.contains(other), "{name} has {other}");
        }
    }
}

#[tokio::test]
async fn the_longest_text_adds_little_but_itself() {
    let flags = " --bogus-flag-with-a-rather-long-name value".repeat(380);
    let pasted = format!("aws ec2 create-vpc-endpoint{flags}");
    assert!(pasted.len() > 16_000 && pasted.len() <= 16 * 1024);
    let (status, page) = World::awaiting().submit(&[("command", &pasted)]).await;
    assert_eq!(status, 422);
    // Once marked and once in the form.
    assert!(page.len() - 2 * pasted.len() < 40_000, "{} bytes", page.len());
}

#[tokio::test]
async fn every_page_has_one_headline_labels_its_fields_and_ties_the_faults_to_theirs() {
    for (name, page) in pages().await {
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        assert!(page.contains("<html lang=\"en\">") && page.contains("data-state="), "{name}");
        assert!(!page.contains("<textarea") || page.contains("<label for=\"command\">"), "{name}");
        let levels: Vec<u32> = ["<h1", "<h2", "<h3"]
            .iter()
            .zip(1..)
            .flat_map(|(tag, level)| page.match_indices(tag).map(move |(at, _)| (at, level)))
            .collect::<std::collections::BTreeMap<_, _>>()
            .into_values()
            .collect();
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name} skips a level: {levels:?}");
        // What is named by id exists, once.
        let named: Vec<&str> = ["aria-describedby=\"", "aria-labelledby=\"", "data-copy=\"", "for=\""]
            .iter()
            .flat_map(|attribute| page.split(attribute).skip(1))
            .flat_map(|rest| rest.split('"').next().unwrap().split(' '))
            .collect();
        for id in named {
            assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{name}: {id}");
        }
        let invalid = page.contains("aria-invalid=\"true\"") && page.contains("aria-describedby=\"error-summary");
        assert_eq!(invalid, name.ends_with("refused"), "{name}");
    }
}

#[tokio::test]
async fn the_lines_of_a_pasted_command_are_shown_as_lines() {
    // Browsers send every line end of a form as these two characters.
    let pasted = COMMAND.replace(VPC, "vpc-00000000000000000").replace(" --region", " \\\r\n  --region");
    let (_, page) = World::awaiting().submit(&[("command", &pasted)]).await;
    let shown = page.split("id=\"pasted\"").nth(1).unwrap().split("</pre>").next().unwrap();
    assert!(shown.contains("<mark>vpc-00000000000000000<sup>"), "{shown}");
    assert!(shown.contains(" \\\n  --region") && !shown.contains("[U+000D]"), "{shown}");
}

#[tokio::test]
async fn a_fault_is_marked_where_it_is_and_all_faults_are_told() {
    let pasted = COMMAND.replace(VPC, "vpc-00000000000000000").replace("us-east-1 ", "us-\u{200b}west-2 ");
    let (_, page) = World::awaiting().submit(&[("command", &pasted)]).await;
    assert!(page.contains("<mark>vpc-00000000000000000<sup>"), "{page}");
    assert!(page.contains("us-[U+200B]west-2"), "what cannot be seen is shown by its number");
    assert!(page.contains("faults.</h3>") && page.matches("<li><strong>").count() > 1, "{page}");
    let form = page.split("<textarea").nth(1).unwrap();
    assert!(form.contains(&pasted), "what was pasted stays as it was");
    let correction = page.split("id=\"correction-form\"").nth(1).unwrap().split("</form>").next().unwrap();
    assert!(correction.contains(&format!("value=\"{COMMAND}\"")), "{correction}");
    let (status, page) = World::awaiting().submit(&[("command", COMMAND), ("fill-in", "yes")]).await;
    assert_eq!(status, 200);
    assert!(page.split("<textarea").nth(1).unwrap().contains(&format!("\n{COMMAND}</textarea>")), "{page}");
}

#[tokio::test]
async fn whatever_others_wrote_is_text_and_nothing_else() {
    const HOSTILE: &str = "</textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'";
    let mut world = World { input: json!({"customer": {"name": HOSTILE}}), ..World::awaiting() };
    world.vault.lock().unwrap()["awaited"]["problem"] = json!(HOSTILE);
    let command = format!("{COMMAND} {HOSTILE}");
    let reason = Some(json!({"outcome": "failed", "reason": HOSTILE}));
    let shown = [world.page().await, world.submit(&[("command", &command)]).await.1];
    world.status = ExecutionStatus::Failed;
    (world.error, world.cause) = (Some("Step.Customer"), reason);
    for page in shown.into_iter().chain([world.page().await]) {
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
        assert!(!page.contains("<img") && page.matches("<script").count() == 1, "{page}");
        assert_eq!(page.matches("</textarea").count(), page.matches("<textarea").count(), "{page}");
    }
}

#[tokio::test]
async fn without_a_script_a_page_that_asks_nothing_loads_itself_again() {
    for (name, page) in pages().await {
        let reloads = page.contains("<noscript><meta http-equiv=\"refresh\"");
        let waits =
            ["checking", "preparing", "creating", "acceptance-dedicated", "acceptance-federated", "verifying-not-yet"];
        assert_eq!(reloads, waits.contains(&name), "{name}");
    }
}
