//! TLS to servers of others: one provider, the roots of the machine.
//!
//! The house's own authority is among the machine's roots or nowhere: nothing here can switch off the
//! check of a certificate.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use tokio_rustls::TlsConnector;

/// Why TLS cannot be spoken from this machine.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The machine has no root certificates.
    #[error("this machine has no root certificates: install its package of them (Debian: ca-certificates)")]
    NoRoots,
    /// The library refuses its own settings.
    #[error("TLS cannot be set up")]
    Setup(#[from] rustls::Error),
}

/// A connector that trusts the machine's roots. They are read once; a root that is added later counts after the next
/// start.
pub(crate) fn connector() -> Result<TlsConnector, TlsError> {
    static KEPT: OnceLock<TlsConnector> = OnceLock::new();
    if let Some(kept) = KEPT.get() {
        return Ok(kept.clone());
    }
    let made = make()?;
    Ok(KEPT.get_or_init(|| made).clone())
}

fn make() -> Result<TlsConnector, TlsError> {
    let mut roots = RootCertStore::empty();
    // A damaged root is left out; the others still count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(TlsError::NoRoots);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
