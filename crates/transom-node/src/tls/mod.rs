//! Native half of `node:tls`: TLS over a connection that is already there, with rustls, as `fetch()` uses it. The
//! classes are in `tls_socket.js`; the certificates are read in `certificate.rs`.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/tls.html>

mod certificate;
mod verify;

use std::io;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, Error, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::task::spawn_blocking;
use tokio_rustls::TlsConnector;
use transom_engine::{Op, OpError};

use crate::fs::failure::io_number;
use crate::net::{Sockets, closed};
use verify::{Trust, Verifier};

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:_tls_common", include_str!("old/common.js")),
    ("node:_tls_wrap", include_str!("old/wrap.js")),
    ("node:tls", include_str!("tls.js")),
    ("transom:internal/node/tls/certificate", include_str!("certificate.js")),
    ("transom:internal/node/tls/identity", include_str!("identity.js")),
    ("transom:internal/node/tls/secure_context", include_str!("secure_context.js")),
    ("transom:internal/node/tls/tls_socket", include_str!("tls_socket.js")),
];

/// What a program may say of a TLS connection.
struct Wanted {
    /// Name or address of the server.
    server: String,
    /// Protocols above TLS, best first.
    alpn: Vec<String>,
    /// Certificates to trust instead of the system's.
    authorities: Option<Vec<Bytes>>,
    certificate: Option<Bytes>,
    key: Option<Bytes>,
    /// `TLSv1.2` and `TLSv1.3`.
    versions: (String, String),
}

/// What came of the handshake: why the certificate is not to be trusted, the protocol above, version, cipher, and the
/// certificates of the server.
type Agreed = (Option<String>, Option<String>, String, String, Vec<Bytes>);

pub(crate) fn ops(sockets: &Rc<Sockets>) -> Vec<Op> {
    let sockets = Rc::clone(sockets);
    vec![
        Op::future(
            "tls_start",
            move |number: u32,
                  server: String,
                  alpn: Vec<String>,
                  authorities: Option<Vec<Bytes>>,
                  certificate: Option<Bytes>,
                  key: Option<Bytes>,
                  oldest: String,
                  newest: String| {
                let versions = (oldest, newest);
                let wanted = Wanted { server, alpn, authorities, certificate, key, versions };
                start(Rc::clone(&sockets), number, wanted)
            },
        ),
        // Throws for what is no usable certificate or key.
        Op::new("tls_check", |certificate: Option<Bytes>, key: Option<Bytes>| {
            identity(certificate.as_deref(), key.as_deref()).map(drop)
        }),
        Op::new("tls_root_certificates", || {
            let found = rustls_native_certs::load_native_certs().certs;
            found.iter().map(|der| Bytes::copy_from_slice(der)).collect::<Vec<_>>()
        }),
        Op::new("tls_ciphers", || {
            provider()
                .cipher_suites
                .iter()
                .map(|suite| cipher_name(suite.suite()))
                .collect::<Vec<_>>()
        }),
        Op::new("x509_from_pem", |data: Bytes| {
            certificates(&data)
                .into_iter()
                .map(|der| Bytes::copy_from_slice(&der))
                .collect::<Vec<_>>()
        }),
        Op::new("x509_describe", |der: Bytes| certificate::describe(&der)),
        Op::new("x509_is_signed_by_key", |der: Bytes, issuer: Bytes| {
            certificate::is_signed_by(&der, &issuer)
        }),
    ]
}

/// Speaks TLS over the connection `number`, which goes on as the secure one.
async fn start(sockets: Rc<Sockets>, number: u32, wanted: Wanted) -> Result<Agreed, OpError> {
    let socket = sockets.get(number)?;
    let name = wanted.server.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = match ServerName::try_from(name) {
        Ok(name) => name,
        Err(_) => {
            let message = format!("`{}` is no name of a server", wanted.server);
            return Err(OpError::type_error(message).code("ERR_INVALID_ARG_VALUE"));
        }
    };
    let tls = sockets.tls.clone();
    // Reading the system's certificates takes a while.
    let made = spawn_blocking(move || configure(&wanted, || tls.roots())).await;
    let (config, verifier) =
        made.map_err(|_| OpError::error("reading the certificates was interrupted"))??;
    let Some((stream, control)) = socket.take() else { return Err(closed()) };
    let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let shaken = socket.unless_closed(shaking).await.ok_or_else(closed)?;
    let stream = shaken.map_err(|error| handshake_failure(&error))?;
    let (_, session) = stream.get_ref();
    let certificates = session.peer_certificates().unwrap_or_default();
    let agreed = (
        verifier.verdict(),
        session.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
        session.protocol_version().map_or_else(String::new, |version| match version {
            rustls::ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
            _ => "TLSv1.3".to_owned(),
        }),
        session
            .negotiated_cipher_suite()
            .map_or_else(String::new, |suite| cipher_name(suite.suite())),
        certificates.iter().map(|der| Bytes::copy_from_slice(der)).collect(),
    );
    socket.put(Box::new(stream), control);
    Ok(agreed)
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider())))
}

fn configure(
    wanted: &Wanted,
    system: impl FnOnce() -> Result<Arc<rustls::RootCertStore>, String>,
) -> Result<(ClientConfig, Arc<Verifier>), OpError> {
    let trust = match &wanted.authorities {
        Some(list) => Trust::only(list.iter().flat_map(|data| certificates(data)).collect()),
        None => Trust::system(system().map_err(OpError::error)?),
    };
    let verifier = Arc::new(Verifier::new(trust, provider()));
    let versions: Vec<&'static SupportedProtocolVersion> =
        [("TLSv1.2", &rustls::version::TLS12), ("TLSv1.3", &rustls::version::TLS13)]
            .into_iter()
            .filter(|(name, _)| {
                *name >= wanted.versions.0.as_str() && *name <= wanted.versions.1.as_str()
            })
            .map(|(_, version)| version)
            .collect();
    if versions.is_empty() {
        return Err(OpError::error("transom speaks TLS 1.2 and 1.3; allow one of them")
            .code("ERR_SSL_NO_PROTOCOLS_AVAILABLE"));
    }
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&versions)
        .map_err(|error| failure(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&verifier) as Arc<dyn ServerCertVerifier>);
    let mut config = match identity(wanted.certificate.as_deref(), wanted.key.as_deref())? {
        Some((chain, key)) => {
            builder.with_client_auth_cert(chain, key).map_err(|error| failure(&error))?
        }
        None => builder.with_no_client_auth(),
    };
    // A resumed session would have nothing to verify.
    config.resumption = Resumption::disabled();
    config.alpn_protocols = wanted.alpn.iter().map(|name| name.clone().into_bytes()).collect();
    Ok((config, verifier))
}

/// The certificates of a PEM file, or the one of a DER file.
fn certificates(data: &[u8]) -> Vec<CertificateDer<'static>> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(data).filter_map(Result::ok).collect();
    if found.is_empty() && data.first() == Some(&0x30) {
        return vec![CertificateDer::from(data.to_vec())];
    }
    found
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(certificate: Option<&[u8]>, key: Option<&[u8]>) -> Result<Option<Identity>, OpError> {
    let (Some(certificate), Some(key)) = (certificate, key) else { return Ok(None) };
    let chain = certificates(certificate);
    if chain.is_empty() {
        return Err(OpError::error("error:0480006C:PEM routines::no start line")
            .code("ERR_OSSL_PEM_NO_START_LINE"));
    }
    let key = PrivateKeyDer::from_pem_slice(key).or_else(|_| {
        PrivateKeyDer::try_from(key.to_vec()).map_err(|reason| {
            OpError::error(format!("the private key cannot be read: {reason}"))
                .code("ERR_OSSL_PEM_NO_START_LINE")
        })
    })?;
    Ok(Some((chain, key)))
}

/// OpenSSL's name of a cipher suite.
fn cipher_name(suite: rustls::CipherSuite) -> String {
    let name = format!("{suite:?}");
    if let Some(rest) = name.strip_prefix("TLS13_") {
        return format!("TLS_{rest}");
    }
    let name = name.trim_start_matches("TLS_").replace("_WITH_", "-").replace('_', "-");
    name.replace("AES-", "AES").replace("POLY1305-SHA256", "POLY1305")
}

fn handshake_failure(error: &io::Error) -> OpError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => failure(error),
        // The other side has gone in the middle of it.
        None if error.kind() == io::ErrorKind::UnexpectedEof => closed_early(),
        None => io_number(error),
    }
}

fn closed_early() -> OpError {
    OpError::error(
        "Client network socket disconnected before secure TLS connection was established",
    )
    .code("ECONNRESET")
}

/// An error of the TLS layer, under the code that OpenSSL has for it where there is one.
fn failure(error: &Error) -> OpError {
    use rustls::AlertDescription as Alert;
    let code = match error {
        Error::InvalidMessage(_) => "ERR_SSL_WRONG_VERSION_NUMBER".to_owned(),
        Error::AlertReceived(alert) => match alert {
            Alert::HandshakeFailure => "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE".to_owned(),
            Alert::CertificateRequired => "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED".to_owned(),
            Alert::BadCertificate => "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE".to_owned(),
            Alert::UnknownCA => "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA".to_owned(),
            Alert::ProtocolVersion => "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION".to_owned(),
            Alert::NoApplicationProtocol => {
                "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL".to_owned()
            }
            Alert::UnrecognisedName => "ERR_SSL_TLSV1_UNRECOGNIZED_NAME".to_owned(),
            other => format!("ERR_SSL_ALERT_{}", u8::from(*other)),
        },
        Error::PeerIncompatible(_) => "ERR_SSL_UNSUPPORTED_PROTOCOL".to_owned(),
        Error::InconsistentKeys(_) => "ERR_OSSL_X509_KEY_VALUES_MISMATCH".to_owned(),
        _ => "EPROTO".to_owned(),
    };
    OpError::error(format!("the TLS handshake failed: {error}")).code(code)
}
