//! The way to an upstream: straight, or through the proxy that the environment names.
//!
//! `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or not, mean what they mean to curl. A proxy is
//! spoken to in plain HTTP/1.1: requests for `http:` are sent to it, everything else goes through a tunnel (`CONNECT`).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::uri::Scheme;
use http::{HeaderValue, Uri};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Requests, which a proxy may forward.
    Requests,
    /// A protocol of its own, which needs a tunnel.
    OtherProtocol,
}

/// Opens connections; knows the proxies.
#[derive(Debug, Clone)]
pub(super) struct Route {
    tcp: HttpConnector,
    proxies: Arc<Matcher>,
}

impl Route {
    /// Connections come from `tcp`; the proxies are those of the environment.
    pub(super) fn from_environment(tcp: HttpConnector) -> Self {
        Self::new(tcp, Matcher::from_env())
    }

    pub(super) fn new(tcp: HttpConnector, proxies: Matcher) -> Self {
        Self { tcp, proxies: Arc::new(proxies) }
    }

    /// What a request to `target` has to say to the proxy that forwards it.
    pub(super) fn authorization(&self, target: &Uri) -> Option<HeaderValue> {
        if target.scheme() != Some(&Scheme::HTTP) {
            return None; // The tunnel has said it.
        }
        self.proxies.intercept(target)?.basic_auth().cloned()
    }

    /// Opens a connection to `target`.
    ///
    /// # Errors
    /// What the system, the resolver or the proxy says.
    pub(super) async fn open(&self, target: Uri, purpose: Purpose) -> Result<Stream, Failure> {
        let mut tcp = self.tcp.clone();
        let Some(proxy) = self.proxies.intercept(&target) else {
            return Ok(Stream { io: tcp.call(target).await?, is_proxied: false });
        };
        let address = proxy.uri().clone();
        let failed = |reason: &dyn std::fmt::Display| {
            let place = address.authority().map_or("", |authority| authority.as_str());
            io::Error::other(format!("the proxy {place} does not connect: {reason}"))
        };
        if address.scheme() != Some(&Scheme::HTTP) {
            return Err(failed(&"only `http://` proxies are supported").into());
        }
        if purpose == Purpose::Requests && target.scheme() == Some(&Scheme::HTTP) {
            let io = tcp.call(address.clone()).await.map_err(|error| failed(&error))?;
            return Ok(Stream { io, is_proxied: true });
        }
        let mut tunnel = Tunnel::new(address.clone(), tcp);
        if let Some(authorization) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        let io = tunnel.call(target).await.map_err(|error| failed(&error))?;
        Ok(Stream { io, is_proxied: false })
    }
}

impl Service<Uri> for Route {
    type Response = Stream;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Failure>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let route = self.clone();
        Box::pin(async move { route.open(target, Purpose::Requests).await })
    }
}

/// A connection, and whether it ends at a proxy, which wants to see whole URLs.
#[derive(Debug)]
pub(super) struct Stream {
    io: TokioIo<TcpStream>,
    is_proxied: bool,
}

impl Stream {
    pub(super) fn into_tcp(self) -> TcpStream {
        self.io.into_inner()
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.io.connected().proxy(self.is_proxied)
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
