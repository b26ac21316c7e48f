//! A replica set that speaks MongoDB's wire protocol by TLS: it says what it is, lets users log in and answers a ping.
//!
//! It keeps no data. tests/sources holds it to the official driver, which must be able to connect to it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

mod commands;
mod scram;
mod wire;

/// What a member is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It takes writes.
    Primary,
    /// It takes reads.
    Secondary,
    /// It takes reads of those that are connected to it directly, and no member names it.
    Hidden,
}

/// A way in which a user can log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// SCRAM with SHA-1.
    ScramSha1,
    /// SCRAM with SHA-256.
    ScramSha256,
}

impl Mechanism {
    fn find(name: &str) -> Option<Self> {
        [Self::ScramSha1, Self::ScramSha256].into_iter().find(|mechanism| mechanism.as_str() == name)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
        }
    }
}

/// A database user.
#[derive(Debug, Clone)]
pub struct User {
    /// The user's name.
    pub name: String,
    /// The user's password.
    pub password: String,
    /// The database that knows the user.
    pub database: String,
    /// The ways in which the user can log in.
    pub mechanisms: Vec<Mechanism>,
    /// The databases that the user may read, an empty name for all of them.
    pub readable: Vec<String>,
}

/// A replica set; it ends when it is dropped.
pub struct ReplicaSet {
    shared: Arc<Shared>,
    servers: JoinSet<()>,
}

/// What all members know.
#[derive(Debug)]
struct Shared {
    set_name: String,
    users: Vec<User>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The name that members are known by to clients that come through the endpoint.
    host: String,
    members: Vec<Member>,
    /// Members that are somewhere else, or not there at all.
    strangers: Vec<String>,
    /// The commands that are refused, with the code.
    refused: BTreeMap<String, i32>,
    /// Whether nobody gets further than the connection.
    is_away: bool,
    connections: usize,
    logins: Vec<String>,
}

#[derive(Debug)]
struct Member {
    port: u16,
    role: Role,
    /// Whether it has priority 0, as analytics nodes have: it can never become the primary.
    is_passive: bool,
    tags: BTreeMap<String, String>,
}

impl ReplicaSet {
    /// A set without members that clients know by one host's name, as they do behind a private endpoint.
    #[must_use]
    pub fn new(set_name: &str, host: &str, users: Vec<User>) -> Self {
        let state = Mutex::new(State { host: host.to_owned(), ..State::default() });
        Self { shared: Arc::new(Shared { set_name: set_name.to_owned(), users, state }), servers: JoinSet::new() }
    }

    /// Starts one more member and tells its port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn add(&mut self, role: Role, tls: Arc<ServerConfig>) -> Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port for a member")?;
        self.add_at(listener, role, tls)
    }

    /// Starts one more member where a listener is, and tells its port.
    ///
    /// # Errors
    /// When the listener listens nowhere.
    pub fn add_at(&mut self, listener: TcpListener, role: Role, tls: Arc<ServerConfig>) -> Result<u16> {
        let port = listener.local_addr()?.port();
        self.shared.lock().members.push(Member { port, role, is_passive: false, tags: BTreeMap::new() });
        let (shared, acceptor) = (Arc::clone(&self.shared), TlsAcceptor::from(tls));
        self.servers.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().connections += 1;
                if shared.lock().is_away {
                    continue;
                }
                let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
                connections.spawn(async move {
                    // A client that does not like the certificate ends the connection, which is its right.
                    if let Ok(stream) = acceptor.accept(stream).await {
                        commands::serve(&shared, port, stream).await;
                    }
                });
            }
        });
        Ok(port)
    }

    /// Lets the set name a member that it does not have.
    pub fn name_stranger(&self, host_and_port: &str) {
        self.shared.lock().strangers.push(host_and_port.to_owned());
    }

    /// Makes the member with this port what it is to be.
    pub fn set_role(&self, port: u16, role: Role) {
        self.shared
            .lock()
            .members
            .iter_mut()
            .filter(|member| member.port == port)
            .for_each(|member| member.role = role);
    }

    /// Makes the member with this port one that the set names under `passives`, with tags, as Atlas's analytics nodes are.
    pub fn set_passive(&self, port: u16, tags: &[(&str, &str)]) {
        for member in self.shared.lock().members.iter_mut().filter(|member| member.port == port) {
            member.is_passive = true;
            member.tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        }
    }

    /// Has every member refuse a command with one of MongoDB's codes, from now on.
    pub fn refuse(&self, command: &str, code: i32) {
        self.shared.lock().refused.insert(command.to_owned(), code);
    }

    /// Lets every member close each new connection at once, or take them again.
    pub fn be_away(&self, is_away: bool) {
        self.shared.lock().is_away = is_away;
    }

    /// How many connections were taken.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.lock().connections
    }

    /// The ways in which users logged in, in their order.
    #[must_use]
    pub fn logins(&self) -> Vec<String> {
        self.shared.lock().logins.clone()
    }
}

/// Listens on the one port that endpoints of federated database instances let through. The port is given, so that the
/// address is a free one of this machine's own, in the range that the subnets have in the local stack.
///
/// # Errors
/// When the machine has no such addresses, or all are taken.
pub async fn listen_on_27017() -> Result<(TcpListener, Ipv4Addr)> {
    for last in 10..=126 {
        let address = Ipv4Addr::new(127, 0, 0, last);
        match TcpListener::bind((address, 27017)).await {
            Ok(listener) => return Ok((listener, address)),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(error).with_context(|| {
                    format!("this machine has no address {address}, which only Linux has by itself; add it to the loopback interface")
                });
            }
        }
    }
    anyhow::bail!("port 27017 is taken on every address from 127.0.0.10 to 127.0.0.126")
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn user(&self, database: &str, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.database == database && user.name == name)
    }
}
