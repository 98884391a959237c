//! Whether a server's certificate is to be trusted. The handshake goes on in any case: a program may want the connection
//! all the same (`rejectUnauthorized: false`), and whether the name fits is for `checkServerIdentity` to say.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::certificate;

/// The certificates that are trusted.
#[derive(Debug)]
pub(super) struct Trust {
    roots: Arc<RootCertStore>,
    /// Those that a program named: a server's own certificate may be among them.
    named: Vec<CertificateDer<'static>>,
}

impl Trust {
    pub(super) fn system(roots: Arc<RootCertStore>) -> Self {
        Self { roots, named: Vec::new() }
    }

    pub(super) fn only(named: Vec<CertificateDer<'static>>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(named.iter().cloned());
        Self { roots: Arc::new(roots), named }
    }
}

/// Accepts every certificate, and keeps what is wrong with it.
#[derive(Debug)]
pub(super) struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
    verdict: Mutex<Option<String>>,
}

impl Verifier {
    pub(super) fn new(trust: Trust, provider: Arc<CryptoProvider>) -> Self {
        Self { trust, provider, verdict: Mutex::default() }
    }

    /// OpenSSL's code for what is wrong with the certificate, when something is.
    pub(super) fn verdict(&self) -> Option<String> {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Option<&'static str> {
        if self.trust.named.iter().any(|named| named.as_ref() == leaf.as_ref()) {
            return certificate::out_of_date(leaf, now.as_secs());
        }
        let unknown = || {
            let last = others.last().unwrap_or(leaf);
            match (others.is_empty(), certificate::is_self_signed(last)) {
                (true, true) => "DEPTH_ZERO_SELF_SIGNED_CERT",
                (false, true) => "SELF_SIGNED_CERT_IN_CHAIN",
                (true, false) => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
                (false, false) => "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
            }
        };
        let roots = Arc::clone(&self.trust.roots);
        let provider = Arc::clone(&self.provider);
        // Without a single root there is no verifier.
        let Ok(verifier) = WebPkiServerVerifier::builder_with_provider(roots, provider).build()
        else {
            return Some(unknown());
        };
        let error = match verifier.verify_server_cert(leaf, others, name, &[], now) {
            Ok(_) => return None,
            Err(Error::InvalidCertificate(error)) => error,
            Err(_) => return Some(unknown()),
        };
        match error {
            // Everything else is checked before the name.
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                None
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Some("CERT_HAS_EXPIRED")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Some("CERT_NOT_YET_VALID")
            }
            CertificateError::Revoked => Some("CERT_REVOKED"),
            CertificateError::BadSignature => Some("CERT_SIGNATURE_FAILURE"),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Some("INVALID_PURPOSE")
            }
            _ => Some(unknown()),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.judge(leaf, others, name, now).map(str::to_owned);
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = verdict;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
