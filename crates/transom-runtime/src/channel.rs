//! The body of a streamed answer: script writes pieces, the connection takes them. Bounded, so that a slow client
//! slows the handler down.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::Stream;

/// Bytes that may wait for the connection before script is asked to wait: enough to fill a socket's buffer, little
/// enough for thousands of open streams.
const HIGH_WATER_BYTES: usize = 64 * 1024;

/// Most that small pieces are joined to, in bytes.
const JOINED_BYTES: usize = 16 * 1024;

#[derive(Default)]
struct Shared {
    pieces: RefCell<VecDeque<Bytes>>,
    waiting_bytes: Cell<usize>,
    end: Cell<End>,
    /// The connection, waiting for pieces.
    reader: RefCell<Option<Waker>>,
    /// Writes, waiting for room.
    writers: RefCell<Vec<Waker>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    Finished,
    Aborted,
    /// The connection does not want any more.
    Dropped,
}

/// The connection's end: a stream of pieces. An error item means that the answer broke off.
pub struct BodyChannel(Rc<Shared>);

/// Script's end.
#[derive(Clone)]
pub(crate) struct BodyWriter(Rc<Shared>);

/// The handler gave up in the middle of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the handler's stream failed")]
pub struct BrokenOff;

/// A new channel.
pub(crate) fn channel() -> (BodyWriter, BodyChannel) {
    let shared = Rc::new(Shared::default());
    (BodyWriter(Rc::clone(&shared)), BodyChannel(shared))
}

impl BodyWriter {
    /// Hands a piece to the connection. Returns whether there is room for more; pieces after the end are dropped.
    pub(crate) fn write(&self, piece: Bytes) -> bool {
        let shared = &self.0;
        if shared.end.get() != End::Open {
            return shared.end.get() != End::Dropped;
        }
        shared.waiting_bytes.set(shared.waiting_bytes.get() + piece.len());
        shared.pieces.borrow_mut().push_back(piece);
        shared.wake_reader();
        shared.waiting_bytes.get() < HIGH_WATER_BYTES
    }

    /// Resolves when there is room: `true`, or `false` when the client has gone.
    pub(crate) fn room(&self) -> impl Future<Output = bool> + use<> {
        let shared = Rc::clone(&self.0);
        std::future::poll_fn(move |context| {
            if shared.end.get() == End::Dropped {
                return Poll::Ready(false);
            }
            if shared.waiting_bytes.get() < HIGH_WATER_BYTES {
                return Poll::Ready(true);
            }
            shared.writers.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
    }

    /// No more pieces: the answer is complete.
    pub(crate) fn finish(&self) {
        self.end(End::Finished);
    }

    /// No more pieces: the connection is to be cut.
    pub(crate) fn abort(&self) {
        self.end(End::Aborted);
    }

    fn end(&self, end: End) {
        if self.0.end.get() == End::Open {
            self.0.end.set(end);
            self.0.wake_reader();
        }
    }
}

impl Shared {
    fn wake_reader(&self) {
        if let Some(waker) = self.reader.borrow_mut().take() {
            waker.wake();
        }
    }
}

impl Stream for BodyChannel {
    type Item = Result<Bytes, BrokenOff>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let shared = &self.0;
        if let Some(piece) = next_piece(&mut shared.pieces.borrow_mut()) {
            shared.waiting_bytes.set(shared.waiting_bytes.get() - piece.len());
            if shared.waiting_bytes.get() < HIGH_WATER_BYTES {
                shared.writers.borrow_mut().drain(..).for_each(Waker::wake);
            }
            return Poll::Ready(Some(Ok(piece)));
        }
        match shared.end.get() {
            End::Finished | End::Dropped => Poll::Ready(None),
            End::Aborted => {
                shared.end.set(End::Dropped);
                Poll::Ready(Some(Err(BrokenOff)))
            }
            End::Open => {
                *shared.reader.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The first piece, and with it those that follow, as long as they are small: what was written in one turn goes out in
/// one.
fn next_piece(pieces: &mut VecDeque<Bytes>) -> Option<Bytes> {
    let first = pieces.pop_front()?;
    let fits = |length: usize, next: Option<&Bytes>| {
        next.is_some_and(|next| length + next.len() <= JOINED_BYTES)
    };
    if !fits(first.len(), pieces.front()) {
        return Some(first);
    }
    let mut joined = Vec::with_capacity(JOINED_BYTES);
    joined.extend_from_slice(&first);
    while fits(joined.len(), pieces.front())
        && let Some(next) = pieces.pop_front()
    {
        joined.extend_from_slice(&next);
    }
    Some(joined.into())
}

impl Drop for BodyChannel {
    fn drop(&mut self) {
        self.0.end.set(End::Dropped);
        self.0.pieces.borrow_mut().clear();
        self.0.writers.borrow_mut().drain(..).for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};

    use super::*;

    #[test]
    fn pieces_arrive_in_order_and_a_full_channel_makes_the_writer_wait() {
        let (writer, mut body) = channel();
        assert!(writer.write(Bytes::from_static(b"a")));
        assert!(!writer.write(Bytes::from(vec![0; HIGH_WATER_BYTES])));
        let mut room = Box::pin(writer.room());
        assert_eq!((&mut room).now_or_never(), None);
        assert_eq!(body.next().now_or_never(), Some(Some(Ok(Bytes::from_static(b"a")))));
        assert_eq!((&mut room).now_or_never(), None, "the big piece still waits");
        assert!(matches!(body.next().now_or_never(), Some(Some(Ok(_)))));
        assert_eq!(room.now_or_never(), Some(true));
        writer.finish();
        assert_eq!(body.next().now_or_never(), Some(None));
    }

    #[test]
    fn small_pieces_that_wait_together_arrive_together() {
        let (writer, mut body) = channel();
        for piece in ["a", "bc", "def"] {
            writer.write(Bytes::from_static(piece.as_bytes()));
        }
        writer.write(Bytes::from(vec![0; JOINED_BYTES]));
        writer.finish();
        let mut next =
            || body.next().now_or_never().expect("it waits").map(|piece| piece.expect("no abort"));
        assert_eq!(next(), Some(Bytes::from_static(b"abcdef")));
        assert_eq!(next().map(|piece| piece.len()), Some(JOINED_BYTES));
        assert_eq!(next(), None);
    }

    #[test]
    fn an_abort_comes_after_what_was_written_and_a_dropped_body_frees_the_writer() {
        let (writer, mut body) = channel();
        writer.write(Bytes::from_static(b"first"));
        writer.abort();
        assert!(matches!(body.next().now_or_never(), Some(Some(Ok(_)))));
        assert_eq!(body.next().now_or_never(), Some(Some(Err(BrokenOff))));

        let (writer, body) = channel();
        writer.write(Bytes::from(vec![0; HIGH_WATER_BYTES]));
        let room = writer.room();
        drop(body);
        assert_eq!(room.now_or_never(), Some(false));
    }
}
