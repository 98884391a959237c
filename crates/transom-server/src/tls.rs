//! TLS from certificate files, with ALPN for HTTP/2 and HTTP/1.1.
//!
//! Invariant: a reload either replaces certificate and key together or changes nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate with its key, as files in PEM form, and what TLS needs of them.
#[derive(Debug, Clone)]
pub struct Tls(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
}

/// Why the certificate or the key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or holds nothing usable.
    #[error("`{}` cannot be used: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the reader says.
        reason: String,
    },
    /// Certificate and key are not usable together.
    #[error("certificate `{}` and key `{}` cannot be used: {source}", certificate.display(), key.display())]
    Pair {
        /// The certificate file.
        certificate: PathBuf,
        /// The key file.
        key: PathBuf,
        /// What the TLS library says.
        source: rustls::Error,
    },
}

impl Tls {
    /// Reads a certificate chain and its private key.
    ///
    /// # Errors
    /// [`TlsError`] when a file is missing or the two do not fit together.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let config = RwLock::new(load(certificate, key)?);
        Ok(Self(Arc::new(Shared { certificate: certificate.into(), key: key.into(), config })))
    }

    /// Reads the same files again; connections that are made from now on use what they hold.
    ///
    /// # Errors
    /// As [`Tls::from_files`]; the old certificate then stays in use.
    pub fn reload(&self) -> Result<(), TlsError> {
        let config = load(&self.0.certificate, &self.0.key)?;
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0.config.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let unusable = |file: &Path, reason: String| TlsError::File { file: file.into(), reason };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(unusable(certificate, "it holds no certificate".to_owned()));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, error.to_string()))?;
    let pair = |source| TlsError::Pair { certificate: certificate.into(), key: key.into(), source };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
