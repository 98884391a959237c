//! Requests that are being answered: what script can still ask for, and where its answer goes.
//!
//! Invariant: a request's number is never used twice, so an operation on a request that is over finds nothing.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};

use http::HeaderValue;
use http::header::SET_COOKIE;
use transom_identity::Claims;
use transom_web::{BodyStream, RequestBodies};

use crate::channel::BodyWriter;
use crate::error_page::Failure;
use crate::respond::Reply;

/// Resolves when the client has gone.
pub(crate) type Gone = Pin<Box<dyn Future<Output = ()>>>;

/// Request numbers are counted, so they need no scrambling.
#[derive(Default)]
pub(crate) struct CountHasher(u64);

impl Hasher for CountHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, number: u64) {
        self.0 = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type ByNumber<T> = HashMap<u64, T, BuildHasherDefault<CountHasher>>;

/// One open request.
pub(crate) struct Exchange {
    pub(crate) body: Option<BodyStream>,
    pub(crate) gone: Option<Gone>,
    /// Wakers of those who wait for the end of the exchange.
    pub(crate) end_waiters: Vec<Waker>,
    pub(crate) reply: Option<Box<Reply>>,
    pub(crate) waker: Option<Waker>,
    pub(crate) writer: Option<BodyWriter>,
    /// What went wrong last, for the error display in development.
    pub(crate) failure: Option<Failure>,
    /// The visitor that this request was given, for whoever asks again.
    pub(crate) visitor: Option<Arc<Claims>>,
    /// Goes out with the answer, if that has not gone yet.
    pub(crate) cookie: Option<HeaderValue>,
    /// Script has written all of its answer, which has not been fetched yet.
    is_complete: bool,
    /// The build that answers; it must not go before its answer is complete.
    _instance: Rc<dyn Any>,
}

/// All open requests of a worker.
#[derive(Default)]
pub(crate) struct Exchanges {
    last: Cell<u64>,
    /// Boxed: the table moves what is in it.
    open: RefCell<ByNumber<Box<Exchange>>>,
    /// Requests whose end has to be told to the other services.
    finished: RefCell<Vec<u64>>,
}

impl Exchanges {
    pub(crate) fn open(
        &self,
        body: Option<BodyStream>,
        gone: Option<Gone>,
        instance: Rc<dyn Any>,
    ) -> u64 {
        let number = self.last.get() + 1;
        self.last.set(number);
        let exchange = Box::new(Exchange {
            body,
            gone,
            end_waiters: Vec::new(),
            reply: None,
            waker: None,
            writer: None,
            failure: None,
            visitor: None,
            cookie: None,
            is_complete: false,
            _instance: instance,
        });
        self.open.borrow_mut().insert(number, exchange);
        number
    }

    /// How many requests are being answered.
    pub(crate) fn count(&self) -> usize {
        self.open.borrow().len()
    }

    /// Does something with an open request; `None` when it is over.
    pub(crate) fn with<R>(&self, number: u64, work: impl FnOnce(&mut Exchange) -> R) -> Option<R> {
        self.open.borrow_mut().get_mut(&number).map(|exchange| work(exchange))
    }

    /// Hands the answer over; later ones are ignored.
    pub(crate) fn answer(&self, number: u64, mut reply: Box<Reply>) {
        let waker = self.with(number, |exchange| {
            if exchange.reply.is_none() {
                if let Some(cookie) = exchange.cookie.take() {
                    reply.headers.append(SET_COOKIE, cookie);
                }
                exchange.reply = Some(reply);
            }
            exchange.waker.take()
        });
        if let Some(Some(waker)) = waker {
            waker.wake();
        }
    }

    /// The answer, once there is one. The exchange goes on until its body is complete.
    pub(crate) fn poll_reply(&self, number: u64, waker: &Waker) -> Poll<Option<Box<Reply>>> {
        let found = self.with(number, |exchange| match exchange.reply.take() {
            Some(reply) => Poll::Ready((Some(reply), exchange.is_complete)),
            None => {
                exchange.waker = Some(waker.clone());
                Poll::Pending
            }
        });
        found.unwrap_or(Poll::Ready((None, false))).map(|(reply, is_complete)| {
            if is_complete {
                self.finish(number);
            }
            reply
        })
    }

    /// Script has nothing more to write. The exchange ends as soon as its answer has been fetched.
    pub(crate) fn complete(&self, number: u64) {
        let waits = self.with(number, |exchange| {
            exchange.is_complete = true;
            exchange.reply.is_some()
        });
        if waits == Some(false) {
            self.finish(number);
        }
    }

    /// Ends the exchange: nothing more can come of it.
    pub(crate) fn finish(&self, number: u64) {
        let ended = self.open.borrow_mut().remove(&number);
        if let Some(ended) = ended {
            self.finished.borrow_mut().push(number);
            ended.end_waiters.into_iter().for_each(Waker::wake);
        }
    }

    /// A request that has ended and whose end has not been told yet.
    pub(crate) fn next_finished(&self) -> Option<u64> {
        self.finished.borrow_mut().pop()
    }

    /// Resolves with `true` when the client has gone, with `false` when the exchange has ended in order.
    pub(crate) fn gone(self: &Rc<Self>, number: u64) -> impl Future<Output = bool> + use<> {
        let exchanges = Rc::clone(self);
        let mut gone = self.with(number, |exchange| exchange.gone.take()).flatten();
        std::future::poll_fn(move |context| {
            if let Some(gone) = &mut gone
                && gone.as_mut().poll(context).is_ready()
            {
                return Poll::Ready(true);
            }
            let waits = exchanges
                .with(number, |exchange| exchange.end_waiters.push(context.waker().clone()));
            if waits.is_some() { Poll::Pending } else { Poll::Ready(false) }
        })
    }
}

impl RequestBodies for Exchanges {
    fn is_present(&self, request_id: f64) -> bool {
        self.with(request_id as u64, |exchange| exchange.body.is_some()).unwrap_or(false)
    }

    fn take(&self, request_id: f64) -> Option<BodyStream> {
        self.with(request_id as u64, |exchange| exchange.body.take())?
    }
}
