//! Promises made and settled by Rust.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use mozjs::jsapi::PromiseState as RawState;
use mozjs::rooted;
use mozjs::rust::HandleObject;
use mozjs::rust::wrappers2::{
    GetPromiseState, IsPromiseObject, JS_GetPromiseResult, NewPromiseObject, RejectPromise,
    ResolvePromise, SetAnyPromiseIsHandled,
};

use super::scope::Scope;
use super::value::Value;
use crate::convert::IntoJs;
use crate::error::OpError;
use crate::op::{LateValue, Settlement, late};

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseState {
    /// Not settled.
    Pending,
    /// Settled with a value.
    Fulfilled,
    /// Settled with a reason.
    Rejected,
}

impl<'s> Scope<'s> {
    /// A new pending promise.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn promise(&mut self) -> Result<Value<'s>, OpError> {
        // SAFETY: a null executor makes a promise that only the embedder settles.
        let promise = unsafe { NewPromiseObject(self.cx(), HandleObject::null()) };
        self.object_value(promise)
    }

    /// The state of a genuine promise of this realm; `None` for any other value.
    pub fn promise_state(&mut self, value: Value<'s>) -> Option<PromiseState> {
        if !value.is_object() {
            return None;
        }
        rooted!(&in(self.cx()) let object = value.raw().to_object());
        // SAFETY: the object is rooted; neither call collects.
        unsafe {
            IsPromiseObject(object.handle()).then(|| match GetPromiseState(object.handle()) {
                RawState::Pending => PromiseState::Pending,
                RawState::Fulfilled => PromiseState::Fulfilled,
                RawState::Rejected => PromiseState::Rejected,
            })
        }
    }

    /// The value or reason of a settled promise.
    pub fn promise_result(&mut self, promise: Value<'s>) -> Value<'s> {
        let result = self.undefined();
        rooted!(&in(self.cx()) let object = promise.raw().to_object());
        // SAFETY: promise and result are rooted.
        unsafe { JS_GetPromiseResult(object.handle(), Self::handle_mut(result)) };
        result
    }

    /// Marks a promise as handled: its rejection is not reported.
    pub fn mark_handled(&mut self, promise: Value<'s>) {
        rooted!(&in(self.cx()) let object = promise.raw().to_object());
        let handle = object.handle();
        // SAFETY: the promise is rooted and is one (the callers check).
        unsafe { SetAnyPromiseIsHandled(self.cx(), handle) };
    }

    /// Fulfils a pending promise.
    pub fn resolve(&mut self, promise: Value<'s>, value: Value<'s>) {
        rooted!(&in(self.cx()) let object = promise.raw().to_object());
        let handle = object.handle();
        // SAFETY: both are rooted. Failure means out of memory, which the next allocation reports.
        unsafe { ResolvePromise(self.cx(), handle, Self::handle(value)) };
    }

    /// Rejects a pending promise.
    pub fn reject(&mut self, promise: Value<'s>, reason: Value<'s>) {
        rooted!(&in(self.cx()) let object = promise.raw().to_object());
        let handle = object.handle();
        // SAFETY: both are rooted. Failure means out of memory, which the next allocation reports.
        unsafe { RejectPromise(self.cx(), handle, Self::handle(reason)) };
    }

    /// A promise for the outcome of `future`, as [`Op::future`](crate::Op::future) makes one.
    ///
    /// # Errors
    /// When the engine is out of memory, or the isolate has no event loop and the future has to wait.
    pub fn promise_from<Output: IntoJs + 'static>(
        &mut self,
        future: impl Future<Output = Result<Output, OpError>> + 'static,
    ) -> Result<Value<'s>, OpError> {
        self.promise_of(Box::pin(async move { future.await.map(late) }))
    }

    /// The promise of an asynchronous op. Polls once: what is ready at once needs no turn of the event loop.
    pub(crate) fn promise_of(
        &mut self,
        mut future: Pin<Box<dyn Future<Output = Result<LateValue, OpError>>>>,
    ) -> Result<Value<'s>, OpError> {
        let promise = self.promise()?;
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            self.settle(promise, outcome);
            return Ok(promise);
        }
        let state = self.state();
        let settlement_promise = self.persist(promise);
        let context =
            super::roots::Persistent::new(&state.roots.slab, state.roots.contexts.current());
        let realm = self.realm_number();
        let spawn = state.spawner.borrow().clone();
        let Some(spawn) = spawn else {
            return Err(OpError::error("this isolate has no event loop"));
        };
        spawn(Box::pin(async move {
            let outcome = future.await;
            Settlement { promise: settlement_promise, context, realm, outcome }
        }));
        Ok(promise)
    }

    pub(super) fn settle(&mut self, promise: Value<'s>, outcome: Result<LateValue, OpError>) {
        let made = match outcome {
            Ok(late) => late(self),
            Err(error) => Err(error),
        };
        match made {
            Ok(value) => self.resolve(promise, value),
            Err(error) => {
                let reason = match self.error_value(&error) {
                    Ok(reason) if !reason.is_undefined() => reason,
                    _ => match self.string(&error.to_string()) {
                        Ok(text) => text,
                        Err(_) => self.undefined(),
                    },
                };
                self.reject(promise, reason);
            }
        }
    }
}
