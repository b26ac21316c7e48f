//! Every kind of request: its status, its headers, and what it says.

use serde_json::json;

use super::world::{COMMAND, World, link};

/// Where the execution is.
#[derive(Clone, Copy, Debug)]
enum Execution {
    Awaiting,
    Answered,
    Ended,
}

/// What is sent, and what comes of it.
struct Row {
    what: &'static str,
    execution: Execution,
    method: &'static str,
    /// After the link, or a whole path.
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    status: u16,
    /// A header beyond those of every answer.
    header: Option<(&'static str, &'static str)>,
    says: &'static str,
    /// How often the execution was resumed.
    resumed: usize,
}

const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");
const RIGHT: &str = "command=aws+ec2+create-vpc-endpoint+--vpc-id+vpc-0123456789abcdef0+--region+us-east-1+--service-name\
    +com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8+--vpc-endpoint-type+Interface+--subnet-ids+subnet-0aaaaaaaaaaaaaaaa";
const OWN: (&str, &str) = ("origin", "https://connect.example.com");

const GET: Row = Row {
    what: "",
    execution: Execution::Awaiting,
    method: "GET",
    path: "",
    headers: &[PAGE],
    body: "",
    status: 200,
    header: Some(("content-type", "text/html; charset=utf-8")),
    says: "Bring us the command from Atlas",
    resumed: 0,
};
const POST: Row = Row { method: "POST", path: "/command", headers: &[PAGE, FORM], body: RIGHT, header: None, ..GET };
const REFUSED: Row = Row { status: 403, says: "not ours", ..POST };
const ACCEPTED: Row =
    Row { headers: &[FORM], status: 202, says: "\"preview\":\"An interface endpoint for", resumed: 1, ..POST };

const ROWS: &[Row] = &[
    Row { what: "the page", ..GET },
    Row {
        what: "the facts",
        headers: &[],
        header: Some(("content-type", "application/json")),
        says: "\"awaiting-command\"",
        ..GET
    },
    Row { what: "a look without a body", method: "HEAD", says: "", ..GET },
    Row {
        what: "a POST to the link itself",
        method: "POST",
        status: 405,
        header: Some(("allow", "GET, HEAD")),
        says: "does not take",
        ..GET
    },
    Row {
        what: "a GET where one posts",
        path: "/command",
        status: 405,
        header: Some(("allow", "POST")),
        says: "See where your request stands",
        ..GET
    },
    Row {
        what: "a HEAD where one posts",
        method: "HEAD",
        path: "/command",
        status: 405,
        header: Some(("allow", "POST")),
        says: "",
        ..GET
    },
    Row {
        what: "another method",
        method: "PUT",
        path: "/command",
        headers: &[],
        status: 405,
        header: Some(("allow", "POST")),
        says: "\"code\":\"method\"",
        ..GET
    },
    Row {
        what: "another method where one cancels",
        method: "DELETE",
        path: "/cancel",
        headers: &[],
        status: 405,
        header: Some(("allow", "GET, HEAD, POST")),
        says: "\"code\":\"method\"",
        ..GET
    },
    Row {
        what: "a wish to cancel from another page",
        path: "/cancel",
        headers: &[PAGE, FORM, ("origin", "https://evil.example")],
        body: "why=",
        ..REFUSED
    },
    Row {
        what: "a wish to cancel as plain text",
        path: "/cancel",
        headers: &[("content-type", "text/plain")],
        body: "why",
        status: 415,
        says: "Send nothing, JSON",
        ..POST
    },
    Row { what: "a path that leads nowhere", path: "/else", status: 404, says: "nothing behind this link", ..GET },
    Row {
        what: "an unknown link",
        path: "/o/ffffffffffffffffffffffffffffffff",
        headers: &[],
        status: 404,
        header: None,
        says: "\"code\":\"unknown-link\"",
        ..GET
    },
    Row { what: "a form leads to the page", status: 303, header: None, says: "", resumed: 1, ..POST },
    Row { what: "a form of a script", ..ACCEPTED },
    Row { what: "JSON", headers: &[JSON], body: "", ..ACCEPTED },
    Row {
        what: "JSON that asks for a page",
        headers: &[PAGE, JSON],
        body: "",
        says: "We create: An interface endpoint",
        ..ACCEPTED
    },
    Row { what: "from our page", headers: &[FORM, OWN, ("sec-fetch-site", "same-origin")], ..ACCEPTED },
    Row {
        what: "from our page at the API's address",
        headers: &[FORM, ("origin", "https://abc123.example")],
        ..ACCEPTED
    },
    Row { what: "from another page", headers: &[PAGE, FORM, ("origin", "https://evil.example")], ..REFUSED },
    Row { what: "from a page without an address", headers: &[PAGE, FORM, ("origin", "null")], ..REFUSED },
    Row {
        what: "from our name over plain HTTP",
        headers: &[PAGE, FORM, ("origin", "http://connect.example.com")],
        ..REFUSED
    },
    Row { what: "from another site", headers: &[PAGE, FORM, ("sec-fetch-site", "cross-site")], ..REFUSED },
    Row {
        what: "from another page as JSON",
        headers: &[JSON, ("origin", "https://evil.example")],
        says: "\"code\":\"foreign-page\"",
        ..REFUSED
    },
    Row { what: "no content type", headers: &[], status: 415, says: "\"code\":\"content-type\"", ..POST },
    Row {
        what: "plain text",
        headers: &[PAGE, ("content-type", "text/plain")],
        status: 415,
        says: "neither JSON nor a form",
        ..POST
    },
    Row { what: "no field", headers: &[JSON], body: "{}", status: 422, says: "\"code\":\"field-missing\"", ..POST },
    Row { what: "broken JSON", headers: &[JSON], body: "{command:", status: 422, says: "not valid JSON", ..POST },
    Row { what: "nothing", body: "command=", status: 422, says: "Nothing was pasted.", ..POST },
    Row { what: "bytes that are no text", body: "command=aws+%FF", status: 422, says: "not UTF-8", ..POST },
    Row {
        what: "the correction is filled in and not sent",
        body: "command=aws+ec2&fill-in=yes",
        says: "Nothing was sent yet",
        ..POST
    },
    Row {
        what: "the same command again",
        execution: Execution::Answered,
        status: 409,
        says: "This command was already received.",
        ..POST
    },
    Row {
        what: "the same command again, by a script",
        execution: Execution::Answered,
        headers: &[FORM],
        status: 409,
        says: "\"code\":\"already-received\"",
        ..POST
    },
    Row {
        what: "another command",
        execution: Execution::Answered,
        body: "command=another",
        status: 409,
        says: "Your private endpoint is being created",
        ..POST
    },
    Row {
        what: "a filled in correction that comes late",
        execution: Execution::Answered,
        body: "command=another&fill-in=yes",
        status: 409,
        says: "Another command was received",
        ..POST
    },
    Row { what: "after the end", execution: Execution::Ended, status: 410, says: "This request has expired", ..POST },
    Row {
        what: "after the end, by a script",
        execution: Execution::Ended,
        headers: &[FORM],
        status: 410,
        says: "\"code\":\"ended\"",
        ..POST
    },
];

const OF_EVERY_ANSWER: [(&str, &str); 6] = [
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-robots-tag", "noindex"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("vary", "accept"),
];

async fn world(execution: Execution) -> World {
    match execution {
        Execution::Awaiting => World::awaiting(),
        Execution::Answered => {
            let (_, pasted) = form_urlencoded::parse(RIGHT.as_bytes()).next().unwrap();
            let world = World::awaiting();
            assert_eq!(world.bring(&pasted).await.0, 202);
            world.aws().sent.clear();
            world
        }
        Execution::Ended => World::awaiting().tell("expired", Some("The request has expired")).end(),
    }
}

#[tokio::test]
async fn every_request_gets_its_status_its_headers_and_its_words() {
    let as_json = json!({ "command": COMMAND }).to_string();
    for row in ROWS {
        let world = world(row.execution).await;
        let path = if row.path.starts_with("/o/") { row.path.to_owned() } else { format!("{}{}", link(), row.path) };
        let body = if row.status == 202 && row.body.is_empty() { &as_json } else { row.body };
        let before = world.item();
        let response = world.send(row.method, &path, row.headers, body).await;
        assert_eq!(response.status(), row.status, "{}: {}", row.what, response.body());
        let is_kept = row.status == 200 && row.method != "POST";
        let kept = ("cache-control", if is_kept { "private, no-cache" } else { "no-store" });
        for (name, value) in OF_EVERY_ANSWER.into_iter().chain(row.header).chain([kept]) {
            assert_eq!(response.headers().get(name).map(|value| value.to_str().unwrap()), Some(value), "{}", row.what);
        }
        assert_eq!(response.headers().contains_key("etag"), is_kept, "{}", row.what);
        if row.status == 303 {
            assert_eq!(response.headers()["location"], link().as_str());
        }
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{}: {policy}", row.what);
        assert!(response.body().contains(row.says), "{}: {}", row.what, response.body());
        assert!(row.method != "HEAD" || response.body().is_empty(), "{}", row.what);
        assert_eq!(world.aws().sent.len(), row.resumed, "{}", row.what);
        let mut after = world.item();
        // The same answer may claim again what it has claimed; nothing else of it is kept.
        let claim = after.as_object_mut().and_then(|item| item.remove("claim"));
        let was = before.as_object().map(|item| item.iter().filter(|(name, _)| *name != "claim").collect::<Vec<_>>());
        assert_eq!(after.as_object().map(|item| item.iter().collect()), was, "{}: the register", row.what);
        assert!(claim.is_some() || row.resumed == 0, "{}: the claim", row.what);
    }
}

#[tokio::test]
async fn a_body_may_hold_the_longest_command_and_not_much_more() {
    let world = World::awaiting();
    let path = format!("{}/command", link());
    // The last two are near what Lambda and the API take: they are answered like any other.
    for (length, status, says) in [
        (16 * 1024, 422, "not-a-command"),
        (16 * 1024 + 1, 422, "too-long"),
        (64 * 1024 - "command=".len(), 422, "too-long"),
        (64 * 1024 - "command=".len() + 1, 413, "64 KiB"),
        (6 * 1024 * 1024, 413, "64 KiB"),
        (10 * 1024 * 1024, 413, "64 KiB"),
    ] {
        let body = format!("command={}", "a".repeat(length));
        let response = world.send("POST", &path, &[FORM], &body).await;
        assert_eq!(response.status(), status, "{length}");
        assert!(response.body().contains(says), "{length}: {}", response.body());
        assert!(world.aws().sent.is_empty());
    }
}

#[tokio::test]
async fn a_body_may_hold_the_longest_source_and_not_much_more() {
    let world = World::awaiting_source("dedicated");
    let path = format!("{}/source", link());
    let body = |length: usize| {
        let string = format!("mongodb+srv://reader:{}@cluster0-pl-0.abcde.mongodb.net/", "p".repeat(length));
        json!({ "connectionString": string }).to_string()
    };
    let rest = body(0).len() - r#"{"connectionString":""}"#.len();
    for (length, status, says) in [
        (64 * 1024 - body(0).len() + 1, 413, "64 KiB"),
        (64 * 1024 - body(0).len(), 422, "too-long"),
        (4 * 1024 - rest + 1, 422, "too-long"),
        (4 * 1024 - rest, 202, "verifying"),
    ] {
        let response = world.send("POST", &path, &[("content-type", "application/json")], &body(length)).await;
        assert_eq!(response.status(), status, "{length}");
        assert!(response.body().contains(says), "{length}: {}", response.body());
    }
    assert_eq!(world.aws().sent.len(), 1);
}

#[tokio::test]
async fn a_fault_of_ours_is_told_without_its_details_and_keeps_what_was_sent() {
    let world = World::awaiting();
    world.aws().item = Some(json!({"shown": "no onboarding"}));
    let (status, page) = world.submit(&[("command", COMMAND)]).await;
    assert_eq!(status, 503);
    assert!(page.contains("Something went wrong on our side.") && !page.contains("register"), "{page}");
    assert!(page.split("<textarea").nth(1).unwrap().contains(COMMAND), "{page}");
    let (status, answer) = world.bring(COMMAND).await;
    assert_eq!((status, &answer["error"]["code"]), (503, &json!("unavailable")));
}
