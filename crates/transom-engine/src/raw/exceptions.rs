//! Exceptions in both directions: an op's error thrown into script, and script's exception taken off.

use mozjs::context::JSContext;
use mozjs::jsapi::ExceptionStackBehavior;
use mozjs::jsval::{NullValue, UndefinedValue};
use mozjs::panic::maybe_resume_unwind;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    JS_ClearPendingException, JS_GetPendingException, JS_IsExceptionPending, JS_SetPendingException,
};

use super::callbacks::report;
use super::interrupt::take_stopped;
use super::isolate::State;
use super::roots::Persistent;
use super::scope::Scope;
use super::value::Value;
use crate::error::{ErrorClass, OpError, ScriptError};
use crate::exception::Exception;

impl<'s> Scope<'s> {
    /// Leaves `error` pending, as the exception that the running native ends with.
    pub(super) fn throw(&mut self, error: &OpError) {
        if error.class == ErrorClass::Pending {
            return; // Without an exception: a script that was stopped, which nothing can catch.
        }
        let value = self.error_value(error);
        match value {
            Ok(value) if value.is_object() => {
                let handle = Self::handle(value);
                // SAFETY: the value is rooted.
                unsafe {
                    JS_SetPendingException(self.cx(), handle, ExceptionStackBehavior::Capture)
                };
            }
            _ => report(self.cx(), &error.to_string()),
        }
    }

    /// The exception object for `error`, made by the realm's error factory (`undefined` before there is one).
    pub(super) fn error_value(&mut self, error: &OpError) -> Result<Value<'s>, OpError> {
        let factory = self.realm_state().and_then(|realm| realm.error_factory.borrow().clone());
        let Some(factory) = factory else { return Ok(self.undefined()) };
        let factory = self.value_of(&factory);
        let class = self.string(error.class.name())?;
        let message = self.string(&error.message)?;
        let code = match &error.code {
            Some(code) => self.string(code)?,
            None => self.undefined(),
        };
        let cause = match &error.cause {
            Some(cause) => self.error_value(cause)?,
            None => self.undefined(),
        };
        self.call(factory, &[class, message, code, cause]).map_err(|_| self.out_of_memory())
    }

    /// Takes what just failed off the engine.
    pub(super) fn take_error(cx: &mut JSContext, state: &State) -> ScriptError {
        maybe_resume_unwind();
        // SAFETY: reads a flag.
        if !unsafe { JS_IsExceptionPending(cx) } {
            return ScriptError::Stopped(take_stopped());
        }
        rooted!(&in(cx) let mut thrown = UndefinedValue());
        // SAFETY: `thrown` is rooted; an exception is pending.
        unsafe {
            if !JS_GetPendingException(cx, thrown.handle_mut()) {
                thrown.set(NullValue());
            }
            JS_ClearPendingException(cx);
        }
        let persistent = Persistent::new(&state.roots.slab, thrown.get());
        // SAFETY: `cx` is mutably borrowed until the scope has ended.
        let copy = unsafe { JSContext::from_ptr(std::ptr::NonNull::new_unchecked(cx.raw_cx())) };
        let mut scope = Scope::nested(copy, state);
        ScriptError::Threw(scope.describe(persistent))
    }

    /// Describes a thrown value. Getters of a hostile error object may run; what they throw is ignored.
    pub fn describe(&mut self, thrown: Persistent) -> Exception {
        let value = self.value_of(&thrown);
        if !value.is_object() {
            let message = self.to_text(value).unwrap_or_else(|_| value.type_name().to_owned());
            return Exception {
                name: String::new(),
                message: format!("Uncaught {message}"),
                stack: String::new(),
                position: None,
                value: thrown,
            };
        }
        let name = self.text_property(value, c"name").unwrap_or_default();
        let message = self.text_property(value, c"message");
        let message = match message {
            Some(message) => message,
            None => self.to_text(value).unwrap_or_else(|_| "an object".to_owned()),
        };
        let stack = self.text_property(value, c"stack").unwrap_or_default();
        let mut position = None;
        if name == "SyntaxError"
            && let Some(file) = self.text_property(value, c"fileName")
        {
            let mut number =
                |name| self.get(value, name).ok().and_then(Value::as_f64).unwrap_or(0.0) as u32;
            position = Some((file, number(c"lineNumber"), number(c"columnNumber")));
        }
        Exception { name, message, stack, position, value: thrown }
    }

    fn text_property(&mut self, object: Value<'s>, name: &std::ffi::CStr) -> Option<String> {
        let value = self.get(object, name).ok()?;
        self.string_of(value)
    }
}
