//! The engine's context of one thread: made, found again by callbacks, woken by other threads, destroyed.
//!
//! `mozjs::rust::Runtime` does the same, but always has the engine compile its self-hosted code from source, which
//! takes longer than everything else at start; here it may come from a code cache.

use std::cell::{Cell, RefCell};
use std::ptr::{NonNull, null_mut};
use std::sync::{Arc, PoisonError, RwLock};

use mozjs::context::JSContext;
use mozjs::jsapi::{
    __BindgenOpaqueArray, InitSelfHostedCode, JS_DestroyContext, JS_NewContext,
    JS_RequestInterruptCallback, JS_SetNativeStackQuota, JSContext as RawContext, SelfHostedCache,
};

use super::process::{self, StartError};
use crate::code_cache;

/// Bytes of native stack that script may use: what Gecko allows in a page.
const STACK_QUOTA: usize = 1 << 20;
/// How much less of it each less trusted kind of code has.
const STACK_STEP: usize = 10 << 10;
/// Bytes at which the heap would be full; the isolate sets its own limit before anything runs.
const FIRST_HEAP_LIMIT: u32 = 32 << 20;

thread_local! {
    static CURRENT: Cell<Option<NonNull<RawContext>>> = const { Cell::new(None) };
    /// The engine's self-hosted code as it has just been compiled.
    static SELF_HOSTED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The context of this thread, if it has one.
pub(super) fn current() -> Option<NonNull<RawContext>> {
    CURRENT.get()
}

/// What other threads may do with a context: ask it to look up from its work, as long as it lives.
#[derive(Clone)]
pub(super) struct Waker(Arc<Shared>);

/// The context while it lives.
struct Shared(RwLock<Option<NonNull<RawContext>>>);

// SAFETY: the pointer is used under the lock, for the one call that the engine allows from any thread.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Waker {
    /// Has the interrupt callback run soon. Does nothing when the context is gone.
    pub(super) fn wake(&self) {
        if let Some(cx) = *self.0.0.read().unwrap_or_else(PoisonError::into_inner) {
            // SAFETY: the context lives while the lock is held; the engine documents the call as safe from any thread.
            unsafe { JS_RequestInterruptCallback(cx.as_ptr()) };
        }
    }
}

/// The context of one thread. It is destroyed when this is dropped, on the same thread.
pub(super) struct Context {
    cx: JSContext,
    waker: Waker,
    self_hosted: Vec<u8>,
}

impl Context {
    /// Makes the thread's context. With `keep_code` the engine's self-hosted code is kept in its encoded form.
    pub(super) fn new(keep_code: bool) -> Result<Self, StartError> {
        process::start()?;
        if CURRENT.get().is_some() {
            return Err(StartError::Occupied);
        }
        let refused = || StartError::Engine("no memory for a context".to_owned());
        // SAFETY: the engine has been initialised.
        let raw = NonNull::new(unsafe { JS_NewContext(FIRST_HEAP_LIMIT, null_mut()) })
            .ok_or_else(refused)?;
        let kept = if keep_code { None } else { code_cache::self_hosted() };
        let writer = keep_code.then_some(keep_self_hosted as _);
        // SAFETY: the context was made on this thread and has run nothing. What is in the cache lives as long as the
        // process, as the engine demands, and was written by the same engine (see `CodeCache`).
        let initialised = unsafe {
            let quota = STACK_QUOTA;
            JS_SetNativeStackQuota(raw.as_ptr(), quota, quota - STACK_STEP, quota - 2 * STACK_STEP);
            InitSelfHostedCode(raw.as_ptr(), span(kept.unwrap_or_default()), writer)
        };
        if !initialised {
            // SAFETY: nothing else knows of the context.
            unsafe { JS_DestroyContext(raw.as_ptr()) };
            return Err(refused());
        }
        CURRENT.set(Some(raw));
        Ok(Self {
            // SAFETY: the one owner of the context hands it out by `&mut` only.
            cx: unsafe { JSContext::from_ptr(raw) },
            waker: Waker(Arc::new(Shared(RwLock::new(Some(raw))))),
            self_hosted: SELF_HOSTED.take(),
        })
    }

    pub(super) fn cx(&mut self) -> &mut JSContext {
        &mut self.cx
    }

    pub(super) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// The engine's self-hosted code, encoded; empty unless it was to be kept.
    pub(super) fn self_hosted(&self) -> &[u8] {
        &self.self_hosted
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.waker.0.0.write().unwrap_or_else(PoisonError::into_inner).take();
        // SAFETY: the context is this thread's, and nobody can reach it any more.
        unsafe { JS_DestroyContext(self.cx.raw_cx()) };
        CURRENT.set(None);
    }
}

/// `mozilla::Span<const uint8_t>`: the length, then the pointer, which is never null.
fn span(bytes: &'static [u8]) -> SelfHostedCache {
    __BindgenOpaqueArray([bytes.len() as u64, bytes.as_ptr() as u64])
}

/// Called by the engine with its self-hosted code, when that has been compiled.
unsafe extern "C" fn keep_self_hosted(_cx: *mut RawContext, code: SelfHostedCache) -> bool {
    let __BindgenOpaqueArray([length, pointer]) = code;
    // SAFETY: the engine's span is valid during the call.
    let bytes = unsafe { std::slice::from_raw_parts(pointer as *const u8, length as usize) };
    SELF_HOSTED.set(bytes.to_vec());
    true
}
