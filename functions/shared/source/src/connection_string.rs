//! Reads a connection string by the rules of the drivers' specification.
//!
//! A password with an unescaped `@`, `/` or `?` makes pieces of it look like a host or a database. So nothing of the text
//! is quoted and no place in it is pointed at before it is sure where the credentials end: at the only `@`, with names of
//! hosts behind it.

use crate::accepted::Accepted;
use crate::beside::Beside;
use crate::code::Code;
use crate::credentials::{bracketed, credentials, no_credentials, placeholder};
use crate::database::database;
use crate::diagnostic::{Diagnostic, Findings, Refused};
use crate::escape::decode;
use crate::host::{self, Host};
use crate::mechanism;
use crate::model::{Mechanism, Seeds, Source};
use crate::options::{self, Options, tls_off};
use crate::placeholder::{Form, form};
use crate::secret_text::SecretText;
use crate::wrapping;
use intake::Span;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What must be percent-encoded in a user name or a password.
const RESERVED: [char; 7] = [':', '/', '?', '#', '[', ']', '@'];

/// Reads what was given for the string: the string alone, or in its wrapping.
pub(crate) fn read(pasted: &str) -> Result<Accepted, Refused> {
    let mut findings = Findings::default();
    let source = match wrapping::unwrap(pasted) {
        Ok(Some(unwrapped)) => {
            let mut in_string = Findings::default();
            if unwrapped.is_changed {
                in_string.push(
                    Diagnostic::new(Code::Unwrapped, "The connection string was taken out of the text that was given.")
                        .hint("Next time, give the part from `mongodb+srv://` or `mongodb://` on alone."),
                );
            }
            let source = parse(unwrapped.text.reveal(), &unwrapped.beside, &mut in_string).unwrap_or_else(|fault| {
                in_string.push(fault);
                None
            });
            let (faults, notes) = in_string.parted();
            for mut told in faults.into_iter().chain(notes) {
                told.span = told
                    .span
                    .map(|span| Span { start: span.start + unwrapped.offset, end: span.end + unwrapped.offset });
                findings.push(told);
            }
            source
        }
        Ok(None) => {
            findings.push(not_a_string(pasted));
            None
        }
        Err(fault) => {
            findings.push(fault);
            None
        }
    };
    Accepted::unless_refused(source, findings)
}

/// The source if it has no fault; a fault that ends the reading, because what follows cannot be told apart, is an error.
fn parse(text: &str, beside: &Beside, findings: &mut Findings) -> Result<Option<Source>, Diagnostic> {
    let (is_srv, rest) = scheme(text)?;
    if let Some(fault) = mechanism::unsupported(rest, beside.mechanism.as_deref()) {
        return Err(fault);
    }
    if let Some(fault) = in_brackets(rest) {
        return Err(fault);
    }
    let (authority, path, query) = split(rest);
    check_blanks(text, authority)?;
    if beside.username.is_some() && !authority.contains('@') && !path.contains('@') {
        return with_login(is_srv, rest, beside, findings);
    }
    let (userinfo, hosts) = credentials_end(authority, path, query)?;
    let in_string = userinfo.and_then(|userinfo| decode(userinfo.split(':').next()?));
    if beside.username.is_some() && in_string != beside.username {
        return Err(Diagnostic::new(Code::NoCredentials, "The command and the string in it name two users.")
            .hint("Give the string alone, with the user and the password that it is for."));
    }
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

/// The fault of a password in brackets, told first: whatever else stands between them, a blank, an `@` or a slash.
fn in_brackets(rest: &str) -> Option<Diagnostic> {
    let (_, behind) = rest.split_once(':')?;
    let close = match behind.chars().next()? {
        '<' => ">@",
        '[' => "]@",
        '{' => "}@",
        _ => return None,
    };
    let end = behind.rfind(close)? + 1;
    match form(behind.get(..end)?) {
        Form::Placeholder => Some(placeholder("password")),
        Form::Bracketed => Some(bracketed("password")),
        Form::Plain => None,
    }
}

/// The string with the login that the command names beside it.
fn with_login(
    is_srv: bool,
    rest: &str,
    beside: &Beside,
    findings: &mut Findings,
) -> Result<Option<Source>, Diagnostic> {
    let (Some(username), Some(password)) = (&beside.username, &beside.password) else {
        return Err(Diagnostic::new(Code::NoCredentials, "The command names the user; the password is not in it.")
            .hint("Put both into the string, as `mongodb+srv://user:password@host/`."));
    };
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let scheme = if is_srv { "mongodb+srv" } else { "mongodb" };
    let login = SecretText::from(format!("{}:{}", encode(username), encode(password.reveal())));
    let text = SecretText::from(format!("{scheme}://{}@{rest}", login.reveal()));
    let mut inner = Findings::default();
    let source = parse(text.reveal(), &Beside::default(), &mut inner);
    let (faults, notes) = inner.parted();
    // Their places are those of a text that nobody gave.
    faults.into_iter().chain(notes).for_each(|told| findings.push(told.at(None)));
    source.map_err(|fault| fault.at(None))
}

/// Blanks and line breaks may stand between hosts; nowhere else, and nothing that does not show.
fn check_blanks(text: &str, authority: &str) -> Result<(), Diagnostic> {
    let is_hidden =
        |ch: char| ch.is_control() && !ch.is_whitespace() || matches!(ch, '\u{200b}'..='\u{200f}' | '\u{feff}');
    let blanks = |text: &str| text.chars().filter(|ch| ch.is_whitespace()).count();
    let among_hosts = authority.split_once('@').map_or(0, |(_, hosts)| blanks(hosts));
    if text.chars().any(is_hidden) || blanks(text) > among_hosts {
        return Err(Diagnostic::new(
            Code::Whitespace,
            "There is a blank, a line break or an invisible character in the string.",
        )
        .hint("Copy the string again as one line. A blank in a password is written %20."));
    }
    Ok(())
}

fn scheme(text: &str) -> Result<(bool, &str), Diagnostic> {
    let srv = text.strip_prefix("mongodb+srv://").map(|rest| (true, rest));
    srv.or_else(|| text.strip_prefix("mongodb://").map(|rest| (false, rest))).ok_or_else(|| not_a_string(text))
}

/// What people paste in place of a string, said more plainly where it is known.
fn not_a_string(text: &str) -> Diagnostic {
    let first = text.split_whitespace().next().unwrap_or_default();
    if matches!(first, "mongosh" | "mongo" | "$" | "mongodump" | "mongoexport") {
        return Diagnostic::new(Code::NotAConnectionString, "This is a command and not a connection string.")
            .hint("Copy the string alone. In Atlas, Connect > Private Endpoint > Drivers shows it.");
    }
    Diagnostic::new(Code::NotAConnectionString, "The text has neither `mongodb+srv://` nor `mongodb://` in it.")
        .hint("Copy the whole string from Atlas: Connect > Private Endpoint > Drivers.")
}

/// Hosts with credentials, database, options. The slash between hosts and options may be missing.
fn split(rest: &str) -> (&str, &str, &str) {
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = before.split_once('/').unwrap_or((before, ""));
    (authority, path, query)
}

/// Splits credentials and hosts at the only `@`.
fn credentials_end<'a>(authority: &'a str, path: &str, query: &str) -> Result<(Option<&'a str>, &'a str), Diagnostic> {
    // An `@` behind a slash or question mark: those belong to a password, unless all before it is whole and it stands in the
    // value of an option.
    let in_option =
        || is_host_list(authority) && query.split(['&', ';']).all(|pair| !pair.contains('@') || is_option(pair));
    if path.contains('@') || authority.matches('@').count() > 1 || (query.contains('@') && !in_option()) {
        return Err(unescaped("an `@`, `/` or `?`"));
    }
    // Without any `@` a host may just as well be a user name, and its port a password: nothing is quoted.
    authority.rsplit_once('@').map(|(userinfo, hosts)| (Some(userinfo), hosts)).ok_or_else(no_credentials)
}

/// Whether a login and hosts by name stand before the path.
fn is_host_list(authority: &str) -> bool {
    let is_host =
        |entry: &str| host::split_port(entry).is_ok_and(|(name, _)| host::name(name).is_ok() && name.contains('.'));
    authority.split_once('@').is_some_and(|(login, hosts)| login.contains(':') && hosts.split(',').all(is_host))
}

/// Whether the `@` of a pair stands in the value of an option that drivers know.
fn is_option(pair: &str) -> bool {
    pair.split_once('=').is_some_and(|(key, _)| options::is_known(key))
}

fn login(userinfo: &str) -> Result<(String, String), Diagnostic> {
    let (username, password) = userinfo.split_once(':').ok_or_else(no_credentials)?;
    let mut decoded = Vec::new();
    for (what, text) in [("user name", username), ("password", password)] {
        match form(text) {
            Form::Placeholder => return Err(placeholder(what)),
            Form::Bracketed => return Err(bracketed(what)),
            Form::Plain => {}
        }
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
    let parts = host::entries(hosts);
    if is_srv && parts.len() > 1 {
        let fault = Diagnostic::new(Code::SrvHosts, "A `mongodb+srv` string names several hosts.");
        findings.push(fault.hint("It names one, and the DNS the others.").at(locate(hosts)));
        return None;
    }
    let mut read: Vec<Host> = Vec::new();
    let mut has_lone_port = false;
    for part in &parts {
        if let Some(before) = read.last().filter(|_| host::is_port_alone(part)) {
            has_lone_port = true;
            let name = before.name.clone();
            read.extend(
                findings.keep(host::port(part).map(|port| Host { name, port }).map_err(|fault| fault.at(locate(part)))),
            );
            continue;
        }
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
    if has_lone_port || host::has_other_separators(hosts) {
        findings.push(host::other_separators());
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
    let mechanism = findings.keep(mechanism::choose(options))?;
    Some(Chosen { mechanism, direct_connection, load_balanced })
}

/// Where a slice of the text stands in it, in characters.
fn span(text: &str, part: &str) -> Option<Span> {
    let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let start = text.get(..start)?.chars().count();
    Some(Span { start, end: start + part.chars().count() })
}
