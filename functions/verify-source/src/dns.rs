//! The first layer: the names of the deployment in the DNS.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::time::timeout;

use crate::report::{Stop, by_name};
use crate::spelling;
use source::{Host, Look, MOST_HOSTS, Seeds, Source};
use step::StepError;

/// How long the answer to one question may take, retries included.
const LIMIT: Duration = Duration::from_secs(5);
/// How many aliases may stand between a name and its addresses.
const MOST_ALIASES: usize = 16;

/// Asks the DNS. It keeps nothing, so that every try sees what is there now.
pub(crate) struct Names {
    resolver: TokioResolver,
}

/// What the seeds of a source come to.
#[derive(Debug)]
pub(crate) struct FoundSeeds {
    pub(crate) hosts: Vec<Host>,
    pub(crate) auth_source: Option<String>,
    pub(crate) replica_set: Option<String>,
    pub(crate) load_balanced: bool,
}

/// The way from a name to its addresses.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    /// The aliases, in order; empty when the name has addresses itself.
    pub(crate) aliases: Vec<String>,
    pub(crate) addresses: Vec<IpAddr>,
}

/// The hosts of one name, and the way from it to its addresses.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(crate) name: String,
    pub(crate) hosts: Vec<Host>,
    pub(crate) path: Result<Path, Stop>,
}

impl Names {
    pub(crate) fn new(servers: &[SocketAddr]) -> Result<Self, StepError> {
        let unusable = |error: NetError| StepError::Operator(format!("the resolver cannot be set up: {error}"));
        let mut builder = if servers.is_empty() {
            TokioResolver::builder_tokio().map_err(unusable)?
        } else {
            let servers = servers.iter().map(|server| {
                let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                    connection.port = server.port();
                    connection
                });
                NameServerConfig::new(server.ip(), true, connections.to_vec())
            });
            let config = ResolverConfig::from_name_servers(servers.collect());
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        let options = builder.options_mut();
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        options.preserve_intermediates = true;
        options.timeout = Duration::from_secs(2);
        options.attempts = 2;
        Ok(Self { resolver: builder.build().map_err(unusable)? })
    }

    /// The hosts to begin with, and what the DNS says beside them.
    pub(crate) async fn seeds(&self, source: &Source) -> Result<FoundSeeds, Stop> {
        match &source.seeds {
            Seeds::Hosts(hosts) => {
                Ok(FoundSeeds { hosts: hosts.clone(), auth_source: None, replica_set: None, load_balanced: false })
            }
            Seeds::Srv { name, service } => self.seed_list(name, service).await,
        }
    }

    async fn seed_list(&self, name: &str, service: &str) -> Result<FoundSeeds, Stop> {
        check_is_looked_up(name)?;
        let question = format!("_{service}._tcp.{name}");
        let records = self.ask(&question, RecordType::SRV).await?.ok_or_else(|| {
            absent(
                name,
                format!("{question} has no SRV record"),
                format!("The DNS does not know {name} yet. After it has accepted the endpoint, Atlas takes some minutes to publish the private names."),
            )
        })?;
        let hosts: BTreeSet<Host> = records
            .iter()
            .filter_map(|record| match &record.data {
                RData::SRV(srv) => Some(Host { name: plain(&srv.target.to_utf8()), port: srv.port }),
                _ => None,
            })
            .collect();
        check_seed_list(name, &hosts)?;
        let options = self.text_options(name).await?;
        let option = |key: &str| options.get(key).cloned();
        Ok(FoundSeeds {
            hosts: hosts.into_iter().collect(),
            auth_source: option("authSource"),
            replica_set: option("replicaSet"),
            load_balanced: options.get("loadBalanced").is_some_and(|value| value == "true"),
        })
    }

    /// The options in the TXT record, if there is one. Drivers refuse more than one, and other options.
    async fn text_options(&self, name: &str) -> Result<BTreeMap<String, String>, Stop> {
        let records = self.ask(name, RecordType::TXT).await?.unwrap_or_default();
        let texts: Vec<String> = records
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect()),
                _ => None,
            })
            .collect();
        let options: BTreeMap<String, String> = texts
            .iter()
            .flat_map(|text| text.split('&'))
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let known = |key: &String| matches!(key.as_str(), "authSource" | "replicaSet" | "loadBalanced");
        if texts.len() > 1 || !options.keys().all(known) {
            return Err(Stop::ask_again(
                format!("{name} has {} TXT records with the options {:?}", texts.len(), options.keys()),
                format!("The TXT record of {name} is not one that MongoDB's drivers take."),
                "Use the connection string that Atlas shows under Connect > Private Endpoint.",
            ));
        }
        Ok(options)
    }

    /// Follows every name of these hosts once, whatever comes of the others.
    pub(crate) async fn trace_all(&self, hosts: impl IntoIterator<Item = Host>) -> Vec<Traced> {
        let mut by_name: BTreeMap<String, Vec<Host>> = BTreeMap::new();
        for host in hosts {
            by_name.entry(host.name.clone()).or_default().push(host);
        }
        let traced =
            by_name.into_iter().map(async |(name, hosts)| Traced { path: self.trace(&name).await, name, hosts });
        join_all(traced).await
    }

    /// Follows a name to its addresses. Only IPv4: that is what endpoints have.
    async fn trace(&self, name: &str) -> Result<Path, Stop> {
        check_is_looked_up(name)?;
        let nothing =
            || absent(name, format!("{name} has no address"), format!("The DNS has no address for {name} yet."));
        let Some(records) = self.ask(name, RecordType::A).await? else {
            return Err(if self.is_seed_list(name).await { seed_list_as_host(name) } else { nothing() });
        };
        let mut aliases = Vec::new();
        let mut at = plain(name);
        while let Some(next) = alias(&records, &at) {
            if aliases.len() == MOST_ALIASES {
                return Err(nothing());
            }
            at.clone_from(&next);
            aliases.push(next);
        }
        let addresses: Vec<IpAddr> = records
            .iter()
            .filter(|record| plain(&record.name.to_utf8()) == at)
            .filter_map(|record| match &record.data {
                RData::A(address) => Some(IpAddr::V4(address.0)),
                _ => None,
            })
            .collect();
        if addresses.is_empty() { Err(nothing()) } else { Ok(Path { aliases, addresses }) }
    }

    /// Whether a name without an address has a list of hosts.
    async fn is_seed_list(&self, name: &str) -> bool {
        matches!(self.ask(&format!("_mongodb._tcp.{name}"), RecordType::SRV).await, Ok(Some(_)))
    }

    /// The records, aliases among them; `None` when there are none of that type.
    async fn ask(&self, name: &str, kind: RecordType) -> Result<Option<Vec<Record>>, Stop> {
        // With a dot at the end it is the whole name, and no search list is tried.
        let question = format!("{name}.");
        match timeout(LIMIT, self.resolver.lookup(question, kind)).await {
            Ok(Ok(lookup)) => Ok(Some(lookup.answers().to_vec())),
            Ok(Err(error)) if error.is_no_records_found() => Ok(None),
            Ok(Err(error)) => Err(Stop::not_yet(
                format!("the DNS failed to answer for {name} ({kind}): {error}"),
                format!("The DNS gave no usable answer for {name}."),
                "Nothing yet: it is tried again.",
            )),
            Err(_) => Err(Stop::slow("the DNS", LIMIT)),
        }
    }
}

/// Names that are not Atlas's are not asked for, so that nobody learns of names and addresses inside of our network.
fn check_is_looked_up(name: &str) -> Result<(), Stop> {
    if spelling::is_looked_up(name) {
        return Ok(());
    }
    Err(Stop::ask_again(
        format!("{name} was not asked for"),
        format!("{name} is not a name of Atlas's, which end in `.mongodb.net`."),
        "Give the host as Atlas shows it under Connect > Private Endpoint, and no alias of your own.",
    ))
}

/// What it means that the DNS has nothing: names for the endpoint are published late, and all others long before.
fn absent(name: &str, evidence: String, problem: String) -> Stop {
    match Look::of(name) {
        Some(Look::PublicFederated) => Stop::ask_again(
            evidence,
            format!(
                "{name} looks like the public name of a federated database instance or an archive, and the DNS does not know it. The name for the private endpoint has `pl` in it."
            ),
            COPY,
        ),
        Some(Look::Peering) => Stop::ask_again(
            evidence,
            format!(
                "{name} looks like the name for VPC peering, which does not lead through the private endpoint, and the DNS does not know it."
            ),
            COPY,
        ),
        Some(Look::Standard) => Stop::not_yet(
            evidence,
            format!(
                "{problem} It looks like the standard, public name of the cluster, which does not lead through the private endpoint."
            ),
            AGAIN,
        ),
        None => Stop::not_yet(evidence, problem, AGAIN),
    }
}

fn seed_list_as_host(name: &str) -> Stop {
    Stop::ask_again(
        format!("{name} has an SRV record and no address"),
        format!("{name} is the name of a list of hosts, and no host itself."),
        "Give the connection string that begins with `mongodb+srv://`, as Atlas shows it under Connect > Private Endpoint.",
    )
}

const AGAIN: &str = "Nothing yet: it is tried again. If it stays so, copy the connection string from Atlas again: Connect > Private Endpoint.";
const COPY: &str =
    "In Atlas choose Connect > Private Endpoint, pick this endpoint, and copy the connection string from there.";

fn check_seed_list(name: &str, hosts: &BTreeSet<Host>) -> Result<(), Stop> {
    // By the specification: a list may only name hosts of its own domain.
    let labels = name.split('.').count();
    let domain = if labels > 2 { name.split_once('.').map_or(name, |(_, domain)| domain) } else { name };
    let stranger = hosts.iter().find(|host| !host.name.ends_with(&format!(".{domain}")));
    if let Some(host) = stranger {
        return Err(Stop::ask_again(
            format!("the SRV record of {name} names {host}"),
            format!("The list of hosts of {name} names a host of another domain, {}.", host.name),
            "MongoDB's drivers refuse that. Use the connection string that Atlas shows under Connect > Private Endpoint.",
        ));
    }
    if hosts.len() > MOST_HOSTS {
        return Err(Stop::ask_again(
            format!("the SRV record of {name} names {} hosts", hosts.len()),
            format!("The list of hosts of {name} is longer than {MOST_HOSTS}."),
            "Use the connection string that Atlas shows under Connect > Private Endpoint.",
        ));
    }
    Ok(())
}

fn alias(records: &[Record], name: &str) -> Option<String> {
    records.iter().find_map(|record| match &record.data {
        RData::CNAME(target) if plain(&record.name.to_utf8()) == name => Some(plain(&target.0.to_utf8())),
        _ => None,
    })
}

/// A name as it is compared: in lower case, without the dot at the end.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

pub(crate) fn evidence(traced: &[Traced]) -> String {
    let known = traced.iter().filter_map(|traced| traced.path.as_ref().ok().map(|path| (&traced.hosts, path)));
    by_name(known.flat_map(|(hosts, path)| {
        let way = path.aliases.last().map(|last| format!(" > {last}")).unwrap_or_default();
        hosts.iter().map(move |host| (host, way.clone()))
    }))
}
