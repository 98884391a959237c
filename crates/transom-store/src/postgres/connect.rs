//! The pool of connections and their TLS.

use std::io::BufReader;
use std::path::Path;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio_postgres::NoTls;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Options, PostgresUrl, StoreError};

/// A pool for `url`; it connects when it is first used.
pub(super) fn pool(url: &PostgresUrl, options: &Options) -> Result<Pool, StoreError> {
    let mut config = url.config.clone();
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(options.wait);
    }
    // Before each use the driver's own knowledge of the connection decides: no round trip.
    let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = if config.get_ssl_mode() == SslMode::Disable {
        Manager::from_config(config, NoTls, manager)
    } else {
        Manager::from_config(config, tls(url.root_certificates.as_deref())?, manager)
    };
    // The server stops what nobody waits for any more. It compiles no statements: those of filters have many parts, which
    // take seconds to compile and milliseconds to run.
    let limit = options.timeout.as_millis().max(1);
    let settings = format!("SET statement_timeout = {limit}; SET jit = off");
    Pool::builder(manager)
        .max_size(options.connections)
        .wait_timeout(Some(options.wait))
        .create_timeout(Some(options.wait))
        .recycle_timeout(Some(options.wait))
        .post_create(Hook::async_fn(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move {
                connection.batch_execute(&settings).await.map_err(HookError::Backend)
            })
        }))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::Address { reason: error.to_string() })
}

fn tls(root_certificates: Option<&Path>) -> Result<MakeRustlsConnect, StoreError> {
    let address = |reason: String| StoreError::Address { reason };
    let mut roots = RootCertStore::empty();
    if let Some(file) = root_certificates {
        let unusable = |error: &dyn std::fmt::Display| {
            address(format!("the certificates in `{}` cannot be used: {error}", file.display()))
        };
        let pem = std::fs::File::open(file).map_err(|error| unusable(&error))?;
        for certificate in CertificateDer::pem_reader_iter(BufReader::new(pem)) {
            let certificate = certificate.map_err(|error| unusable(&error))?;
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
        if roots.is_empty() {
            return Err(unusable(&"it holds none"));
        }
    } else {
        // Single certificates of the system that cannot be read do not matter: the others are there.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| address(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
