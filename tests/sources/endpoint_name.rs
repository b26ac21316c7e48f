//! The endpoint's own DNS name as the host of a federated database instance.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::world::{ENDPOINT_NAME, World, assert_connected, assert_stopped, at, user};
use counterparts::certificates::Validity;
use counterparts::dns::Record;
use counterparts::mongodb::{Mechanism, ReplicaSet, Role, listen_on_27017};
use shared::target::Target;
use shared::verification::{Layer, Verdict};
use source::{Given, read};
use verify_source::Output;

/// A federated database instance behind the endpoint's own name.
async fn federated(certified: &str, host: &str) -> Output {
    let mut world = World::new().await;
    let tls = world.authority.server(&[certified], Validity::Current).unwrap();
    let (listener, address) = listen_on_27017().await.unwrap();
    let instance = "fdi-abcde-pl-0.a.query.mongodb.net";
    world.set = ReplicaSet::new("fdi", instance, vec![user("reader", &[Mechanism::ScramSha256], &[""])]);
    world.set.add_at(listener, Role::Primary, tls).unwrap();
    world.lead(instance, &[Record::Alias(ENDPOINT_NAME.to_owned())]);
    world.lead(ENDPOINT_NAME, &[Record::Address(address)]);
    let given = json!({"host": host, "username": "reader", "password": "p@ss"});
    let given = Given::from_json(given.to_string().as_bytes()).unwrap();
    let source = read(&given, Some(Target::Federated)).unwrap().source;
    world.try_with(&source, Some(&world.authority.pem()), "federated").await
}

#[tokio::test]
async fn the_endpoints_own_name_will_do_for_a_federated_instance_with_a_certificate_of_atlas() {
    let output = federated("*.a.query.mongodb.net", ENDPOINT_NAME).await;
    assert_connected(&output);
    assert!(output.layers[3].evidence.contains("for a name of Atlas's"), "{output:#?}");
    for (certified, problem) in [
        (ENDPOINT_NAME, "is not for a name of Atlas's"),
        ("a.query.mongodb.net.example.com", "is not for a name of Atlas's"),
        ("*.example.com", "is not for a name of Atlas's"),
    ] {
        let output = federated(certified, ENDPOINT_NAME).await;
        assert_stopped(&output, Verdict::AskAgain, Layer::Tls, problem);
    }
    // Where Atlas's own name is given, the certificate must be for that one.
    let output = federated("other.a.query.mongodb.net", "fdi-abcde-pl-0.a.query.mongodb.net").await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Tls, "is not for its name");
    let another = ENDPOINT_NAME.replace("0123456789abcdef0", "0fedcba9876543210");
    let world = World::new().await;
    world.lead(&another, &[Record::Address(Ipv4Addr::LOCALHOST)]);
    let output = world.try_with(&at(&another, 27017), Some(&world.authority.pem()), "federated").await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "another endpoint, vpce-0fedcba9876543210");
}
