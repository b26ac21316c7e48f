//! The fifth layer's second half: the user logs in and may read.

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, doc};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::mongodb::hello::{Greeted, shown};
use crate::mongodb::refusal::{self, Meaning, Refusal};
use crate::mongodb::rights::Readable;
use crate::mongodb::scram::{Scram, ScramError};
use crate::mongodb::wire::{self, WireError};
use crate::report::Stop;
use source::{Host, Mechanism, Source};

/// The user that logs in.
#[derive(Debug)]
pub(crate) struct Login<'a> {
    source: &'a Source,
    database: String,
}

impl<'a> Login<'a> {
    /// `from_dns` is the TXT record's authSource: it counts less than the source's own, and more than its database.
    pub(crate) fn new(source: &'a Source, from_dns: Option<String>) -> Self {
        let database = source.auth_source.clone().or(from_dns).or_else(|| source.database.clone());
        Self { source, database: database.unwrap_or_else(|| "admin".to_owned()) }
    }

    /// The user with the database that knows it.
    pub(crate) fn full_name(&self) -> String {
        format!("{}.{}", self.database, self.source.username)
    }

    /// Logs in, pings, and looks at what the user may do. Tells what was seen.
    pub(crate) async fn run(&self, server: &mut Greeted) -> Result<String, Stop> {
        let mechanism = self.mechanism(server.hello.mechanisms.as_deref())?;
        self.log_in(server, mechanism).await?;
        let (host, stream) = (&server.host, &mut server.stream);
        let asked = self.source.database.as_deref().unwrap_or("admin");
        let ping = wire::run(stream, asked, doc! { "ping": 1 }).await.map_err(|error| broken(host, &error))?;
        refusal::accepted(ping).map_err(|refused| ping_refused(host, refused))?;
        let version = self.version(stream).await;
        let rights = self.rights(host, stream).await?;
        Ok(format!("{host}: logged in by {}, ping answered{version}{rights}", mechanism.as_str()))
    }

    /// The way that the source names, or else the strongest that the user has.
    fn mechanism(&self, offered: Option<&[String]>) -> Result<Mechanism, Stop> {
        let has = |mechanism: Mechanism| {
            offered.is_none_or(|offered| offered.iter().any(|offered| offered == mechanism.as_str()))
        };
        match self.source.mechanism {
            Some(mechanism) => Ok(mechanism),
            None if has(Mechanism::ScramSha256) => Ok(Mechanism::ScramSha256),
            None if has(Mechanism::ScramSha1) => Ok(Mechanism::ScramSha1),
            None => Err(Stop::ask_again(
                "the user can log in neither by SCRAM-SHA-256 nor by SCRAM-SHA-1",
                "The database user cannot log in by password.",
                "Make a database user with a password in Atlas: Database Access > Add New Database User > Password.",
            )),
        }
    }

    async fn log_in(&self, server: &mut Greeted, mechanism: Mechanism) -> Result<(), Stop> {
        let (host, stream) = (&server.host, &mut server.stream);
        let broken_off = |error: ScramError| {
            Stop::ask_again(
                format!("{host}: {error}"),
                format!("The login at {host} was broken off: {error}."),
                "Check the password, and that the connection string is Atlas's own.",
            )
        };
        let scram = Scram::new(mechanism, &self.source.username).map_err(broken_off)?;
        let start = doc! {
            "saslStart": 1,
            "mechanism": mechanism.as_str(),
            "payload": payload(&scram.first()),
            "options": { "skipEmptyExchange": true },
        };
        let answer = self.exchange(host, stream, start).await?;
        let (proof, expected) =
            scram.prove(&self.source.username, &self.source.password, &text(&answer)).map_err(broken_off)?;
        let conversation = answer.get("conversationId").cloned().unwrap_or(Bson::Int32(1));
        let proceed =
            |payload: Bson| doc! { "saslContinue": 1, "conversationId": conversation.clone(), "payload": payload };
        let answer = self.exchange(host, stream, proceed(payload(&proof))).await?;
        expected.check(&text(&answer)).map_err(broken_off)?;
        if wire::is_true(&answer, "done") {
            return Ok(());
        }
        // Older servers want one more, empty message.
        let answer = self.exchange(host, stream, proceed(payload(""))).await?;
        if wire::is_true(&answer, "done") { Ok(()) } else { Err(broken_off(ScramError::Malformed)) }
    }

    async fn exchange(
        &self,
        host: &Host,
        stream: &mut TlsStream<TcpStream>,
        command: Document,
    ) -> Result<Document, Stop> {
        let answer = wire::run(stream, &self.database, command).await.map_err(|error| broken(host, &error))?;
        refusal::accepted(answer).map_err(|refused| self.refused(host, refused))
    }

    /// The login itself was refused.
    fn refused(&self, host: &Host, refused: Refusal) -> Stop {
        let evidence = format!("{host}: the login was refused with code {}", refused.code);
        match refused.meaning() {
            Meaning::Passing => busy(host, evidence),
            Meaning::LoadBalanced => refusal::load_balanced(host, evidence),
            Meaning::Unauthorized => Stop::ask_again(
                evidence,
                format!("{host} does not let this user log in."),
                "In Atlas, under Database Access, check that the user is not limited to other clusters and has not expired. A change takes a minute.",
            ),
            Meaning::Atlas | Meaning::AuthenticationFailed | Meaning::Never | Meaning::Other => {
                self.unknown_user(host, evidence)
            }
        }
    }

    fn unknown_user(&self, host: &Host, evidence: String) -> Stop {
        let database = shown(&self.database);
        Stop::ask_again(
            evidence,
            format!("{host} does not know this user with this password in the database `{database}`."),
            if database == "admin" {
                "Check user name and password under Database Access in Atlas, and that the user is not limited to other clusters. A new user takes a minute."
            } else {
                "Atlas keeps its users in `admin`: add `authSource=admin`, and check user name and password under Database Access."
            },
        )
    }

    /// The server's version, when it tells it.
    async fn version(&self, stream: &mut TlsStream<TcpStream>) -> String {
        let answer = wire::run(stream, "admin", doc! { "buildInfo": 1 })
            .await
            .ok()
            .and_then(|answer| refusal::accepted(answer).ok());
        let version = answer.as_ref().and_then(|answer| answer.get_str("version").ok());
        version.map(|version| format!(", MongoDB {}", shown(version))).unwrap_or_default()
    }

    /// Whether the user may read anything, and what. A ping needs no rights at all.
    async fn rights(&self, host: &Host, stream: &mut TlsStream<TcpStream>) -> Result<String, Stop> {
        let command = doc! { "connectionStatus": 1, "showPrivileges": true };
        let answer = wire::run(stream, "admin", command).await.map_err(|error| broken(host, &error))?;
        let answer = refusal::accepted(answer).ok();
        let info = answer.as_ref().and_then(|answer| answer.get_document("authInfo").ok());
        let Some(privileges) = info.and_then(|info| info.get_array("authenticatedUserPrivileges").ok()) else {
            // Federated database instances know fewer commands.
            return Ok(", the user's rights were not told".to_owned());
        };
        let told = Readable::of(privileges).describe(self.source.database.as_deref());
        told.map(|told| format!(", the user {told}"))
            .ok_or_else(|| no_rights(format!("{host}: logged in, but without the right to read")))
    }
}

/// The login worked and a ping, which needs no rights, was refused: the user may do nothing at all.
fn ping_refused(host: &Host, refused: Refusal) -> Stop {
    let evidence = format!("{host}: a ping was refused with code {}", refused.code);
    match refused.meaning() {
        Meaning::Passing => busy(host, evidence),
        Meaning::LoadBalanced => refusal::load_balanced(host, evidence),
        _ => no_rights(evidence),
    }
}

/// The user can log in, which is of no use.
fn no_rights(evidence: String) -> Stop {
    Stop::ask_again(
        evidence,
        "The user can log in, but may not read any database.",
        "Give the user a role that reads, such as `read` on the databases that are to be read, or `readAnyDatabase`: Database Access > Edit in Atlas.",
    )
}

fn busy(host: &Host, evidence: String) -> Stop {
    Stop::not_yet(evidence, format!("{host} cannot serve at the moment."), "Nothing yet: it is tried again.")
}

fn broken(host: &Host, error: &WireError) -> Stop {
    match error {
        WireError::Slow => Stop::slow(&format!("{host}, during the login"), wire::LIMIT),
        _ => Stop::not_yet(
            format!("{host}: {error}"),
            format!("{host} ended the connection during the login."),
            "Nothing yet: it is tried again.",
        ),
    }
}

fn payload(message: &str) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: message.as_bytes().to_vec() })
}

fn text(answer: &Document) -> String {
    answer.get_binary_generic("payload").map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}
