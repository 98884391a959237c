//! The seam between `fetch()` and the network: one request out, one response back.
//!
//! Redirects and content codings are *not* here: they are the same for every client (`redirect.rs`,
//! `decode.rs`). The client that transom runs with is `hyper_client.rs`; tests bring others.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::LocalBoxFuture;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use transom_engine::OpError;
use transom_permissions::Denied;

/// The body of a response, as it arrives and before content codings are undone.
pub type ResponseStream = Pin<Box<dyn Stream<Item = Result<Bytes, ClientFailure>>>>;

/// Sends requests over the network, on the worker's own thread.
pub trait HttpClient {
    /// Sends `request`, whose URI is absolute, and waits for the head of the response.
    ///
    /// Dropping the future or the response's stream gives the exchange up.
    fn send(
        &self,
        request: http::Request<UploadBody>,
    ) -> LocalBoxFuture<'static, Result<http::Response<ResponseStream>, ClientFailure>>;

    /// Opens a connection of its own for a protocol other than HTTP, with TLS when it is to be secure.
    fn connect(
        &self,
        host: String,
        port: u16,
        security: Security,
    ) -> LocalBoxFuture<'static, Result<Box<dyn Connection>, ClientFailure>>;
}

/// Whether a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// As it is.
    Plain,
    /// TLS, with the certificate of the host checked.
    Tls,
}

/// Bytes in both directions.
pub trait Connection: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Connection for T {}

/// The body of an outgoing request.
#[derive(Debug)]
pub enum UploadBody {
    /// No body.
    Empty,
    /// Known bytes, which a redirect can send again.
    Full(Bytes),
    /// Pieces that script is still writing; `None` in the channel's place of a piece aborts.
    Stream(mpsc::Receiver<Option<Bytes>>),
}

/// Script gave up writing the body.
#[derive(Debug, thiserror::Error)]
#[error("the request body failed")]
pub struct UploadAborted;

impl Body for UploadBody {
    type Data = Bytes;
    type Error = UploadAborted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, UploadAborted>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Full(_) => match std::mem::replace(&mut *self, Self::Empty) {
                Self::Full(bytes) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                _ => Poll::Ready(None),
            },
            Self::Stream(receiver) => receiver.poll_recv(context).map(|piece| match piece {
                Some(Some(bytes)) => Some(Ok(Frame::data(bytes))),
                Some(None) => Some(Err(UploadAborted)),
                None => None,
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(bytes) => bytes.is_empty(),
            Self::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(_) => SizeHint::default(),
        }
    }
}

/// Why there is no response, or why its body ended early.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ClientFailure {
    /// The host's name has no address.
    #[error("{host}:{port} cannot be reached: the name `{host}` cannot be resolved ({reason})")]
    Resolve {
        /// Host as in the URL.
        host: String,
        /// Port as in the URL, or the scheme's own.
        port: u16,
        /// What the resolver says.
        reason: String,
    },
    /// No connection came about, TLS included.
    #[error("{host}:{port} cannot be reached: {reason}")]
    Connect {
        /// Host as in the URL.
        host: String,
        /// Port as in the URL, or the scheme's own.
        port: u16,
        /// What the system or the TLS layer says.
        reason: String,
        /// Node's code, such as `ECONNREFUSED`, when there is one.
        code: Option<&'static str>,
    },
    /// The connection broke, or what came over it was no HTTP.
    #[error("the connection to {host}:{port} failed: {reason}")]
    Broken {
        /// Host as in the URL.
        host: String,
        /// Port as in the URL, or the scheme's own.
        port: u16,
        /// What went wrong.
        reason: String,
    },
    /// The exchange is against the rules of fetch: a redirect that may not be followed, a wrong scheme.
    #[error("{reason}")]
    Refused {
        /// The rule, for the author.
        reason: String,
    },
    /// The upstream took longer than it may.
    #[error("{place} {what} within {seconds} s (`limits.fetch_timeout`)")]
    Late {
        /// Host and port.
        place: String,
        /// What did not happen.
        what: &'static str,
        /// How long it may have taken, in seconds.
        seconds: f64,
    },
    /// The body is larger than what may be held at once.
    #[error(
        "the body from {place} has more than {limit} bytes (`limits.fetch_body`); read it piece by piece from `body`"
    )]
    TooLarge {
        /// Host and port.
        place: String,
        /// The largest body, in bytes.
        limit: u64,
    },
    /// The rules of the project forbid the connection.
    #[error("{0}")]
    Denied(Denied),
    /// The content coding of the response is broken.
    #[error("the response could not be decoded: {reason}")]
    Decode {
        /// What the decoder says.
        reason: String,
    },
}

impl ClientFailure {
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }

    /// The exception that becomes the `cause` of a failed fetch.
    pub(crate) fn into_cause(self) -> OpError {
        let code = match &self {
            Self::Resolve { .. } => Some("ENOTFOUND"),
            Self::Connect { code, .. } => *code,
            Self::Broken { .. } => Some("ECONNRESET"),
            Self::Late { .. } => Some("ETIMEDOUT"),
            Self::Denied(_) => Some("ERR_ACCESS_DENIED"),
            Self::Refused { .. } | Self::TooLarge { .. } | Self::Decode { .. } => None,
        };
        let error = OpError::error(self.to_string());
        match code {
            Some(code) => error.code(code),
            None => error,
        }
    }
}
