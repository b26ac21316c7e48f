//! Whether sources work, told by `verify-source` against counterparts of the DNS, of Atlas's certificates and of MongoDB.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may do what the test itself may")]

mod driver;
mod dropped;
mod elsewhere;
mod endpoint_name;
mod names;
mod preference;
mod refused;
mod regions;
mod rights;
mod world;

use std::net::TcpListener;

use serde_json::json;
use tokio::io::AsyncWriteExt;

use counterparts::certificates::{Authority, Validity};
use counterparts::dns::Record;
use counterparts::mongodb::Role;
use shared::verification::{Layer, Verdict};
use world::{
    CERTIFIED, ENDPOINT, ENDPOINT_NAME, HOST, SEED_LIST, STRING, World, assert_connected, assert_stopped, at, source,
};

#[tokio::test]
async fn a_source_works_by_string_and_by_host() {
    let world = World::new().await;
    let output = world.try_string(STRING).await;
    assert_connected(&output);
    assert!(output.layers[1].evidence.contains(ENDPOINT), "{output:#?}");
    assert!(output.layers[3].evidence.contains("Counterpart Authority"), "{output:#?}");
    assert!(output.layers[4].evidence.contains("primary of atlas-x1-shard-0"), "{output:#?}");
    let given = json!({"host": HOST, "port": world.ports, "username": "reader", "password": "p@ss", "tls": true});
    assert_connected(&world.try_given(&given).await);
    let given = json!({"host": SEED_LIST, "username": "reader", "password": "p@ss", "database": "sales"});
    assert_connected(&world.try_given(&given).await);
    let options = "?retryWrites=true&w=majority&readPreference=secondary&appName=x&authMechanism=SCRAM-SHA-1";
    assert_connected(&world.try_string(&format!("{STRING}{options}")).await);
    assert_eq!(world.set.logins(), ["SCRAM-SHA-256", "SCRAM-SHA-256", "SCRAM-SHA-256", "SCRAM-SHA-1"]);
}

#[tokio::test]
async fn one_named_member_leads_to_all_of_them() {
    let world = World::new().await;
    assert_connected(&world.try_source(&at(HOST, world.ports[2])).await);
    assert_eq!(world.set.connections(), 3);
    let mut direct = at(HOST, world.ports[2]);
    direct.direct_connection = true;
    assert_connected(&world.try_source(&direct).await);
    assert_eq!(world.set.connections(), 4, "with a direct connection the others are left alone");
}

#[tokio::test]
async fn what_the_server_refuses_is_told_to_the_customer() {
    let world = World::new().await;
    let string = |user: &str, password: &str, rest: &str| format!("mongodb+srv://{user}:{password}@{SEED_LIST}/{rest}");
    for (text, problem) in [
        (string("reader", "wrong", ""), "does not know this user"),
        (string("stranger", "p%40ss", ""), "does not know this user"),
        (string("reader", "p%40ss", "?authSource=other"), "in the database `other`"),
        (string("old", "p%40ss", "?authMechanism=SCRAM-SHA-256"), "does not know this user"),
        (string("nobody", "p%40ss", ""), "may not read any database"),
        (string("reader", "p%40ss", "?replicaSet=other"), "belongs to the replica set"),
        (string("reader", "p%40ss", "?loadBalanced=true"), "not behind a load balancer"),
    ] {
        assert_stopped(&world.try_string(&text).await, Verdict::AskAgain, Layer::Mongodb, problem);
    }
    assert_connected(&world.try_string(&string("old", "p%40ss", "")).await);
    assert_connected(&world.try_string(&string("sales", "p%40ss", "sales")).await);
}

#[tokio::test]
async fn names_that_are_not_there_yet_are_waited_for() {
    let world = World::new().await;
    let (seeds, nothing) = (format!("_mongodb._tcp.{SEED_LIST}"), Vec::new());
    let ports = world.ports.iter().map(|port| Record::Seed(HOST.to_owned(), *port)).collect();
    world.dns.zone.set_in_turn(&seeds, vec![nothing.clone(), ports]);
    world.dns.zone.set_in_turn(HOST, vec![nothing, vec![Record::Alias(ENDPOINT_NAME.to_owned())]]);
    assert_stopped(&world.try_string(STRING).await, Verdict::NotYet, Layer::Dns, "does not know");
    assert_stopped(&world.try_string(STRING).await, Verdict::NotYet, Layer::Dns, "has no address");
    assert_connected(&world.try_string(STRING).await);
}

#[tokio::test]
async fn a_seed_list_that_drivers_refuse_is_refused() {
    let world = World::new().await;
    world.lead(&format!("_mongodb._tcp.{SEED_LIST}"), &[Record::Seed("db.example.com".to_owned(), 1024)]);
    assert_stopped(&world.try_string(STRING).await, Verdict::AskAgain, Layer::Dns, "a host of another domain");
    world.publish(&world.ports);
    world.lead(SEED_LIST, &[Record::Text("authSource=admin&tls=false".to_owned())]);
    assert_stopped(&world.try_string(STRING).await, Verdict::AskAgain, Layer::Dns, "TXT record");
}

#[tokio::test]
async fn one_closed_port_of_three_is_waited_for() {
    let world = World::new().await;
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.publish(&[world.ports[0], world.ports[1], closed]);
    let output = world.try_string(STRING).await;
    assert_stopped(&output, Verdict::NotYet, Layer::Tcp, &format!("{HOST}:{closed} does not take connections"));
}

#[tokio::test]
async fn a_certificate_must_be_for_the_name_in_date_and_trusted() {
    for (names, validity, problem) in [
        (CERTIFIED, Validity::Expired, "has expired"),
        ("*.fghij.mongodb.net", Validity::Current, "is not for its name"),
    ] {
        let authority = Authority::new().unwrap();
        let tls = authority.server(&[names], validity).unwrap();
        let world = World::with_certificates(authority, &tls).await;
        assert_stopped(&world.try_string(STRING).await, Verdict::AskAgain, Layer::Tls, problem);
        assert!(world.set.logins().is_empty());
    }
    let world = World::new().await;
    let output = world.try_with(&source(STRING), None, "dedicated").await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Tls, "an authority that is not trusted");
}

#[tokio::test]
async fn a_server_that_never_speaks_is_waited_for() {
    let world = World::new().await;
    // It is connected to by the system, and never accepted by anybody.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let output = world.try_source(&at(HOST, silent.local_addr().unwrap().port())).await;
    assert_stopped(&output, Verdict::NotYet, Layer::Tls, "no answer within 5 seconds");
}

#[tokio::test]
async fn a_web_server_is_told_from_mongodb() {
    const PAGE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let world = World::new().await;
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = plain.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(PAGE).await.unwrap();
        // Held open, so that what was written is read.
        std::future::pending::<()>().await;
    });
    assert_stopped(&world.try_source(&at(HOST, port)).await, Verdict::AskAgain, Layer::Tls, "not by TLS");

    let secure = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = secure.local_addr().unwrap().port();
    let acceptor = tokio_rustls::TlsAcceptor::from(world.authority.server(&[CERTIFIED], Validity::Current).unwrap());
    tokio::spawn(async move {
        let mut stream = acceptor.accept(secure.accept().await.unwrap().0).await.unwrap();
        stream.write_all(PAGE).await.unwrap();
        stream.flush().await.unwrap();
        std::future::pending::<()>().await;
    });
    assert_stopped(&world.try_source(&at(HOST, port)).await, Verdict::AskAgain, Layer::Mongodb, "is no MongoDB");
}

#[tokio::test]
async fn a_set_without_a_primary_is_waited_for() {
    let world = World::new().await;
    world.set.set_role(world.ports[0], Role::Secondary);
    assert_stopped(&world.try_string(STRING).await, Verdict::NotYet, Layer::Mongodb, "has no primary");
    world.set.set_role(world.ports[1], Role::Primary);
    assert_connected(&world.try_string(STRING).await);
}
