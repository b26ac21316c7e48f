//! Which links lead to an onboarding.

use super::world::{ARN, SIGNING_KEY, World, link, numbered};
use secrets::link::Link;
use shared::ids::OnboardingId;

const PAGE: (&str, &str) = ("accept", "text/html");
const KEY: &str = "GetSecretValue of the signing key";

fn path(link: &Link) -> String {
    format!("/o/{}", link.reveal())
}

#[tokio::test]
async fn whatever_is_no_link_of_ours_gets_the_same_answer() {
    let world = World::awaiting();
    let other_key = Link::derive(&SIGNING_KEY.replace('0', "1"), OnboardingId::of(ARN), 1).unwrap();
    let other_onboarding = Link::derive(SIGNING_KEY, OnboardingId::of("arn:other"), 1).unwrap();
    let right = link();
    let (id, _) = right.split_once('.').unwrap();
    let paths = [
        path(&other_key),
        path(&other_onboarding),
        numbered(2),
        id.to_owned(),
        right[..right.len() - 1].to_owned(),
        format!("{right}/"),
        format!("{right}/else"),
        format!("{right}/command/"),
        right.to_uppercase(),
        "/".to_owned(),
        "/o".to_owned(),
        "/o/".to_owned(),
        "/o/..".to_owned(),
        "/favicon.ico".to_owned(),
    ];
    for headers in [&[PAGE][..], &[]] {
        let unknown = world.send("GET", &path(&other_key), headers, "").await;
        assert_eq!(unknown.status(), 404);
        assert_eq!(unknown.headers()["cache-control"], "no-store");
        for path in &paths {
            let other = world.send("GET", path, headers, "").await;
            assert_eq!(other.status(), 404, "{path}");
            assert_eq!((other.headers(), other.body()), (unknown.headers(), unknown.body()), "{path}");
        }
    }
    let answer = world.send("POST", &format!("{}/command", numbered(2)), &[], "").await;
    assert_eq!(answer.status(), 404, "an answer is no way around");
}

#[tokio::test]
async fn nothing_is_read_for_a_link_that_we_did_not_hand_out() {
    let world = World::awaiting();
    let other_key = Link::derive(&SIGNING_KEY.replace('0', "1"), OnboardingId::of(ARN), 1).unwrap();
    world.page().await;
    world.calls();
    for path in [path(&other_key), numbered(1).replace(".1.", ".2."), "/o/short".to_owned()] {
        for (method, rest) in [("GET", ""), ("POST", "/command"), ("POST", "/source")] {
            assert_eq!(world.send(method, &format!("{path}{rest}"), &[PAGE], "").await.status(), 404);
        }
    }
    assert!(world.calls().iter().all(|call| *call == KEY));
}

#[tokio::test]
async fn a_link_ends_when_a_new_one_is_made() {
    let world = World::awaiting().change(|item| item["link"] = serde_json::json!(2));
    assert_eq!(world.send("GET", &numbered(1), &[PAGE], "").await.status(), 404);
    let page = world.send("GET", &numbered(2), &[PAGE], "").await;
    assert_eq!(page.status(), 200);
    let links = page.body().matches("/o/").count();
    assert_eq!(page.body().matches(&numbered(2)).count(), links, "every form and address is of the link itself");
}
