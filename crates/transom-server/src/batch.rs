//! Small answers of many connections are handed to the kernel together, when everything that was ready has been
//! answered. A write wakes the client's process, which costs more than the write; in a row, only the first one does.
//!
//! Invariant: what is queued is written before the worker waits for anything. The task of [`Batch::run`] is woken by
//! the first of a batch, so it runs behind the connections that were ready then.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Something with output that has not been handed to the kernel.
pub(crate) trait Flush {
    /// Writes what can be written now.
    fn flush(&self);
}

/// The connections of one worker that have output.
#[derive(Default)]
pub(crate) struct Batch {
    waiting: RefCell<Vec<Rc<dyn Flush>>>,
    runner: RefCell<Option<Waker>>,
}

impl Batch {
    /// Has `output` flushed at the end of this turn of the worker.
    pub(crate) fn add(&self, output: Rc<dyn Flush>) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.push(output);
        if waiting.len() == 1
            && let Some(runner) = self.runner.borrow_mut().take()
        {
            runner.wake();
        }
    }

    /// Flushes each batch. Never ends.
    pub(crate) async fn run(self: Rc<Self>) {
        let mut batch = Vec::new();
        poll_fn(|cx| {
            // Flushing may queue more only through tasks that run later.
            std::mem::swap(&mut batch, &mut *self.waiting.borrow_mut());
            batch.drain(..).for_each(|output| output.flush());
            match &mut *self.runner.borrow_mut() {
                Some(runner) => runner.clone_from(cx.waker()),
                runner => *runner = Some(cx.waker().clone()),
            }
            Poll::<()>::Pending
        })
        .await;
    }
}
