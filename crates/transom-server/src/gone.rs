//! Notice that a client went away before its answer was complete.
//!
//! Each request has one [`Exchange`], shared by the server's bookkeeping and the [`Gone`] handles of
//! the application. It is settled once: by the end of the answer, or by the loss of the client.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Resolves when the client of one request is lost: the connection broke or, on HTTP/2, the stream
/// was reset, before the answer was complete. Never resolves otherwise.
///
/// While a request body is unread, loss can be noticed only by reading on or by writing.
#[derive(Debug)]
pub struct Gone {
    exchange: Rc<Exchange>,
    /// Place of this handle's waker in the exchange, once it has been polled.
    slot: Option<usize>,
}

/// The state behind [`Gone`].
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    gone: Cell<bool>,
    wakers: RefCell<Vec<Waker>>,
}

impl Exchange {
    /// Marks the client as lost and wakes everyone who waits for it.
    pub(crate) fn set_gone(&self) {
        self.gone.set(true);
        for waker in self.wakers.take() {
            waker.wake();
        }
    }
}

impl Gone {
    pub(crate) fn new(exchange: Rc<Exchange>) -> Self {
        Self { exchange, slot: None }
    }

    /// Whether the client is already known to be lost.
    pub fn is_gone(&self) -> bool {
        self.exchange.gone.get()
    }
}

impl Clone for Gone {
    fn clone(&self) -> Self {
        Self::new(Rc::clone(&self.exchange))
    }
}

impl Future for Gone {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.exchange.gone.get() {
            return Poll::Ready(());
        }
        let mut wakers = self.exchange.wakers.borrow_mut();
        let slot = self.slot;
        match slot.and_then(|slot| wakers.get_mut(slot)) {
            Some(waker) => waker.clone_from(cx.waker()),
            None => {
                wakers.push(cx.waker().clone());
                let slot = wakers.len() - 1;
                drop(wakers);
                self.slot = Some(slot);
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn every_handle_resolves_once_the_client_is_lost() {
        let exchange = Rc::new(Exchange::default());
        let mut first = Gone::new(Rc::clone(&exchange));
        let second = first.clone();
        assert_eq!((&mut first).now_or_never(), None);
        assert!(!second.is_gone());
        exchange.set_gone();
        assert!(second.is_gone());
        assert_eq!(first.now_or_never(), Some(()));
        assert_eq!(second.now_or_never(), Some(()));
    }
}
