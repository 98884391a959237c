//! Classic scripts at run time, in this realm or in realms that script makes (`node:vm`).
//!
//! Such a realm shares the compartment of the one that made it, so objects go between the two as they are. It has the
//! standard classes alone, and counts as part of its maker: modules, ops and failures are the maker's.

use std::ffi::{CString, c_void};
use std::time::Duration;

use mozjs::JSCLASS_IS_GLOBAL;
use mozjs::jsapi::{
    Compartment, CompartmentIterResult, CompartmentSpecifier, GetFirstGlobalInCompartment,
    IsObjectInContextCompartment, JS_IterateCompartments, JSContext as RawContext, JSObject,
};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::panic::maybe_resume_unwind;
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{Compile1, Evaluate2, JS_IsExceptionPending};
use mozjs::rust::{CompileOptionsWrapper, get_object_class, transform_str_to_source_text};

use super::interrupt::{Deadline, set_stopped, take_stopped};
use super::realm;
use super::scope::Scope;
use super::value::{Args, Value};
use crate::error::{OpError, StopReason};

/// `()`: the global object of a new realm in this compartment.
pub(super) fn realm_new<'s>(scope: &mut Scope<'s>, _: Args<'s>) -> Result<Value<'s>, OpError> {
    let number = scope.realm_number();
    let mut compartment = std::ptr::null_mut::<Compartment>();
    // SAFETY: the callback is static, and `compartment` outlives the call.
    unsafe {
        let cx = scope.cx().raw_cx();
        JS_IterateCompartments(cx, (&raw mut compartment).cast(), Some(choose_current));
    }
    if compartment.is_null() {
        return Err(OpError::error("the realm has no compartment"));
    }
    let made = realm::new_global(scope.cx(), number, |options| {
        options.creationOptions_.compSpec_ = CompartmentSpecifier::ExistingCompartment;
        options.creationOptions_.__bindgen_anon_1.comp_ = compartment;
    });
    match made {
        Some(global) => Ok(scope.root(ObjectValue(global))),
        None => Err(scope.out_of_memory()),
    }
}

/// Stops at the compartment of the calling realm, and notes it in `data`.
unsafe extern "C" fn choose_current(
    cx: *mut RawContext,
    data: *mut c_void,
    compartment: *mut Compartment,
) -> CompartmentIterResult {
    // SAFETY: compartment and context are live; a global that is found is only compared.
    let is_current = unsafe {
        let global = GetFirstGlobalInCompartment(compartment);
        !global.is_null() && IsObjectInContextCompartment(global, cx)
    };
    if !is_current {
        return CompartmentIterResult::KeepGoing;
    }
    // SAFETY: `data` points at the caller's variable.
    unsafe { *data.cast::<*mut Compartment>() = compartment };
    CompartmentIterResult::Stop
}

fn options<'s>(
    scope: &mut Scope<'s>,
    args: Args<'s>,
    first: u32,
) -> (CompileOptionsWrapper, String) {
    let source = scope.string_of(args.get(first)).unwrap_or_default();
    let file = scope.string_of(args.get(first + 1)).unwrap_or_default().replace('\0', "");
    let line = args.get(first + 2).as_f64().unwrap_or(1.0).max(1.0) as u32;
    let file = CString::new(file).unwrap_or_default();
    (CompileOptionsWrapper::new(scope.cx(), file, line), source)
}

/// `(global, source, file, line, milliseconds)`: the completion value of a script that is run in the realm of `global`,
/// within that time if there is one. The second op that runs script, besides `module_load`.
pub(super) fn script_run<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let (options, source) = options(scope, args, 1);
    let target = args.get(0);
    // SAFETY: a live object; every class is static.
    let is_global = target.is_object()
        && unsafe { (*get_object_class(target.raw().to_object())).flags } & JSCLASS_IS_GLOBAL != 0;
    if !is_global {
        return Err(OpError::type_error("expected a global object"));
    }
    let milliseconds = args.get(4).as_f64();
    let deadline = milliseconds
        .map(|time| Deadline::start(&scope.state().guard, Duration::from_secs_f64(time / 1000.0)))
        .transpose()
        .map_err(|error| {
            OpError::error(format!("no thread for the time of the script: {error}"))
        })?;
    let mut text = transform_str_to_source_text(&source);
    let global: *mut JSObject = target.raw().to_object();
    let (done, value) = {
        let cx = scope.cx();
        rooted!(&in(cx) let global = global);
        rooted!(&in(cx) let mut result = UndefinedValue());
        let mut entered = AutoRealm::new_from_handle(cx, global.handle());
        // SAFETY: options and text outlive the call, the result is rooted, the realm of the script is entered.
        let done = unsafe { Evaluate2(&mut entered, options.ptr, &mut text, result.handle_mut()) };
        (done, result.get())
    };
    let value = scope.root(value);
    maybe_resume_unwind();
    if done {
        return Ok(value);
    }
    // SAFETY: reads a flag.
    let was_stopped = !unsafe { JS_IsExceptionPending(scope.cx()) };
    if was_stopped && let (Some(deadline), Some(time)) = (&deadline, milliseconds) {
        let reason = take_stopped();
        if reason == StopReason::Deadline && deadline.has_passed() {
            return Err(OpError::error(format!("Script execution timed out after {time}ms"))
                .code("ERR_SCRIPT_EXECUTION_TIMEOUT"));
        }
        set_stopped(reason);
    }
    Err(scope.pending_exception())
}

/// `(source, file, line)`: throws the `SyntaxError` of a script that is none.
pub(super) fn script_check<'s>(
    scope: &mut Scope<'s>,
    args: Args<'s>,
) -> Result<Value<'s>, OpError> {
    let (options, source) = options(scope, args, 0);
    let mut text = transform_str_to_source_text(&source);
    // SAFETY: options and text outlive the call; the script is not used.
    let script = unsafe { Compile1(scope.cx(), options.ptr, &mut text) };
    if script.is_null() { Err(scope.pending_exception()) } else { Ok(scope.undefined()) }
}
