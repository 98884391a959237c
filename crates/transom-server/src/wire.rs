//! The byte stream below hyper: a socket or a TLS session, plus what only this level can see.
//!
//! It keeps the first bytes of a head (see [`crate::target`]), replays bytes that were read to tell
//! the protocol, notices the end of the client's side, collects small writes for the worker's
//! [`Batch`], and tells when everything written has been handed to the kernel.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::batch::{Batch, Flush};
use crate::connection::Connection;

/// Writes from this size on go out at once, because copying them would cost more than it saves; in bytes.
const DIRECT_BYTES: usize = 8 * 1024;

/// Most that a connection collects before it waits for its client, in bytes.
const QUEUE_BYTES: usize = 64 * 1024;

/// Room that an idle connection keeps for its next answer, in bytes.
const KEPT_BYTES: usize = 1024;

/// An `S` with the bookkeeping of one connection.
pub(crate) struct Wire<S: AsyncWrite + Unpin + 'static> {
    output: Rc<Output<S>>,
    /// Bytes read before the protocol was known.
    replay: Bytes,
    batch: Rc<Batch>,
}

/// What the worker's batch shares with the connection's task.
struct Output<S> {
    /// None after the stream has been handed on.
    stream: RefCell<Option<S>>,
    /// Written by hyper and not yet by us.
    queued: RefCell<BytesMut>,
    /// Whether the batch knows that there is something.
    in_batch: Cell<bool>,
    failure: RefCell<Option<io::Error>>,
    connection: Rc<Connection>,
}

impl<S: AsyncWrite + Unpin> Output<S> {
    fn poll_stream<T>(
        &self,
        poll: impl FnOnce(Pin<&mut S>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match self.stream.borrow_mut().as_mut() {
            Some(stream) => poll(Pin::new(stream)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    /// Hands everything queued to the kernel.
    fn poll_drain(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(failure) = self.failure.borrow_mut().take() {
            return Poll::Ready(Err(failure));
        }
        let mut queued = self.queued.borrow_mut();
        while !queued.is_empty() {
            let written = ready!(self.poll_stream(|stream| stream.poll_write(cx, &queued)))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            queued.advance(written);
        }
        queued.clear();
        if queued.capacity() > KEPT_BYTES {
            *queued = BytesMut::new();
        }
        drop(queued);
        ready!(self.poll_stream(|stream| stream.poll_flush(cx)))?;
        self.connection.flushed();
        Poll::Ready(Ok(()))
    }

    fn has_output(&self) -> bool {
        !self.queued.borrow().is_empty()
    }
}

impl<S: AsyncWrite + Unpin> Flush for Output<S> {
    fn flush(&self) {
        self.in_batch.set(false);
        if !self.has_output() {
            return;
        }
        let task = self.connection.task();
        let mut cx = Context::from_waker(task.as_ref().unwrap_or(Waker::noop()));
        if let Poll::Ready(Err(error)) = self.poll_drain(&mut cx) {
            // The connection's task learns of it when it writes or flushes next.
            *self.failure.borrow_mut() = Some(error);
            cx.waker().wake_by_ref();
        }
    }
}

impl<S: AsyncWrite + Unpin + 'static> Wire<S> {
    pub(crate) fn new(
        stream: S,
        replay: Bytes,
        connection: Rc<Connection>,
        batch: Rc<Batch>,
    ) -> Self {
        let output = Output {
            stream: RefCell::new(Some(stream)),
            queued: RefCell::default(),
            in_batch: Cell::new(false),
            failure: RefCell::default(),
            connection,
        };
        Self { output: Rc::new(output), replay, batch }
    }

    /// The stream, and what has still to be written to it.
    pub(crate) fn into_stream(self) -> Option<(S, Bytes)> {
        let rest = self.output.queued.take().freeze();
        Some((self.output.stream.borrow_mut().take()?, rest))
    }
}

impl<S: AsyncWrite + Unpin + 'static> Drop for Wire<S> {
    /// hyper gives up a broken connection without another word; what was answered before still goes out.
    fn drop(&mut self) {
        self.output.flush();
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + 'static> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if self.replay.is_empty() {
            ready!(self.output.poll_stream(|stream| stream.poll_read(cx, buffer)))?;
        } else {
            let count = self.replay.len().min(buffer.remaining());
            buffer.put_slice(&self.replay[..count]);
            self.replay.advance(count);
        }
        self.output.connection.received(&mut buffer.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin + 'static> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let output = &self.output;
        let waiting = output.queued.borrow().len();
        if bytes.len() >= DIRECT_BYTES || waiting + bytes.len() > QUEUE_BYTES {
            if waiting > 0 {
                ready!(output.poll_drain(cx))?;
            }
            return output.poll_stream(|stream| stream.poll_write(cx, bytes));
        }
        if let Some(failure) = output.failure.borrow_mut().take() {
            return Poll::Ready(Err(failure));
        }
        output.queued.borrow_mut().extend_from_slice(bytes);
        if !output.in_batch.replace(true) {
            self.batch.add(Rc::clone(output) as Rc<dyn Flush>);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    /// Ready while something is queued: the batch writes it in the same turn of the worker.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.output.in_batch.get() {
            return Poll::Ready(Ok(()));
        }
        self.output.poll_drain(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.output.poll_drain(cx))?;
        self.output.poll_stream(|stream| stream.poll_shutdown(cx))
    }
}
