//! Properties of a global object that come into being when they are first looked at, as the engine's own standard
//! classes do: the hooks of the global's class ask script to define them. A program sees ordinary properties.

use std::collections::HashSet;
use std::ptr::NonNull;

use mozjs::context::JSContext;
use mozjs::jsapi::{
    HandleId as RawHandleId, HandleObject as RawHandleObject, JS_EnumerateStandardClasses,
    JS_MayResolveStandardClass, JS_ResolveStandardClass, JSAtomState, JSContext as RawContext,
    JSObject, PropertyKey,
};
use mozjs::jsval::StringValue;
use mozjs::panic::wrap_panic;
use mozjs::realm::AutoRealm;
use mozjs::rooted;

use super::callbacks::state_of;
use super::realm::realm_number;
use super::roots::Persistent;
use super::scope::Scope;
use super::value::{Args, Value};
use crate::error::OpError;

/// The names of one realm that nobody has looked at, and the function that defines them.
pub(super) struct LazyGlobals {
    names: HashSet<String>,
    define: Persistent,
}

/// `(names, define)`: `define(name)` is called when script first looks for one of `names` on the global object.
pub(super) fn set<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let mut names = HashSet::new();
    for index in 0..scope.array_length(args.get(0)).unwrap_or(0) {
        let name = scope.element(args.get(0), index)?;
        names.extend(scope.string_of(name));
    }
    let define = scope.persist(args.get(1));
    if let Some(realm) = scope.realm_state() {
        *realm.lazy_globals.borrow_mut() = Some(LazyGlobals { names, define });
    }
    Ok(scope.undefined())
}

/// Defines `names` that are still to come. Each counts as defined from here on, so that `define` can do it.
fn define(cx: *mut RawContext, global: *mut JSObject, name: Option<&str>) -> Result<bool, ()> {
    // SAFETY: `cx` is a live isolate context.
    let state = unsafe { state_of(cx) };
    let Some(realm) = state.realms.borrow().get(&realm_number(global)).cloned() else {
        return Ok(false);
    };
    // Realms that script made have the number of their maker, and none of its names.
    if realm.global.get().to_object() != global {
        return Ok(false);
    }
    let (names, function) = {
        let mut lazy = realm.lazy_globals.borrow_mut();
        let Some(lazy) = lazy.as_mut() else { return Ok(false) };
        let names: Vec<String> = match name {
            Some(name) => lazy.names.take(name).into_iter().collect(),
            None => lazy.names.drain().collect(),
        };
        (names, lazy.define.clone())
    };
    if names.is_empty() {
        return Ok(false);
    }
    // SAFETY: the engine's one context; the hook's caller does not use it before the hook returns.
    let mut context = unsafe { JSContext::from_ptr(NonNull::new_unchecked(cx)) };
    let global = realm.global.get().to_object();
    rooted!(&in(context) let global = global);
    let mut entered = AutoRealm::new_from_handle(&mut context, global.handle());
    // SAFETY: as above; the scope ends before the realm is left.
    let copy = unsafe { JSContext::from_ptr(NonNull::new_unchecked(entered.raw_cx())) };
    let mut scope = Scope::nested(copy, state);
    for name in names {
        let function = scope.value_of(&function);
        let Ok(name) = scope.string(&name) else { return Err(()) };
        if scope.call_or_throw(function, &[name]).is_none() {
            return Err(());
        }
    }
    Ok(true)
}

/// `JSClassOps::resolve`.
pub(super) unsafe extern "C" fn resolve(
    cx: *mut RawContext,
    global: RawHandleObject,
    id: RawHandleId,
    resolved: *mut bool,
) -> bool {
    // SAFETY: the arguments are the engine's for this hook.
    if !unsafe { JS_ResolveStandardClass(cx, global, id, resolved) } {
        return false;
    }
    // SAFETY: the out-parameter is live.
    if unsafe { *resolved } || !id.get().is_string() {
        return true;
    }
    let mut done = false;
    wrap_panic(&mut || {
        let name = {
            // SAFETY: `cx` is a live isolate context, and the scope ends in this block.
            let (context, state) =
                unsafe { (JSContext::from_ptr(NonNull::new_unchecked(cx)), state_of(cx)) };
            let mut scope = Scope::nested(context, state);
            // SAFETY: the key is a live string, rooted by the caller's handle.
            let name = scope.root(StringValue(unsafe { &*id.get().to_string() }));
            scope.string_of(name).unwrap_or_default()
        };
        if let Ok(is_defined) = define(cx, global.get(), Some(&name)) {
            // SAFETY: the out-parameter is live.
            unsafe { *resolved = is_defined };
            done = true;
        }
    });
    done
}

/// `JSClassOps::enumerate`.
pub(super) unsafe extern "C" fn enumerate(cx: *mut RawContext, global: RawHandleObject) -> bool {
    // SAFETY: the arguments are the engine's for this hook.
    let mut done = unsafe { JS_EnumerateStandardClasses(cx, global) };
    if done {
        wrap_panic(&mut || done = define(cx, global.get(), None).is_ok());
    }
    done
}

/// `JSClassOps::mayResolve`: must be true for each name that [`resolve`] could define.
pub(super) unsafe extern "C" fn may_resolve(
    names: *const JSAtomState,
    id: PropertyKey,
    global: *mut JSObject,
) -> bool {
    // SAFETY: the arguments are the engine's for this hook.
    id.is_string() || unsafe { JS_MayResolveStandardClass(names, id, global) }
}
