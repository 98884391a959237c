//! What an application is to the server: the traits it implements, the request it gets and the
//! reply it gives. Nothing here knows how an application is made.
//!
//! Invariants: an [`App`] is created, called and dropped on one worker thread, inside that thread's
//! tokio runtime, where `tokio::task::spawn_local` works. It never crosses threads.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderMap, Method, StatusCode, Version};
use hyper::ext::ReasonPhrase;

use crate::body::RequestBody;
use crate::gone::Gone;
use crate::metrics::Gauges;
use crate::target::Target;

/// One application instance, living on one worker thread.
pub trait App: 'static {
    /// Answers one request. Never fails: failures are replies.
    ///
    /// The future is dropped when the client goes away before it is done; work that must go on has
    /// to be spawned. A panic is answered with 500 and ends the worker, which is then replaced.
    /// The future borrows nothing from the application, so an implementation says
    /// `-> impl Future<Output = Reply> + use<>`. Completing at its first poll is the fast path.
    fn call(&self, request: Request) -> impl Future<Output = Reply> + use<Self>;

    /// Called when the worker has answered something and then nothing for a second: the moment to give memory back.
    /// Requests that arrive meanwhile wait for it.
    fn rest(&self) {}

    /// Called once when the worker has drained and is about to end. Not called for a worker that is
    /// lost.
    fn end(&self) {}
}

/// Makes one [`App`] per worker, for the first generation and again for every reload.
pub trait AppFactory: Send + Sync + 'static {
    /// The application that the server calls.
    type App: App;

    /// Creates the instance of one worker. Runs on that worker's thread, beside requests that an
    /// older generation is answering, so long synchronous work delays those.
    ///
    /// # Errors
    /// [`StartError`] when the application cannot run. At start the server then does not come up;
    /// at a reload every worker keeps what it has.
    fn create(&self, worker: WorkerInfo) -> impl Future<Output = Result<Self::App, StartError>>;
}

/// What a worker tells the application that it creates.
#[derive(Debug, Clone)]
pub struct WorkerInfo {
    /// Number of the worker, from 0.
    pub index: usize,
    /// How many workers the server has.
    pub workers: usize,
    /// 1 for the application the server started with, one more for each reload.
    pub generation: u64,
    /// Registers numbers for `/_transom/metrics`.
    pub gauges: Gauges,
    /// Ends this worker from inside the application.
    pub failure: WorkerFailure,
}

/// Lets an application report that its worker can no longer be trusted (an engine that ran out of
/// memory, a panic in one of its own tasks). The worker is dropped and replaced.
#[derive(Clone)]
pub struct WorkerFailure(pub(crate) Rc<dyn Fn(String)>);

impl WorkerFailure {
    /// Ends the worker after the answers that are ready now have been written.
    pub fn fail(&self, reason: impl Into<String>) {
        (self.0)(reason.into());
    }
}

impl fmt::Debug for WorkerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkerFailure")
    }
}

/// Why an application instance could not be created; its text is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StartError {
    message: String,
}

impl StartError {
    /// An error with the text that the operator shall read.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// One request, after the checks that Node's parser makes (spec section 0, step 1).
#[derive(Debug)]
pub struct Request {
    /// A method that Node's parser knows, in upper case; never `CONNECT`.
    pub method: Method,
    /// The request target as it was on the wire.
    pub target: Target,
    /// Header fields with lower-case names in wire order; repeated names stay apart.
    pub headers: HeaderMap,
    /// Protocol version of the request.
    pub version: Version,
    /// Whether the connection is encrypted here. Proxies are not believed in this crate.
    pub scheme: Scheme,
    /// Address on which the connection was accepted.
    pub local: SocketAddr,
    /// Address of the peer.
    pub remote: SocketAddr,
    /// Number of this request, as the access log shows it.
    pub id: RequestId,
    /// The body; reading drives the connection, not reading stops it.
    pub body: RequestBody,
    /// Resolves when the client went away before its answer was complete.
    pub gone: Gone,
}

/// The URL scheme of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain TCP.
    Http,
    /// TLS, terminated by this server.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// Identifies a request in logs: 16 hexadecimal digits, random per worker and then counted, so
/// unique among all workers and restarts for practical purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(pub(crate) u64);

impl RequestId {
    /// Appends what `Display` shows.
    pub(crate) fn append_to(self, text: &mut String) {
        let digits: [u8; 16] = std::array::from_fn(|place| {
            let digit = self.0 >> (60 - 4 * place) & 15;
            b"0123456789abcdef"[digit as usize]
        });
        text.push_str(str::from_utf8(&digits).unwrap_or_default());
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// An answer. The server adds `date` and framing, corrects a `content-length` that contradicts a
/// known body, and drops the body where the protocol has none (`HEAD`, 204, 304).
#[derive(Debug)]
pub struct Reply {
    /// The status; informational ones (1xx) are turned into 500.
    pub status: StatusCode,
    /// Reason phrase for HTTP/1.1; `None` gives the standard phrase, `unknown` where there is none.
    pub reason: Option<ReasonPhrase>,
    /// Header fields, sent in the order of the map.
    pub headers: HeaderMap,
    /// The body.
    pub body: ReplyBody,
}

impl Reply {
    /// A reply with this status, no headers and no body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, reason: None, headers: HeaderMap::new(), body: ReplyBody::Empty }
    }
}

/// The body of an answer that is made piece by piece. Each item is sent at once; the stream is
/// polled only when the connection can take more. An error cuts the connection without a final
/// chunk, after everything before it has been written (spec section 2.7).
pub type ReplyStream = Pin<Box<dyn Stream<Item = Result<Bytes, ReplyAborted>>>>;

/// The body of a [`Reply`].
#[derive(Default)]
pub enum ReplyBody {
    /// No body.
    #[default]
    Empty,
    /// All bytes are known; sent with `content-length`.
    Full(Bytes),
    /// Sent chunked, or with the `content-length` that the reply's headers have.
    Stream(ReplyStream),
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Full(bytes) => write!(f, "Full({} bytes)", bytes.len()),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl From<Bytes> for ReplyBody {
    fn from(bytes: Bytes) -> Self {
        Self::Full(bytes)
    }
}

/// The producer of a streamed body gave up; the client sees a broken connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reply was aborted")]
pub struct ReplyAborted;
