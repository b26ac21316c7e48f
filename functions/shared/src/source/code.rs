//! The codes of the intake of a source: stable names for everything that it can remark on.

use crate::command::Severity;
use serde::Serialize;

/// What a diagnostic is about. Scripts may match on the name in JSON, `public-host`; it never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The body of the request cannot be read.
    Unreadable,
    /// Neither a connection string nor a host was given.
    Empty,
    /// A connection string and single fields were both given.
    BothForms,
    /// The connection string or a field is longer than is read.
    TooLong,
    /// The text begins with neither `mongodb+srv://` nor `mongodb://`.
    NotAConnectionString,
    /// A blank, a line break or a character that cannot be seen.
    Whitespace,
    /// A placeholder that was not replaced.
    Placeholder,
    /// User name or password hold a character that must be percent-encoded.
    UnescapedCharacter,
    /// A percent sign that is not followed by two hex digits, or that encodes no text.
    BrokenEscape,
    /// There is no user name or no password.
    NoCredentials,
    /// No host is named, or an empty one.
    NoHost,
    /// Not the name of a host.
    MalformedHost,
    /// A number in place of a host's name.
    IpAddress,
    /// A name without a domain, such as `localhost`.
    SingleLabelHost,
    /// The path of a socket.
    UnixSocket,
    /// More hosts than a deployment has.
    TooManyHosts,
    /// Not a port, or as many ports as fit no host.
    MalformedPort,
    /// A port in a `mongodb+srv` string.
    SrvPort,
    /// Several hosts in a `mongodb+srv` string.
    SrvHosts,
    /// The cluster's standard, public name, which does not lead through the endpoint.
    PublicHost,
    /// The endpoint's own DNS name, for which Atlas has no certificate, as the host of a cluster.
    EndpointHost,
    /// Not the name of a database.
    MalformedDatabase,
    /// An option without a value, or with one that drivers refuse.
    MalformedOption,
    /// An option that is given twice with different values.
    RepeatedOption,
    /// TLS is switched off.
    TlsOff,
    /// An option that weakens TLS.
    UnsafeOption,
    /// An option that names a file, a proxy or a service that the platform does not have.
    UnsupportedOption,
    /// Another way to log in than by user name and password.
    UnsupportedMechanism,
    /// Options that drivers refuse together.
    ConflictingOptions,
    /// An option that no driver knows; it has no effect.
    UnknownOption,
    /// An option's value that drivers ignore.
    IgnoredValue,
    /// Only the one member that is named will be used.
    DirectConnection,
    /// The deployment is reached through a load balancer.
    LoadBalanced,
    /// A host without a port that is the name of a seed list.
    ReadAsSrv,
    /// The endpoint's own DNS name as the host of a federated database instance or an Online Archive.
    EndpointName,
}

impl Code {
    /// Whether the source is refused for it.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::UnknownOption
            | Self::IgnoredValue
            | Self::DirectConnection
            | Self::LoadBalanced
            | Self::ReadAsSrv
            | Self::EndpointName => Severity::Note,
            _ => Severity::Error,
        }
    }
}
