//! The fifth layer's first half: every host says what it is, and together they are one deployment with a primary.

use std::collections::BTreeMap;

use bson::{Document, doc};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::mongodb::refusal;
use crate::mongodb::wire::{self, WireError};
use crate::report::{Stop, by_name};
use crate::tls::Secured;
use source::Host;
use step::outside::excerpt;

/// A host that said what it is.
#[derive(Debug)]
pub(crate) struct Greeted {
    pub(crate) host: Host,
    pub(crate) hello: Hello,
    pub(crate) stream: TlsStream<TcpStream>,
}

/// What a server says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) set_name: Option<String>,
    /// The members, as the set names them to this connection. Those of priority 0, as analytics nodes, are among them.
    pub(crate) hosts: Vec<Host>,
    pub(crate) role: Role,
    /// The server's own tags, by which a read preference finds it.
    pub(crate) tags: BTreeMap<String, String>,
    has_service_id: bool,
    wire_version: i64,
    /// The ways to log in that the user has, when the server told them.
    pub(crate) mechanisms: Option<Vec<String>>,
}

/// What a server is at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Role {
    Router,
    Primary,
    Secondary,
    /// Drivers read from it only when they are connected to it directly, whatever its tags.
    Hidden,
    #[default]
    Neither,
}

impl Hello {
    /// Greets a server. The user's full name is told, since the server answers the ways in which that user can log in.
    pub(crate) async fn exchange(secured: Secured, user: &str, load_balanced: bool) -> Result<Greeted, Stop> {
        let Secured { host, mut stream, .. } = secured;
        let mut command = doc! {
            "hello": 1,
            "helloOk": true,
            "saslSupportedMechs": user,
            "client": {
                "driver": { "name": "causeway", "version": env!("CARGO_PKG_VERSION") },
                "os": { "type": std::env::consts::OS },
            },
        };
        if load_balanced {
            command.insert("loadBalanced", true);
        }
        let answer = wire::run(&mut stream, "admin", command).await.map_err(|error| unanswered(&host, &error))?;
        let answer = refusal::accepted(answer).map_err(|refused| refusal::of_greeting(&host, refused))?;
        let hello = Self::read(&answer);
        if load_balanced && !hello.has_service_id {
            return Err(Stop::ask_again(
                format!("{host} sent no serviceId"),
                format!("The source says `loadBalanced=true`, but {host} is not behind a load balancer."),
                "Leave `loadBalanced` out.",
            ));
        }
        Ok(Greeted { host, hello, stream })
    }

    fn read(answer: &Document) -> Self {
        let flag = |key: &str| wire::is_true(answer, key);
        let texts = |key: &str| {
            let items = answer.get_array(key).ok()?;
            Some(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect::<Vec<_>>())
        };
        let host = |text: String| {
            let (name, port) = text.rsplit_once(':')?;
            Some(Host { name: name.to_ascii_lowercase(), port: port.parse().ok()? })
        };
        let role = match answer.get_str("msg") {
            Ok("isdbgrid") => Role::Router,
            _ if flag("isWritablePrimary") => Role::Primary,
            _ if flag("hidden") => Role::Hidden,
            _ if flag("secondary") => Role::Secondary,
            _ => Role::Neither,
        };
        Self {
            set_name: answer.get_str("setName").ok().map(str::to_owned),
            hosts: ["hosts", "passives"].into_iter().filter_map(texts).flatten().filter_map(host).collect(),
            role,
            tags: answer.get_document("tags").map(tags).unwrap_or_default(),
            has_service_id: answer.contains_key("serviceId"),
            wire_version: wire::number(answer, "maxWireVersion").unwrap_or_default(),
            mechanisms: texts("saslSupportedMechs"),
        }
    }
}

fn tags(told: &Document) -> BTreeMap<String, String> {
    told.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// What it means when a server gives no answer to a greeting.
fn unanswered(host: &Host, error: &WireError) -> Stop {
    match error {
        WireError::NotMongodb => Stop::ask_again(
            format!("{host}: {error}"),
            format!("{host} speaks TLS but is no MongoDB."),
            "Check that host and port are those that Atlas shows under Connect > Private Endpoint.",
        ),
        WireError::Slow => Stop::slow(&format!("{host}, which should say what it is"), wire::LIMIT),
        WireError::Io(_) => Stop::not_yet(
            format!("{host}: {error}"),
            format!(
                "{host} ended the connection when it was asked what it is, as Atlas does above the cluster's connection limit."
            ),
            "Nothing yet: it is tried again. If it stays so, look at the cluster's connections in Atlas: Metrics > Connections.",
        ),
    }
}

/// The server to log in to: the primary or a router, or with a direct connection whichever is named.
pub(crate) fn choose<'a>(
    greeted: &'a mut [Greeted],
    expected_set: Option<&str>,
    direct: bool,
) -> Result<&'a mut Greeted, Stop> {
    let stranger = greeted.iter().find(|server| {
        server.hello.role != Role::Router && expected_set.is_some() && server.hello.set_name.as_deref() != expected_set
    });
    if let (Some(server), Some(expected)) = (stranger, expected_set) {
        let found = server.hello.set_name.as_deref().map_or_else(|| "none".to_owned(), shown);
        return Err(Stop::ask_again(
            format!("{}: set {found}, expected {}", server.host, shown(expected)),
            format!("{} belongs to the replica set {found}, and not to {}.", server.host, shown(expected)),
            "Leave `replicaSet` out, or copy the connection string from Atlas again: Connect > Private Endpoint.",
        ));
    }
    let seen = evidence(greeted);
    let is_fit = |server: &&mut Greeted| match server.hello.role {
        Role::Router | Role::Primary => true,
        Role::Secondary | Role::Hidden => direct,
        Role::Neither => false,
    };
    greeted.iter_mut().find(is_fit).ok_or_else(|| {
        Stop::not_yet(
            seen,
            "The replica set has no primary at the moment.",
            "Nothing yet: it is tried again. If it stays so, look at the cluster's state in Atlas.",
        )
    })
}

pub(crate) fn evidence(greeted: &[Greeted]) -> String {
    by_name(greeted.iter().map(|server| {
        let hello = &server.hello;
        let role = match hello.role {
            Role::Router => "router",
            Role::Primary => "primary",
            Role::Secondary => "secondary",
            Role::Hidden => "hidden",
            Role::Neither => "neither primary nor secondary",
        };
        let set = hello.set_name.as_deref().map(|set| format!(" of {}", shown(set))).unwrap_or_default();
        (&server.host, format!(": {role}{set}, wire version {}", hello.wire_version))
    }))
}

/// A name that a server gave, without what does not show.
pub(crate) fn shown(name: &str) -> String {
    excerpt(name, 60)
}
