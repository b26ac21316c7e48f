//! Hosts and ports: names only, and none that cannot lead through the endpoint.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::diagnostic::Diagnostic;

/// How many hosts a deployment can have: Atlas has 50 targets behind the endpoints of a region, and its support raises that
/// to 100.
pub const MOST_HOSTS: usize = 100;

/// The port of drivers where none is given.
pub(crate) const DEFAULT_PORT: u16 = 27017;

/// A host of the deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Host {
    /// Its name in lower case, without a dot at the end.
    pub name: String,
    /// Its port.
    pub port: u16,
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.name, self.port)
    }
}

/// Splits `host:port`.
pub(crate) fn split_port(text: &str) -> Result<(&str, Option<u16>), Diagnostic> {
    match text.split_once(':') {
        _ if text.starts_with('[') || text.matches(':').count() > 1 => {
            let is_address = |ch: char| ch.is_ascii_hexdigit() || matches!(ch, ':' | '.' | '[' | ']' | '%');
            Err(if text.chars().all(is_address) { address() } else { not_a_name() })
        }
        Some((name, digits)) => port(digits).map(|port| (name, Some(port))),
        None => Ok((text, None)),
    }
}

/// The entries of a list of hosts or ports: separated by commas, and also by semicolons, blanks and line breaks.
pub(crate) fn entries(text: &str) -> Vec<&str> {
    let parts = text.split([',', ';']).map(str::trim);
    // Nothing between two commas is an empty entry, and a fault.
    parts.flat_map(|part| if part.is_empty() { vec![part] } else { part.split_whitespace().collect() }).collect()
}

/// Whether a list has other separators than commas.
pub(crate) fn has_other_separators(text: &str) -> bool {
    text.trim().contains(|ch: char| ch == ';' || ch.is_whitespace())
}

/// Whether an entry is a further port of the host before it, as in `host:1024,1025`.
pub(crate) fn is_port_alone(entry: &str) -> bool {
    (1..=5).contains(&entry.len()) && entry.bytes().all(|byte| byte.is_ascii_digit())
}

/// That a list was read which drivers do not read.
pub(crate) fn other_separators() -> Diagnostic {
    Diagnostic::new(Code::HostSeparators, "The hosts and ports were read one by one; drivers want commas between them.")
}

/// Reads a port.
pub(crate) fn port(digits: &str) -> Result<u16, Diagnostic> {
    let is_range = digits
        .split_once(['-', '–'])
        .is_some_and(|(low, high)| is_port_alone(low.trim()) && is_port_alone(high.trim()));
    if is_range {
        return Err(Diagnostic::new(Code::MalformedPort, "A range of ports stands where one port is expected.")
            .hint("Write each port, with commas between them, as the connection string that Atlas shows has them."));
    }
    let port = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    port.filter(|port| *port > 0).ok_or_else(|| {
        Diagnostic::new(Code::MalformedPort, "A port is not a number from 1 to 65535.")
            .hint("Take the ports from the connection string that Atlas shows for the private endpoint.")
    })
}

/// Reads the name of a host, in lower case.
pub(crate) fn name(text: &str) -> Result<String, Diagnostic> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if name.is_empty() {
        return Err(Diagnostic::new(Code::NoHost, "A host is empty.").hint(COPY));
    }
    if name.starts_with(['<', '{', '$']) {
        return Err(Diagnostic::new(Code::Placeholder, "The host is a placeholder that was not replaced.").hint(COPY));
    }
    if name.contains('/') || name.rsplit('.').next() == Some("sock") {
        return Err(Diagnostic::new(Code::UnixSocket, "A host is the path of a socket.")
            .hint("The platform connects through the private endpoint: give the host's name."));
    }
    let labels: Vec<&str> = name.split('.').collect();
    if labels.last().is_some_and(|last| is_number(last)) {
        return Err(address());
    }
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() > 253 || !labels.iter().all(is_label) {
        return Err(not_a_name());
    }
    if labels.len() == 1 {
        return Err(Diagnostic::new(Code::SingleLabelHost, "A host has no domain.")
            .hint("Give the whole name, such as `cluster0-pl-0.abcde.mongodb.net`."));
    }
    Ok(name)
}

/// Whether a name is that of a seed list for a private endpoint, `cluster0-pl-0.abcde.mongodb.net`, and of no host.
/// Federated database instances are hosts.
pub(crate) fn is_private_seed_list(name: &str) -> bool {
    name.ends_with(".mongodb.net")
        && !name.ends_with(".query.mongodb.net")
        && name.split('.').next().is_some_and(|label| label.contains("-pl-"))
}

/// Decimal or hexadecimal: no domain ends so, and `127.1`, `2130706433` and `0x7f000001` are all addresses.
fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hex || (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()))
}

fn address() -> Diagnostic {
    Diagnostic::new(Code::IpAddress, "A host is an IP address.")
        .hint("Give the host's name: Atlas's certificate and the way through the endpoint belong to the name.")
}

fn not_a_name() -> Diagnostic {
    Diagnostic::new(Code::MalformedHost, "A host is not a host's name.").hint(
        "A host's name consists of letters, digits and hyphens between dots; commas stand between hosts, each with one port.",
    )
}

/// Lets a list pass that is no longer than a deployment can be.
pub(crate) fn check_count(hosts: Vec<Host>) -> Result<Vec<Host>, Diagnostic> {
    if hosts.len() > MOST_HOSTS {
        return Err(Diagnostic::new(Code::TooManyHosts, format!("There are more than {MOST_HOSTS} hosts.")));
    }
    Ok(hosts)
}

const COPY: &str = "Copy the connection string from Atlas again: Connect > Private Endpoint.";
