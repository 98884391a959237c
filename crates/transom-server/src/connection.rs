//! What a worker knows of one open connection, and the rules by which it ends.
//!
//! One [`Connection`] is shared by the task that drives it, the byte stream below hyper, the
//! request being answered and the worker's sweep. All of them are on one thread; the cells are
//! written without locks and never borrowed across a call out of this file.

use std::cell::{Cell, OnceCell, RefCell};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use http_body::Body;
use hyper::body::Incoming;

use crate::app::Scheme;
use crate::limits::DISCARD_BYTES;
use crate::metrics::WorkerMetrics;
use crate::request_line::{self, Line};

/// Largest buffer that is kept for the next head; longer heads are rare.
const KEPT_HEAD_BYTES: usize = 2048;

/// State of one open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    remote_text: OnceCell<Box<str>>,
    pub(crate) scheme: Cell<Scheme>,
    protocol: Cell<Protocol>,
    /// Requests that are not completely answered.
    in_flight: Cell<u32>,
    /// Tick of the last change between idle, reading a head, and answering.
    since: Cell<u32>,
    /// The worker's clock, in ticks of one second.
    clock: Rc<Cell<u32>>,
    /// Bytes that arrived between requests: the beginning of the next head.
    head: RefCell<Vec<u8>>,
    line: Cell<Line>,
    /// A request body has not been read to its end, so arriving bytes may belong to it.
    body_pending: Cell<bool>,
    /// The application left a request body unread.
    unread: Cell<bool>,
    /// The rest of a body that is being thrown away, and how many bytes of it still may be.
    leftover: RefCell<Option<(Incoming, u64)>>,
    /// The client has closed its side.
    ended: Cell<bool>,
    order: Cell<Order>,
    task: RefCell<Option<Waker>>,
    flushes: Cell<u64>,
    /// Bodies that wait for a flush: at most one on HTTP/1, several streams on HTTP/2.
    flush_waiters: RefCell<Vec<Waker>>,
    metrics: Rc<WorkerMetrics>,
}

/// The first bytes of a head as they were on the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawHead<'a> {
    /// Empty when the head came together with the request before it.
    pub(crate) bytes: &'a [u8],
    /// hyper saw another target than the one in `bytes`.
    pub(crate) masked: bool,
}

/// The protocol spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// No byte has told yet.
    Unknown,
    Http1,
    Http2,
}

/// What the worker wants from the task of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Serve,
    /// Finish what is in flight, then close.
    Finish,
    /// Close now: the head took too long.
    TimeOut,
}

/// What a connection is doing, for the sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Nothing has been received since the connection was opened.
    Silent,
    /// Between requests.
    Idle,
    /// A head has begun and is not complete.
    Head,
    /// A request is being answered.
    Answering,
}

impl Connection {
    pub(crate) fn new(
        local: SocketAddr,
        remote: SocketAddr,
        clock: Rc<Cell<u32>>,
        metrics: Rc<WorkerMetrics>,
    ) -> Self {
        Self {
            local,
            remote,
            remote_text: OnceCell::new(),
            scheme: Cell::new(Scheme::Http),
            protocol: Cell::new(Protocol::Unknown),
            in_flight: Cell::new(0),
            since: Cell::new(clock.get()),
            clock,
            head: RefCell::new(Vec::new()),
            line: Cell::new(Line::Start),
            body_pending: Cell::new(false),
            unread: Cell::new(false),
            leftover: RefCell::new(None),
            ended: Cell::new(false),
            order: Cell::new(Order::Serve),
            task: RefCell::new(None),
            flushes: Cell::new(0),
            flush_waiters: RefCell::new(Vec::new()),
            metrics,
        }
    }

    /// The client's address and port as the log has them, made once for all requests.
    pub(crate) fn remote_text(&self) -> &str {
        self.remote_text.get_or_init(|| self.remote.to_string().into())
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol.get()
    }

    pub(crate) fn set_protocol(&self, protocol: Protocol) {
        self.protocol.set(protocol);
    }

    pub(crate) fn activity(&self) -> Activity {
        if self.in_flight.get() > 0 {
            Activity::Answering
        } else if !self.head.borrow().is_empty() {
            Activity::Head
        } else if self.protocol.get() == Protocol::Unknown {
            Activity::Silent
        } else {
            Activity::Idle
        }
    }

    /// Seconds since the activity changed.
    pub(crate) fn age(&self) -> u32 {
        self.clock.get().wrapping_sub(self.since.get())
    }

    /// Takes note of bytes that were read, and masks what hyper would refuse; none means that the
    /// client closed its side.
    pub(crate) fn received(&self, bytes: &mut [u8]) {
        if bytes.is_empty() {
            self.ended.set(true);
        } else if self.in_flight.get() == 0
            && !self.body_pending.get()
            && self.protocol.get() != Protocol::Http2
        {
            let mut head = self.head.borrow_mut();
            if head.is_empty() {
                self.since.set(self.clock.get());
            }
            head.extend_from_slice(bytes);
            self.line.set(request_line::mask(self.line.get(), bytes));
        }
    }

    /// A complete head was read; gives its first bytes to `look`, as far as they are known.
    pub(crate) fn request_begins<T>(&self, look: impl FnOnce(RawHead<'_>) -> T) -> T {
        self.in_flight.set(self.in_flight.get() + 1);
        let mut head = self.head.borrow_mut();
        let masked = self.line.replace(Line::Start).is_masked();
        let seen = look(RawHead { bytes: &head, masked });
        head.clear();
        head.shrink_to(KEPT_HEAD_BYTES);
        seen
    }

    /// The answer was handed to the connection, or the request was given up.
    pub(crate) fn request_ended(&self) {
        self.in_flight.set(self.in_flight.get() - 1);
        self.since.set(self.clock.get());
    }

    pub(crate) fn body_begins(&self) {
        self.body_pending.set(true);
    }

    pub(crate) fn body_ended(&self) {
        self.body_pending.set(false);
        self.unread.set(false);
    }

    /// The application gave up a body before its end. Unless `discard` is false, the task of this
    /// connection reads on and throws away, within [`DISCARD_BYTES`], so that the next request can
    /// be read; Node does the same. hyper would close the connection.
    pub(crate) fn body_left(&self, rest: Incoming, discard: bool) {
        if self.protocol.get() == Protocol::Http2 {
            return;
        }
        self.unread.set(true);
        if discard {
            *self.leftover.borrow_mut() = Some((rest, DISCARD_BYTES));
            if let Some(task) = self.task.borrow().as_ref() {
                task.wake_by_ref();
            }
        }
    }

    /// Throws away what has arrived of an unread body.
    pub(crate) fn poll_discard(&self, cx: &mut Context<'_>) {
        let mut leftover = self.leftover.borrow_mut();
        while let Some((rest, allowance)) = leftover.as_mut() {
            match Pin::new(rest).poll_frame(cx) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok(frame))) => {
                    let size = frame.data_ref().map_or(0, |data| data.len() as u64);
                    match allowance.checked_sub(size) {
                        Some(rest) => *allowance = rest,
                        None => *leftover = None,
                    }
                }
                Poll::Ready(None) => {
                    *leftover = None;
                    self.body_ended();
                }
                Poll::Ready(Some(Err(_))) => *leftover = None,
            }
        }
    }

    /// Stops reading an unread body whose request has long been answered; hyper then closes.
    pub(crate) fn stop_discarding(&self) {
        let stopped = self.leftover.borrow_mut().take().is_some();
        if stopped && let Some(task) = self.task.borrow().as_ref() {
            task.wake_by_ref();
        }
    }

    pub(crate) fn count_received(&self, bytes: usize) {
        self.metrics.received(bytes as u64);
    }

    /// Whether the client may still be sending something that nobody will read.
    pub(crate) fn has_unread_input(&self) -> bool {
        self.unread.get() && !self.ended.get()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.get()
    }

    pub(crate) fn order(&self) -> Order {
        self.order.get()
    }

    /// Changes what the connection's task shall do, and wakes it.
    pub(crate) fn give_order(&self, order: Order) {
        self.order.set(order);
        if let Some(task) = self.task.borrow().as_ref() {
            task.wake_by_ref();
        }
    }

    /// The task that drives this connection.
    pub(crate) fn task(&self) -> Option<Waker> {
        self.task.borrow().clone()
    }

    /// Remembers the task that drives this connection.
    pub(crate) fn watch(&self, cx: &Context<'_>) {
        let mut task = self.task.borrow_mut();
        match task.as_mut() {
            Some(task) => task.clone_from(cx.waker()),
            None => *task = Some(cx.waker().clone()),
        }
    }

    /// Everything that hyper had buffered is with the kernel.
    pub(crate) fn flushed(&self) {
        self.flushes.set(self.flushes.get().wrapping_add(1));
        if !self.flush_waiters.borrow().is_empty() {
            for waiter in self.flush_waiters.take() {
                waiter.wake();
            }
        }
    }

    /// How many times everything has been flushed.
    pub(crate) fn flushes(&self) -> u64 {
        self.flushes.get()
    }

    /// Wakes `cx` at the next flush.
    pub(crate) fn wait_for_flush(&self, cx: &Context<'_>) {
        self.flush_waiters.borrow_mut().push(cx.waker().clone());
    }
}
