//! The fourth layer: every host shows a certificate for its name, from an authority that is trusted, and in date.

pub(crate) mod atlas_names;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{AlertDescription, CertificateError, Error};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::config::Config;
use crate::report::{Stop, by_name};
use crate::tcp::Dialled;
use shared::endpoint::Endpoint;
use source::Host;
use step::outside::excerpt;

/// How long the handshake may take.
const LIMIT: Duration = Duration::from_secs(5);

/// A host with a connection by TLS.
#[derive(Debug)]
pub(crate) struct Secured {
    pub(crate) host: Host,
    pub(crate) stream: TlsStream<TcpStream>,
    certificate: String,
}

pub(crate) async fn secure(config: &Config, endpoint: &Endpoint, dialled: Dialled) -> Result<Secured, Stop> {
    let host = dialled.host;
    let by_endpoint = endpoint.target.is_shared() && endpoint.has_name(&host.name);
    let (config, expected) = if by_endpoint {
        (&config.tls_by_endpoint, format!("a name of Atlas's that ends in `{}`", atlas_names::DOMAIN))
    } else {
        (&config.tls, "its name".to_owned())
    };
    let name = ServerName::try_from(host.name.clone()).map_err(|_| {
        Stop::ask_again(
            format!("{} cannot be the name in a certificate", host.name),
            format!("No certificate can be issued for the name {}.", host.name),
            "Use the connection string that Atlas shows under Connect > Private Endpoint.",
        )
    })?;
    let handshake = TlsConnector::from(Arc::clone(config)).connect(name, dialled.stream);
    match timeout(LIMIT, handshake).await {
        Ok(Ok(stream)) => {
            let certificate = describe(&stream);
            let certificate = if by_endpoint { format!("for {expected}, {certificate}") } else { certificate };
            Ok(Secured { host, stream, certificate })
        }
        Ok(Err(error)) => Err(explain(&host, &expected, &error)),
        Err(_) => Err(Stop::slow(&format!("{host}, which took the connection but does not begin TLS"), LIMIT)),
    }
}

fn describe(stream: &TlsStream<TcpStream>) -> String {
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let parsed = chain.first().and_then(|certificate| X509Certificate::from_der(certificate).ok());
    parsed.map_or_else(
        || "a certificate".to_owned(),
        |(_, certificate)| {
            let issuer = certificate.issuer();
            let names = issuer.iter_organization().chain(issuer.iter_common_name());
            let names: Vec<&str> = names.filter_map(|name| name.as_str().ok()).collect();
            format!("issued by {}, valid until {}", excerpt(&names.join(" "), 80), certificate.validity().not_after)
        },
    )
}

fn explain(host: &Host, expected: &str, error: &io::Error) -> Stop {
    let reason = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    let ask = |problem: String, next_step: &str| Stop::ask_again(format!("{host}: {error}"), problem, next_step);
    match reason {
        Some(Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => ask(
            format!("The certificate that {host} shows is not for {expected}."),
            "Use the host exactly as Atlas shows it under Connect > Private Endpoint, and no alias of your own.",
        ),
        Some(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => ask(
            format!("The certificate that {host} shows has expired."),
            "Atlas renews its certificates itself: open a case with MongoDB's support, then give the source again.",
        ),
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => ask(
            format!("The certificate that {host} shows is from an authority that is not trusted."),
            "Atlas's certificates are from a public authority. Check that the connection string is Atlas's own.",
        ),
        Some(Error::InvalidCertificate(_)) => ask(
            format!("The certificate that {host} shows is not valid."),
            "Check that the connection string is the one that Atlas shows under Connect > Private Endpoint.",
        ),
        Some(Error::InvalidMessage(_)) => ask(
            format!("{host} answers, but not by TLS."),
            "Check that host and port are those that Atlas shows under Connect > Private Endpoint.",
        ),
        // So Atlas's proxies end it for addresses that they do not let in.
        Some(Error::AlertReceived(AlertDescription::InternalError)) => dropped(
            host,
            error,
            "Most often the IP access list of the project does not let us in",
            "Look at Network Access > IP Access List in Atlas, and at the cluster's connection limit (Metrics > Connections)",
        ),
        _ => dropped(
            host,
            error,
            "Most often the cluster is at its connection limit, above which Atlas takes connections and drops them",
            "Look at the cluster's connections in Atlas (Metrics > Connections; the connection limit depends on its tier), that it is not paused, and at Network Access > IP Access List",
        ),
    }
}

/// The connection was taken and ended before TLS: time mends it if the limit was reached, and people if it was the list.
fn dropped(host: &Host, error: &io::Error, cause: &str, look_at: &str) -> Stop {
    Stop::not_yet(
        format!("{host}: {error}"),
        format!("{host} took the connection but ended it before TLS was set up. {cause}."),
        format!("{look_at}. It is tried again by itself."),
    )
}

pub(crate) fn evidence(secured: &[Secured]) -> String {
    by_name(secured.iter().map(|secured| (&secured.host, format!(": {}", secured.certificate))))
}
