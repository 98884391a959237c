//! What the engine knows of an object and the language does not tell: its class, and what is behind a proxy.

use std::ffi::CStr;

use mozjs::glue::{GetProxyPrivate, GetProxyReservedSlot};
use mozjs::jsapi::JSObject;
use mozjs::jsval::UndefinedValue;
use mozjs::rust::get_object_class;

use super::scope::Scope;
use super::value::{Args, Value};
use crate::error::OpError;

/// The slot of a scripted proxy that holds its handler.
const HANDLER_SLOT: u32 = 0;

fn class_of(object: *mut JSObject) -> &'static CStr {
    // SAFETY: a live object; every class is static and has a name.
    unsafe { CStr::from_ptr((*get_object_class(object)).name) }
}

/// Namespaces of modules are proxies to the engine, and a class of their own to the language.
fn class_name(value: Value<'_>) -> Option<&'static CStr> {
    let object = value.raw().is_object().then(|| value.raw().to_object())?;
    let name = class_of(object);
    if name != c"Proxy" {
        return Some(name);
    }
    let mut target = UndefinedValue();
    // SAFETY: the class says that it is a proxy; nothing is collected meanwhile.
    unsafe { GetProxyPrivate(object, &mut target) };
    if target.is_object() && class_of(target.to_object()) == c"Module" {
        return Some(c"Module");
    }
    Some(name)
}

/// `(value)`: the name of the engine's class, such as `Map Iterator`, `Generator` or `Proxy`; `null` for a primitive.
/// Script cannot change it.
pub(super) fn object_class<'s>(
    scope: &mut Scope<'s>,
    args: Args<'s>,
) -> Result<Value<'s>, OpError> {
    match class_name(args.get(0)) {
        Some(name) => scope.string(&name.to_string_lossy()),
        None => Ok(scope.null()),
    }
}

/// `(value)`: `[target, handler]` of a proxy, both `null` once it is revoked; `null` for anything else.
pub(super) fn proxy_parts<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    if class_name(args.get(0)) != Some(c"Proxy") {
        return Ok(scope.null());
    }
    let proxy = args.get(0).raw().to_object();
    let (mut target, mut handler) = (UndefinedValue(), UndefinedValue());
    // SAFETY: the class says that it is a scripted proxy, which has both; nothing is collected before they are rooted.
    unsafe {
        GetProxyPrivate(proxy, &mut target);
        GetProxyReservedSlot(proxy, HANDLER_SLOT, &mut handler);
    }
    let (target, handler) = (scope.root(target), scope.root(handler));
    scope.array(&[target, handler])
}
