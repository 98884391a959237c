//! The body of a request: a stream that counts, watches the clock, and leaves the connection usable
//! when the application does not read to the end.
//!
//! Invariants: nothing is read ahead of the application (hyper hands over one piece at a time), so
//! an unread body holds the client back. A request without a body allocates nothing here.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::connection::Connection;
use crate::limits::Limits;

/// The body of a request, as pieces of bytes in the order of arrival.
#[derive(Debug)]
pub struct RequestBody(Option<Box<Reading>>);

#[derive(Debug)]
struct Reading {
    /// Taken when the rest is handed to the task that discards it.
    incoming: Option<Incoming>,
    connection: Rc<Connection>,
    received: u64,
    limit: Option<u64>,
    deadline: Instant,
    /// Made when the application first has to wait.
    timer: Option<Pin<Box<Sleep>>>,
    expectation: Expectation,
    done: bool,
}

/// Whether the client waits for `100 Continue` before it sends the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expectation {
    None,
    Continue,
}

/// Why the rest of a request body cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// More bytes arrived than the limit allows. The text is Astro's (spec section 4.4).
    #[error("Body size limit exceeded: received more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The client took longer than [`Limits::body_time`](crate::Limits::body_time).
    #[error("the request body did not arrive in time")]
    TimedOut,
    /// The connection ended before the body did.
    #[error("the connection was closed before the request body was complete")]
    Lost,
    /// The chunked framing is broken.
    #[error("the request body is malformed")]
    Malformed,
}

impl RequestBody {
    pub(crate) fn new(
        incoming: Incoming,
        connection: &Rc<Connection>,
        limits: &Limits,
        expectation: Expectation,
    ) -> Self {
        if incoming.is_end_stream() {
            return Self(None);
        }
        connection.body_begins();
        Self(Some(Box::new(Reading {
            incoming: Some(incoming),
            connection: Rc::clone(connection),
            received: 0,
            limit: limits.body_bytes,
            deadline: Instant::now() + limits.body_time,
            timer: None,
            expectation,
            done: false,
        })))
    }

    /// A body of no bytes.
    pub fn empty() -> Self {
        Self(None)
    }

    /// Whether there is nothing left to read: no body, or read to its end, or failed.
    pub fn is_end(&self) -> bool {
        self.0.as_ref().is_none_or(|reading| {
            reading.done || reading.incoming.as_ref().is_none_or(Body::is_end_stream)
        })
    }

    /// How many bytes are still to come, when the client said so. The value is the client's claim.
    pub fn remaining(&self) -> Option<u64> {
        match &self.0 {
            Some(reading) if !self.is_end() => {
                reading.incoming.as_ref().and_then(|incoming| incoming.size_hint().exact())
            }
            _ => Some(0),
        }
    }

    /// Replaces the limit on the whole body, in bytes; `None` is no limit.
    pub fn set_limit(&mut self, limit: Option<u64>) {
        if let Some(reading) = &mut self.0 {
            reading.limit = limit;
        }
    }
}

impl Stream for RequestBody {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Some(reading) => reading.poll_next(cx),
            None => Poll::Ready(None),
        }
    }
}

impl Reading {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            let Some(incoming) = self.incoming.as_mut().filter(|_| !self.done) else {
                return Poll::Ready(None);
            };
            let frame = match Pin::new(incoming).poll_frame(cx) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    let deadline = self.deadline;
                    let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                    ready!(timer.as_mut().poll(cx));
                    self.done = true;
                    return Poll::Ready(Some(Err(BodyError::TimedOut)));
                }
            };
            match frame {
                None => {
                    self.done = true;
                    self.connection.body_ended();
                    return Poll::Ready(None);
                }
                Some(Err(error)) => {
                    self.done = true;
                    return Poll::Ready(Some(Err(classify(&error))));
                }
                Some(Ok(frame)) => {
                    // Trailers have no place in a `Request` and are passed over.
                    let Ok(data) = frame.into_data() else { continue };
                    self.received += data.len() as u64;
                    self.connection.count_received(data.len());
                    if let Some(limit) = self.limit.filter(|&limit| self.received > limit) {
                        self.done = true;
                        return Poll::Ready(Some(Err(BodyError::TooLarge { limit })));
                    }
                    if self.incoming.as_ref().is_some_and(Body::is_end_stream) {
                        self.done = true;
                        self.connection.body_ended();
                    }
                    return Poll::Ready(Some(Ok(data)));
                }
            }
        }
    }
}

/// Tells broken framing from a broken connection.
fn classify(error: &hyper::Error) -> BodyError {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return match io.kind() {
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                    BodyError::Malformed
                }
                _ => BodyError::Lost,
            };
        }
        source = cause.source();
    }
    BodyError::Lost
}

impl Drop for Reading {
    /// Leaves to the connection what the application did not read.
    fn drop(&mut self) {
        let Some(incoming) = self.incoming.take().filter(|incoming| !incoming.is_end_stream())
        else {
            return self.connection.body_ended();
        };
        // Reading would invite a client that waits for `100 Continue` to send its body after all.
        let invites = self.expectation == Expectation::Continue && self.received == 0;
        self.connection.body_left(incoming, !invites);
    }
}

impl RequestBody {
    /// Reads the whole body into one piece.
    ///
    /// # Errors
    /// The first [`BodyError`] of the stream.
    pub async fn collect(mut self) -> Result<Bytes, BodyError> {
        let Some(first) = self.next().await.transpose()? else { return Ok(Bytes::new()) };
        let Some(second) = self.next().await.transpose()? else { return Ok(first) };
        let more = self.remaining().map_or(0, |rest| usize::try_from(rest).unwrap_or(0));
        // The client's claim may be false, so it is trusted only for a moderate reservation.
        let mut whole = Vec::with_capacity(first.len() + second.len() + more.min(1 << 20));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while let Some(piece) = self.next().await.transpose()? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }
}
