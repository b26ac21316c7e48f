//! What a user may read: something, whatever the path names.

use crate::world::{SEED_LIST, World, assert_connected, assert_stopped};
use shared::verification::{Layer, Verdict};

#[tokio::test]
async fn a_user_that_may_read_one_database_is_not_refused_for_another_in_the_path() {
    let world = World::new().await;
    let string = |user: &str, path: &str| format!("mongodb+srv://{user}:p%40ss@{SEED_LIST}/{path}");
    for (path, told) in [
        ("", "may read `sales`"),
        ("sales", "may read `sales`"),
        ("admin", "may read `sales`, and not `admin`"),
        ("hr", "may read `sales`, and not `hr`"),
    ] {
        let output = world.try_string(&string("sales", path)).await;
        assert_connected(&output);
        assert!(output.layers[4].evidence.contains(told), "{path}: {output:#?}");
    }
    let output = world.try_string(&string("reader", "hr")).await;
    assert!(output.layers[4].evidence.contains("may read every database"), "{output:#?}");
    // What every monitoring user may look at holds nothing of the customer's.
    for user in ["nobody", "monitor"] {
        let output = world.try_string(&string(user, "sales")).await;
        assert_stopped(&output, Verdict::AskAgain, Layer::Mongodb, "may not read any database");
    }
    let output = world.try_string(&string("many", "")).await;
    assert!(output.layers[4].evidence.contains("and 3 more"), "{output:#?}");
}
