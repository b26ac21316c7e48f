//! A cluster behind an endpoint, and the step that looks at it.
//!
//! The subnets are a range of this machine's own addresses; every other address is one that nothing may be sent to.

use std::net::Ipv4Addr;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use serde_json::{Value, json};

use counterparts::certificates::{Authority, Validity};
use counterparts::dns::{Dns, PrivateNames, Record};
use counterparts::mongodb::{Mechanism, ReplicaSet, Role, User};
use shared::verification::{Layer, Verdict};
use source::{Given, Seeds, Source, read};
use verify_source::{Config, Output, handle};

pub(crate) const SEED_LIST: &str = "cluster0-pl-0.abcde.mongodb.net";
pub(crate) const HOST: &str = "pl-0-us-east-1.abcde.mongodb.net";
pub(crate) const CERTIFIED: &str = "*.abcde.mongodb.net";
pub(crate) const ENDPOINT: &str = "vpce-0123456789abcdef0";
pub(crate) const ENDPOINT_NAME: &str =
    "vpce-0123456789abcdef0-abcd1234.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com";
pub(crate) const STRING: &str = "mongodb+srv://reader:p%40ss@cluster0-pl-0.abcde.mongodb.net/";

/// A cluster behind an endpoint, with everything as it should be.
pub(crate) struct World {
    pub(crate) dns: Dns,
    pub(crate) authority: Authority,
    pub(crate) set: ReplicaSet,
    pub(crate) ports: Vec<u16>,
}

pub(crate) fn user(name: &str, mechanisms: &[Mechanism], readable: &[&str]) -> User {
    User {
        name: name.to_owned(),
        password: "p@ss".to_owned(),
        database: "admin".to_owned(),
        mechanisms: mechanisms.to_vec(),
        readable: readable.iter().map(ToString::to_string).collect(),
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let authority = Authority::new().unwrap();
        let tls = authority.server(&[CERTIFIED], Validity::Current).unwrap();
        Self::with_certificates(authority, &tls).await
    }

    pub(crate) async fn with_certificates(authority: Authority, tls: &std::sync::Arc<rustls::ServerConfig>) -> Self {
        let both = [Mechanism::ScramSha1, Mechanism::ScramSha256];
        let users = vec![
            user("reader", &both, &[""]),
            user("old", &[Mechanism::ScramSha1], &[""]),
            user("sales", &both, &["sales"]),
            user("nobody", &both, &[]),
            user("monitor", &both, &["local", "config"]),
            user("many", &both, &["a", "b", "c", "d", "e", "f", "g", "h"]),
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

    pub(crate) fn publish(&self, ports: &[u16]) {
        self.dns.zone.publish(&PrivateNames {
            seed_list: SEED_LIST.to_owned(),
            host: HOST.to_owned(),
            ports: ports.to_vec(),
            options: "authSource=admin&replicaSet=atlas-x1-shard-0".to_owned(),
            endpoint_dns_name: ENDPOINT_NAME.to_owned(),
            addresses: vec![Ipv4Addr::LOCALHOST],
        });
    }

    pub(crate) fn lead(&self, name: &str, records: &[Record]) {
        self.dns.zone.set(name, records.to_vec());
    }

    pub(crate) async fn try_string(&self, text: &str) -> Output {
        self.try_given(&json!({ "connectionString": text })).await
    }

    pub(crate) async fn try_given(&self, given: &Value) -> Output {
        let given = Given::from_json(given.to_string().as_bytes()).unwrap();
        self.try_source(&read(&given, None).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics)).source).await
    }

    /// A source as it lies in the secret, whatever the intake would have said to it.
    pub(crate) async fn try_source(&self, source: &Source) -> Output {
        self.try_with(source, Some(&self.authority.pem()), "dedicated").await
    }

    pub(crate) async fn try_with(&self, source: &Source, anchor: Option<&str>, target: &str) -> Output {
        let content = serde_json::to_string(source).unwrap();
        let get = mock!(Client::get_secret_value)
            .match_requests(|request| {
                request.secret_id() == Some("arn:source") && request.version_id() == Some("version")
            })
            .then_output(move || GetSecretValueOutput::builder().secret_string(content.as_str()).build());
        let stages =
            || [("version".to_owned(), ["AWSCURRENT", "CAUSEWAY_VERIFIED"].map(str::to_owned).to_vec())].into();
        let known = mock!(Client::describe_secret)
            .then_output(move || DescribeSecretOutput::builder().set_version_ids_to_stages(Some(stages())).build());
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&get, &known]);
        let config = Config::new(vec![self.dns.address], anchor).unwrap();
        let input = json!({
            "onboarding": "0123456789abcdef0123456789abcdef",
            "endpoint": { "endpointId": ENDPOINT, "dnsName": ENDPOINT_NAME, "target": target },
            "subnetCidrs": ["127.0.0.0/25"],
            "sourceSecretArn": "arn:source",
            "sourceVersionId": "version",
        });
        let output = handle(&secrets, &config, serde_json::from_value(input).unwrap()).await.unwrap();
        let told = serde_json::to_string(&output).unwrap();
        assert!(!told.contains("p@ss") && !told.contains("p%40ss"), "{told}");
        output
    }
}

pub(crate) fn source(text: &str) -> Source {
    read(&Given { connection_string: Some(text.to_owned().into()), ..Given::default() }, None).unwrap().source
}

pub(crate) fn at(host: &str, port: u16) -> Source {
    let mut source = source("mongodb://reader:p%40ss@db.example.com/?tls=true&authSource=admin");
    source.seeds = Seeds::Hosts(vec![source::Host { name: host.to_owned(), port }]);
    source
}

#[track_caller]
pub(crate) fn assert_connected(output: &Output) {
    assert_eq!(output.verdict, Verdict::Connected, "{output:#?}");
    let layers: Vec<Layer> = output.layers.iter().map(|layer| layer.name).collect();
    assert_eq!(layers, [Layer::Dns, Layer::Ownership, Layer::Tcp, Layer::Tls, Layer::Mongodb]);
    assert!(output.layers.iter().all(|layer| layer.passed) && output.problem.is_none());
}

#[track_caller]
pub(crate) fn assert_stopped(output: &Output, verdict: Verdict, layer: Layer, problem: &str) {
    let last = output.layers.last().unwrap();
    assert_eq!((output.verdict, last.name, last.passed), (verdict, layer, false), "{output:#?}");
    assert!(output.problem.as_ref().unwrap().contains(problem), "{output:#?}");
    assert!(output.next_step.is_some() && !last.evidence.is_empty(), "{output:#?}");
    assert!(output.layers.iter().rev().skip(1).all(|layer| layer.passed), "{output:#?}");
}
