//! Promise jobs and the async context that follows them (`docs/architecture.md`, async context).
//!
//! A reaction to a pending promise stores the context current at that time through `getHostDefinedData`.
//! A reaction to a settled promise stores none, but is queued at once: a queue of contexts runs parallel to
//! the engine's queue. It is padded with the current context before every change of context and after
//! every job, and popped with every job. So each job runs in the context in which it was registered.

use std::cell::RefCell;

use mozjs::context::JSContext;
use mozjs::glue::{CreateJobQueue, JobQueueTraps, RustJobQueue};
use mozjs::jsapi::{
    CurrentGlobalOrNull, GetExecutionGlobalFromJSMicroTask, JSContext as RawContext, JSObject,
};
use mozjs::jsapi::{HandleValueArray, JSTracer, MutableHandle, ToMaybeWrappedJSMicroTask};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::panic::maybe_resume_unwind;
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    Call, GetRegularMicroTaskCount, HasAnyMicroTasks, JS_DequeueNextMicroTask,
    MaybeGetHostDefinedDataFromJSMicroTask, RunJSMicroTask,
};
use mozjs::rust::{HandleValue, get_context_realm, get_object_realm};

use super::callbacks::state_of;
use super::isolate::State;
use super::roots::Persistent;
use super::scope::Scope;
use super::value::{Args, Value};
use crate::error::{OpError, ScriptError};

static TRAPS: JobQueueTraps = JobQueueTraps {
    getHostDefinedData: Some(host_defined_data),
    getHostDefinedGlobal: Some(host_defined_global),
    runJobs: Some(run_jobs),
    traceNonGCThingMicroTask: Some(trace_foreign_task),
};

/// The queue object that the engine asks for context; it lives as long as the process.
pub(super) fn new_queue() -> *mut RustJobQueue {
    // SAFETY: the traps are static.
    unsafe { CreateJobQueue(&TRAPS) }
}

unsafe extern "C" fn host_defined_data(
    cx: *mut RawContext,
    incumbent_global: MutableHandle<*mut JSObject>,
    data: MutableHandle<*mut JSObject>,
) -> bool {
    // SAFETY: `cx` is a live isolate context.
    let current = unsafe { state_of(cx) }.roots.contexts.current();
    // Both results must be in the compartment of the realm that is entered: a context of another realm is
    // not handed on.
    // SAFETY: `current` is a live object if it is one, and `cx` the calling context.
    let is_here = unsafe {
        current.is_object() && get_object_realm(current.to_object()) == get_context_realm(cx)
    };
    if is_here {
        // SAFETY: a realm is entered whenever script makes a reaction.
        incumbent_global.set(unsafe { CurrentGlobalOrNull(cx) });
        data.set(current.to_object());
    } else {
        incumbent_global.set(std::ptr::null_mut());
        data.set(std::ptr::null_mut());
    }
    true
}

unsafe extern "C" fn host_defined_global(
    _: *mut RawContext,
    data: MutableHandle<*mut JSObject>,
) -> bool {
    data.set(std::ptr::null_mut());
    true
}

/// Only the debugger asks for this, and there is none.
unsafe extern "C" fn run_jobs(_: *mut RawContext) {}

/// All our jobs are the engine's own.
unsafe extern "C" fn trace_foreign_task(_: *mut JSTracer, _: *mut JSVal) {}

/// Functions that wait to be called, each with the global of its realm.
pub(super) type Waiting = RefCell<Vec<(Persistent, Persistent)>>;

/// Why a job ended badly, and the context it ran in.
pub(super) struct FailedJob {
    pub(super) error: ScriptError,
    pub(super) context: Persistent,
}

impl State {
    /// Gives every job that was queued since the last call the current context.
    pub(super) fn pad_contexts(&self, cx: &JSContext) {
        // SAFETY: reads the length of the queue.
        let count = unsafe { GetRegularMicroTaskCount(cx) };
        self.roots.contexts.pad(count);
    }

    /// Runs jobs until none is left; before the first, and after the last, what asked to come before jobs. A job that throws (which promise jobs do not) or is stopped is
    /// reported and the others go on.
    pub(super) fn drain(&self, cx: &mut JSContext) -> Vec<FailedJob> {
        let mut failed = Vec::new();
        if self.draining.replace(true) {
            return failed;
        }
        let contexts = &self.roots.contexts;
        self.pad_contexts(cx);
        rooted!(&in(cx) let mut task = UndefinedValue());
        rooted!(&in(cx) let mut job = std::ptr::null_mut::<JSObject>());
        rooted!(&in(cx) let mut incumbent = std::ptr::null_mut::<JSObject>());
        rooted!(&in(cx) let mut data = std::ptr::null_mut::<JSObject>());
        rooted!(&in(cx) let mut global = std::ptr::null_mut::<JSObject>());
        let outer = Persistent::new(&self.roots.slab, contexts.current());
        self.call_all(cx, &self.ticks, &mut failed);
        loop {
            // SAFETY: reads the length of the queue.
            let has_more = unsafe { HasAnyMicroTasks(cx) };
            if !has_more {
                if self.ticks.borrow().is_empty() {
                    break;
                }
                self.call_all(cx, &self.ticks, &mut failed);
                continue;
            }
            // SAFETY: `cx` is this thread's context and the result is rooted.
            unsafe { JS_DequeueNextMicroTask(cx, task.handle_mut()) };
            let queued = contexts.pop().unwrap_or(UndefinedValue());
            // SAFETY: the queue holds nothing but the engine's own jobs.
            job.set(unsafe { ToMaybeWrappedJSMicroTask(task.as_ptr()) });
            if job.get().is_null() {
                continue;
            }
            // SAFETY: `job` is a live job.
            global.set(unsafe { GetExecutionGlobalFromJSMicroTask(job.get()) });
            if global.get().is_null() {
                continue; // Its realm is gone.
            }
            // SAFETY: the job is live, both results are rooted.
            let known = unsafe {
                MaybeGetHostDefinedDataFromJSMicroTask(
                    job.get(),
                    incumbent.handle_mut(),
                    data.handle_mut(),
                )
            };
            let context =
                if known && !data.get().is_null() { ObjectValue(data.get()) } else { queued };
            contexts.set_current(context);
            let mut realm = AutoRealm::new_from_handle(cx, global.handle());
            // SAFETY: the job's own realm is entered, as the function demands.
            let done = unsafe { RunJSMicroTask(&mut realm, job.handle()) };
            maybe_resume_unwind();
            if !done {
                let context = Persistent::new(&self.roots.slab, contexts.current());
                failed.push(FailedJob { error: Scope::take_error(&mut realm, self), context });
                self.guard.renew();
            }
            drop(realm);
            self.pad_contexts(cx);
            if self.stress.get() {
                super::isolate::collect(cx);
            }
        }
        contexts.set_current(outer.get());
        self.draining.set(false);
        // The cleanup jobs of finalization registries.
        self.call_all(cx, &self.cleanups, &mut failed);
        failed
    }

    /// Forgets all jobs, as Node does with those that are queued while it ends.
    pub(super) fn discard_jobs(&self, cx: &mut JSContext) {
        self.pad_contexts(cx);
        rooted!(&in(cx) let mut task = UndefinedValue());
        // SAFETY: reads the length of the queue.
        while unsafe { HasAnyMicroTasks(cx) } {
            // SAFETY: `cx` is this thread's context and the result is rooted.
            unsafe { JS_DequeueNextMicroTask(cx, task.handle_mut()) };
            self.roots.contexts.pop();
        }
        drop(self.ticks.take());
    }

    /// Calls and forgets functions that wait, each in the realm of its global, outside of any async context.
    fn call_all(&self, cx: &mut JSContext, waiting: &Waiting, failed: &mut Vec<FailedJob>) {
        if waiting.borrow().is_empty() {
            return;
        }
        let contexts = &self.roots.contexts;
        let outer = Persistent::new(&self.roots.slab, contexts.current());
        for (job, global) in waiting.take() {
            contexts.set_current(UndefinedValue());
            rooted!(&in(cx) let global = global.get().to_object());
            rooted!(&in(cx) let job = job.get());
            rooted!(&in(cx) let mut result = UndefinedValue());
            let mut realm = AutoRealm::new_from_handle(cx, global.handle());
            let none = HandleValueArray { length_: 0, elements_: std::ptr::null() };
            // SAFETY: job and result are rooted; there are no arguments.
            let done = unsafe {
                Call(&mut realm, HandleValue::undefined(), job.handle(), &none, result.handle_mut())
            };
            maybe_resume_unwind();
            if !done {
                let context = Persistent::new(&self.roots.slab, UndefinedValue());
                failed.push(FailedJob { error: Scope::take_error(&mut realm, self), context });
                self.guard.renew();
            }
            drop(realm);
            self.pad_contexts(cx);
        }
        contexts.set_current(outer.get());
    }
}

/// `(drain)`: calls `drain` once before the next promise job that begins after script has returned, or after the last.
pub(super) fn ticks_waiting<'s>(
    scope: &mut Scope<'s>,
    args: Args<'s>,
) -> Result<Value<'s>, OpError> {
    let drain = scope.persist(args.get(0));
    let global = scope.global();
    let global = scope.persist(global);
    scope.state().ticks.borrow_mut().push((drain, global));
    Ok(scope.undefined())
}
