//! The page as a person reads it, and what browsers hold it to.

use data_encoding::BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::world::{COMMAND, VPC, World, endpoint, link, request};
use shared::answer::Answer;

/// Faults of many kinds, and many of one.
const MANY_FAULTS: &str = "aws ec2 create-vpc-endpoint --vpc-id vpc-00000000000000000 --region eu-west-1 --service-name \
    com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8 --vpc-endpoint-type Gateway --subnet-ids subnet-0bbbbbbbbbbbbbbbb \
    subnet-0cccccccccccccccc --one 1 --two 2 --three 3";

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
fn verified(report: &Value) -> World {
    World::awaiting_source("dedicated").take(Answer::Source).know(&json!({"verification": report}))
}

/// The endpoint is being made.
fn creating() -> World {
    World::awaiting().take(Answer::Command).know(&json!({"request": request()}))
}

fn asked_again() -> World {
    let problem = "The login was refused.";
    verified(&report("ask-again", "mongodb", Some(problem)))
        .tell("verifying", Some("Another source is needed; the ticket says why"))
        .wait(Answer::Source)
        .error(problem)
}

fn closed(world: World, state: &str, clean_up: &Value) -> World {
    world
        .tell(state, Some("The request is being closed"))
        .know(&json!({"cleanUp": clean_up}))
        .tell(
            state,
            Some(match state {
                "expired" => "The request has expired",
                "closed" => "The request was closed",
                _ => "The request failed",
            }),
        )
        .end()
}

fn expired(world: World, clean_up: &Value) -> World {
    closed(world, "expired", clean_up).error("It did not arrive in time.")
}

/// Each place where an onboarding can stand.
fn places() -> Vec<(&'static str, World)> {
    let removed = json!({"complete": true, "leftovers": []});
    let kept = json!({"complete": true, "leftovers": [], "kept": "vpce-0123456789abcdef0"});
    let left = json!({"complete": false, "leftovers": ["sg-0: still in use"]});
    let reason = "The subnets have no free addresses.";
    vec![
        ("checking", World::checking()),
        ("preparing", World::preparing()),
        ("awaiting-command", World::awaiting()),
        ("awaiting-command-without-target", World::awaiting().know(&json!({"target": null}))),
        ("awaiting-command-again", World::awaiting().error("AWS knows no endpoint service of this name.")),
        ("creating", World::awaiting().take(Answer::Command)),
        ("acceptance-dedicated", World::ready("dedicated")),
        ("acceptance-federated", World::ready("federated")),
        ("awaiting-source-dedicated", World::awaiting_source("dedicated")),
        ("awaiting-source-federated", World::awaiting_source("federated")),
        ("awaiting-source-again", asked_again()),
        ("verifying-not-yet", verified(&report("not-yet", "dns", Some("No hosts yet."))).tell("verifying", None)),
        (
            "connected",
            verified(&report("connected", "mongodb", None)).tell("connected", Some("The source works")).end(),
        ),
        (
            "declined",
            World::checking()
                .tell("declined", Some("The request was declined"))
                .end()
                .error("Private endpoints need the business plan.")
                .change(|item| drop(item.as_object_mut().unwrap().remove("customer"))),
        ),
        ("held-while-checking", World::checking().held(Some("checking"))),
        ("held-before-the-command", World::awaiting().held(Some("awaiting-command"))),
        ("held-at-the-endpoint", creating().held(Some("creating-endpoint"))),
        ("held-before-the-acceptance", World::ready("dedicated").held(Some("awaiting-acceptance"))),
        ("held-before-the-source", World::awaiting_source("dedicated").held(Some("awaiting-source"))),
        ("held-while-verifying", verified(&report("not-yet", "dns", Some("No hosts yet."))).held(Some("verifying"))),
        ("expired-without-command", expired(World::awaiting(), &removed)),
        ("expired-removed", expired(World::ready("dedicated"), &removed)),
        ("expired-leftovers", expired(World::ready("dedicated"), &left)),
        ("expired-unknown", expired(World::ready("dedicated"), &Value::Null)),
        ("failed", closed(World::ready("dedicated"), "failed", &removed)),
        ("failed-customer", closed(World::ready("dedicated"), "failed", &Value::Null).error(reason)),
        ("failed-early", closed(World::preparing(), "failed", &removed).error("The VPC lacks DNS hostnames.")),
        ("expired-kept", expired(World::awaiting_source("dedicated"), &kept)),
        ("failed-kept", closed(World::awaiting_source("dedicated"), "failed", &kept)),
        (
            "closed-customer",
            closed(World::ready("dedicated"), "closed", &removed).error("Acme Corp asked for it on this page: not now"),
        ),
        ("closed-operator", closed(World::awaiting(), "closed", &removed).error("Our team closed it.")),
        ("being-closed-customer", World::ready("dedicated").wished("customer")),
        ("being-closed-operator", World::awaiting().wished("operator")),
        ("being-closed-expired", World::awaiting_source("dedicated").tell("expired", None).error("Too late.").fenced()),
        ("closing", World::ready("dedicated").tell("expired", Some("The request is being closed")).error("Too late.")),
    ]
}

/// Each kind of page.
async fn pages() -> Vec<(&'static str, String)> {
    let wrong = COMMAND.replace(VPC, "vpc-00000000000000000").replace("Interface", "Gateway");
    let mut pages = vec![
        ("refused", World::awaiting().submit(&[("command", &wrong)]).await.1),
        ("many-faults-refused", World::awaiting().submit(&[("command", MANY_FAULTS)]).await.1),
        ("sent-while-held", World::awaiting().held(Some("awaiting-command")).submit(&[("command", COMMAND)]).await.1),
        ("filled-in", World::awaiting().submit(&[("command", COMMAND), ("fill-in", "yes")]).await.1),
        (
            "source-refused",
            World::awaiting_source("dedicated")
                .submit_to(
                    "source",
                    &[("connectionString", "mongodb+srv://u:p@cluster0-pl-0.abcde.mongodb.net/?tls=false")],
                )
                .await
                .1,
        ),
        ("cancel-question", World::awaiting().ask("GET", &format!("{}/cancel", link()), "", "text/html", "").await.1),
        ("cancel-refused", World::ready("dedicated").submit_to("cancel", &[("why", &"é".repeat(501))]).await.1),
        ("another-came-first", World::ready("dedicated").submit(&[("command", COMMAND)]).await.1),
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
        assert_eq!(
            page.contains("is removed."),
            ["expired-removed", "failed", "closed-customer"].contains(&name),
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_page_is_light_and_runs_and_loads_nothing_but_its_own() {
    let response = World::awaiting().send("GET", &link(), &[("accept", "text/html")], "").await;
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
    // It stands in the form; of the rest only what is around the faults is shown.
    assert!(page.len() - pasted.len() < 30_000, "{} bytes", page.len());
}

#[tokio::test]
async fn every_page_has_one_headline_labels_its_fields_and_ties_the_faults_to_theirs() {
    for (name, page) in pages().await {
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        assert!(page.contains("<html lang=\"en\">") && page.contains("data-state="), "{name}");
        for field in page.split("<textarea id=\"").skip(1) {
            let id = field.split('"').next().unwrap();
            assert!(page.contains(&format!("<label for=\"{id}\">")), "{name}: {id}");
        }
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
async fn of_many_faults_the_first_are_shown_and_those_of_one_kind_are_one() {
    let (_, page) = World::awaiting().submit(&[("command", MANY_FAULTS)]).await;
    let (shown, rest) = page.split_once("<details id=\"other-faults\">").unwrap();
    let hidden = rest.split("</details>").next().unwrap();
    assert_eq!((shown.matches("<li><strong>").count(), hidden.matches("<li><strong>").count()), (3, 2), "{page}");
    assert!(hidden.contains("start=\"4\"") && hidden.contains("2 other faults"), "{hidden}");
    assert!(page.contains("It has 5 faults."), "{page}");
    assert_eq!(page.matches("--three").count(), 3, "told with the other two, shown and kept in the form");

    let options =
        "mongodb+srv://u:p@cluster0-pl-0.abcde.mongodb.net/?tlsInsecure=true&sslAllowInvalidCertificates=true";
    let world = World::awaiting_source("dedicated");
    let (_, page) = world.submit_to("source", &[("connectionString", options)]).await;
    let faults = page.split("<ol class=\"faults\">").nth(1).unwrap().split("</ol>").next().unwrap();
    assert_eq!(faults.matches("<li><strong>").count(), 1, "{faults}");
    assert!(faults.contains("<summary>1 more of this kind</summary>"), "{faults}");
}

#[tokio::test]
async fn of_a_long_text_only_what_is_around_the_faults_is_shown() {
    let mail = "Dear team, here is what Atlas showed to us this morning.\n".repeat(40);
    let pasted = format!("{mail}\n{}\n\n{mail}", COMMAND.replace(VPC, "vpc-00000000000000000"));
    let (_, page) = World::awaiting().submit(&[("command", &pasted)]).await;
    let shown = page.split("id=\"pasted\"").nth(1).unwrap().split("</pre>").next().unwrap();
    assert!(shown.contains("<mark>vpc-00000000000000000<sup>"), "{shown}");
    assert!(shown.len() < 600 && shown.matches(" … ").count() == 2, "{shown}");
    let whole = page.split("<textarea").nth(1).unwrap();
    assert!(whole.contains(&mail), "what was pasted stays as it was");
}

#[tokio::test]
async fn what_is_held_says_where_it_stood_and_takes_nothing() {
    for (world, step) in [
        (World::checking().held(Some("checking")), "Request checked"),
        (World::preparing().held(Some("preparing-network")), "Network prepared"),
        (World::awaiting().held(Some("awaiting-command")), "Command from Atlas"),
        (creating().held(Some("creating-endpoint")), "Private endpoint created"),
        (World::ready("dedicated").held(Some("awaiting-acceptance")), "Endpoint entered in Atlas"),
        (World::awaiting_source("dedicated").held(Some("awaiting-source")), "Connection string given"),
        (World::awaiting_source("dedicated").take(Answer::Source).held(Some("verifying")), "Connection verified"),
        // The release before kept no more than what was known.
        (World::preparing().held(None), "Network prepared"),
        (World::ready("dedicated").held(None), "Endpoint entered in Atlas"),
        (World::awaiting_source("dedicated").held(None), "Connection string given"),
    ] {
        let page = world.page().await;
        let line = text(&page).lines().find(|line| line.ends_with(": on hold by a fault of ours")).unwrap().to_owned();
        assert!(line.starts_with(step), "{step}: {line}");
        assert!(page.contains("data-state=\"held\"") && page.contains("We have a fault on our side"), "{step}");
        assert!(!page.contains("<form"), "{step} takes an answer");
        let json = world.get().await;
        assert_eq!((&json["state"], &json["error"]), (&json!("held"), &Value::Null), "{step}");
    }
}

#[tokio::test]
async fn a_command_that_is_brought_while_it_is_held_is_kept_to_be_sent_again() {
    let world = World::awaiting().held(Some("awaiting-command"));
    let (status, answer) = world.bring(COMMAND).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("not-awaited")), "{answer}");
    assert!(world.item()["refused"].is_string(), "the window does not count");
    assert!(answer["error"]["message"].as_str().unwrap().contains("We have a fault on our side"), "{answer}");
    let (_, page) = world.submit(&[("command", COMMAND)]).await;
    assert!(page.split("<textarea").nth(1).unwrap().contains(COMMAND), "{page}");
}

#[tokio::test]
async fn whatever_others_wrote_is_text_and_nothing_else() {
    const HOSTILE: &str = "</textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'";
    let world = World::awaiting().error(HOSTILE).change(|item| item["customer"] = json!(HOSTILE));
    let command = format!("{COMMAND} {HOSTILE}");
    let shown = [world.page().await, world.submit(&[("command", &command)]).await.1];
    let world = world.tell("failed", Some(HOSTILE)).end().error(HOSTILE);
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
        let waits = [
            "checking",
            "preparing",
            "creating",
            "acceptance-dedicated",
            "acceptance-federated",
            "verifying-not-yet",
            "closing",
        ];
        let waits = waits.contains(&name) || name.starts_with("being-closed-") || name.starts_with("held-");
        assert_eq!(reloads, waits, "{name}");
    }
}

#[tokio::test]
async fn who_is_waited_for_is_told_until_when() {
    for (name, page) in pages().await {
        let asks = name.starts_with("awaiting-")
            || ["refused", "many-faults-refused", "filled-in", "source-refused"].contains(&name);
        assert_eq!(page.contains(">2099-07-09 13:46 UTC</time>"), asks, "{name}");
    }
}

#[tokio::test]
async fn what_has_ended_shows_how_far_it_came() {
    let verdict = |verdict| json!({"endpoint": endpoint("dedicated", "any", verdict)});
    let login = report("ask-again", "mongodb", Some("The login was refused."));
    for (world, state, stopped) in [
        (World::checking(), "declined", "Request checked"),
        (World::checking(), "failed", "Request checked"),
        (World::preparing().tell("failed", Some("The request is being closed")), "failed", "Network prepared"),
        (World::awaiting(), "expired", "Command from Atlas"),
        (World::awaiting().know(&json!({"request": request()})), "failed", "Private endpoint created"),
        (World::ready("dedicated").know(&verdict("preparing")), "failed", "Private endpoint created"),
        (World::ready("dedicated"), "expired", "Endpoint entered in Atlas"),
        (World::ready("dedicated").know(&verdict("failed")), "failed", "Endpoint entered in Atlas"),
        // Another command was wanted.
        (World::ready("dedicated").know(&verdict("rejected")), "expired", "Command from Atlas"),
        (World::awaiting_source("dedicated"), "expired", "Connection string given"),
        (verified(&login), "expired", "Connection string given"),
        (verified(&login), "failed", "Connection verified"),
        (World::awaiting_source("dedicated").take(Answer::Source), "failed", "Connection verified"),
    ] {
        let page = text(&world.tell(state, Some("The end")).end().page().await);
        let line = page.lines().find(|line| line.ends_with(": stopped here")).unwrap();
        assert!(line.starts_with(stopped), "{state}, {stopped}: {line}");
    }
}
