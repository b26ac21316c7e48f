//! A DNS server with the names that Atlas and AWS publish: seed lists, aliases of endpoints, addresses.
//!
//! It answers as a recursive resolver does: an alias comes together with what it stands for. Answers can be changed at
//! any time, and can differ from one question to the next.

use anyhow::{Context, Result};
use async_trait::async_trait;
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Header, HeaderCounts, Metadata, ResponseCode};
use hickory_server::proto::rr::rdata::{A, CNAME, SRV, TXT};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::UdpSocket;

/// What a name has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
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

/// The answers; a clone is the same zone.
#[derive(Debug, Clone, Default)]
pub struct Zone {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What each name has, one list per question; the last one stays.
    names: BTreeMap<String, VecDeque<Vec<Answer>>>,
    questions: Vec<String>,
}

impl Zone {
    /// Gives a name these records from now on, in place of all that it had.
    pub fn set(&self, name: &str, answers: Vec<Answer>) {
        self.set_in_turn(name, vec![answers]);
    }

    /// Gives a name other records from one question to the next; the last ones stay. Without any it does not exist.
    pub fn set_in_turn(&self, name: &str, answers: Vec<Vec<Answer>>) {
        self.lock().names.insert(plain(name), answers.into());
    }

    /// Takes a name away.
    pub fn remove(&self, name: &str) {
        self.lock().names.remove(&plain(name));
    }

    /// Publishes a cluster's private names as Atlas does, and the endpoint's own as AWS does.
    pub fn publish(&self, names: &PrivateNames) {
        let seeds = names.ports.iter().map(|port| Answer::Seed(names.host.clone(), *port)).collect();
        self.set(&format!("_mongodb._tcp.{}", names.seed_list), seeds);
        self.set(&names.seed_list, vec![Answer::Text(names.options.clone())]);
        self.set(&names.host, vec![Answer::Alias(names.endpoint_dns_name.clone())]);
        self.set(&names.endpoint_dns_name, names.addresses.iter().copied().map(Answer::Address).collect());
    }

    /// How often a name was asked for.
    #[must_use]
    pub fn questions(&self, name: &str) -> usize {
        self.lock().questions.iter().filter(|question| **question == plain(name)).count()
    }

    /// The records that answer a question; `None` when there is no such name.
    fn answer(&self, question: &str, kind: RecordType) -> Option<Vec<Record>> {
        let mut state = self.lock();
        state.questions.push(plain(question));
        let mut at = plain(question);
        let mut records = Vec::new();
        // An alias of itself would go on for ever.
        for _ in 0..8 {
            let turns = state.names.get_mut(&at)?;
            let answers = if turns.len() > 1 { turns.pop_front()? } else { turns.front()?.clone() };
            if answers.is_empty() {
                return None;
            }
            records.extend(answers.iter().filter_map(|answer| record(&at, answer, kind)));
            match answers.as_slice() {
                [Answer::Alias(next)] => at = plain(next),
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
fn record(name: &str, answer: &Answer, kind: RecordType) -> Option<Record> {
    let target = |name: &str| Name::from_utf8(format!("{name}.")).ok();
    let data = match (answer, kind) {
        (Answer::Seed(host, port), RecordType::SRV) => RData::SRV(SRV::new(0, 0, *port, target(host)?)),
        (Answer::Text(text), RecordType::TXT) => RData::TXT(TXT::new(vec![text.clone()])),
        (Answer::Alias(other), _) => RData::CNAME(CNAME(target(other)?)),
        (Answer::Address(address), RecordType::A) => RData::A(A(*address)),
        _ => return None,
    };
    Some(Record::from_rdata(target(name)?, 60, data))
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// A running server. It ends when it is dropped.
pub struct Dns {
    /// What it answers.
    pub zone: Zone,
    /// Where it listens, by UDP.
    pub address: SocketAddr,
    _server: Server<Zone>,
}

impl Dns {
    /// Starts a server without any names.
    ///
    /// # Errors
    /// When no socket can be had.
    pub async fn start() -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no socket for the DNS")?;
        let address = socket.local_addr()?;
        let zone = Zone::default();
        let mut server = Server::new(zone.clone());
        server.register_socket(socket);
        Ok(Self { zone, address, _server: server })
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
