//! The options of a connection string: which ones count, which are refused, and which are passed on as they are.

use std::collections::BTreeMap;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Findings, quoted};
use crate::escape::decode;
use intake::Span;

/// What the value of an option must be.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Flag,
    Number,
}

/// What is done with an option.
#[derive(Clone, Copy)]
enum Treatment {
    /// The platform reads it or passes it on.
    Kept(Kind),
    /// It weakens TLS; only `false`, which changes nothing, is let through.
    Unsafe,
    /// It needs something that the platform does not have; the text says what.
    Unsupported(&'static str),
}

use Kind::{Flag, Number, Text};
use Treatment::{Kept, Unsafe, Unsupported};

const FILE: &str = "It names a file on your machine. Atlas's certificates are issued by a public authority, so no file is needed: leave it out.";
const PROXY: &str = "The platform connects through the private endpoint and through no proxy: leave it out.";
const PROPERTIES: &str =
    "It belongs to a way of logging in that the platform does not have: log in by user name and password.";
const ENCRYPTION: &str = "It belongs to encryption in the driver, which the platform does not do: leave it out.";

/// The options of the drivers' specification, by name in its own spelling.
const OPTIONS: [(&str, Treatment); 58] = [
    ("appName", Kept(Text)),
    ("authMechanism", Kept(Text)),
    ("authSource", Kept(Text)),
    ("compressors", Kept(Text)),
    ("connectTimeoutMS", Kept(Number)),
    ("directConnection", Kept(Flag)),
    ("heartbeatFrequencyMS", Kept(Number)),
    ("journal", Kept(Flag)),
    ("loadBalanced", Kept(Flag)),
    ("localThresholdMS", Kept(Number)),
    ("maxConnecting", Kept(Number)),
    ("maxIdleTimeMS", Kept(Number)),
    ("maxPoolSize", Kept(Number)),
    ("maxStalenessSeconds", Kept(Text)),
    ("minPoolSize", Kept(Number)),
    ("readConcernLevel", Kept(Text)),
    ("readPreference", Kept(Text)),
    ("readPreferenceTags", Kept(Text)),
    ("replicaSet", Kept(Text)),
    ("retryReads", Kept(Flag)),
    ("retryWrites", Kept(Flag)),
    ("serverMonitoringMode", Kept(Text)),
    ("serverSelectionTimeoutMS", Kept(Number)),
    ("serverSelectionTryOnce", Kept(Flag)),
    ("socketTimeoutMS", Kept(Number)),
    ("srvMaxHosts", Kept(Number)),
    ("srvServiceName", Kept(Text)),
    ("ssl", Kept(Flag)),
    ("timeoutMS", Kept(Number)),
    ("tls", Kept(Flag)),
    ("uuidRepresentation", Kept(Text)),
    ("w", Kept(Text)),
    ("waitQueueTimeoutMS", Kept(Number)),
    ("wTimeoutMS", Kept(Number)),
    ("zlibCompressionLevel", Kept(Text)),
    ("sslAllowInvalidCertificates", Unsafe),
    ("sslAllowInvalidHostnames", Unsafe),
    ("sslInvalidHostNameAllowed", Unsafe),
    ("tlsAllowInvalidCertificates", Unsafe),
    ("tlsAllowInvalidHostnames", Unsafe),
    ("tlsDisableCertificateRevocationCheck", Unsafe),
    ("tlsDisableOCSPEndpointCheck", Unsafe),
    ("tlsInsecure", Unsafe),
    ("sslCertificateAuthorityFile", Unsupported(FILE)),
    ("sslClientCertificateKeyFile", Unsupported(FILE)),
    ("sslClientCertificateKeyPassword", Unsupported(FILE)),
    ("tlsCAFile", Unsupported(FILE)),
    ("tlsCRLFile", Unsupported(FILE)),
    ("tlsCertificateKeyFile", Unsupported(FILE)),
    ("tlsCertificateKeyFilePassword", Unsupported(FILE)),
    ("proxyHost", Unsupported(PROXY)),
    ("proxyPassword", Unsupported(PROXY)),
    ("proxyPort", Unsupported(PROXY)),
    ("proxyUsername", Unsupported(PROXY)),
    ("authMechanismProperties", Unsupported(PROPERTIES)),
    ("gssapiServiceName", Unsupported(PROPERTIES)),
    ("autoEncryption", Unsupported(ENCRYPTION)),
    ("kmsProviders", Unsupported(ENCRYPTION)),
];

/// The options that were kept, under the specification's own spelling.
pub(crate) type Options = BTreeMap<String, String>;

/// Sorts `key=value&…` and remarks on what is not kept. `locate` tells where a slice of the text stands.
pub(crate) fn sort<'a>(text: &'a str, locate: impl Fn(&'a str) -> Option<Span>, findings: &mut Findings) -> Options {
    let mut kept = Options::new();
    // `;` is the delimiter of old strings, which drivers still take.
    for pair in text.split(['&', ';']).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some((name, treatment)) = OPTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) else {
            let message = format!("The option{} is one that drivers do not know.", quoted(key));
            findings.push(Diagnostic::new(Code::UnknownOption, message).hint("It has no effect.").at(locate(key)));
            continue;
        };
        if let Err(fault) = take(&mut kept, name, *treatment, pair, value) {
            findings.push(fault.at(locate(key)));
        }
    }
    kept
}

/// Whether an option of this name exists.
pub(crate) fn is_known(key: &str) -> bool {
    OPTIONS.iter().any(|(name, _)| name.eq_ignore_ascii_case(key))
}

fn take(
    kept: &mut Options,
    name: &'static str,
    treatment: Treatment,
    pair: &str,
    value: &str,
) -> Result<(), Diagnostic> {
    let Some(value) = decode(value) else {
        return Err(Diagnostic::new(Code::BrokenEscape, format!("The value of `{name}` is not percent-encoded well.")));
    };
    match treatment {
        Unsupported(why) => {
            return Err(
                Diagnostic::new(Code::UnsupportedOption, format!("The option `{name}` is not supported.")).hint(why)
            );
        }
        Unsafe if value == "false" => return Ok(()),
        Unsafe => {
            return Err(Diagnostic::new(Code::UnsafeOption, format!("The option `{name}` weakens TLS."))
                .hint("The platform checks Atlas's certificate in full: leave the option out."));
        }
        Kept(_) if !pair.contains('=') || (value.is_empty() && name == "authSource") => {
            return Err(Diagnostic::new(Code::MalformedOption, format!("The option `{name}` has no value."))
                .hint(format!("Write `{name}=…`, or leave it out.")));
        }
        // Drivers ignore a key with an empty value, but for tags: an empty set stands for any member, in its place.
        Kept(_) if value.is_empty() && name != "readPreferenceTags" => return Ok(()),
        Kept(kind) if !fits(kind, &value) => {
            let message = format!("The value of `{name}` is not {}.", expected(kind));
            // What decides over the way of the connection is not guessed at.
            if matches!(name, "tls" | "ssl" | "directConnection" | "loadBalanced" | "srvMaxHosts") {
                return Err(Diagnostic::new(Code::MalformedOption, message));
            }
            return Err(Diagnostic::new(Code::IgnoredValue, message).hint("It has no effect."));
        }
        Kept(_) => {}
    }
    // `ssl` is the old name of `tls`; tags are a list by the specification.
    let name = if name == "ssl" { "tls" } else { name };
    match kept.get_mut(name) {
        Some(list) if name == "readPreferenceTags" => {
            list.push('&');
            list.push_str(&value);
        }
        Some(before) if *before != value => {
            return Err(Diagnostic::new(
                Code::RepeatedOption,
                format!("The option `{name}` is given twice, and differently."),
            )
            .hint("Leave one of the two out."));
        }
        _ => {
            kept.insert(name.to_owned(), value);
        }
    }
    Ok(())
}

fn fits(kind: Kind, value: &str) -> bool {
    match kind {
        Text => true,
        Flag => matches!(value, "true" | "false"),
        Number => value.parse::<u32>().is_ok(),
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Text => "a text",
        Flag => "true or false",
        Number => "a whole number",
    }
}

/// The fault of a source that would connect without TLS.
pub(crate) fn tls_off() -> Diagnostic {
    Diagnostic::new(Code::TlsOff, "TLS is switched off.")
        .hint("Atlas takes connections by TLS only, and so does the platform: leave `tls` and `ssl` out.")
}
