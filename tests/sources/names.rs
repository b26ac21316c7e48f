//! Names of every spelling: the alias decides, and the spelling is a hint.

use serde_json::json;

use crate::world::{ENDPOINT_NAME, HOST, World, assert_connected, assert_stopped, at, source};
use counterparts::dns::{Dns, Record};
use shared::verification::{Layer, Verdict};

fn address(text: &str) -> Record {
    Record::Address(text.parse().unwrap())
}

#[tokio::test]
async fn a_named_string_without_pl_is_taken_when_its_hosts_lead_through_the_endpoint() {
    let world = World::new().await;
    let (list, host) = ("cluster0-x7k2.abcde.mongodb.net", "x7k2.abcde.mongodb.net");
    let seeds: Vec<Record> = world.ports.iter().map(|port| Record::Seed(host.to_owned(), *port)).collect();
    world.lead(&format!("_mongodb._tcp.{list}"), &seeds);
    world.lead(host, &[Record::Alias(ENDPOINT_NAME.to_owned())]);
    assert_connected(&world.try_string(&format!("mongodb+srv://reader:p%40ss@{list}/?authSource=admin")).await);
    // As a host in a single field it is one that has no address.
    let given = json!({"host": list, "username": "reader", "password": "p@ss"});
    let output = world.try_given(&given).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Dns, "is the name of a list of hosts");
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_called_what_they_look_like() {
    let world = World::new().await;
    for (name, records, layer, problem) in [
        ("cluster0-shard-00-00.abcde.mongodb.net", vec![address("203.0.113.7")], Layer::Ownership, "standard"),
        ("cluster0-shard-00-00-pri.abcde.mongodb.net", vec![address("192.168.248.2")], Layer::Ownership, "VPC peering"),
        ("cluster0-pri.abcde.mongodb.net", vec![], Layer::Dns, "VPC peering"),
        (
            "fdi-abcde.a.query.mongodb.net",
            vec![address("203.0.113.9")],
            Layer::Ownership,
            "federated database instance",
        ),
        ("fdi-abcde.a.query.mongodb.net", vec![], Layer::Dns, "federated database instance"),
    ] {
        world.lead(name, &records);
        assert_stopped(&world.try_source(&at(name, 27017)).await, Verdict::AskAgain, layer, problem);
    }
    let output = world.try_string("mongodb+srv://reader:p%40ss@cluster0.abcde.mongodb.net/").await;
    assert_stopped(&output, Verdict::NotYet, Layer::Dns, "looks like the standard, public name");
    assert_eq!(world.set.connections(), 0);
}

#[tokio::test]
async fn names_of_others_are_not_looked_up_and_their_addresses_not_told() {
    fn assert_nothing_is_told(dns: &Dns, name: &str, output: &verify_source::Output) {
        assert_eq!(dns.zone.questions(name), 0, "{name}");
        assert!(!serde_json::to_string(output).unwrap().contains("10.77."), "{output:#?}");
    }
    let world = World::new().await;
    let inside = "db.internal.example.com";
    world.lead(inside, &[address("10.77.0.5")]);
    let output = world.try_source(&at(inside, 27017)).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Dns, "is not a name of Atlas's");
    assert_nothing_is_told(&world.dns, inside, &output);
    let output = world.try_source(&source("mongodb+srv://reader:p%40ss@db.internal.example.com/")).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Dns, "is not a name of Atlas's");
    assert_nothing_is_told(&world.dns, &format!("_mongodb._tcp.{inside}"), &output);
    // Not by an alias either.
    world.lead(HOST, &[Record::Alias(inside.to_owned())]);
    let output = world.try_source(&at(HOST, 27017)).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "another private network");
    assert_nothing_is_told(&world.dns, inside, &output);
}
