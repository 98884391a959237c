//! From the application's reply to what hyper writes: framing, bodies that the protocol forbids,
//! compression, and the bookkeeping that ends with the last byte.

use std::any::Any;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use http_body::{Body, Frame, SizeHint};
use hyper::ext::ReasonPhrase;

use crate::app::{Reply, ReplyAborted, ReplyBody, ReplyStream};
use crate::compression;
use crate::exchange::InFlight;

/// Largest piece given to hyper at once, in bytes, because hyper copies it into a buffer that it
/// keeps.
const PIECE_BYTES: usize = 32 * 1024;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// What the head of the request says about the form of the answer.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The method is `HEAD`: the answer has no body.
    pub(crate) head_only: bool,
    pub(crate) version: Version,
    /// The `accept-encoding` of the request; `None` also when compression is switched off.
    pub(crate) accept_encoding: Option<HeaderValue>,
    pub(crate) persistence: Persistence,
}

/// What the answer says about the future of an HTTP/1.1 connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Persistence {
    /// Nothing: the default of the version holds.
    Silent,
    /// That it stays open, and for how long.
    Announced,
}

/// The body of an answer, as hyper polls it. Dropping it ends the request.
pub(crate) struct Outgoing {
    /// Dropped first, so that a stream already knows that its client is gone when it is dropped.
    in_flight: InFlight,
    content: Content,
    /// Keeps the application's generation alive while its stream runs.
    _app: Option<Rc<dyn Any>>,
}

enum Content {
    Empty,
    Full(Bytes),
    Stream {
        stream: ReplyStream,
        /// The rest of a piece that is larger than [`PIECE_BYTES`].
        rest: Bytes,
        /// Bytes still to come, when the reply declares a length.
        remaining: Option<u64>,
    },
    /// The stream failed; the connection is cut once everything before has been flushed. Holds the
    /// number of flushes so far.
    Failed(u64),
}

/// Turns a reply into a response. `app` is kept until a streamed body ends.
pub(crate) fn respond(
    reply: Reply,
    wanted: &Wanted,
    mut in_flight: InFlight,
    app: Rc<dyn Any>,
) -> hyper::Response<Outgoing> {
    let Reply { mut status, mut reason, mut headers, mut body } = reply;
    if status.is_informational() {
        status = StatusCode::INTERNAL_SERVER_ERROR;
        reason = None;
        body = ReplyBody::Empty;
    }
    let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if let Some(accepted) = &wanted.accept_encoding
        && !bodiless
    {
        body = compression::compress(accepted, wanted.head_only, status, &mut headers, body);
    }
    let declared = frame(&mut headers, &body, status);
    if bodiless {
        body = ReplyBody::Empty;
    } else if wanted.head_only {
        body = head_only(body, &mut headers);
    }
    if wanted.version < Version::HTTP_2 {
        if in_flight.worker().is_closing() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        } else if wanted.persistence == Persistence::Announced
            && let Some(keep_alive) = &in_flight.worker().settings.announce
        {
            headers.entry(header::CONNECTION).or_insert(HeaderValue::from_static("keep-alive"));
            headers.insert(KEEP_ALIVE, keep_alive.clone());
        }
    }
    in_flight.head_is_ready(status);
    let (content, app) = match body {
        ReplyBody::Full(bytes) if !bytes.is_empty() => {
            in_flight.wrote(bytes.len());
            in_flight.finish();
            (Content::Full(bytes), None)
        }
        ReplyBody::Stream(stream) => {
            (Content::Stream { stream, rest: Bytes::new(), remaining: declared }, Some(app))
        }
        _ => {
            in_flight.finish();
            (Content::Empty, None)
        }
    };
    let mut response = hyper::Response::new(Outgoing { content, in_flight, _app: app });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if wanted.version < Version::HTTP_2 {
        if reason.is_none() && status.canonical_reason().is_none() {
            reason = Some(ReasonPhrase::from_static(b"unknown"));
        }
        if let Some(reason) = reason {
            response.extensions_mut().insert(reason);
        }
    }
    response
}

/// An answer without a body that ends the connection.
pub(crate) fn refuse(status: StatusCode, mut in_flight: InFlight) -> hyper::Response<Outgoing> {
    in_flight.head_is_ready(status);
    in_flight.finish();
    let mut response =
        hyper::Response::new(Outgoing { content: Content::Empty, in_flight, _app: None });
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Removes framing headers that contradict the body, and returns the length that the reply
/// declares for a stream.
///
/// Deviation: Astro sends a wrong `content-length` as it is (spec section 2.6), which breaks the
/// connection for every client; a length that matches or belongs to a stream is kept.
fn frame(headers: &mut HeaderMap, body: &ReplyBody, status: StatusCode) -> Option<u64> {
    let (mut has_length, mut has_encoding) = (false, false);
    for name in headers.keys() {
        match *name {
            header::CONTENT_LENGTH => has_length = true,
            header::TRANSFER_ENCODING => has_encoding = true,
            _ => {}
        }
    }
    if has_encoding {
        headers.remove(header::TRANSFER_ENCODING);
    }
    if !has_length {
        return None;
    }
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    let fits = match body {
        _ if status == StatusCode::NO_CONTENT => false,
        ReplyBody::Empty => true,
        ReplyBody::Full(bytes) => declared == Some(bytes.len() as u64),
        ReplyBody::Stream(_) => declared.is_some(),
    };
    if !fits || headers.get_all(header::CONTENT_LENGTH).iter().count() > 1 {
        headers.remove(header::CONTENT_LENGTH);
        return None;
    }
    declared
}

/// The body of the answer to `HEAD`: none, with the length that `GET` would have.
fn head_only(body: ReplyBody, headers: &mut HeaderMap) -> ReplyBody {
    if let ReplyBody::Full(bytes) = body {
        headers.entry(header::CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(bytes.len()));
    }
    ReplyBody::Empty
}

fn take_piece(bytes: &mut Bytes) -> Bytes {
    if bytes.len() <= PIECE_BYTES { std::mem::take(bytes) } else { bytes.split_to(PIECE_BYTES) }
}

type PolledFrame = Poll<Option<Result<Frame<Bytes>, ReplyAborted>>>;

impl Outgoing {
    /// Breaks off, but not before hyper has written what it was given: it flushes when the body has
    /// nothing more to give for now.
    fn fail(&mut self, cx: &mut Context<'_>) -> PolledFrame {
        self.in_flight.abort();
        let connection = self.in_flight.connection();
        connection.wait_for_flush(cx);
        self.content = Content::Failed(connection.flushes());
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = ReplyAborted;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> PolledFrame {
        let this = self.get_mut();
        match &mut this.content {
            Content::Empty => Poll::Ready(None),
            Content::Full(bytes) => {
                let piece = take_piece(bytes);
                if bytes.is_empty() {
                    this.content = Content::Empty;
                }
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Content::Stream { rest, .. } if !rest.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(take_piece(rest)))))
            }
            Content::Stream { stream, rest, remaining } => match stream.as_mut().poll_next(cx) {
                Poll::Pending => Poll::Pending,
                // Too few bytes for the declared length are no end.
                Poll::Ready(None) if remaining.is_some_and(|left| left > 0) => this.fail(cx),
                Poll::Ready(None) => {
                    this.in_flight.finish();
                    Poll::Ready(None)
                }
                Poll::Ready(Some(Ok(mut bytes))) => {
                    this.in_flight.wrote(bytes.len());
                    if let Some(left) = remaining {
                        *left = left.saturating_sub(bytes.len() as u64);
                        if *left == 0 {
                            this.in_flight.finish();
                        }
                    }
                    let piece = take_piece(&mut bytes);
                    *rest = bytes;
                    Poll::Ready(Some(Ok(Frame::data(piece))))
                }
                Poll::Ready(Some(Err(ReplyAborted))) => this.fail(cx),
            },
            Content::Failed(flushes) => {
                let connection = this.in_flight.connection();
                if connection.flushes() == *flushes {
                    connection.wait_for_flush(cx);
                    return Poll::Pending;
                }
                this.content = Content::Empty;
                Poll::Ready(Some(Err(ReplyAborted)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.content, Content::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Empty => SizeHint::with_exact(0),
            Content::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream { .. } | Content::Failed(_) => SizeHint::default(),
        }
    }
}
