//! Whether sources work, told by `verify-source` against counterparts of the DNS, of Atlas's certificates and of MongoDB.
//!
//! The subnets are a range of this machine's own addresses; every other address is one that nothing may be sent to.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may do what the test itself may")]

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use shared::source::{Given, Mechanism, Seeds, Source, read};
use shared::target::Target;
use std::net::{Ipv4Addr, TcpListener};
use support::certificates::{Authority, Validity};
use support::dns::{Answer, Dns, PrivateNames};
use support::mongodb::{ReplicaSet, Role, User};
use tokio::io::AsyncWriteExt;
use verify_source::{Config, Layer, Output, Verdict, handle};

const SEED_LIST: &str = "cluster0-pl-0.abcde.mongodb.net";
const HOST: &str = "pl-0-us-east-1.abcde.mongodb.net";
const CERTIFIED: &str = "*.abcde.mongodb.net";
const ENDPOINT: &str = "vpce-0123456789abcdef0";
const ENDPOINT_NAME: &str = "vpce-0123456789abcdef0-abcd1234.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com";
const STRING: &str = "mongodb+srv://reader:p%40ss@cluster0-pl-0.abcde.mongodb.net/";

/// A cluster behind an endpoint, with everything as it should be.
struct World {
    dns: Dns,
    authority: Authority,
    set: ReplicaSet,
    ports: Vec<u16>,
}

fn user(name: &str, mechanisms: &[Mechanism], readable: &[&str]) -> User {
    User {
        name: name.to_owned(),
        password: "p@ss".to_owned(),
        database: "admin".to_owned(),
        mechanisms: mechanisms.to_vec(),
        readable: readable.iter().map(ToString::to_string).collect(),
    }
}

impl World {
    async fn new() -> Self {
        let authority = Authority::new().unwrap();
        let tls = authority.server(&[CERTIFIED], Validity::Current).unwrap();
        Self::with_certificates(authority, &tls).await
    }

    async fn with_certificates(authority: Authority, tls: &std::sync::Arc<rustls::ServerConfig>) -> Self {
        let both = [Mechanism::ScramSha1, Mechanism::ScramSha256];
        let users = vec![
            user("reader", &both, &[""]),
            user("old", &[Mechanism::ScramSha1], &[""]),
            user("sales", &both, &["sales"]),
            user("nobody", &both, &[]),
        ];
        let mut set = ReplicaSet::new("atlas-x1-shard-0", HOST, users);
        let mut ports = Vec::new();
        for role in [Role::Primary, Role::Secondary, Role::Secondary] {
            ports.push(set.add(role, tls.clone()).await.unwrap());
        }
        let world = Self { dns: Dns::start().await.unwrap(), authority, set, ports };
        world.publish(&world.ports);
        world
    }

    fn publish(&self, ports: &[u16]) {
        self.dns.zone.publish(&PrivateNames {
            seed_list: SEED_LIST.to_owned(),
            host: HOST.to_owned(),
            ports: ports.to_vec(),
            options: "authSource=admin&replicaSet=atlas-x1-shard-0".to_owned(),
            endpoint_dns_name: ENDPOINT_NAME.to_owned(),
            addresses: vec![Ipv4Addr::LOCALHOST],
        });
    }

    fn lead(&self, name: &str, answers: &[Answer]) {
        self.dns.zone.set(name, answers.to_vec());
    }

    async fn try_string(&self, text: &str) -> Output {
        self.try_given(&json!({ "connectionString": text })).await
    }

    async fn try_given(&self, given: &Value) -> Output {
        let given = Given::from_json(given.to_string().as_bytes()).unwrap();
        self.try_source(&read(&given, None).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics)).source).await
    }

    /// A source as it lies in the secret, whatever the intake would have said to it.
    async fn try_source(&self, source: &Source) -> Output {
        self.try_with(source, Some(&self.authority.pem()), "dedicated").await
    }

    async fn try_with(&self, source: &Source, anchor: Option<&str>, target: &str) -> Output {
        let content = serde_json::to_string(source).unwrap();
        let get = mock!(Client::get_secret_value)
            .match_requests(|request| request.secret_id() == Some("arn:source"))
            .then_output(move || GetSecretValueOutput::builder().secret_string(content.as_str()).build());
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&get]);
        let config = Config::new(vec![self.dns.address], anchor).unwrap();
        let input = json!({
            "onboarding": "0123456789abcdef0123456789abcdef",
            "endpoint": { "endpointId": ENDPOINT, "dnsName": ENDPOINT_NAME, "target": target },
            "subnetCidrs": ["127.0.0.0/25"],
            "sourceSecretArn": "arn:source",
        });
        let output = handle(&secrets, &config, serde_json::from_value(input).unwrap()).await.unwrap();
        let told = serde_json::to_string(&output).unwrap();
        assert!(!told.contains("p@ss") && !told.contains("p%40ss"), "{told}");
        output
    }
}

fn source(text: &str) -> Source {
    read(&Given { connection_string: Some(text.to_owned().into()), ..Given::default() }, None).unwrap().source
}

fn at(host: &str, port: u16) -> Source {
    let mut source = source("mongodb://reader:p%40ss@db.example.com/?tls=true&authSource=admin");
    source.seeds = Seeds::Hosts(vec![shared::source::Host { name: host.to_owned(), port }]);
    source
}

#[track_caller]
fn assert_connected(output: &Output) {
    assert_eq!(output.verdict, Verdict::Connected, "{output:#?}");
    let layers: Vec<Layer> = output.layers.iter().map(|layer| layer.name).collect();
    assert_eq!(layers, [Layer::Dns, Layer::Ownership, Layer::Tcp, Layer::Tls, Layer::Mongodb]);
    assert!(output.layers.iter().all(|layer| layer.passed) && output.problem.is_none());
}

#[track_caller]
fn assert_stopped(output: &Output, verdict: Verdict, layer: Layer, problem: &str) {
    let last = output.layers.last().unwrap();
    assert_eq!((output.verdict, last.name, last.passed), (verdict, layer, false), "{output:#?}");
    assert!(output.problem.as_ref().unwrap().contains(problem), "{output:#?}");
    assert!(output.next_step.is_some() && !last.evidence.is_empty(), "{output:#?}");
    assert!(output.layers.iter().rev().skip(1).all(|layer| layer.passed), "{output:#?}");
}

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
        (string("sales", "p%40ss", "hr"), "may not read the database `hr`"),
        (string("reader", "p%40ss", "?replicaSet=other"), "belongs to the replica set"),
        (string("reader", "p%40ss", "?loadBalanced=true"), "not behind a load balancer"),
    ] {
        assert_stopped(&world.try_string(&text).await, Verdict::AskAgain, Layer::Mongodb, problem);
    }
    assert_connected(&world.try_string(&string("old", "p%40ss", "")).await);
    assert_connected(&world.try_string(&string("sales", "p%40ss", "sales")).await);
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_is_not_spoken_to() {
    let world = World::new().await;
    let address = |text: &str| Answer::Address(text.parse().unwrap());
    let alias = |text: &str| Answer::Alias(text.to_owned());
    let other = "vpce-0fedcba9876543210-abcd1234.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com";
    let abroad = "vpce-0fedcba9876543210-abcd1234.vpce-svc-0667f4ca6f4a2bbc8.eu-west-1.vpce.amazonaws.com";
    let forged = "vpce-0123456789abcdef0-abcd1234.example.com";
    world.lead(other, &[address("127.0.0.2")]);
    world.lead(abroad, &[address("10.9.0.2")]);
    world.lead(forged, &[address("127.0.0.1")]);
    for (answer, problem) in [
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
        world.lead(HOST, &[answer]);
        let output = world.try_string(STRING).await;
        assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, problem);
    }
    assert_eq!(world.set.connections(), 0);
}

#[tokio::test]
async fn an_endpoint_with_one_address_outside_is_not_spoken_to() {
    let world = World::new().await;
    let addresses = ["127.0.0.1", "169.254.169.254"].map(|text| Answer::Address(text.parse().unwrap()));
    world.lead(ENDPOINT_NAME, &addresses);
    let output = world.try_string(STRING).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "no deployment can have");
    assert_eq!(world.set.connections(), 0);
}

#[tokio::test]
async fn an_answer_that_changes_after_the_check_changes_nothing() {
    let world = World::new().await;
    let inside = vec![Answer::Alias(ENDPOINT_NAME.to_owned())];
    let outside = vec![Answer::Address("169.254.169.254".parse().unwrap())];
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
    let away = || Answer::Address(Ipv4Addr::new(127, 0, 0, 129));
    let names = ["a.abcde.mongodb.net", "b.abcde.mongodb.net", "c.abcde.mongodb.net", HOST];
    world.lead(names[0], &[away()]);
    world.lead(names[1], &[Answer::Alias(ENDPOINT_NAME.replace("abcd1234", "abcd1234-us-east-1a"))]);
    world.lead(&ENDPOINT_NAME.replace("abcd1234", "abcd1234-us-east-1a"), &[away()]);
    world.lead(names[2], &[Answer::Address(Ipv4Addr::LOCALHOST), away()]);
    let mut runner = TestRunner::deterministic();
    let hosts = vec((select(names.to_vec()), select(vec![port, world.ports[0], 27017])), 1..4);
    let sources = (any::<bool>(), hosts, any::<bool>(), any::<bool>());
    for _ in 0..64 {
        let (by_list, hosts, direct_connection, is_member) = sources.new_tree(&mut runner).unwrap().current();
        let (first, first_port) = hosts[0];
        let mut source = at(first, first_port);
        source.direct_connection = direct_connection;
        let host = |&(name, port): &(&str, u16)| shared::source::Host { name: name.to_owned(), port };
        source.seeds = if by_list {
            let seeds: Vec<Answer> = hosts.iter().map(|(name, port)| Answer::Seed((*name).to_owned(), *port)).collect();
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
    world.lead("shard-00-09.abcde.mongodb.net", &[Answer::Address("3.220.1.2".parse().unwrap())]);
    let output = world.try_string(STRING).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Mongodb, "names the member shard-00-09.abcde.mongodb.net:27017");
    assert!(world.set.logins().is_empty(), "no credentials before everything else is right");
}

#[tokio::test]
async fn ports_that_the_endpoint_does_not_let_through_are_told() {
    let world = World::new().await;
    let output = world.try_source(&at(HOST, 443)).await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "lets through the port 1024 to 65535");
    let federated = "fdi-abcde.virginia-usa.a.query.mongodb.net";
    world.lead(federated, &[Answer::Alias(ENDPOINT_NAME.to_owned())]);
    let output = world.try_with(&at(federated, 1024), Some(&world.authority.pem()), "federated").await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "lets through the port 27017");
}

/// A federated database instance behind the endpoint's own name.
async fn federated(certified: &str, host: &str) -> Output {
    let mut world = World::new().await;
    let tls = world.authority.server(&[certified], Validity::Current).unwrap();
    let (listener, address) = support::mongodb::listen_on_27017().await.unwrap();
    let instance = "fdi-abcde-pl-0.a.query.mongodb.net";
    world.set = ReplicaSet::new("fdi", instance, vec![user("reader", &[Mechanism::ScramSha256], &[""])]);
    world.set.add_at(listener, Role::Primary, tls).unwrap();
    world.lead(instance, &[Answer::Alias(ENDPOINT_NAME.to_owned())]);
    world.lead(ENDPOINT_NAME, &[Answer::Address(address)]);
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
    world.lead(&another, &[Answer::Address(Ipv4Addr::LOCALHOST)]);
    let output = world.try_with(&at(&another, 27017), Some(&world.authority.pem()), "federated").await;
    assert_stopped(&output, Verdict::AskAgain, Layer::Ownership, "another endpoint, vpce-0fedcba9876543210");
}

#[tokio::test]
async fn names_that_are_not_there_yet_are_waited_for() {
    let world = World::new().await;
    let (seeds, nothing) = (format!("_mongodb._tcp.{SEED_LIST}"), Vec::new());
    let ports = world.ports.iter().map(|port| Answer::Seed(HOST.to_owned(), *port)).collect();
    world.dns.zone.set_in_turn(&seeds, vec![nothing.clone(), ports]);
    world.dns.zone.set_in_turn(HOST, vec![nothing, vec![Answer::Alias(ENDPOINT_NAME.to_owned())]]);
    assert_stopped(&world.try_string(STRING).await, Verdict::NotYet, Layer::Dns, "does not know");
    assert_stopped(&world.try_string(STRING).await, Verdict::NotYet, Layer::Dns, "has no address");
    assert_connected(&world.try_string(STRING).await);
}

#[tokio::test]
async fn a_seed_list_that_drivers_refuse_is_refused() {
    let world = World::new().await;
    world.lead(&format!("_mongodb._tcp.{SEED_LIST}"), &[Answer::Seed("db.example.com".to_owned(), 1024)]);
    assert_stopped(&world.try_string(STRING).await, Verdict::AskAgain, Layer::Dns, "a host of another domain");
    world.publish(&world.ports);
    world.lead(SEED_LIST, &[Answer::Text("authSource=admin&tls=false".to_owned())]);
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

/// What the counterpart of MongoDB is worth: the official driver finds its primary and logs in, or does not.
#[tokio::test]
async fn the_official_driver_takes_the_counterpart_for_mongodb() {
    let authority = Authority::new().unwrap();
    let anchor = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("sources-authority.pem");
    std::fs::write(&anchor, authority.pem()).unwrap();
    let users = vec![
        user("new", &[Mechanism::ScramSha1, Mechanism::ScramSha256], &[""]),
        user("old", &[Mechanism::ScramSha1], &[""]),
    ];
    let mut set = ReplicaSet::new("rs", "127.0.0.1", users);
    let tls = authority.server(&["127.0.0.1"], Validity::Current).unwrap();
    let secondary = set.add(Role::Secondary, tls.clone()).await.unwrap();
    set.add(Role::Primary, tls).await.unwrap();
    for (login, works) in [("new:p%40ss", true), ("old:p%40ss", true), ("new:wrong", false)] {
        let text = format!(
            "mongodb://{login}@127.0.0.1:{secondary}/?replicaSet=rs&tls=true&tlsCAFile={}&retryReads=false",
            anchor.display()
        );
        let client = mongodb::Client::with_uri_str(text).await.unwrap();
        let answer = client.database("admin").run_command(bson::doc! { "ping": 1 }).await;
        assert_eq!(answer.is_ok(), works, "{login}: {answer:?}");
        client.shutdown().immediate(true).await;
    }
    assert_eq!(set.logins(), ["SCRAM-SHA-256", "SCRAM-SHA-1"]);
}

/// The official driver's second opinion on every connection string of the intake's table.
#[test]
fn the_official_driver_reads_connection_strings_as_the_intake_does() {
    let table: toml::Table = toml::from_str(include_str!("../functions/shared/src/source/tests/strings.toml")).unwrap();
    let mut differences = Vec::new();
    for case in table["string"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let marked = |mark: &str| case.get(mark).is_some_and(|value| value.as_bool() == Some(true));
        let ours = read(&Given { connection_string: Some(text.to_owned().into()), ..Given::default() }, None);
        let theirs = mongodb::options::ConnectionString::parse(text);
        let (Ok(ours), Ok(theirs)) = (&ours, &theirs) else {
            let expected = (ours.is_ok() && !marked("driver_refuses")) || marked("stricter");
            if theirs.is_ok() != expected {
                differences.push(format!("{text}: the driver says {:?}", theirs.as_ref().map(|_| "yes")));
            }
            continue;
        };
        let credential = theirs.credential.as_ref().unwrap();
        assert_eq!(credential.username.as_deref(), Some(ours.source.username.as_str()), "{text}");
        assert_eq!(credential.password.as_deref(), Some(ours.source.password.reveal()), "{text}");
        assert_eq!(credential.source, ours.source.auth_source, "{text}");
        assert_eq!(theirs.default_database, ours.source.database, "{text}");
        assert_eq!(theirs.replica_set, ours.source.replica_set, "{text}");
        assert_eq!(theirs.direct_connection.unwrap_or_default(), ours.source.direct_connection, "{text}");
        assert_eq!(theirs.load_balanced.unwrap_or_default(), ours.source.load_balanced, "{text}");
        match (&ours.source.seeds, &theirs.host_info) {
            (Seeds::Srv { name, .. }, mongodb::options::HostInfo::DnsRecord(theirs)) => {
                assert_eq!(name, &theirs.to_lowercase(), "{text}");
            }
            (Seeds::Hosts(hosts), mongodb::options::HostInfo::HostIdentifiers(theirs)) => {
                let ours: Vec<String> = hosts.iter().map(ToString::to_string).collect();
                let theirs: Vec<String> = theirs.iter().map(ToString::to_string).collect();
                assert_eq!(ours, theirs, "{text}");
            }
            (ours, theirs) => panic!("{text}: {ours:?} and {theirs:?}"),
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}
