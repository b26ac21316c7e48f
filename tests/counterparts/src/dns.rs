//! A DNS server with the names that Atlas and AWS publish: seed lists, aliases of endpoints, addresses.
//!
//! It answers as a recursive resolver does: an alias comes together with what it stands for. Answers can be changed at
//! any time, and can differ from one question to the next.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Header, HeaderCounts, Metadata, ResponseCode};
use hickory_server::proto::rr::rdata::{A, CNAME, SRV, TXT};
use hickory_server::proto::rr::{self, Name, RData, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

/// What a name has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// One entry of a seed list.
    Seed(String, u16),
    /// A text.
    Text(String),
    /// Another name.
    Alias(String),
    /// An address.
    Address(Ipv4Addr),
}

/// A cluster's names for a private endpoint, as Atlas publishes them.
#[derive(Debug, Clone)]
pub struct PrivateNames {
    /// The name of the seed list, `cluster0-pl-0.abcde.mongodb.net`.
    pub seed_list: String,
    /// The host that all ports belong to, `pl-0-us-east-1.abcde.mongodb.net`.
    pub host: String,
    /// One port per member.
    pub ports: Vec<u16>,
    /// The options in the text record, `authSource=admin&replicaSet=…`.
    pub options: String,
    /// The endpoint's regional DNS name.
    pub endpoint_dns_name: String,
    /// The addresses of the endpoint's network interfaces.
    pub addresses: Vec<Ipv4Addr>,
}

/// What all names have; a clone is the same zone.
#[derive(Debug, Clone, Default)]
pub struct Zone {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What each name has, one list per question; the last one stays.
    names: BTreeMap<String, VecDeque<Vec<Record>>>,
    questions: Vec<String>,
}

impl Zone {
    /// Gives a name these records from now on, in place of all that it had.
    pub fn set(&self, name: &str, records: Vec<Record>) {
        self.set_in_turn(name, vec![records]);
    }

    /// Gives a name other records from one question to the next; the last ones stay. Without any it does not exist.
    pub fn set_in_turn(&self, name: &str, turns: Vec<Vec<Record>>) {
        self.lock().names.insert(plain(name), turns.into());
    }

    /// Publishes a cluster's private names as Atlas does, and the endpoint's own as AWS does.
    pub fn publish(&self, names: &PrivateNames) {
        let seeds = names.ports.iter().map(|port| Record::Seed(names.host.clone(), *port)).collect();
        self.set(&format!("_mongodb._tcp.{}", names.seed_list), seeds);
        self.set(&names.seed_list, vec![Record::Text(names.options.clone())]);
        self.set(&names.host, vec![Record::Alias(names.endpoint_dns_name.clone())]);
        self.set(&names.endpoint_dns_name, names.addresses.iter().copied().map(Record::Address).collect());
    }

    /// How often a name was asked for.
    #[must_use]
    pub fn questions(&self, name: &str) -> usize {
        self.lock().questions.iter().filter(|question| **question == plain(name)).count()
    }

    /// The records that answer a question; `None` when there is no such name.
    fn answer(&self, question: &str, kind: RecordType) -> Option<Vec<rr::Record>> {
        let mut state = self.lock();
        state.questions.push(plain(question));
        let mut at = plain(question);
        let mut records = Vec::new();
        // An alias of itself would go on for ever.
        for _ in 0..8 {
            let turns = state.names.get_mut(&at)?;
            let its = if turns.len() > 1 { turns.pop_front()? } else { turns.front()?.clone() };
            if its.is_empty() {
                return None;
            }
            records.extend(its.iter().filter_map(|record| on_the_wire(&at, record, kind)));
            match its.as_slice() {
                [Record::Alias(next)] => at = plain(next),
                _ => break,
            }
        }
        Some(records)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The record, if it answers such a question.
fn on_the_wire(name: &str, record: &Record, kind: RecordType) -> Option<rr::Record> {
    let target = |name: &str| Name::from_utf8(format!("{name}.")).ok();
    let data = match (record, kind) {
        (Record::Seed(host, port), RecordType::SRV) => RData::SRV(SRV::new(0, 0, *port, target(host)?)),
        (Record::Text(text), RecordType::TXT) => RData::TXT(TXT::new(vec![text.clone()])),
        (Record::Alias(other), _) => RData::CNAME(CNAME(target(other)?)),
        (Record::Address(address), RecordType::A) => RData::A(A(*address)),
        _ => return None,
    };
    Some(rr::Record::from_rdata(target(name)?, 60, data))
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// A running server. It ends when it is dropped.
pub struct Dns {
    /// What it answers.
    pub zone: Zone,
    /// Where it listens, by UDP and, for long answers, by TCP.
    pub address: SocketAddr,
    _server: Server<Zone>,
}

impl Dns {
    /// Starts a server without any names.
    ///
    /// # Errors
    /// When no socket can be had.
    pub async fn start() -> Result<Self> {
        let (socket, listener) = both_sockets().await.context("no sockets for the DNS")?;
        let address = socket.local_addr()?;
        let zone = Zone::default();
        let mut server = Server::new(zone.clone());
        server.register_socket(socket);
        server.register_listener(listener, Duration::from_secs(5), 64);
        Ok(Self { zone, address, _server: server })
    }
}

/// One port for UDP and TCP. A port that is free for the one may be taken for the other.
async fn both_sockets() -> Result<(UdpSocket, TcpListener)> {
    let mut tries = 0;
    loop {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(socket.local_addr()?).await {
            Ok(listener) => return Ok((socket, listener)),
            Err(error) if tries == 20 => return Err(error.into()),
            Err(_) => tries += 1,
        }
    }
}

#[async_trait]
impl RequestHandler for Zone {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response_handle: R,
    ) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.recursion_available = true;
        let records = if let Ok(info) = request.request_info() {
            let answer = self.answer(&info.query.name().to_string(), info.query.query_type());
            if answer.is_none() {
                metadata.response_code = ResponseCode::NXDomain;
            }
            answer.unwrap_or_default()
        } else {
            metadata.response_code = ResponseCode::FormErr;
            Vec::new()
        };
        let response = MessageResponseBuilder::from_message_request(request).build(metadata, &records, [], [], []);
        match response_handle.send_response(response).await {
            Ok(info) => info,
            Err(error) => {
                tracing::warn!("the DNS could not answer: {error}");
                ResponseInfo::from(Header { metadata, counts: HeaderCounts::default() })
            }
        }
    }
}
