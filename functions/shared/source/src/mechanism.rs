//! The ways to log in. Only user name and password by SCRAM are supported; the others are known by their marks, whatever
//! stands in the place of the credentials.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::escape::decode;
use crate::model::Mechanism;
use crate::options::Options;

/// The fault of a string that logs in otherwise, told before anything is said about its credentials: it may have none.
pub(crate) fn unsupported(rest: &str, beside: Option<&str>) -> Option<Diagnostic> {
    // A certificate beside a string with a login is only the client's.
    let beside = beside.filter(|name| *name != "MONGODB-X509" || !rest.contains('@'));
    if let Some(fault) = beside.and_then(|name| refused(&name.to_ascii_uppercase())) {
        return Some(fault);
    }
    let query = rest.rsplit_once('?').map(|(_, query)| query)?;
    let value = |name: &str| {
        let pairs = query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
        let value = pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next_back();
        value.map(|value| decode(value).unwrap_or_else(|| value.to_owned()))
    };
    match value("authMechanism") {
        Some(name) => refused(&name.trim().to_ascii_uppercase()),
        None if !rest.contains('@') => value("tlsCertificateKeyFile")
            .or_else(|| value("sslClientCertificateKeyFile"))
            .and_then(|_| refused("MONGODB-X509"))
            .or_else(|| value("authSource").filter(|source| source == "$external").map(|_| external())),
        None => None,
    }
}

/// The mechanism of a string that has a user name and a password.
pub(crate) fn choose(options: &Options) -> Result<Option<Mechanism>, Diagnostic> {
    match options.get("authMechanism").map(String::as_str) {
        None if options.get("authSource").is_some_and(|source| source == "$external") => Err(external()),
        None => Ok(None),
        Some("SCRAM-SHA-1") => Ok(Some(Mechanism::ScramSha1)),
        Some("SCRAM-SHA-256") => Ok(Some(Mechanism::ScramSha256)),
        Some(name) => Err(refused(name).unwrap_or_else(|| {
            Diagnostic::new(Code::MalformedOption, "The value of `authMechanism` is no known mechanism.")
                .hint("Leave it out: the server says what it takes.")
        })),
    }
}

fn refused(name: &str) -> Option<Diagnostic> {
    let what = match name {
        "MONGODB-X509" => "a client certificate (MONGODB-X509)",
        "MONGODB-AWS" => "AWS IAM (MONGODB-AWS)",
        "MONGODB-OIDC" => "OpenID Connect (MONGODB-OIDC)",
        "GSSAPI" => "Kerberos (GSSAPI)",
        "PLAIN" => "LDAP (PLAIN)",
        "MONGODB-CR" => "MONGODB-CR, which MongoDB has removed",
        _ => return None,
    };
    Some(not_supported(what))
}

fn external() -> Diagnostic {
    not_supported("something outside of the database (`authSource=$external`)")
}

fn not_supported(what: &str) -> Diagnostic {
    Diagnostic::new(Code::UnsupportedMechanism, format!("Logging in by {what} is not supported."))
        .hint("Make a database user with a password in Atlas: Database Access > Add New Database User > Password.")
}
