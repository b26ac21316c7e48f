//! The intake of the source: a connection string or single fields, read by the rules of MongoDB's drivers and judged by
//! what the platform can use. It connects to nothing; `verify-source` does.
//!
//! TLS is always on and has no field here. What the customer is told never holds a user name, a password or the string.
//!
//! The endpoint's own DNS name as the host: Atlas's certificate is not for that name. A federated database instance and an
//! Online Archive are one host on one port, so that the name can be taken there, and the certificate is checked for Atlas's
//! names. A cluster's members are told apart by theirs; for it the endpoint's name is refused.

mod code;
mod connection_string;
mod diagnostic;
mod fields;
mod given;
mod host;
mod options;
#[cfg(feature = "source-secret")]
pub mod secret;
mod secret_text;
#[cfg(test)]
mod tests;

pub use code::Code;
pub use diagnostic::{Accepted, Diagnostic, Refused};
pub use given::Given;
pub use host::Host;
pub use secret_text::SecretText;

use crate::target::Target;
use diagnostic::Findings;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest connection string or field that is read, in bytes.
pub const LONGEST: usize = 4 * 1024;
/// How many hosts a deployment can have; Atlas has 50 targets behind the endpoints of a region.
pub const MOST_HOSTS: usize = 50;

/// How to reach and log in to the customer's deployment, always by TLS. Its JSON is what the secret holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Where to begin.
    pub seeds: Seeds,
    /// The database user.
    pub username: String,
    /// The user's password.
    pub password: SecretText,
    /// The database to read from, when one is named.
    #[serde(default)]
    pub database: Option<String>,
    /// The database that knows the user, when one is named; otherwise it is the DNS's, `database` or `admin`.
    #[serde(default)]
    pub auth_source: Option<String>,
    /// How to log in, when that is not left to the server.
    #[serde(default)]
    pub mechanism: Option<Mechanism>,
    /// The replica set's name, when one is named.
    #[serde(default)]
    pub replica_set: Option<String>,
    /// Whether only the one host that is named is to be used.
    #[serde(default)]
    pub direct_connection: bool,
    /// Whether a load balancer stands before the deployment.
    #[serde(default)]
    pub load_balanced: bool,
    /// The other options of the connection string, which do not change how it is reached.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// Where a driver begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Seeds {
    /// A list of hosts in the DNS, of a `mongodb+srv` string.
    Srv {
        /// The name that has the list, `cluster0-pl-0.abcde.mongodb.net`.
        name: String,
        /// The service's name in the DNS, `mongodb` unless the string says otherwise.
        service: String,
    },
    /// Hosts by name.
    Hosts(Vec<Host>),
}

/// A way to log in by user name and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// SCRAM with SHA-1.
    #[serde(rename = "SCRAM-SHA-1")]
    ScramSha1,
    /// SCRAM with SHA-256.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
}

impl Mechanism {
    /// The name that MongoDB knows it by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
        }
    }
}

/// Reads what the customer gave for a target, as far as that is known.
///
/// # Errors
/// The faults, the first of which is for the portal's answer.
pub fn read(given: &Given, target: Option<Target>) -> Result<Accepted, Refused> {
    let mut accepted = read_any(given)?;
    match &accepted.source.seeds {
        Seeds::Hosts(hosts) if hosts.iter().any(|host| host::is_endpoint_name(&host.name)) => match target {
            Some(target) if target.is_shared() => accepted.notes.push(Diagnostic::new(
                Code::EndpointName,
                "The host is the endpoint's own DNS name; its certificate is checked for Atlas's names.",
            )),
            _ => return Err(Refused::only(endpoint_host())),
        },
        Seeds::Srv { name, .. } if host::is_endpoint_name(name) => return Err(Refused::only(endpoint_host())),
        _ => {}
    }
    Ok(accepted)
}

fn endpoint_host() -> Diagnostic {
    Diagnostic::new(Code::EndpointHost, "The host is the endpoint's own DNS name.").hint(
        "Atlas's certificates for clusters are for the names of their members, so the connection could not be checked. Give \
         the host as Atlas shows it in the connection string for the private endpoint; it ends in `.mongodb.net`.",
    )
}

fn read_any(given: &Given) -> Result<Accepted, Refused> {
    let given = given.without_blanks();
    if let Some(fault) = given.too_long() {
        return Err(Refused::only(fault));
    }
    match &given.connection_string {
        Some(_) if given.has_fields() => Err(Refused::only(
            Diagnostic::new(Code::BothForms, "A connection string and single fields were both given.")
                .hint("Give one of the two: the string holds all that the fields ask for."),
        )),
        Some(text) => connection_string::read(text.reveal()),
        None if given.has_fields() => fields::read(&given),
        None => Err(Refused::only(Diagnostic::new(Code::Empty, "Nothing was given.").hint(
            "Give the connection string that Atlas shows under Connect > Private Endpoint, with the user's password.",
        ))),
    }
}

/// Percent-decodes as drivers do: each percent sign with its two hex digits, and the whole must be text.
fn decode(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        after.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        rest = after;
    }
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// User name and password, once they are plain.
fn credentials(username: String, password: String, findings: &mut Findings) -> Option<(String, SecretText)> {
    let password = SecretText::from(password);
    if username.is_empty() || password.reveal().is_empty() {
        findings.push(no_credentials());
        return None;
    }
    for (what, text) in [("user name", username.as_str()), ("password", password.reveal())] {
        if is_placeholder(text) {
            findings.push(
                Diagnostic::new(Code::Placeholder, format!("The {what} is a placeholder that was not replaced."))
                    .hint("Put in the database user's own; Atlas lists users under Database Access."),
            );
            return None;
        }
        if text.contains('\0') {
            findings.push(Diagnostic::new(Code::Whitespace, format!("The {what} holds a character that cannot be.")));
            return None;
        }
    }
    Some((username, password))
}

fn no_credentials() -> Diagnostic {
    Diagnostic::new(Code::NoCredentials, "There is no user name, or no password.")
        .hint("Give a database user of Atlas that may read the data, as `mongodb+srv://user:password@host/`.")
}

/// `<password>`, `<db_password>`, `${PASSWORD}`, or a masked one.
fn is_placeholder(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let inner = inner.or_else(|| text.strip_prefix("${").and_then(|text| text.strip_suffix('}')));
    let is_word = |inner: &str| inner.chars().all(|ch| ch.is_ascii_alphabetic() || matches!(ch, '_' | '-' | ' '));
    inner.is_some_and(is_word) || (text.len() >= 3 && text.chars().all(|ch| ch == '*'))
}

/// The name of a database as drivers take it.
fn database(name: String) -> Result<Option<String>, Diagnostic> {
    if name.contains(['/', '\\', ' ', '"', '$', '\0']) || name.len() > 63 {
        return Err(Diagnostic::new(Code::MalformedDatabase, "The database's name is not one that MongoDB takes.")
            .hint("It has at most 63 bytes and no blank, quotation mark, dollar sign, slash or backslash."));
    }
    Ok(Some(name).filter(|name| !name.is_empty()))
}

fn check_count(hosts: Vec<Host>) -> Result<Vec<Host>, Diagnostic> {
    if hosts.len() > MOST_HOSTS {
        return Err(Diagnostic::new(Code::TooManyHosts, format!("There are more than {MOST_HOSTS} hosts.")));
    }
    Ok(hosts)
}
