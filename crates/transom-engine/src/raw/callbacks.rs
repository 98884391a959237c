//! The doors through which C++ enters Rust. Each makes the one context of its call, keeps panics from
//! crossing C++, and hands over to safe code at once.

use std::ffi::c_void;
use std::ptr::NonNull;

use mozjs::context::JSContext;
use mozjs::glue::ReportErrorUTF8;
use mozjs::jsapi::{
    CallArgs, GetFunctionNativeReserved, HandleObject, JSContext as RawContext, JSFunction,
};
use mozjs::jsapi::{
    GetNonCCWObjectGlobal, JS_GetContextPrivate, JS_GetFunctionObject, JSObject,
    PromiseRejectionHandlingState,
};
use mozjs::jsval::{JSVal, ObjectValue};
use mozjs::panic::wrap_panic;
use mozjs::rust::wrappers2::ReportUncatchableException;

use super::isolate::State;
use super::roots::Persistent;
use super::scope::Scope;
use super::value::Args;

/// The state of the isolate that `cx` belongs to.
///
/// # Safety
/// `cx` is the live context of an isolate: its private pointer was set by `Isolate::new` to a state that
/// lives until after the context is destroyed.
pub(super) unsafe fn state_of<'a>(cx: *mut RawContext) -> &'a State {
    // SAFETY: see above; only shared references to the state are ever made.
    unsafe { &*(JS_GetContextPrivate(cx) as *const State) }
}

/// The native behind every op: the op's number stands in reserved slot 0 of the callee.
pub(super) unsafe extern "C" fn call_op(cx: *mut RawContext, argc: u32, vp: *mut JSVal) -> bool {
    let (mut done, mut threw) = (false, false);
    wrap_panic(&mut || {
        // SAFETY: `vp` and `argc` are the engine's for this native call.
        let args = unsafe { CallArgs::from_vp(vp, argc) };
        // SAFETY: the callee is one of our natives with two reserved slots, slot 0 set at creation.
        let number = unsafe { (*GetFunctionNativeReserved(args.callee(), 0)).to_int32() };
        // SAFETY: `cx` is the calling isolate's live context.
        let state = unsafe { state_of(cx) };
        // SAFETY: the engine passes its one context; no other `JSContext` is usable during the native.
        let context = unsafe { JSContext::from_ptr(NonNull::new_unchecked(cx)) };
        let mut scope = Scope::nested(context, state);
        let undefined = scope.undefined();
        // SAFETY: the arguments outlast the scope, which ends in this closure.
        let arguments = unsafe { Args::new(&args, undefined) };
        let op = &state.ops[number as usize];
        match (op.call)(&mut scope, arguments) {
            Ok(value) => {
                args.rval().set(value.raw());
                done = true;
            }
            Err(error) => {
                scope.throw(&error);
                threw = true;
            }
        }
    });
    if !done && !threw {
        // SAFETY: as above. A panic goes on in Rust; until then nothing that the script catches may stop its end.
        unsafe { ReportUncatchableException(&JSContext::from_ptr(NonNull::new_unchecked(cx))) };
    }
    done
}

/// Called at loop heads and function entries after an interrupt was requested. `false` ends the script.
pub(super) unsafe extern "C" fn interrupt(cx: *mut RawContext) -> bool {
    let mut go_on = true;
    wrap_panic(&mut || {
        // SAFETY: `cx` is a live isolate context.
        let state = unsafe { state_of(cx) };
        // SAFETY: as in `call_op`.
        let mut context = unsafe { JSContext::from_ptr(NonNull::new_unchecked(cx)) };
        if let Some(reason) = state.must_stop(&mut context) {
            super::interrupt::set_stopped(reason);
            go_on = false;
        }
    });
    go_on
}

/// Keeps the list of rejected promises that nobody handles.
pub(super) unsafe extern "C" fn promise_rejection(
    cx: *mut RawContext,
    _muted: bool,
    promise: HandleObject,
    handling: PromiseRejectionHandlingState,
    _data: *mut c_void,
) {
    wrap_panic(&mut || {
        // SAFETY: `cx` is a live isolate context.
        let state = unsafe { state_of(cx) };
        let value = ObjectValue(promise.get());
        let mut unhandled = state.unhandled.borrow_mut();
        match handling {
            PromiseRejectionHandlingState::Unhandled => {
                unhandled.push(Persistent::new(&state.roots.slab, value));
            }
            PromiseRejectionHandlingState::Handled => {
                let before = unhandled.len();
                unhandled.retain(|other| other.get().asBits_ != value.asBits_);
                if unhandled.len() == before {
                    let promise = Persistent::new(&state.roots.slab, value);
                    state.handled_late.borrow_mut().push(promise);
                }
            }
        }
    });
}

/// Keeps a cleanup job of a `FinalizationRegistry` until the next run of jobs.
pub(super) unsafe extern "C" fn finalization_cleanup(
    job: *mut JSFunction,
    global: *mut JSObject,
    _data: *mut c_void,
) {
    wrap_panic(&mut || {
        let Some(cx) = super::context::current() else { return };
        // SAFETY: the thread's one context is that of an isolate.
        let state = unsafe { state_of(cx.as_ptr()) };
        // SAFETY: the engine passes a live function.
        let function = unsafe { JS_GetFunctionObject(job) };
        // A registry that was made while no script was on the stack has no incumbent global: the job's own serves.
        let global = match global.is_null() {
            // SAFETY: the function is live, and never a wrapper of one of another compartment.
            true => unsafe { GetNonCCWObjectGlobal(function) },
            false => global,
        };
        let slab = &state.roots.slab;
        let entry = (
            Persistent::new(slab, ObjectValue(function)),
            Persistent::new(slab, ObjectValue(global)),
        );
        state.cleanups.borrow_mut().push(entry);
    });
}

/// Throws a plain `Error` with the engine's own means, for the time before a realm has an error factory.
pub(super) fn report(cx: &mut JSContext, message: &str) {
    let text: String =
        message.chars().map(|c| if c == '\0' || c == '%' { ' ' } else { c }).collect();
    let Ok(text) = std::ffi::CString::new(text) else { return };
    // SAFETY: the text is a NUL-terminated UTF-8 string that outlives the call.
    unsafe { ReportErrorUTF8(cx.raw_cx(), text.as_ptr()) };
}
