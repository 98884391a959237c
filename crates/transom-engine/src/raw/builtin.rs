//! Ops that only the engine can do: async context, structured clone, text, promises.

use mozjs::rooted;
use mozjs::rust::wrappers2::{GetRegularMicroTaskCount, JS_StructuredClone};

use super::byte_buffer::ByteBuffer;
use super::promises::PromiseState;
use super::scope::Scope;
use super::utf16::Utf16;
use super::value::{Args, Value};
use super::{jobs, lazy_globals, objects, scripts};
use crate::convert::IntoJs;
use crate::error::OpError;
use crate::op::Op;

/// The ops that every isolate has.
pub(crate) fn builtin_ops() -> Vec<Op> {
    vec![
        Op::raw("bytes_copy", bytes_copy),
        Op::raw("context_get", |scope, _| Ok(scope.async_context())),
        Op::raw("context_set", |scope, args| {
            scope.set_async_context(args.get(0));
            Ok(scope.undefined())
        }),
        Op::raw("error_factory_set", set_error_factory),
        Op::raw("lazy_globals_set", lazy_globals::set),
        Op::raw("module_load", |scope, args| scope.load_module(args)),
        Op::raw("structured_clone", structured_clone),
        Op::raw("utf8_encode", utf8_encode),
        Op::raw("utf8_decode", utf8_decode),
        Op::raw("utf8_length", utf8_length),
        Op::raw("json_parse_bytes", json_parse_bytes),
        Op::raw("promise_mark_handled", |scope, args| {
            if scope.promise_state(args.get(0)).is_some() {
                scope.mark_handled(args.get(0));
            }
            Ok(scope.undefined())
        }),
        Op::raw("promise_inspect", promise_inspect),
        Op::raw("object_class", objects::object_class),
        Op::raw("proxy_parts", objects::proxy_parts),
        Op::raw("realm_new", scripts::realm_new),
        Op::raw("script_check", scripts::script_check),
        Op::raw("script_run", scripts::script_run),
        Op::raw("ticks_waiting", jobs::ticks_waiting),
        Op::raw("jobs_waiting", |scope, _| {
            // SAFETY: reads the length of the queue.
            let waiting = unsafe { GetRegularMicroTaskCount(scope.cx()) } > 0;
            Ok(scope.boolean(waiting))
        }),
    ]
}

/// `(class, message, code, cause) => Error`: makes the exceptions of this realm's ops.
fn set_error_factory<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let factory = scope.persist(args.get(0));
    if let Some(realm) = scope.realm_state() {
        *realm.error_factory.borrow_mut() = Some(factory);
    }
    Ok(scope.undefined())
}

/// `(value, transfer)`: HTML's StructuredSerializeWithTransfer and back, for the engine's own types.
fn structured_clone<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let result = scope.undefined();
    let value = Scope::handle(args.get(0));
    // SAFETY: value and result are rooted; no callbacks.
    let done = unsafe {
        JS_StructuredClone(
            scope.cx(),
            value,
            Scope::handle_mut(result),
            std::ptr::null(),
            std::ptr::null_mut(),
        )
    };
    if done { Ok(result) } else { Err(scope.out_of_memory()) }
}

/// `(view)`: its bytes in a `Uint8Array` of their own.
fn bytes_copy<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let copy = scope.with_buffer(args.get(0), |bytes| {
        let mut copy = ByteBuffer::with_capacity(bytes.len());
        copy.push(bytes);
        copy
    });
    match copy {
        Some(copy) => copy.into_js(scope),
        None => Err(OpError::type_error("expected an ArrayBuffer or a view of one")),
    }
}

/// `(string)`: the text as UTF-8 in a `Uint8Array`.
fn utf8_encode<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let mut bytes = Vec::new();
    if !scope.append_utf8(args.get(0), &mut bytes) {
        return Err(OpError::type_error("expected a string"));
    }
    scope.uint8_array(&bytes)
}

fn utf8_length<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    match scope.utf8_length(args.get(0)) {
        Some(length) => Ok(scope.number(length as f64)),
        None => Err(OpError::type_error("expected a string")),
    }
}

/// `(view, fatal, ignoreBOM)`: decodes UTF-8.
fn utf8_decode<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let fatal = args.get(1).as_bool().unwrap_or(false);
    let keep_bom = args.get(2).as_bool().unwrap_or(false);
    if let Some(text) = scope.latin1_of_ascii_buffer(args.get(0))? {
        return Ok(text);
    }
    let decoded = scope.with_buffer(args.get(0), |bytes| {
        let bytes =
            if keep_bom { bytes } else { bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes) };
        Utf16::decode(bytes, fatal)
    });
    match decoded {
        Some(Some(text)) => scope.utf16(&text),
        Some(None) => Err(OpError::type_error("The encoded data was not valid for encoding utf-8")),
        None => Err(OpError::type_error("expected an ArrayBuffer or a view of one")),
    }
}

/// `(view)`: decodes UTF-8 and parses JSON.
fn json_parse_bytes<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let text = utf8_decode(scope, args)?;
    let result = scope.undefined();
    rooted!(&in(scope.cx()) let string = text.raw().to_string());
    let handle = string.handle();
    // SAFETY: string and result are rooted.
    let done = unsafe {
        mozjs::rust::wrappers2::JS_ParseJSON1(scope.cx(), handle, Scope::handle_mut(result))
    };
    if done { Ok(result) } else { Err(scope.out_of_memory()) }
}

/// `(value)`: `[state, result]` of a promise, or `null` when it is none. For inspection.
fn promise_inspect<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let promise = args.get(0);
    let Some(state) = scope.promise_state(promise) else { return Ok(scope.null()) };
    let (name, result) = match state {
        PromiseState::Pending => ("pending", scope.undefined()),
        PromiseState::Fulfilled => ("fulfilled", scope.promise_result(promise)),
        PromiseState::Rejected => ("rejected", scope.promise_result(promise)),
    };
    let name = scope.string(name)?;
    scope.array(&[name, result])
}
