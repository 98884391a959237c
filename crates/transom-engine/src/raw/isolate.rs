//! One engine per thread: the context, the ops, the realms, and the rules under which script runs.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;

use mozjs::context::JSContext;
use mozjs::gc::RootedGuard;
use mozjs::jsapi::{
    ContextOptionsRef, GCOptions, GCReason, JS_SetContextPrivate, JSGCParamKey, JSObject,
    NewFunctionWithReserved, SetFunctionNativeReserved, SetHostCleanupFinalizationRegistryCallback,
};
use mozjs::jsval::{Int32Value, ObjectValue, UndefinedValue};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    JS_AddInterruptCallback, JS_GetGCParameter, JS_GetProperty, JS_SetGCParameter,
    NonIncrementalGC, PrepareForFullGC, SetJobQueue, SetPromiseRejectionTrackerCallback,
};
use mozjs_sys::jsapi::js::gc::NewMemoryInfoObject;
use mozjs_sys::jsgc::Rooted;

use super::callbacks::{call_op, finalization_cleanup, interrupt, promise_rejection};
use super::context::Context;
use super::interrupt::{Guard, Interrupter};
use super::jobs::{FailedJob, Waiting, new_queue};
use super::module_map::install_hooks;
use super::process::StartError;
use super::realm::{self, Realm, RealmState};
use super::roots::{Contexts, Persistent, RootSet, Roots, Slab, SlotStack};
use super::scope::Scope;
use super::stencil::SharedCode;
use super::transcode;
use super::value::Value;
use crate::code_cache::Gathered;
use crate::error::{OpError, ScriptError, StopReason};
use crate::exception::Exception;
use crate::op::{Op, PendingOp, Settlement};

/// How an isolate is set up.
#[derive(Debug, Clone)]
pub struct IsolateOptions {
    /// Most memory that script may hold, in bytes: garbage-collected cells and what hangs on them, array
    /// buffers included.
    pub heap_limit: usize,
    /// Size of the young generation, in bytes.
    pub nursery: usize,
    /// Collect between operations, to make rooting mistakes show. For tests.
    pub stress: bool,
    /// Keep what is compiled in a form that can be written, for [`Isolate::compiled_code`].
    pub keep_code: bool,
}

impl Default for IsolateOptions {
    fn default() -> Self {
        Self { heap_limit: 512 << 20, nursery: 2 << 20, stress: false, keep_code: false }
    }
}

/// What the cells of a zone that holds little may grow by before it is collected, in MB; half of this is added. The engine's
/// own defaults of this and the next (27 and 38) suit a browser tab, not one of many workers.
const COLLECT_CELLS_FROM_MB: u32 = 4;

/// The same of the memory that hangs on cells: buffers and long strings, which are freed without being looked at.
const COLLECT_MALLOC_FROM_MB: u32 = 6;

/// To how many percent of what was left a zone may grow while collections follow each other closely. The engine's own
/// default is 300; this keeps 5 MB less under the load of `bench/run`.
const GROWTH_PERCENT: u32 = 150;

type Spawner = Rc<dyn Fn(PendingOp)>;

/// What the callbacks from C++ need: shared between the isolate and the engine's private pointer.
pub(super) struct State {
    pub(super) roots: Rc<Roots>,
    pub(super) ops: Vec<Op>,
    pub(super) realms: RefCell<BTreeMap<u32, Rc<RealmState>>>,
    pub(super) unhandled: RefCell<Vec<Persistent>>,
    /// Promises that were reported as unhandled and have got a handler.
    pub(super) handled_late: RefCell<Vec<Persistent>>,
    pub(super) failed: RefCell<Vec<FailedJob>>,
    /// Cleanup jobs of `FinalizationRegistry`.
    pub(super) cleanups: Waiting,
    /// What must be called before promise jobs go on.
    pub(super) ticks: Waiting,
    /// Why the module graph that is loading failed; set and taken within one call.
    pub(super) load_error: RefCell<Option<Persistent>>,
    pub(super) spawner: RefCell<Option<Spawner>>,
    pub(super) guard: Arc<Guard>,
    pub(super) draining: Cell<bool>,
    pub(super) stress: Cell<bool>,
    /// Note which functions of modules are compiled.
    pub(super) keep_code: bool,
    heap_limit: usize,
    depth: Cell<u32>,
    next_realm: Cell<u32>,
}

impl State {
    /// The interrupt hook's question.
    pub(super) fn must_stop(&self, cx: &mut JSContext) -> Option<StopReason> {
        if let Some(reason) = self.guard.stop_reason() {
            return Some(reason);
        }
        if self.guard.take_measure() && heap_bytes(cx) > self.heap_limit {
            collect(cx);
            if heap_bytes(cx) > self.heap_limit {
                return Some(StopReason::HeapLimit);
            }
        }
        None
    }
}

/// What there is to say of a rejected promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectionNews {
    /// Nobody handles it.
    Unhandled,
    /// It was reported as unhandled, and is handled now.
    HandledLate,
}

/// The engine of one thread.
pub struct Isolate {
    // Dropped first: its last collection may still call hooks that read the state.
    context: Context,
    state: Rc<State>,
    root: *mut Rooted<RootSet>,
}

impl Isolate {
    /// Starts an engine on this thread with these native functions.
    ///
    /// # Errors
    /// When the thread already has one, or the engine cannot start.
    pub fn new(options: &IsolateOptions, mut ops: Vec<Op>) -> Result<Self, StartError> {
        let mut context = Context::new(options.keep_code)?;
        ops.extend(crate::raw::builtin_ops());
        let roots = Rc::new(Roots {
            slots: SlotStack::new(),
            slab: Slab::new(),
            contexts: Contexts::new(),
        });
        let state = Rc::new(State {
            roots: Rc::clone(&roots),
            ops,
            realms: RefCell::default(),
            unhandled: RefCell::default(),
            handled_late: RefCell::default(),
            failed: RefCell::default(),
            cleanups: RefCell::default(),
            ticks: RefCell::default(),
            load_error: RefCell::default(),
            spawner: RefCell::new(None),
            guard: Guard::new(context.waker()),
            draining: Cell::new(false),
            stress: Cell::new(options.stress),
            keep_code: options.keep_code,
            heap_limit: options.heap_limit,
            depth: Cell::new(0),
            next_realm: Cell::new(1),
        });
        let cx = context.cx();
        let place: &'static mut MaybeUninit<_> = Box::leak(Box::new(MaybeUninit::uninit()));
        let root: *mut Rooted<RootSet> = place.as_mut_ptr();
        // SAFETY: pushed first and popped last (`drop`), so the order of the root stack holds; the place is
        // on the heap and does not move.
        let guard = unsafe { RootedGuard::new(cx.raw_cx(), place, RootSet(roots)) };
        std::mem::forget(guard);
        // SAFETY: `state` lives until after the context is destroyed (see `drop`).
        unsafe { JS_SetContextPrivate(cx.raw_cx(), Rc::as_ptr(&state).cast_mut().cast()) };
        configure(cx, options);
        install_hooks(cx);
        Ok(Self { context, state, root })
    }

    /// A new realm with the standard classes and nothing else.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn new_realm(&mut self) -> Result<Realm, OpError> {
        let number = self.state.next_realm.get();
        self.state.next_realm.set(number + 1);
        let state = Rc::clone(&self.state);
        let created = realm::create(self.context.cx(), &state, number);
        let created = created.ok_or_else(|| OpError::error("out of memory"))?;
        let created = Rc::new(created);
        state.realms.borrow_mut().insert(number, Rc::clone(&created));
        Ok(Realm::new(number, &state, &created))
    }

    /// Runs `work` in `realm`. The CPU budget counts from the outermost entry to its end.
    pub fn scope<R>(&mut self, realm: &Realm, work: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        let found = self.state.realms.borrow().get(&realm.number()).cloned();
        let found = found.expect("a realm handle keeps its realm in the isolate that made it");
        let state = Rc::clone(&self.state);
        if state.stress.get() {
            collect(self.context.cx());
        }
        let cx = self.context.cx();
        state.pad_contexts(cx);
        let outer = state.roots.contexts.current();
        let outer = Persistent::new(&state.roots.slab, outer);
        state.roots.contexts.set_current(found.root_context.get());
        rooted!(&in(cx) let global = found.global.get().to_object());
        let mut entered = AutoRealm::new_from_handle(cx, global.handle());
        let _running = Running::enter(&state);
        let result = {
            // SAFETY: the entered realm's context is mutably borrowed until the scope has ended.
            let copy = unsafe { JSContext::from_ptr(NonNull::new_unchecked(entered.raw_cx())) };
            work(&mut Scope::nested(copy, &state))
        };
        state.pad_contexts(&entered);
        state.roots.contexts.set_current(outer.get());
        result
    }

    /// Hands the result of an asynchronous op to script, in the async context in which it was called.
    /// Runs no jobs. Returns the realm, or `None` when it is gone and nobody is left to see the result.
    pub fn settle(&mut self, settlement: Settlement) -> Option<Realm> {
        let Settlement { promise, context, realm, outcome } = settlement;
        let realm = self.realm(realm)?;
        let state = Rc::clone(&self.state);
        self.scope(&realm, |scope| {
            scope.state().pad_contexts(scope.cx());
            state.roots.contexts.set_current(context.get());
            let promise = scope.value_of(&promise);
            scope.settle(promise, outcome);
        });
        Some(realm)
    }

    /// The realm with this number, while a handle to it lives.
    pub fn realm(&self, number: u32) -> Option<Realm> {
        let found = self.state.realms.borrow().get(&number).cloned();
        found.and_then(|realm| realm.handle())
    }

    /// Says who runs the futures of asynchronous ops.
    pub fn set_spawner(&mut self, spawn: Rc<dyn Fn(PendingOp)>) {
        *self.state.spawner.borrow_mut() = Some(spawn);
    }

    /// Jobs that were ended by the engine since the last call, with the async context of each.
    pub fn take_failed_jobs(&mut self) -> Vec<(ScriptError, Persistent)> {
        let failed = std::mem::take(&mut *self.state.failed.borrow_mut());
        failed.into_iter().map(|job| (job.error, job.context)).collect()
    }

    /// Whether a promise was rejected without a handler, or handled late, since these were last taken.
    pub fn has_rejection_news(&self) -> bool {
        !self.state.unhandled.borrow().is_empty() || !self.state.handled_late.borrow().is_empty()
    }

    /// Promises that were rejected and that nobody handles, since the last call. Call it after jobs ran.
    pub fn take_unhandled_rejections(&mut self, realm: &Realm) -> Vec<Exception> {
        self.take_unhandled_rejections_unless(realm, |_, _, _, _| false)
    }

    /// As [`Isolate::take_unhandled_rejections`], without those for which `is_settled(scope, news, promise, reason)`
    /// says true. It is also told of promises that were reported and have been handled since, and may run script.
    pub fn take_unhandled_rejections_unless(
        &mut self,
        realm: &Realm,
        mut is_settled: impl for<'s> FnMut(&mut Scope<'s>, RejectionNews, Value<'s>, Value<'s>) -> bool,
    ) -> Vec<Exception> {
        if !self.has_rejection_news() {
            return Vec::new();
        }
        let unhandled = std::mem::take(&mut *self.state.unhandled.borrow_mut());
        let handled_late = std::mem::take(&mut *self.state.handled_late.borrow_mut());
        self.scope(realm, |scope| {
            let mut reasons = Vec::new();
            let news = unhandled.iter().map(|promise| (RejectionNews::Unhandled, promise));
            let late = handled_late.iter().map(|promise| (RejectionNews::HandledLate, promise));
            for (news, promise) in news.chain(late) {
                let promise = scope.value_of(promise);
                if scope.promise_state(promise).is_none() {
                    continue; // It is of another realm.
                }
                let reason = scope.promise_result(promise);
                if !is_settled(scope, news, promise, reason) && news == RejectionNews::Unhandled {
                    let reason = scope.persist(reason);
                    reasons.push(scope.describe(reason));
                }
            }
            reasons
        })
    }

    /// A handle with which other threads can end the running script.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(Arc::downgrade(&self.state.guard))
    }

    /// Runs `work` outside of the CPU budget: for the embedder's own script, which must not fail on a slow machine.
    pub fn unbudgeted<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        self.state.guard.set_exempt(true);
        let result = work(self);
        self.state.guard.set_exempt(false);
        result
    }

    /// The contents of a file for [`use_code_cache`](crate::use_code_cache): the engine's self-hosted code, the modules
    /// that `realm` has loaded, with the functions that have run, and those of `further`, which are compiled now. The
    /// isolate must have been made with `keep_code`.
    pub fn compiled_code(
        &mut self,
        realm: &Realm,
        further: impl IntoIterator<Item = Arc<SharedCode>>,
    ) -> Vec<u8> {
        let mut gathered = Gathered::default();
        gathered.self_hosted(self.context.self_hosted().to_vec());
        self.scope(realm, |scope| {
            let loaded = scope.gather_modules(&mut gathered);
            for code in further {
                let key = (code.file(), code.text());
                if loaded.iter().any(|other| (other.file(), other.text()) == key) {
                    continue;
                }
                let stencil = code.stencil(scope.cx());
                if let Some(bytes) = stencil.and_then(|it| transcode::encode(scope.cx(), it)) {
                    gathered.later(code.file(), code.text(), bytes);
                }
            }
        });
        gathered.into_bytes()
    }

    /// Collects all garbage now.
    pub fn collect_garbage(&mut self) {
        collect(self.context.cx());
    }

    /// Bytes that script holds in all realms: cells and what hangs on them, array buffers included.
    pub fn heap_bytes(&mut self, realm: &Realm) -> usize {
        self.scope(realm, |scope| heap_bytes(scope.cx()))
    }

    /// Bytes of garbage-collected cells alone; cheap.
    pub fn cell_bytes(&mut self) -> usize {
        let cx = self.context.cx();
        // SAFETY: reads a counter.
        unsafe { JS_GetGCParameter(cx, JSGCParamKey::JSGC_BYTES) as usize }
    }

    /// Has the debug engine collect at every allocation. Does nothing on the release engine.
    pub fn collect_at_every_allocation(&mut self) {
        #[cfg(feature = "debug-engine")]
        // SAFETY: sets a mode of the live context.
        unsafe {
            mozjs::jsapi::SetGCZeal(self.context.cx().raw_cx(), 2, 1);
        }
    }
}

impl Drop for Isolate {
    fn drop(&mut self) {
        let realms = std::mem::take(&mut *self.state.realms.borrow_mut());
        drop(realms);
        self.state.unhandled.borrow_mut().clear();
        self.state.handled_late.borrow_mut().clear();
        self.state.failed.borrow_mut().clear();
        self.state.cleanups.borrow_mut().clear();
        self.state.ticks.borrow_mut().clear();
        *self.state.spawner.borrow_mut() = None;
        self.state.roots.slab.clear();
        // SAFETY: the root set was pushed first, and everything pushed later has been popped. The engine
        // still traces and finalises while the runtime is dropped, but calls none of our state then.
        unsafe {
            (*self.root).remove_from_root_stack();
            drop(Box::from_raw(self.root));
        }
    }
}

/// Marks the isolate as running script while it is alive.
struct Running<'a>(&'a State);

impl<'a> Running<'a> {
    fn enter(state: &'a State) -> Self {
        if state.depth.replace(state.depth.get() + 1) == 0 {
            state.guard.enter();
        }
        Self(state)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get() - 1);
        if self.0.depth.get() == 0 {
            self.0.guard.leave();
        }
    }
}

fn configure(cx: &mut JSContext, options: &IsolateOptions) {
    let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    // SAFETY: each call sets a documented parameter of the live context.
    unsafe {
        JS_SetGCParameter(cx, JSGCParamKey::JSGC_MAX_BYTES, bytes(options.heap_limit));
        JS_SetGCParameter(cx, JSGCParamKey::JSGC_MAX_NURSERY_BYTES, bytes(options.nursery));
        JS_SetGCParameter(cx, JSGCParamKey::JSGC_INCREMENTAL_GC_ENABLED, 0);
        JS_SetGCParameter(cx, JSGCParamKey::JSGC_ALLOCATION_THRESHOLD, COLLECT_CELLS_FROM_MB);
        JS_SetGCParameter(cx, JSGCParamKey::JSGC_MALLOC_THRESHOLD_BASE, COLLECT_MALLOC_FROM_MB);
        JS_SetGCParameter(cx, JSGCParamKey::JSGC_HIGH_FREQUENCY_SMALL_HEAP_GROWTH, GROWTH_PERCENT);
        JS_AddInterruptCallback(cx, Some(interrupt));
        SetPromiseRejectionTrackerCallback(cx, Some(promise_rejection), std::ptr::null_mut());
        SetJobQueue(cx, new_queue().cast());
        // Without this the engine captures a stack for every promise, which costs more than the promise.
        (*ContextOptionsRef(cx.raw_cx())).set_asyncStackCaptureDebuggeeOnly_(true);
        SetHostCleanupFinalizationRegistryCallback(
            cx.raw_cx(),
            Some(finalization_cleanup),
            std::ptr::null_mut(),
        );
    }
}

/// A full collection that shrinks the heap.
pub(super) fn collect(cx: &mut JSContext) {
    // SAFETY: `&mut` says that nothing unrooted is held.
    unsafe {
        PrepareForFullGC(cx);
        NonIncrementalGC(cx, GCOptions::Normal, GCReason::API);
    }
}

/// What the engine's own counters say: cells of all realms, and the memory that hangs on them. A realm must
/// be entered. Returns 0 when the counters cannot be read for want of memory.
fn heap_bytes(cx: &mut JSContext) -> usize {
    // SAFETY: makes an object with getters in the entered realm.
    rooted!(&in(cx) let counters = unsafe { NewMemoryInfoObject(cx.raw_cx()) });
    if counters.get().is_null() {
        return 0;
    }
    rooted!(&in(cx) let mut value = UndefinedValue());
    let mut total = 0.0;
    for name in [c"gcBytes", c"mallocBytes"] {
        // SAFETY: object and result are rooted, the name is NUL-terminated.
        let read =
            unsafe { JS_GetProperty(cx, counters.handle(), name.as_ptr(), value.handle_mut()) };
        if read && value.get().is_number() {
            total += value.get().to_number();
        }
    }
    total as usize
}

impl<'s> Scope<'s> {
    /// An object with one function for every op, frozen.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn ops_object(&mut self) -> Result<Value<'s>, OpError> {
        let object = self.object()?;
        for (number, op) in self.state().ops.iter().enumerate() {
            let function = self.op_function(number, op.name)?;
            let name = std::ffi::CString::new(op.name).unwrap_or_default();
            self.set(object, &name, function).map_err(|_| OpError::error("out of memory"))?;
        }
        self.freeze(object).map_err(|_| OpError::error("out of memory"))?;
        Ok(object)
    }

    fn op_function(&mut self, number: usize, name: &str) -> Result<Value<'s>, OpError> {
        let name = std::ffi::CString::new(name).unwrap_or_default();
        // SAFETY: the native is static; the name is copied.
        let function = unsafe {
            NewFunctionWithReserved(self.cx().raw_cx(), Some(call_op), 0, 0, name.as_ptr())
        };
        if function.is_null() {
            return Err(self.out_of_memory());
        }
        // SAFETY: the function was made just now, with reserved slots.
        let object: *mut JSObject = unsafe { mozjs::jsapi::JS_GetFunctionObject(function) };
        // SAFETY: as above; the value is no garbage-collected thing.
        unsafe { SetFunctionNativeReserved(object, 0, &Int32Value(number as i32)) };
        Ok(self.root(ObjectValue(object)))
    }
}
