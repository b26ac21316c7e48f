//! The intake of the source: a connection string or single fields, read by the rules of MongoDB's drivers and judged by
//! what the platform can use. It connects to nothing; `verify-source` does.
//!
//! TLS is always on and has no field here. What the customer is told never holds a user name, a password or the string.
//!
//! The endpoint's own DNS name as the host: Atlas's certificate is not for that name. A federated database instance and an
//! Online Archive are one host on one port, so that the name can be taken there, and the certificate is checked for Atlas's
//! names. A cluster's members are told apart by theirs; for it the endpoint's name is refused.

mod accepted;
mod beside;
mod code;
mod connection_string;
mod credentials;
mod database;
mod diagnostic;
mod escape;
mod exposed;
mod fields;
mod given;
mod host;
mod look;
mod mechanism;
mod model;
mod options;
mod placeholder;
mod secret_text;
#[cfg(test)]
mod tests;
mod wrapping;

pub use accepted::Accepted;
pub use code::Code;
pub use diagnostic::{Diagnostic, Refused};
pub use exposed::{Exposed, exposed};
pub use given::{Given, LONGEST};
pub use host::{Host, MOST_HOSTS};
pub use look::Look;
pub use model::{Mechanism, Seeds, Source};
pub use secret_text::SecretText;

use shared::endpoint::EndpointName;
use shared::target::Target;

/// Reads what the customer gave for a target, as far as that is known.
///
/// # Errors
/// The faults, the first of which is for the portal's answer.
pub fn read(given: &Given, target: Option<Target>) -> Result<Accepted, Refused> {
    let mut accepted = read_any(given)?;
    let is_endpoints = |name: &str| EndpointName::read(name).is_some();
    match &accepted.source.seeds {
        Seeds::Hosts(hosts) if hosts.iter().any(|host| is_endpoints(&host.name)) => match target {
            Some(target) if target.is_shared() => accepted.notes.push(Diagnostic::new(
                Code::EndpointName,
                "The host is the endpoint's own DNS name; its certificate is checked for Atlas's names.",
            )),
            _ => return Err(Refused::only(endpoint_host())),
        },
        Seeds::Srv { name, .. } if is_endpoints(name) => return Err(Refused::only(endpoint_host())),
        _ => {}
    }
    let names: Vec<&str> = match &accepted.source.seeds {
        Seeds::Hosts(hosts) => hosts.iter().map(|host| host.name.as_str()).collect(),
        Seeds::Srv { name, .. } => vec![name],
    };
    let remark = names.into_iter().find_map(|name| Some(Look::of(name)?.remark(name)));
    accepted.notes.extend(remark);
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
