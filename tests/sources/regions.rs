//! A cluster with members in other regions, which the network behind one endpoint does not reach.

use crate::world::{ENDPOINT_NAME, HOST, SEED_LIST, STRING, World, assert_connected, assert_stopped};
use counterparts::dns::Record;
use shared::verification::{Layer, Verdict};

const ABROAD: &str = "pl-0-us-east-2.abcde.mongodb.net";
const NAME_ABROAD: &str = "vpce-0fedcba9876543210-abcd1234.vpce-svc-0a67f4ca6f4a2bbc8.us-east-2.vpce.amazonaws.com";

/// A seed list with the three members here and two more abroad.
async fn world() -> World {
    let world = World::new().await;
    let mut seeds: Vec<Record> = world.ports.iter().map(|port| Record::Seed(HOST.to_owned(), *port)).collect();
    seeds.extend([1027, 1028].map(|port| Record::Seed(ABROAD.to_owned(), port)));
    world.lead(&format!("_mongodb._tcp.{SEED_LIST}"), &seeds);
    world
}

fn assert_told(output: &verify_source::Output, layer: Layer) {
    assert_stopped(output, Verdict::AskAgain, layer, "This cluster has members in us-east-2 too");
    assert!(output.problem.as_ref().unwrap().contains("reaches us-east-1 alone"), "{output:#?}");
    let next_step = output.next_step.as_ref().unwrap();
    assert!(
        next_step.contains("Another connection string does not help") && next_step.contains("ticket"),
        "{output:#?}"
    );
    assert!(output.layers.last().unwrap().evidence.contains(ABROAD), "{output:#?}");
    assert!(output.for_support.as_ref().unwrap().contains("members in us-east-2"), "{output:#?}");
}

#[tokio::test]
async fn hosts_behind_another_regions_endpoint_make_a_cluster_of_several_regions() {
    let world = world().await;
    world.lead(ABROAD, &[Record::Alias(NAME_ABROAD.to_owned())]);
    world.lead(NAME_ABROAD, &[Record::Address("10.9.0.2".parse().unwrap())]);
    assert_told(&world.try_string(STRING).await, Layer::Ownership);
    // The name alone tells it, when the DNS here does not know it or answers with addresses that are not ours.
    world.lead(ABROAD, &[]);
    assert_told(&world.try_string(STRING).await, Layer::Ownership);
    world.lead(ABROAD, &[Record::Address("10.9.0.2".parse().unwrap())]);
    assert_told(&world.try_string(STRING).await, Layer::Ownership);
    // Nor is it waited for the hosts here to be published, which they would be in vain.
    world.lead(ABROAD, &[]);
    world.lead(HOST, &[]);
    assert_told(&world.try_string(STRING).await, Layer::Dns);
    assert_eq!(world.set.connections(), 0);
}

#[tokio::test]
async fn members_behind_another_regions_endpoint_make_a_cluster_of_several_regions() {
    let world = World::new().await;
    world.set.name_stranger(&format!("{ABROAD}:1027"));
    for records in [vec![Record::Alias(NAME_ABROAD.to_owned())], vec![]] {
        world.lead(ABROAD, &records);
        world.lead(NAME_ABROAD, &[Record::Address("10.9.0.2".parse().unwrap())]);
        assert_told(&world.try_string(STRING).await, Layer::Mongodb);
    }
    assert!(world.set.logins().is_empty());
}

#[tokio::test]
async fn a_name_that_speaks_of_another_region_and_leads_through_the_endpoint_is_taken() {
    let world = world().await;
    let ports = [world.ports[0], world.ports[1]];
    let seeds = ports.map(|port| Record::Seed(ABROAD.to_owned(), port));
    world.lead(&format!("_mongodb._tcp.{SEED_LIST}"), &seeds);
    world.lead(ABROAD, &[Record::Alias(ENDPOINT_NAME.to_owned())]);
    assert_connected(&world.try_string(STRING).await);
}

#[tokio::test]
async fn a_string_that_leads_through_another_regions_endpoint_alone_is_another_endpoints() {
    let world = World::new().await;
    world.lead(HOST, &[Record::Alias(NAME_ABROAD.to_owned())]);
    world.lead(NAME_ABROAD, &[Record::Address("10.9.0.2".parse().unwrap())]);
    let output = world.try_string(STRING).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "vpce-0fedcba9876543210 in us-east-2");
    assert!(output.next_step.as_ref().unwrap().contains("several regions"), "{output:#?}");
}
