//! Reads a connection string by the rules of the drivers' specification.
//!
//! A password with an unescaped `@`, `/` or `?` makes pieces of it look like a host or a database. So nothing of the text
//! is quoted and no place in it is pointed at before it is sure where the credentials end: at the only `@`, with names of
//! hosts behind it.

use crate::accepted::Accepted;
use crate::code::Code;
use crate::credentials::{credentials, no_credentials};
use crate::database::database;
use crate::diagnostic::{Diagnostic, Findings, Refused};
use crate::escape::decode;
use crate::host::{self, Host};
use crate::model::{Mechanism, Seeds, Source};
use crate::options::{self, Options, tls_off};
use intake::Span;

/// What must be percent-encoded in a user name or a password.
const RESERVED: [char; 7] = [':', '/', '?', '#', '[', ']', '@'];

pub(crate) fn read(text: &str) -> Result<Accepted, Refused> {
    let mut findings = Findings::default();
    let source = parse(text, &mut findings).unwrap_or_else(|fault| {
        findings.push(fault);
        None
    });
    Accepted::unless_refused(source, findings)
}

/// The source if it has no fault; a fault that ends the reading, because what follows cannot be told apart, is an error.
fn parse(text: &str, findings: &mut Findings) -> Result<Option<Source>, Diagnostic> {
    if text
        .chars()
        .any(|ch| ch.is_whitespace() || ch.is_control() || matches!(ch, '\u{200b}'..='\u{200f}' | '\u{feff}'))
    {
        return Err(not_a_string(text).unwrap_or_else(|| {
            Diagnostic::new(Code::Whitespace, "There is a blank, a line break or an invisible character in the string.")
                .hint("Copy the string again as one line. A blank in a password is written %20.")
        }));
    }
    let (is_srv, rest) = scheme(text)?;
    let (authority, path, query) = split(rest);
    let (userinfo, hosts) = credentials_end(authority, path, query)?;
    let login = userinfo.and_then(|userinfo| {
        findings.keep(login(userinfo)).and_then(|(username, password)| credentials(username, password, findings))
    });
    let locate = |part: &str| span(text, part);
    let Some(hosts) = host_list(hosts, is_srv, locate, findings) else { return Ok(None) };
    let options = options::sort(query, locate, findings);
    let database = decode(path).map_or_else(
        || Err(Diagnostic::new(Code::BrokenEscape, "The database's name is not percent-encoded well.")),
        database,
    );
    let database = findings.keep(database.map_err(|fault| fault.at(locate(path))));
    let chosen = choose(&options, &hosts, is_srv, findings);
    let (Some((username, password)), Some(database), Some(chosen)) = (login, database, chosen) else {
        return Ok(None);
    };
    let seeds = if is_srv {
        let service = options.get("srvServiceName").cloned().unwrap_or_else(|| "mongodb".to_owned());
        hosts.into_iter().next().map(|host| Seeds::Srv { name: host.name, service })
    } else {
        Some(Seeds::Hosts(hosts))
    };
    let read_here =
        ["authMechanism", "authSource", "directConnection", "loadBalanced", "replicaSet", "srvServiceName", "tls"];
    let is_passed_on = |name: &String| !read_here.contains(&name.as_str());
    Ok(seeds.map(|seeds| Source {
        seeds,
        username,
        password,
        auth_source: options.get("authSource").cloned(),
        database,
        mechanism: chosen.mechanism,
        replica_set: options.get("replicaSet").cloned(),
        direct_connection: chosen.direct_connection,
        load_balanced: chosen.load_balanced,
        options: options.into_iter().filter(|(name, _)| is_passed_on(name)).collect(),
    }))
}

fn scheme(text: &str) -> Result<(bool, &str), Diagnostic> {
    if let Some(rest) = text.strip_prefix("mongodb+srv://") {
        return Ok((true, rest));
    }
    if let Some(rest) = text.strip_prefix("mongodb://") {
        return Ok((false, rest));
    }
    Err(not_a_string(text).unwrap_or_else(|| {
        Diagnostic::new(Code::NotAConnectionString, "The text begins with neither `mongodb+srv://` nor `mongodb://`.")
            .hint("Copy the whole string from Atlas: Connect > Private Endpoint > Drivers.")
    }))
}

/// What people paste in place of a string, said more plainly.
fn not_a_string(text: &str) -> Option<Diagnostic> {
    let first = text.split([' ', '\t', '\n']).next().unwrap_or_default();
    matches!(first, "mongosh" | "mongo" | "$" | "mongodump" | "mongoexport").then(|| {
        Diagnostic::new(Code::NotAConnectionString, "This is a command and not a connection string.")
            .hint("Copy the string alone. In Atlas, Connect > Private Endpoint > Drivers shows it.")
    })
}

/// Hosts with credentials, database, options. The slash between hosts and options may be missing.
fn split(rest: &str) -> (&str, &str, &str) {
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = before.split_once('/').unwrap_or((before, ""));
    (authority, path, query)
}

/// Splits credentials and hosts at the only `@`.
fn credentials_end<'a>(authority: &'a str, path: &str, query: &str) -> Result<(Option<&'a str>, &'a str), Diagnostic> {
    // An `@` behind a slash or question mark: those belong to a password, or somebody wrote an address into an option.
    if path.contains('@') || query.contains('@') || authority.matches('@').count() > 1 {
        return Err(unescaped("an `@`, `/` or `?`"));
    }
    // Without any `@` a host may just as well be a user name, and its port a password: nothing is quoted.
    authority.rsplit_once('@').map(|(userinfo, hosts)| (Some(userinfo), hosts)).ok_or_else(no_credentials)
}

fn login(userinfo: &str) -> Result<(String, String), Diagnostic> {
    let (username, password) = userinfo.split_once(':').ok_or_else(no_credentials)?;
    let mut decoded = Vec::new();
    for (what, text) in [("user name", username), ("password", password)] {
        if let Some(found) = RESERVED.into_iter().find(|ch| text.contains(*ch)) {
            return Err(unescaped(&format!("a `{found}`")));
        }
        decoded.push(decode(text).ok_or_else(|| {
            Diagnostic::new(
                Code::BrokenEscape,
                format!("The {what} holds a percent sign that does not begin a well-formed escape."),
            )
            .hint("Write a percent sign as %25; an escape is a percent sign and two hex digits, of UTF-8.")
        })?);
    }
    let password = decoded.pop().unwrap_or_default();
    Ok((decoded.pop().unwrap_or_default(), password))
}

fn unescaped(what: &str) -> Diagnostic {
    Diagnostic::new(Code::UnescapedCharacter, format!("The user name or the password holds {what} as it is."))
        .hint("Percent-encode it: @ is %40, : is %3A, / is %2F, ? is %3F, # is %23, [ is %5B, ] is %5D, % is %25.")
}

fn host_list<'a>(
    hosts: &'a str,
    is_srv: bool,
    locate: impl Fn(&'a str) -> Option<Span>,
    findings: &mut Findings,
) -> Option<Vec<Host>> {
    let parts: Vec<&str> = hosts.split(',').collect();
    if is_srv && parts.len() > 1 {
        let fault = Diagnostic::new(Code::SrvHosts, "A `mongodb+srv` string names several hosts.");
        findings.push(fault.hint("It names one, and the DNS the others.").at(locate(hosts)));
        return None;
    }
    let mut read = Vec::new();
    for part in &parts {
        let decoded = decode(part).unwrap_or_else(|| (*part).to_owned());
        let host = host::split_port(&decoded).and_then(|(name, port)| {
            if is_srv && port.is_some() {
                return Err(Diagnostic::new(Code::SrvPort, "A `mongodb+srv` string names a port.")
                    .hint("The DNS tells the ports: leave it out."));
            }
            Ok(Host { name: host::name(name)?, port: port.unwrap_or(host::DEFAULT_PORT) })
        });
        read.extend(findings.keep(host.map_err(|fault| fault.at(locate(part)))));
    }
    (read.len() == parts.len()).then_some(read).and_then(|hosts| findings.keep(host::check_count(hosts)))
}

/// What the options decide.
struct Chosen {
    mechanism: Option<Mechanism>,
    direct_connection: bool,
    load_balanced: bool,
}

fn choose(options: &Options, hosts: &[Host], is_srv: bool, findings: &mut Findings) -> Option<Chosen> {
    let is_true = |name: &str| options.get(name).is_some_and(|value| value == "true");
    if options.get("tls").is_some_and(|value| value == "false") {
        findings.push(tls_off());
    }
    let (direct_connection, load_balanced) = (is_true("directConnection"), is_true("loadBalanced"));
    let several = hosts.len() > 1;
    let samples_srv = options.get("srvMaxHosts").is_some_and(|value| value != "0");
    let has_srv_option = options.contains_key("srvMaxHosts") || options.contains_key("srvServiceName");
    let has_set = options.contains_key("replicaSet");
    let conflicts = [
        (direct_connection && is_srv, "`directConnection=true` does not go with `mongodb+srv`"),
        (direct_connection && several, "`directConnection=true` does not go with several hosts"),
        (direct_connection && load_balanced, "`directConnection=true` does not go with `loadBalanced=true`"),
        (load_balanced && several, "`loadBalanced=true` does not go with several hosts"),
        (load_balanced && has_set, "`loadBalanced=true` does not go with `replicaSet`"),
        (has_srv_option && !is_srv, "`srvServiceName` and `srvMaxHosts` go with `mongodb+srv` only"),
        (samples_srv && has_set, "`srvMaxHosts` does not go with `replicaSet`"),
        (samples_srv && load_balanced, "`srvMaxHosts` does not go with `loadBalanced=true`"),
    ];
    for (_, message) in conflicts.iter().filter(|(is_so, _)| *is_so) {
        findings.push(Diagnostic::new(Code::ConflictingOptions, format!("{message}.")).hint("Leave one of them out."));
    }
    if direct_connection {
        let note = "`directConnection=true`: only the member that is named is used, also when another is the primary.";
        findings.push(Diagnostic::new(Code::DirectConnection, note).hint("Leave it out to use the whole replica set."));
    }
    if load_balanced {
        let note = "`loadBalanced=true`: the deployment is spoken to through a load balancer.";
        findings.push(Diagnostic::new(Code::LoadBalanced, note));
    }
    let mechanism = findings.keep(mechanism(options))?;
    Some(Chosen { mechanism, direct_connection, load_balanced })
}

fn mechanism(options: &Options) -> Result<Option<Mechanism>, Diagnostic> {
    let refused = |name: &str| {
        Diagnostic::new(Code::UnsupportedMechanism, format!("Logging in by {name} is not supported."))
            .hint("Make a database user with a password in Atlas: Database Access > Add New Database User > Password.")
    };
    match options.get("authMechanism").map(String::as_str) {
        None if options.get("authSource").is_some_and(|source| source == "$external") => {
            Err(refused("something outside of the database (`authSource=$external`)"))
        }
        None => Ok(None),
        Some("SCRAM-SHA-1") => Ok(Some(Mechanism::ScramSha1)),
        Some("SCRAM-SHA-256") => Ok(Some(Mechanism::ScramSha256)),
        Some("MONGODB-X509") => Err(refused("a client certificate (MONGODB-X509)")),
        Some("MONGODB-AWS") => Err(refused("AWS IAM (MONGODB-AWS)")),
        Some("MONGODB-OIDC") => Err(refused("OpenID Connect (MONGODB-OIDC)")),
        Some("GSSAPI") => Err(refused("Kerberos (GSSAPI)")),
        Some("PLAIN") => Err(refused("LDAP (PLAIN)")),
        Some("MONGODB-CR") => Err(refused("MONGODB-CR, which MongoDB has removed")),
        Some(_) => Err(Diagnostic::new(Code::MalformedOption, "The value of `authMechanism` is no known mechanism.")
            .hint("Leave it out: the server says what it takes.")),
    }
}

/// Where a slice of the text stands in it, in characters.
fn span(text: &str, part: &str) -> Option<Span> {
    let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let start = text.get(..start)?.chars().count();
    Some(Span { start, end: start + part.chars().count() })
}
