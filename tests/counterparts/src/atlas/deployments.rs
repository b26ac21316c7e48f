//! The deployments behind accepted endpoints: their names in the DNS, and a server that answers there.
//!
//! As with Atlas, the private names of a deployment are there some time after its endpoint was accepted: here, from when
//! somebody first asks for the connection strings. The public names are there from when an endpoint is submitted.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::Atlas;
use super::problem::{Problem, check_group};
use crate::certificates::{Authority, Validity};
use crate::dns::{Dns, PrivateNames, Record};
use crate::mongodb::{Mechanism, ReplicaSet, Role, User, listen_on_27017};

/// The user whom every deployment knows, and who may read all of it.
pub const USERNAME: &str = "reader";
/// The user's password, which needs no percent-encoding.
pub const PASSWORD: &str = "correct-horse-battery-staple";

/// All deployments; a clone is the same.
#[derive(Clone)]
pub struct Deployments {
    dns: Arc<Dns>,
    authority: Arc<Authority>,
    running: Arc<Mutex<BTreeMap<String, Running>>>,
    are_away: Arc<AtomicBool>,
}

impl std::fmt::Debug for Deployments {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Deployments").finish_non_exhaustive()
    }
}

struct Running {
    set: ReplicaSet,
    address: Ipv4Addr,
    ports: Vec<u16>,
}

impl Deployments {
    /// None yet.
    ///
    /// # Errors
    /// When there is no socket for the DNS or no key for the authority.
    pub async fn start() -> anyhow::Result<Self> {
        Ok(Self {
            dns: Arc::new(Dns::start().await?),
            authority: Arc::new(Authority::new()?),
            running: Arc::default(),
            are_away: Arc::default(),
        })
    }

    /// Lets all deployments, those of later as well, close each new connection at once, or take them again.
    pub async fn be_away(&self, are_away: bool) {
        let running = self.running.lock().await;
        self.are_away.store(are_away, Ordering::Relaxed);
        running.values().for_each(|running| running.set.be_away(are_away));
    }

    /// Where names are asked for.
    #[must_use]
    pub fn dns(&self) -> SocketAddr {
        self.dns.address
    }

    /// The certificate of the authority that signs for the deployments, in PEM.
    #[must_use]
    pub fn trust_anchor(&self) -> String {
        self.authority.pem()
    }

    /// How many connections all of them together were offered.
    pub async fn connections(&self) -> usize {
        self.running.lock().await.values().map(|running| running.set.connections()).sum()
    }

    /// Starts a project's cluster if need be, publishes its names for this endpoint and gives its connection string.
    async fn cluster(&self, group: &str, endpoint_name: &str) -> anyhow::Result<String> {
        let domain = format!("{}.mongodb.net", short(group));
        let host = format!("pl-0-us-east-1.{domain}");
        let (address, ports) = self.run(&host, &format!("*.{domain}"), Kind::Cluster).await?;
        let seed_list = private_seed_list(group);
        self.dns.zone.publish(&PrivateNames {
            seed_list: seed_list.clone(),
            host,
            ports,
            options: format!("authSource=admin&replicaSet={SET}"),
            endpoint_dns_name: endpoint_name.to_owned(),
            addresses: vec![address],
        });
        Ok(format!("mongodb+srv://{seed_list}"))
    }

    /// Likewise a project's federated database instance, which is one host.
    async fn federated(&self, group: &str, endpoint_name: &str) -> anyhow::Result<String> {
        let host = format!("federateddatabaseinstance0-{}-pl-0.a.query.mongodb.net", short(group));
        let (address, _) = self.run(&host, "*.a.query.mongodb.net", Kind::Federated).await?;
        self.dns.zone.set(&host, vec![Record::Alias(endpoint_name.to_owned())]);
        self.dns.zone.set(endpoint_name, vec![Record::Address(address)]);
        Ok(format!("mongodb://{host}/?tls=true&authSource=admin"))
    }

    /// Publishes the names that a project's deployments have for everybody, which lead over the internet.
    pub(super) fn publish_public(&self, group: &str) {
        let list = public_seed_list(group);
        let hosts = [0, 1, 2].map(|number| format!("cluster0-shard-00-0{number}.{}.mongodb.net", short(group)));
        let seeds = hosts.iter().map(|host| Record::Seed(host.clone(), 27017)).collect();
        self.dns.zone.set(&format!("_mongodb._tcp.{list}"), seeds);
        self.dns.zone.set(&list, vec![Record::Text(format!("authSource=admin&replicaSet={SET}"))]);
        let federated = format!("federateddatabaseinstance0-{}.a.query.mongodb.net", short(group));
        for host in hosts.iter().chain([&federated]) {
            self.dns.zone.set(host, vec![Record::Address(PUBLIC)]);
        }
    }

    async fn run(&self, host: &str, certified: &str, kind: Kind) -> anyhow::Result<(Ipv4Addr, Vec<u16>)> {
        let mut running = self.running.lock().await;
        if let Some(known) = running.get(host) {
            return Ok((known.address, known.ports.clone()));
        }
        let user = User {
            name: USERNAME.to_owned(),
            password: PASSWORD.to_owned(),
            database: "admin".to_owned(),
            mechanisms: vec![Mechanism::ScramSha1, Mechanism::ScramSha256],
            readable: vec![String::new()],
        };
        let tls = self.authority.server(&[certified], Validity::Current)?;
        let mut set = ReplicaSet::new(SET, host, vec![user]);
        let mut ports = Vec::new();
        let address = match kind {
            Kind::Cluster => {
                for role in [Role::Primary, Role::Secondary, Role::Secondary] {
                    ports.push(set.add(role, tls.clone()).await?);
                }
                Ipv4Addr::LOCALHOST
            }
            Kind::Federated => {
                let (listener, address) = listen_on_27017().await?;
                ports.push(set.add_at(listener, Role::Primary, tls)?);
                address
            }
        };
        set.be_away(self.are_away.load(Ordering::Relaxed));
        running.insert(host.to_owned(), Running { set, address, ports: ports.clone() });
        Ok((address, ports))
    }
}

#[derive(Clone, Copy)]
enum Kind {
    /// Three members, on any ports.
    Cluster,
    /// One host, on the one port that its endpoints let through.
    Federated,
}

/// An address for documentation: nobody has it, and it is none of a private network.
const PUBLIC: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

const SET: &str = "atlas-x1-shard-0";

/// The name of the private seed list of a project's cluster, whether it is published or not.
#[must_use]
pub fn private_seed_list(group: &str) -> String {
    format!("cluster0-pl-0.{}.mongodb.net", short(group))
}

/// The name of the public seed list, which does not lead through any endpoint.
#[must_use]
pub fn public_seed_list(group: &str) -> String {
    format!("cluster0.{}.mongodb.net", short(group))
}

/// The part that Atlas's names have of the project's.
fn short(group: &str) -> &str {
    group.get(group.len().saturating_sub(8)..).unwrap_or(group)
}

/// An endpoint that Atlas accepted, with its regional DNS name.
pub(super) struct Accepted {
    pub(super) endpoint_id: String,
    pub(super) dns_name: String,
}

impl Atlas {
    /// The connection string of a project's deployment through this endpoint.
    pub(super) async fn connection_string(
        &self,
        group: &str,
        accepted: &Accepted,
        is_dedicated: bool,
    ) -> Result<String, Problem> {
        let string = if is_dedicated {
            self.deployments.cluster(group, &accepted.dns_name).await
        } else {
            self.deployments.federated(group, &accepted.dns_name).await
        };
        string.map_err(|error| {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "UNEXPECTED_ERROR", error.to_string(), &[])
        })
    }
}

pub(super) async fn cluster(
    State(atlas): State<Atlas>,
    Path((group, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    check_group(&group)?;
    let mut private = Vec::new();
    for accepted in atlas.accepted_by_services(&group) {
        let string = atlas.connection_string(&group, &accepted, true).await?;
        private.push(json!({
            "srvConnectionString": string,
            "type": "MONGOD",
            "endpoints": [{"endpointId": accepted.endpoint_id, "providerName": "AWS", "region": "US_EAST_1"}],
        }));
    }
    let public = format!("mongodb+srv://{}", public_seed_list(&group));
    Ok(Json(json!({
        "name": name, "groupId": group,
        "connectionStrings": {"standardSrv": public, "privateEndpoint": private},
    })))
}

pub(super) async fn federated(
    State(atlas): State<Atlas>,
    Path((group, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    check_group(&group)?;
    let mut private = Vec::new();
    for accepted in atlas.accepted_entries(&group) {
        let string = atlas.connection_string(&group, &accepted, false).await?;
        private.push(json!({"hostname": string, "privateEndpoint": accepted.endpoint_id}));
    }
    Ok(Json(json!({"name": name, "groupId": group, "privateEndpointHostnames": private})))
}
