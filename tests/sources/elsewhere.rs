//! What leads elsewhere than through the endpoint is told, and nothing is sent there.

use std::net::{Ipv4Addr, TcpListener};

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::world::{ENDPOINT_NAME, HOST, SEED_LIST, STRING, World, assert_connected, assert_stopped, at};
use counterparts::dns::Record;
use shared::verification::{Layer, Verdict};
use source::Seeds;

#[tokio::test]
async fn a_name_that_leads_elsewhere_is_not_spoken_to() {
    let world = World::new().await;
    let address = |text: &str| Record::Address(text.parse().unwrap());
    let alias = |text: &str| Record::Alias(text.to_owned());
    let other = "vpce-0fedcba9876543210-abcd1234.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com";
    let abroad = "vpce-0fedcba9876543210-abcd1234.vpce-svc-0667f4ca6f4a2bbc8.eu-west-1.vpce.amazonaws.com";
    let forged = "vpce-0123456789abcdef0-abcd1234.example.com";
    world.lead(other, &[address("127.0.0.2")]);
    world.lead(abroad, &[address("10.9.0.2")]);
    world.lead(forged, &[address("127.0.0.1")]);
    for (record, problem) in [
        (address("3.220.1.2"), "is a public name"),
        (address("10.9.0.2"), "another private network"),
        (address("127.0.0.1"), "is no alias of the endpoint"),
        (address("127.0.0.128"), "no deployment can have"),
        (address("169.254.169.254"), "no deployment can have"),
        (address("0.0.0.0"), "no deployment can have"),
        (alias(other), "another endpoint, vpce-0fedcba9876543210, and not through"),
        (alias(abroad), "another endpoint, vpce-0fedcba9876543210 in eu-west-1"),
        (alias(forged), "is no alias of the endpoint"),
    ] {
        world.lead(HOST, &[record]);
        let output = world.try_string(STRING).await;
        assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, problem);
    }
    assert_eq!(world.set.connections(), 0);
}

#[tokio::test]
async fn an_endpoint_with_one_address_outside_is_not_spoken_to() {
    let world = World::new().await;
    let addresses = ["127.0.0.1", "169.254.169.254"].map(|text| Record::Address(text.parse().unwrap()));
    world.lead(ENDPOINT_NAME, &addresses);
    let output = world.try_string(STRING).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "no deployment can have");
    assert_eq!(world.set.connections(), 0);
}

#[tokio::test]
async fn an_answer_that_changes_after_the_check_changes_nothing() {
    let world = World::new().await;
    let inside = vec![Record::Alias(ENDPOINT_NAME.to_owned())];
    let outside = vec![Record::Address("169.254.169.254".parse().unwrap())];
    world.dns.zone.set_in_turn(HOST, vec![inside, outside]);
    assert_connected(&world.try_string(STRING).await);
    assert_eq!(world.dns.zone.questions(HOST), 1, "a name is resolved once for all connections to it");
    assert_stopped(&world.try_string(STRING).await, Verdict::AskAgain, Layer::Ownership, "no deployment can have");
}

/// Seed lists, hosts and members in any mixture, inside and outside: nothing ever arrives outside.
#[tokio::test]
async fn no_source_makes_the_step_connect_outside_of_the_subnets() {
    let world = World::new().await;
    let outside = TcpListener::bind("127.0.0.129:0").unwrap();
    outside.set_nonblocking(true).unwrap();
    let port = outside.local_addr().unwrap().port();
    let away = || Record::Address(Ipv4Addr::new(127, 0, 0, 129));
    let names = ["a.abcde.mongodb.net", "b.abcde.mongodb.net", "c.abcde.mongodb.net", HOST];
    world.lead(names[0], &[away()]);
    world.lead(names[1], &[Record::Alias(ENDPOINT_NAME.replace("abcd1234", "abcd1234-us-east-1a"))]);
    world.lead(&ENDPOINT_NAME.replace("abcd1234", "abcd1234-us-east-1a"), &[away()]);
    world.lead(names[2], &[Record::Address(Ipv4Addr::LOCALHOST), away()]);
    let mut runner = TestRunner::deterministic();
    let hosts = vec((select(names.to_vec()), select(vec![port, world.ports[0], 27017])), 1..4);
    let sources = (any::<bool>(), hosts, any::<bool>(), any::<bool>());
    for _ in 0..64 {
        let (by_list, hosts, direct_connection, is_member) = sources.new_tree(&mut runner).unwrap().current();
        let (first, first_port) = hosts[0];
        let mut source = at(first, first_port);
        source.direct_connection = direct_connection;
        let host = |&(name, port): &(&str, u16)| source::Host { name: name.to_owned(), port };
        source.seeds = if by_list {
            let seeds: Vec<Record> = hosts.iter().map(|(name, port)| Record::Seed((*name).to_owned(), *port)).collect();
            world.lead(&format!("_mongodb._tcp.{SEED_LIST}"), &seeds);
            Seeds::Srv { name: SEED_LIST.to_owned(), service: "mongodb".to_owned() }
        } else {
            Seeds::Hosts(hosts.iter().map(host).collect())
        };
        if is_member {
            world.set.name_stranger(&format!("{first}:{first_port}"));
        }
        let output = world.try_source(&source).await;
        let arrived = outside.accept().map(|(_, peer)| peer);
        assert!(arrived.is_err(), "{source:?} led to a connection from {arrived:?}: {output:#?}");
    }
    assert!(world.set.connections() > 0, "some of the sources lead inside");
}

#[tokio::test]
async fn the_members_that_the_set_names_must_lead_through_the_endpoint_too() {
    let world = World::new().await;
    world.set.name_stranger("shard-00-09.abcde.mongodb.net:27017");
    world.lead("shard-00-09.abcde.mongodb.net", &[Record::Address("3.220.1.2".parse().unwrap())]);
    let output = world.try_string(STRING).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Mongodb, "names the member shard-00-09.abcde.mongodb.net:27017");
    assert!(world.set.logins().is_empty(), "no credentials before everything else is right");
}

#[tokio::test]
async fn ports_that_the_endpoint_does_not_let_through_are_told() {
    let world = World::new().await;
    let output = world.try_source(&at(HOST, 443)).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "lets through the port 1024 to 65535");
    assert!(output.for_support.as_ref().unwrap().contains("opens 1024 to 65535 alone"), "{output:#?}");
    assert!(output.next_step.as_ref().unwrap().contains("our security group opens 1024 to 65535 alone"), "{output:#?}");
    let federated = "fdi-abcde.virginia-usa.a.query.mongodb.net";
    world.lead(federated, &[Record::Alias(ENDPOINT_NAME.to_owned())]);
    let output = world.try_with(&at(federated, 1024), Some(&world.authority.pem()), "federated").await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "lets through the port 27017");
}

#[tokio::test]
async fn a_hundred_targets_are_a_deployment_and_more_are_none() {
    let world = World::new().await;
    let list = format!("_mongodb._tcp.{SEED_LIST}");
    let seeds = |most: u16| (0..most).map(|number| Record::Seed(HOST.to_owned(), 20_000 + number)).collect::<Vec<_>>();
    world.lead(HOST, &[Record::Address("3.220.1.2".parse().unwrap())]);
    world.lead(&list, &seeds(100));
    assert_stopped(&world.try_string(STRING).await, Verdict::AskAgain, Layer::Ownership, "is a public name");
    world.lead(&list, &seeds(101));
    assert_stopped(&world.try_string(STRING).await, Verdict::AskAgain, Layer::Dns, "is longer than 100");
}
