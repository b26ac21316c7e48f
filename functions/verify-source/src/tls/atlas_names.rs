//! Certificates behind the endpoint's own DNS name.
//!
//! Atlas's certificates are for Atlas's names, never for an endpoint's. A federated database instance or an Online Archive may
//! be given by the endpoint's name all the same. The name that is then checked is Atlas's: the certificate must be for a name
//! under `a.query.mongodb.net`, beside all else that holds for certificates. To leave the name unchecked would let anybody
//! with any trusted certificate answer.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// What the names of federated database instances and Online Archives end in.
pub(crate) const DOMAIN: &str = ".a.query.mongodb.net";

/// Verifies as usual, but for Atlas's name in place of the one that was connected to.
#[derive(Debug)]
pub(crate) struct AtlasNames(pub(crate) Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AtlasNames {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let name = name_of_atlas(end_entity).ok_or(Error::InvalidCertificate(CertificateError::NotValidForName))?;
        self.0.verify_server_cert(end_entity, intermediates, &name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// A name of Atlas's that the certificate is for, in place of whose wildcard stands a label like any other.
fn name_of_atlas(certificate: &CertificateDer<'_>) -> Option<ServerName<'static>> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(|name| {
        let GeneralName::DNSName(name) = name else { return None };
        let label = name.to_ascii_lowercase().strip_suffix(DOMAIN)?.replace('*', "any");
        ServerName::try_from(format!("{label}{DOMAIN}")).ok()
    })
}
