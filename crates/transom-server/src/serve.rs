//! The life of one connection: TLS, the choice of protocol, hyper, and an end that loses no answer.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use bytes::BytesMut;
use futures_util::FutureExt;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::app::{App, Scheme};
use crate::connection::{Connection, Order, Protocol};
use crate::dispatch;
use crate::limits::{HANDSHAKE_TIME, HTTP2_STREAMS, LINGER_TIME, Limits};
use crate::tls::Tls;
use crate::wire::Wire;
use crate::worker::{Worker, WorkerState, panic_message};

/// What an HTTP/2 client says first (RFC 9113 section 3.4), as far as it differs from any request.
const HTTP2_PREFACE: &[u8] = b"PRI ";

/// Room for the first read of a connection, in bytes: most heads fit.
const FIRST_READ_BYTES: usize = 2048;

/// Most that hyper collects per connection before it reads or writes, in bytes. Its buffers never
/// shrink, so this bounds the memory of a connection that once carried something large.
const BUFFER_BYTES: usize = 32 * 1024;

/// Read at once while a connection lingers, in bytes.
const LINGER_READ_BYTES: usize = 16 * 1024;

/// The answer of Node when a head does not arrive in time.
const TIMED_OUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

/// hyper's settings, made once per worker.
pub(crate) struct Protocols {
    http1: http1::Builder,
    http2_header_bytes: u32,
}

impl Protocols {
    pub(crate) fn new(limits: &Limits) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            // The worker's sweep watches the time, without a timer per connection.
            .header_read_timeout(None)
            .max_header_size(limits.header_bytes)
            // Copying a small body behind its head and one plain write cost less than `writev`.
            .writev(false)
            .max_buf_size(BUFFER_BYTES.max(2 * limits.header_bytes));
        let http2_header_bytes = u32::try_from(limits.header_bytes).unwrap_or(u32::MAX);
        Self { http1, http2_header_bytes }
    }
}

/// Runs a connection from its first byte to its last.
pub(crate) async fn serve<A: App>(
    worker: Rc<Worker<A>>,
    connection: &Rc<Connection>,
    stream: TcpStream,
) {
    let Some(tls) = worker.state.settings.tls.clone() else {
        return speak(worker, connection, stream, None).await;
    };
    // Boxed, as everything rare here, so that the task of a plain connection stays small.
    Box::pin(serve_tls(worker, connection, stream, tls)).await;
}

async fn serve_tls<A: App>(
    worker: Rc<Worker<A>>,
    connection: &Rc<Connection>,
    stream: TcpStream,
    tls: Tls,
) {
    connection.scheme.set(Scheme::Https);
    let Some(session) = handshake(&tls, connection, stream).await else {
        worker.state.metrics.refused();
        return;
    };
    let protocol = match session.get_ref().1.alpn_protocol() {
        Some(b"h2") => Protocol::Http2,
        _ => Protocol::Http1,
    };
    speak(worker, connection, session, Some(protocol)).await;
}

async fn handshake(
    tls: &Tls,
    connection: &Connection,
    stream: TcpStream,
) -> Option<tokio_rustls::server::TlsStream<TcpStream>> {
    let accepting = TlsAcceptor::from(tls.config()).accept(stream);
    tokio::select! {
        session = timeout(HANDSHAKE_TIME, accepting) => session.ok()?.ok(),
        () = ordered(connection) => None,
    }
}

/// Waits until the worker wants this connection to end.
async fn ordered(connection: &Connection) {
    poll_fn(|cx| {
        connection.watch(cx);
        if connection.order() == Order::Serve { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

async fn speak<A, S>(
    worker: Rc<Worker<A>>,
    connection: &Rc<Connection>,
    mut stream: S,
    agreed: Option<Protocol>,
) where
    A: App,
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let mut first = BytesMut::new();
    let protocol = match agreed {
        Some(protocol) => protocol,
        None => match tell_protocol(connection, &mut stream, &mut first).await {
            Some(protocol) => protocol,
            None => return,
        },
    };
    connection.set_protocol(protocol);
    let batch = Rc::clone(&worker.state.batch);
    let wire = Wire::new(stream, first.freeze(), Rc::clone(connection), batch);
    match protocol {
        Protocol::Http2 => Box::pin(speak_http2(worker, connection, wire)).await,
        _ => speak_http1(worker, connection, wire).await,
    }
}

/// Reads until the first bytes tell HTTP/2 from HTTP/1; nothing when the client leaves first.
async fn tell_protocol<S: AsyncRead + Unpin>(
    connection: &Connection,
    stream: &mut S,
    first: &mut BytesMut,
) -> Option<Protocol> {
    first.reserve(FIRST_READ_BYTES);
    loop {
        let count = tokio::select! {
            biased;
            read = stream.read_buf(first) => read.ok()?,
            () = ordered(connection) => return None,
        };
        if first.starts_with(HTTP2_PREFACE) {
            return Some(Protocol::Http2);
        }
        if !HTTP2_PREFACE.starts_with(first) {
            return Some(Protocol::Http1);
        }
        if count == 0 {
            return None;
        }
    }
}

/// How hyper's part of an HTTP/1 connection ended.
enum End {
    Done,
    /// Something was refused, or not read to its end: the client may still be sending.
    Unread,
    /// The application or the client broke off.
    Broken,
    /// The head took too long.
    TimedOut,
}

async fn speak_http1<A, S>(worker: Rc<Worker<A>>, connection: &Rc<Connection>, wire: Wire<S>)
where
    A: App,
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let metrics = Rc::clone(&worker.state.metrics);
    let timed_out = Rc::clone(&metrics);
    let builder = worker.protocols.http1.clone();
    let shared = Rc::clone(connection);
    let service = service_fn(move |request| dispatch::answer(&worker, &shared, request));
    let mut http = builder.serve_connection(TokioIo::new(wire), service);
    let mut told = false;
    let end = poll_fn(|cx| {
        connection.watch(cx);
        match connection.order() {
            Order::Serve => {}
            Order::TimeOut => return Poll::Ready(End::TimedOut),
            Order::Finish if told => {}
            Order::Finish => {
                told = true;
                Pin::new(&mut http).graceful_shutdown();
            }
        }
        let end = Pin::new(&mut http).poll(cx);
        connection.poll_discard(cx);
        end.map(|result| match result {
            Ok(()) if connection.has_unread_input() => End::Unread,
            Ok(()) => End::Done,
            Err(error) if error.is_parse() => {
                metrics.refused();
                End::Unread
            }
            Err(_) => End::Broken,
        })
    })
    .await;
    if matches!(end, End::Unread | End::TimedOut) {
        if matches!(end, End::TimedOut) {
            timed_out.refused();
        }
        if let Some((stream, rest)) = http.into_parts().io.into_inner().into_stream() {
            Box::pin(linger(stream, &rest, connection, end)).await;
        }
    }
}

/// Says what is still to be said and reads what the client still sends. Closing a socket with
/// unread input resets the connection, which would destroy the answer on its way.
async fn linger<S>(mut stream: S, rest: &[u8], connection: &Connection, end: End)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    drop(timeout(LINGER_TIME, stream.write_all(rest)).await);
    if matches!(end, End::TimedOut) {
        // A client this slow may be gone; then the answer is lost, as it must be.
        drop(timeout(LINGER_TIME, stream.write_all(TIMED_OUT)).await);
        drop(timeout(LINGER_TIME, stream.shutdown()).await);
    }
    if !connection.has_ended() {
        drop(timeout(LINGER_TIME, read_to_end(&mut stream)).await);
    }
}

async fn read_to_end<S: AsyncRead + Unpin>(stream: &mut S) {
    let mut buffer = vec![0; LINGER_READ_BYTES];
    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}

async fn speak_http2<A, S>(worker: Rc<Worker<A>>, connection: &Rc<Connection>, wire: Wire<S>)
where
    A: App,
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let metrics = Rc::clone(&worker.state.metrics);
    let mut builder = http2::Builder::new(LocalTasks(Rc::clone(&worker.state)));
    builder
        .max_header_list_size(worker.protocols.http2_header_bytes)
        .max_concurrent_streams(HTTP2_STREAMS);
    let shared = Rc::clone(connection);
    let service = service_fn(move |request| dispatch::answer(&worker, &shared, request));
    let mut http = builder.serve_connection(TokioIo::new(wire), service);
    let mut told = false;
    let result = poll_fn(|cx| {
        connection.watch(cx);
        if connection.order() != Order::Serve && !told {
            told = true;
            Pin::new(&mut http).graceful_shutdown();
        }
        Pin::new(&mut http).poll(cx)
    })
    .await;
    if result.is_err() {
        metrics.refused();
    }
}

/// Runs the streams of HTTP/2 connections as tasks of the worker's thread.
#[derive(Clone)]
struct LocalTasks(Rc<WorkerState>);

impl<F: Future<Output: 'static> + 'static> hyper::rt::Executor<F> for LocalTasks {
    fn execute(&self, task: F) {
        let worker = Rc::clone(&self.0);
        tokio::task::spawn_local(async move {
            if let Err(panic) = AssertUnwindSafe(task).catch_unwind().await {
                worker.fail(panic_message(&*panic));
            }
        });
    }
}
