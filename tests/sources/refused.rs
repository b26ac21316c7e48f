//! MongoDB's refusals: those that no time mends are told at once.

use crate::world::{STRING, World, assert_stopped};
use shared::verification::{Layer, Verdict};

#[tokio::test]
async fn a_greeting_that_is_refused_for_good_is_told_at_once() {
    for (code, problem) in [
        (354, "stands behind a load balancer"),
        (8000, "Atlas does not serve"),
        (18, "refused us before any login"),
        (13, "refused us before any login"),
        (59, "does not understand how MongoDB's drivers greet"),
        (323, "does not understand how MongoDB's drivers greet"),
    ] {
        let world = World::new().await;
        world.set.refuse("hello", code);
        let output = world.try_string(STRING).await;
        assert_stopped(&output, Verdict::AskAgain, Layer::Mongodb, problem);
        assert!(output.layers[4].evidence.contains(&format!("code {code}")), "{output:#?}");
    }
    let world = World::new().await;
    world.set.refuse("hello", 91);
    assert_stopped(&world.try_string(STRING).await, Verdict::NotYet, Layer::Mongodb, "does not serve clients yet");
}

#[tokio::test]
async fn a_login_that_is_refused_for_good_is_told_at_once() {
    for (command, code, problem) in [
        ("saslStart", 354, "stands behind a load balancer"),
        ("saslStart", 8000, "does not know this user with this password"),
        ("saslContinue", 18, "does not know this user with this password"),
        ("saslStart", 13, "does not let this user log in"),
        ("ping", 13, "may not read"),
        ("ping", 8000, "may not read"),
    ] {
        let world = World::new().await;
        world.set.refuse(command, code);
        let output = world.try_string(STRING).await;
        assert_stopped(&output, Verdict::AskAgain, Layer::Mongodb, problem);
        assert!(output.layers[4].evidence.contains(&format!("code {code}")), "{output:#?}");
    }
    let world = World::new().await;
    world.set.refuse("saslStart", 189);
    assert_stopped(&world.try_string(STRING).await, Verdict::NotYet, Layer::Mongodb, "cannot serve at the moment");
}
