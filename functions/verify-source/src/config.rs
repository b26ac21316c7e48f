//! The function's configuration.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::tls::atlas_names::AtlasNames;
use step::config;

/// Where names are asked for, and whose certificates are believed.
#[derive(Debug, Clone)]
pub struct Config {
    /// DNS servers; none for the system's, which inside a VPC is the VPC's.
    pub dns_servers: Vec<SocketAddr>,
    /// TLS with the system's roots.
    pub tls: Arc<ClientConfig>,
    /// The same where a host is the endpoint's own name: the certificate is to be for a name of Atlas's.
    pub tls_by_endpoint: Arc<ClientConfig>,
}

impl Config {
    /// Reads `DNS_SERVERS`, addresses with ports, and `EXTRA_TRUST_ANCHOR`, a certificate in PEM. Only the local stack
    /// sets them; the template knows neither.
    ///
    /// # Errors
    /// When one of them cannot be read, or the system has no roots.
    pub fn from_env() -> Result<Self, lambda_runtime::Error> {
        let extra: Option<String> = config::optional("EXTRA_TRUST_ANCHOR")?;
        Self::new(config::list("DNS_SERVERS")?, extra.as_deref())
    }

    /// A configuration with one more trust anchor, in PEM, beside the system's.
    ///
    /// # Errors
    /// When the anchor is no certificate, or there is no anchor at all.
    pub fn new(dns_servers: Vec<SocketAddr>, extra_trust_anchor: Option<&str>) -> Result<Self, lambda_runtime::Error> {
        let mut roots = RootCertStore::empty();
        // The same roots that the AWS SDK uses. One that cannot be read is skipped, as everywhere.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for anchor in extra_trust_anchor.into_iter().flat_map(|pem| CertificateDer::pem_slice_iter(pem.as_bytes())) {
            roots.add(anchor.map_err(|error| format!("EXTRA_TRUST_ANCHOR is no certificate: {error}"))?)?;
        }
        if roots.is_empty() {
            return Err("the system has no trust anchors, so that no certificate could be checked".into());
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let roots = Arc::new(roots);
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider)).build()?;
        let builder =
            || ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let tls = builder()?.with_root_certificates(roots).with_no_client_auth();
        // Not as dangerous as it is called: another name is checked, and all else as usual.
        let by_endpoint = builder()?.dangerous().with_custom_certificate_verifier(Arc::new(AtlasNames(usual)));
        Ok(Self { dns_servers, tls: Arc::new(tls), tls_by_endpoint: Arc::new(by_endpoint.with_no_client_auth()) })
    }
}
