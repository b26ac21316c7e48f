//! Reads a source that is given in single fields.

use std::collections::BTreeMap;

use crate::accepted::Accepted;
use crate::code::Code;
use crate::credentials::credentials;
use crate::database::database;
use crate::diagnostic::{Diagnostic, Findings, Refused};
use crate::given::Given;
use crate::host::{self, Host};
use crate::model::{Seeds, Source};
use crate::options::tls_off;
use crate::secret_text::SecretText;

pub(crate) fn read(given: &Given) -> Result<Accepted, Refused> {
    let mut findings = Findings::default();
    let seeds = findings.keep(seeds(given.host.as_deref(), given.port.as_deref()));
    if [&given.host, &given.port].into_iter().flatten().any(|list| host::has_other_separators(&list.replace(", ", ",")))
    {
        findings.push(host::other_separators());
    }
    if let Some(Seeds::Srv { name, .. }) = &seeds {
        let message = format!("`{name}` is the name of a seed list; the DNS tells its hosts and ports.");
        findings.push(Diagnostic::new(Code::ReadAsSrv, message));
    }
    let password = given.password.as_ref().map(SecretText::reveal).unwrap_or_default();
    let login = credentials(given.username.clone().unwrap_or_default(), password.to_owned(), &mut findings);
    let database = findings.keep(database(given.database.clone().unwrap_or_default()));
    if given.tls.as_deref().is_some_and(|tls| !matches!(tls, "true" | "on" | "yes" | "1")) {
        findings.push(tls_off());
    }
    let source = match (seeds, login, database) {
        (Some(seeds), Some((username, password)), Some(database)) => Some(Source {
            seeds,
            username,
            password,
            database,
            // Atlas keeps every user there, whatever database is read.
            auth_source: Some("admin".to_owned()),
            mechanism: None,
            replica_set: None,
            direct_connection: false,
            load_balanced: false,
            options: BTreeMap::new(),
        }),
        _ => None,
    };
    Accepted::unless_refused(source, findings)
}

fn seeds(hosts: Option<&str>, ports: Option<&str>) -> Result<Seeds, Diagnostic> {
    let hosts = hosts.ok_or_else(|| {
        Diagnostic::new(Code::NoHost, "There is no host.").hint("Give the host of Atlas's private connection string.")
    })?;
    if hosts.contains("://") || hosts.contains('@') {
        return Err(Diagnostic::new(Code::MalformedHost, "The host holds a whole connection string.")
            .hint("Put it into the field for the connection string, and leave the others empty."));
    }
    let ports = ports.map(|ports| host::entries(ports).into_iter().map(host::port).collect::<Result<Vec<_>, _>>());
    let ports = ports.transpose()?.unwrap_or_default();
    let mut read: Vec<Host> = Vec::new();
    let entries = host::entries(hosts);
    for part in &entries {
        if let Some(before) = read.last().filter(|_| ports.is_empty() && host::is_port_alone(part)) {
            let name = before.name.clone();
            read.push(Host { name, port: host::port(part)? });
            continue;
        }
        let (name, port) = host::split_port(part)?;
        let name = host::name(name)?;
        if host::is_private_seed_list(&name) && port.is_none() && ports.is_empty() && entries.len() == 1 {
            return Ok(Seeds::Srv { name, service: "mongodb".to_owned() });
        }
        let ports = match (port, ports.as_slice()) {
            (Some(port), []) => vec![port],
            (Some(_), _) => {
                return Err(Diagnostic::new(Code::MalformedPort, "A host has a port, and ports are given beside it.")
                    .hint("Write the ports in one of the two places."));
            }
            (None, []) => vec![host::DEFAULT_PORT],
            (None, ports) => ports.to_vec(),
        };
        read.extend(ports.into_iter().map(|port| Host { name: name.clone(), port }));
    }
    host::check_count(read).map(Seeds::Hosts)
}
