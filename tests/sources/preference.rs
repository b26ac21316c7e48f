//! Members that are read from: passive ones, and those that a read preference asks for.

use crate::world::{STRING, World, assert_connected, assert_stopped};
use counterparts::mongodb::Role;
use shared::verification::{Layer, Verdict};

fn preferring(preference: &str) -> String {
    format!("{STRING}?readPreference={preference}")
}

#[tokio::test]
async fn passive_members_go_through_the_layers_as_the_others_do() {
    let world = World::new().await;
    world.set.set_passive(world.ports[2], &[("nodeType", "ANALYTICS")]);
    world.publish(&world.ports[..1]);
    let output = world.try_string(STRING).await;
    assert_connected(&output);
    assert!(output.layers[4].evidence.contains(&world.ports[2].to_string()), "{output:#?}");
    assert_eq!(world.set.connections(), 3);
}

#[tokio::test]
async fn a_read_preference_must_find_its_member() {
    let world = World::new().await;
    let analytics = preferring("secondary&readPreferenceTags=nodeType:ANALYTICS");
    for (text, problem) in [
        (analytics.clone(), "no secondary with the tags `nodeType:ANALYTICS`"),
        (preferring("nearest&readPreferenceTags=nodeType:ANALYTICS"), "no member with the tags"),
    ] {
        assert_stopped(&world.try_string(&text).await, Verdict::AskAgain, Layer::Mongodb, problem);
    }
    assert!(world.set.logins().is_empty());
    // A driver falls back to the primary.
    for preference in ["secondaryPreferred&readPreferenceTags=nodeType:ANALYTICS", "primary"] {
        assert_connected(&world.try_string(&preferring(preference)).await);
    }
    world.set.set_passive(world.ports[2], &[("nodeType", "ANALYTICS"), ("region", "US_EAST_1")]);
    assert_connected(&world.try_string(&analytics).await);
    let alternatives = preferring("secondary&readPreferenceTags=nodeType:OTHER&readPreferenceTags=nodeType:ANALYTICS");
    assert_connected(&world.try_string(&alternatives).await);
    let elsewhere = preferring("secondary&readPreferenceTags=nodeType:ANALYTICS,region:EU_WEST_1");
    assert_stopped(&world.try_string(&elsewhere).await, Verdict::AskAgain, Layer::Mongodb, "region:EU_WEST_1");
}

#[tokio::test]
async fn a_set_without_secondaries_has_none_to_read_from_yet() {
    let world = World::new().await;
    world.set.set_role(world.ports[1], Role::Primary);
    world.set.set_role(world.ports[2], Role::Primary);
    assert_stopped(&world.try_string(&preferring("secondary")).await, Verdict::NotYet, Layer::Mongodb, "no secondary");
}

#[tokio::test]
async fn a_hidden_member_goes_through_the_layers_and_is_none_to_read_from() {
    let world = World::new().await;
    world.set.set_passive(world.ports[2], &[("nodeType", "ANALYTICS")]);
    world.set.set_role(world.ports[2], Role::Hidden);
    let output = world.try_string(STRING).await;
    assert_connected(&output);
    assert!(output.layers[4].evidence.contains("hidden"), "{output:#?}");
    for mode in ["secondary", "nearest"] {
        let output = world.try_string(&preferring(&format!("{mode}&readPreferenceTags=nodeType:ANALYTICS"))).await;
        assert_stopped(&output, Verdict::AskAgain, Layer::Mongodb, "with the tags `nodeType:ANALYTICS`");
    }
}
