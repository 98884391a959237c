//! The network client of `fetch()`: HTTP/1.1 and HTTP/2 with a pool of kept-alive connections, and TLS
//! that trusts what the system trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured), and a file besides.
//!
//! This folder is the one place below the server that uses hyper: as a client. It runs on the worker's
//! current-thread runtime; only name look-ups leave the thread.

use std::cell::OnceCell;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::{LocalBoxFuture, ready};
use futures_util::{FutureExt, StreamExt};
use http::Uri;
use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http_body_util::BodyDataStream;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use transom_permissions::Permissions;

use super::client::{ClientFailure, Connection, HttpClient, ResponseStream, Security, UploadBody};
use super::proxy::{Purpose, Route};

/// How long a connection may take to come about, as in Node.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection stays open: below the 5 s after which common servers close theirs.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

type PlainPool = Client<Route, UploadBody>;
type SecurePool = Client<HttpsConnector<Route>, UploadBody>;

/// TLS settings that all workers share; made at the first use, because reading the system's
/// certificates takes longer than starting a worker.
#[derive(Debug, Clone, Default)]
pub struct SharedTls {
    /// Certificates to trust besides the system's, a PEM file.
    extra_ca: Option<Arc<Path>>,
    roots: Arc<OnceLock<Result<Arc<RootCertStore>, String>>>,
    config: Arc<OnceLock<Result<Arc<ClientConfig>, String>>>,
}

impl SharedTls {
    /// Settings that trust the certificates of the system and of the PEM file `extra_ca`.
    pub fn new(extra_ca: Option<PathBuf>) -> Self {
        Self { extra_ca: extra_ca.map(Arc::from), ..Self::default() }
    }

    /// Blocks for as long as reading the certificates takes.
    fn load(&self) -> Result<Arc<ClientConfig>, String> {
        self.config.get_or_init(|| self.read()).clone()
    }

    /// The certificates that are trusted. Blocks for as long as reading them takes, once.
    ///
    /// # Errors
    /// What is wrong with the file of `server.extra_ca`, in words.
    pub fn roots(&self) -> Result<Arc<RootCertStore>, String> {
        self.roots.get_or_init(|| self.read_roots().map(Arc::new)).clone()
    }

    fn read_roots(&self) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        // Certificates of the system that cannot be read or parsed are left out; a server that needs one of
        // them then fails with "unknown issuer", which names the host.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = &self.extra_ca {
            add_file(&mut roots, file).map_err(|reason| {
                let file = file.display();
                format!(
                    "the certificates of `server.extra_ca` cannot be read from `{file}`: {reason}"
                )
            })?;
        }
        Ok(roots)
    }

    fn read(&self) -> Result<Arc<ClientConfig>, String> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider supports the default protocol versions")
            .with_root_certificates(self.roots()?)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

fn add_file(roots: &mut RootCertStore, file: &Path) -> Result<(), Box<dyn Error>> {
    let mut found = false;
    for certificate in CertificateDer::pem_file_iter(file)? {
        roots.add(certificate?)?;
        found = true;
    }
    if found { Ok(()) } else { Err("it has no certificate".into()) }
}

/// The client of one worker.
#[derive(Debug)]
pub struct HyperClient {
    permissions: Arc<Permissions>,
    tls: SharedTls,
    route: Route,
    plain: PlainPool,
    secure: Rc<OnceCell<SecurePool>>,
}

impl HyperClient {
    /// A client without any connection yet, which opens those that `permissions` allow. Certificates are read with
    /// the first `https` request.
    pub fn new(tls: &SharedTls, permissions: Arc<Permissions>) -> Self {
        Self::through(tls, permissions, Route::from_environment(tcp()))
    }

    fn through(tls: &SharedTls, permissions: Arc<Permissions>, route: Route) -> Self {
        let plain = pool(route.clone());
        Self { permissions, tls: tls.clone(), plain, route, secure: Rc::default() }
    }
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp
}

fn pool<C>(connector: C) -> Client<C, UploadBody>
where
    C: Connect + Clone,
{
    Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .build(connector)
}

async fn secure_pool(
    tls: SharedTls,
    route: Route,
    place: Rc<OnceCell<SecurePool>>,
) -> Result<SecurePool, ClientFailure> {
    if let Some(pool) = place.get() {
        return Ok(pool.clone());
    }
    let config = load(tls).await.map_err(ClientFailure::refused)?;
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(ClientConfig::clone(&config))
        .https_only()
        .enable_all_versions()
        .wrap_connector(route);
    Ok(place.get_or_init(|| pool(connector)).clone())
}

/// Reads the certificates outside of the worker's thread.
async fn load(tls: SharedTls) -> Result<Arc<ClientConfig>, String> {
    spawn_blocking(move || tls.load()).await.unwrap_or_else(|error| Err(error.to_string()))
}

impl HttpClient for HyperClient {
    fn send(
        &self,
        mut request: http::Request<UploadBody>,
    ) -> LocalBoxFuture<'static, Result<http::Response<ResponseStream>, ClientFailure>> {
        let (host, port) = place(request.uri());
        if let Err(denied) = self.permissions.check_net(&host, port) {
            return ready(Err(ClientFailure::Denied(denied))).boxed_local();
        }
        if let Some(authorization) = self.route.authorization(request.uri()) {
            request.headers_mut().entry(PROXY_AUTHORIZATION).or_insert(authorization);
        }
        let secure = (request.uri().scheme() == Some(&Scheme::HTTPS))
            .then(|| secure_pool(self.tls.clone(), self.route.clone(), Rc::clone(&self.secure)));
        let plain = self.plain.clone();
        async move {
            let response = match secure {
                Some(pool) => pool.await?.request(request),
                None => plain.request(request),
            };
            let response = response.await.map_err(|error| {
                let connecting = error.is_connect();
                describe(&error, connecting, &host, port)
            })?;
            Ok(response.map(|body| {
                let pieces = BodyDataStream::new(body)
                    .map(move |piece| piece.map_err(|error| describe(&error, false, &host, port)));
                Box::pin(pieces) as ResponseStream
            }))
        }
        .boxed_local()
    }

    fn connect(
        &self,
        host: String,
        port: u16,
        security: Security,
    ) -> LocalBoxFuture<'static, Result<Box<dyn Connection>, ClientFailure>> {
        if let Err(denied) = self.permissions.check_net(&host, port) {
            return ready(Err(ClientFailure::Denied(denied))).boxed_local();
        }
        let tls = self.tls.clone();
        let route = self.route.clone();
        async move {
            let failed = |error: io::Error| ClientFailure::Connect {
                host: host.clone(),
                port,
                reason: error.to_string(),
                code: code(&error),
            };
            let late = |_| io::Error::from(io::ErrorKind::TimedOut);
            let scheme = if security == Security::Plain { "http" } else { "https" };
            let target: Uri = format!("{scheme}://{host}:{port}/").parse().map_err(|_| {
                ClientFailure::refused(format!("`{host}` is not the name of a host"))
            })?;
            let opening = route.open(target, Purpose::OtherProtocol);
            let opened = timeout(CONNECT_TIMEOUT, opening).await.map_err(|late| late.into());
            let tcp =
                opened.flatten().map_err(|error| describe(&*error, true, &host, port))?.into_tcp();
            tcp.set_nodelay(true).map_err(failed)?;
            if security == Security::Plain {
                return Ok(Box::new(tcp) as Box<dyn Connection>);
            }
            let config = load(tls).await.map_err(io::Error::other).map_err(failed)?;
            let address = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            let name = ServerName::try_from(address).map_err(io::Error::other).map_err(failed)?;
            let shaking = TlsConnector::from(config).connect(name, tcp);
            let stream = timeout(CONNECT_TIMEOUT, shaking).await.map_err(late).flatten();
            Ok(Box::new(stream.map_err(failed)?) as Box<dyn Connection>)
        }
        .boxed_local()
    }
}

fn place(uri: &Uri) -> (String, u16) {
    let secure = uri.scheme() == Some(&Scheme::HTTPS);
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    (uri.host().unwrap_or_default().to_owned(), port)
}

/// The innermost reason is what a person can act on; hyper's own layers only say "client error".
fn describe(
    error: &(dyn Error + 'static),
    connecting: bool,
    host: &str,
    port: u16,
) -> ClientFailure {
    let mut innermost = error;
    let mut io_error = None;
    let mut resolving = false;
    loop {
        resolving |= innermost.to_string().contains("dns error");
        if let Some(found) = innermost.downcast_ref::<io::Error>() {
            io_error = Some(found);
            // An I/O error can carry another error, such as TLS's, that `source` skips.
            if let Some(inner) = found.get_ref() {
                innermost = inner;
                continue;
            }
        }
        match innermost.source() {
            Some(source) => innermost = source,
            None => break,
        }
    }
    let (host, reason) = (host.to_owned(), innermost.to_string());
    match (resolving, connecting) {
        (true, _) => ClientFailure::Resolve { host, port, reason },
        (false, true) => {
            ClientFailure::Connect { host, port, reason, code: io_error.and_then(code) }
        }
        (false, false) => ClientFailure::Broken { host, port, reason },
    }
}

fn code(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some("ECONNREFUSED"),
        io::ErrorKind::ConnectionReset => Some("ECONNRESET"),
        io::ErrorKind::TimedOut => Some("ETIMEDOUT"),
        io::ErrorKind::HostUnreachable => Some("EHOSTUNREACH"),
        io::ErrorKind::NetworkUnreachable => Some("ENETUNREACH"),
        _ => None,
    }
}
