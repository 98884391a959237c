//! Permission to touch script values: the engine's context, the entered realm, and the slots that root
//! what is made here.

use std::marker::PhantomData;
use std::ptr::NonNull;

use mozjs::context::JSContext;
use mozjs::jsapi::{HandleValueArray, JSObject, JSPROP_ENUMERATE};
use mozjs::jsval::{
    BooleanValue, DoubleValue, Int32Value, JSVal, NullValue, ObjectValue, StringValue,
    UndefinedValue,
};
use mozjs::panic::maybe_resume_unwind;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    Call, CurrentGlobalOrNull, Evaluate2, GetArrayLength, IsArrayObject, JS_DefineElement,
    JS_FreezeObject, JS_GetElement, JS_GetProperty, JS_NewPlainObject, JS_ParseJSON1,
    JS_SetProperty, NewArrayObject, ToStringSlow,
};
use mozjs::rust::{
    CompileOptionsWrapper, Handle, HandleValue, MutableHandle, transform_str_to_source_text,
};
use smallvec::SmallVec;

use super::isolate::State;
use super::realm::{RealmState, realm_number};
use super::roots::{CHUNK, Persistent};
use super::value::Value;
use crate::error::{OpError, ScriptError};

/// An entered realm. Values made here are rooted until the scope ends.
pub struct Scope<'s> {
    cx: JSContext,
    state: &'s State,
    mark: usize,
    brand: PhantomData<fn(&'s ()) -> &'s ()>,
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        self.state.roots.slots.truncate(self.mark);
    }
}

impl<'s> Scope<'s> {
    /// A scope in the realm that is entered now. The caller gives up `cx` to it.
    pub(super) fn nested(cx: JSContext, state: &'s State) -> Self {
        Self { cx, state, mark: state.roots.slots.length(), brand: PhantomData }
    }

    pub(super) fn cx(&mut self) -> &mut JSContext {
        &mut self.cx
    }

    pub(super) fn state(&self) -> &'s State {
        self.state
    }

    /// Roots `raw` until the scope ends.
    pub(super) fn root(&mut self, raw: JSVal) -> Value<'s> {
        let slot = self.state.roots.slots.push(raw);
        // SAFETY: the slot is traced until the scope is dropped, and `'s` does not outlast the scope: values
        // of brand `'s` cannot leave the closure that the scope was made for.
        unsafe { Value::from_slot(slot) }
    }

    pub(super) fn handle(value: Value<'s>) -> HandleValue<'s> {
        // SAFETY: the slot of a value is a traced location for `'s`.
        unsafe { Handle::from_marked_location(value.slot()) }
    }

    pub(super) fn handle_mut(value: Value<'s>) -> MutableHandle<'s, JSVal> {
        // SAFETY: as in `handle`; the engine writes through it only while no one reads the slot.
        unsafe { MutableHandle::from_marked_location(value.slot()) }
    }

    /// Runs `work` in a scope of its own inside this one: what it roots ends with it. For loops.
    pub fn nest<R>(&mut self, work: impl for<'inner> FnOnce(&mut Scope<'inner>) -> R) -> R {
        // SAFETY: this scope is mutably borrowed until the inner one, which holds the copy, has ended.
        let cx = unsafe { JSContext::from_ptr(NonNull::new_unchecked(self.cx.raw_cx())) };
        work(&mut Scope::nested(cx, self.state))
    }

    /// `undefined`.
    pub fn undefined(&mut self) -> Value<'s> {
        self.root(UndefinedValue())
    }

    /// `null`.
    pub fn null(&mut self) -> Value<'s> {
        self.root(NullValue())
    }

    /// A boolean.
    pub fn boolean(&mut self, value: bool) -> Value<'s> {
        self.root(BooleanValue(value))
    }

    /// A 32-bit integer.
    pub fn integer(&mut self, value: i32) -> Value<'s> {
        self.root(Int32Value(value))
    }

    /// A number.
    pub fn number(&mut self, value: f64) -> Value<'s> {
        let integer = value as i32;
        let exact = f64::from(integer) == value && (integer != 0 || value.is_sign_positive());
        self.root(if exact { Int32Value(integer) } else { DoubleValue(value) })
    }

    /// The realm's global object.
    pub fn global(&mut self) -> Value<'s> {
        // SAFETY: a scope only exists while a realm is entered.
        let global = unsafe { CurrentGlobalOrNull(&self.cx) };
        self.root(ObjectValue(global))
    }

    /// Keeps `value` beyond the scope.
    pub fn persist(&mut self, value: Value<'s>) -> Persistent {
        Persistent::new(&self.state.roots.slab, value.raw())
    }

    /// The value that `persistent` keeps. It must belong to this realm.
    pub fn value_of(&mut self, persistent: &Persistent) -> Value<'s> {
        self.root(persistent.get())
    }

    pub(super) fn object_value(&mut self, object: *mut JSObject) -> Result<Value<'s>, OpError> {
        if object.is_null() {
            return Err(self.out_of_memory());
        }
        Ok(self.root(ObjectValue(object)))
    }

    /// What an allocation's failure is for an op: the engine's own exception stays pending.
    pub(super) fn out_of_memory(&mut self) -> OpError {
        self.pending_exception()
    }

    /// For an op that called the engine, which failed: what it threw stays pending.
    pub(super) fn pending_exception(&mut self) -> OpError {
        let mut error = OpError::error("an exception of the engine");
        error.class = crate::error::ErrorClass::Pending;
        error
    }

    /// A plain object without properties.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn object(&mut self) -> Result<Value<'s>, OpError> {
        // SAFETY: plain allocation in the entered realm.
        let object = unsafe { JS_NewPlainObject(&mut self.cx) };
        self.object_value(object)
    }

    /// An array of `elements`.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn array(&mut self, elements: &[Value<'s>]) -> Result<Value<'s>, OpError> {
        let (first, rest) = elements.split_at(elements.len().min(CHUNK));
        let run = self.state.roots.slots.push_run(first.iter().map(|element| element.raw()));
        let list = HandleValueArray { length_: first.len(), elements_: run.as_ptr() };
        // SAFETY: the list lies in slots, which are traced.
        let array = unsafe { NewArrayObject(&mut self.cx, &list) };
        let array = self.object_value(array)?;
        if rest.is_empty() {
            return Ok(array);
        }
        rooted!(&in(self.cx) let object = array.raw().to_object());
        for (index, element) in rest.iter().enumerate() {
            let (handle, index) = (Self::handle(*element), (CHUNK + index) as u32);
            // SAFETY: array and element are rooted.
            let done = unsafe {
                JS_DefineElement(
                    &mut self.cx,
                    object.handle(),
                    index,
                    handle,
                    u32::from(JSPROP_ENUMERATE),
                )
            };
            if !done {
                return Err(self.out_of_memory());
            }
        }
        Ok(array)
    }

    /// The length of a genuine array; `None` for anything else.
    pub fn array_length(&mut self, value: Value<'s>) -> Option<u32> {
        if !value.is_object() {
            return None;
        }
        let (mut is_array, mut length) = (false, 0);
        rooted!(&in(self.cx) let object = value.raw().to_object());
        // SAFETY: the object is rooted and the out-parameters are live.
        let known = unsafe {
            IsArrayObject(&mut self.cx, Self::handle(value), &mut is_array)
                && is_array
                && GetArrayLength(&mut self.cx, object.handle(), &mut length)
        };
        known.then_some(length)
    }

    /// The element of an array at `index`.
    ///
    /// # Errors
    /// When reading it throws.
    pub fn element(&mut self, array: Value<'s>, index: u32) -> Result<Value<'s>, OpError> {
        let result = self.undefined();
        rooted!(&in(self.cx) let object = array.raw().to_object());
        // SAFETY: object and result are rooted.
        let done = unsafe {
            JS_GetElement(&mut self.cx, object.handle(), index, Self::handle_mut(result))
        };
        if done { Ok(result) } else { Err(self.out_of_memory()) }
    }

    /// The property `name` of `object`; `undefined` when it has none or `object` is not an object.
    ///
    /// # Errors
    /// When a getter throws.
    pub fn get(
        &mut self,
        object: Value<'s>,
        name: &std::ffi::CStr,
    ) -> Result<Value<'s>, ScriptError> {
        let result = self.undefined();
        if !object.is_object() {
            return Ok(result);
        }
        rooted!(&in(self.cx) let target = object.raw().to_object());
        // SAFETY: target and result are rooted, the name is NUL-terminated.
        let done = unsafe {
            JS_GetProperty(&mut self.cx, target.handle(), name.as_ptr(), Self::handle_mut(result))
        };
        self.outcome(done, result)
    }

    /// Sets the property `name` of `object`.
    ///
    /// # Errors
    /// When a setter throws or `object` refuses.
    pub fn set(
        &mut self,
        object: Value<'s>,
        name: &std::ffi::CStr,
        value: Value<'s>,
    ) -> Result<(), ScriptError> {
        rooted!(&in(self.cx) let target = object.raw().to_object());
        // SAFETY: target and value are rooted, the name is NUL-terminated.
        let done = unsafe {
            JS_SetProperty(&mut self.cx, target.handle(), name.as_ptr(), Self::handle(value))
        };
        self.outcome(done, ())
    }

    /// Freezes `object`.
    ///
    /// # Errors
    /// When a proxy refuses.
    pub fn freeze(&mut self, object: Value<'s>) -> Result<(), ScriptError> {
        rooted!(&in(self.cx) let target = object.raw().to_object());
        // SAFETY: the target is rooted.
        let done = unsafe { JS_FreezeObject(&mut self.cx, target.handle()) };
        self.outcome(done, ())
    }

    /// Calls `callee` with `this` undefined. Runs no jobs; [`Scope::run_jobs`] does that.
    ///
    /// # Errors
    /// [`ScriptError::Threw`] with the exception taken off the engine, or [`ScriptError::Stopped`].
    pub fn call(
        &mut self,
        callee: Value<'s>,
        args: &[Value<'s>],
    ) -> Result<Value<'s>, ScriptError> {
        let result = self.call_or_throw(callee, args);
        maybe_resume_unwind();
        match result {
            Some(result) => Ok(result),
            None => Err(Self::take_error(&mut self.cx, self.state)),
        }
    }

    /// As [`Scope::call`]; on failure the exception is pending.
    pub(super) fn call_or_throw(
        &mut self,
        callee: Value<'s>,
        args: &[Value<'s>],
    ) -> Option<Value<'s>> {
        let result = self.undefined();
        let values: SmallVec<[JSVal; 8]> = args.iter().map(|value| value.raw()).collect();
        let array = HandleValueArray { length_: values.len(), elements_: values.as_ptr() };
        // SAFETY: callee and result are rooted. The values in the list are copies of rooted values: the engine
        // copies them to its own stack before anything can collect.
        let done = unsafe {
            Call(
                &mut self.cx,
                HandleValue::undefined(),
                Self::handle(callee),
                &array,
                Self::handle_mut(result),
            )
        };
        done.then_some(result)
    }

    /// Runs `source` as a classic script and returns its completion value.
    ///
    /// # Errors
    /// A syntax error, or what the script throws.
    pub fn eval(&mut self, file: &str, source: &str) -> Result<Value<'s>, ScriptError> {
        let result = self.undefined();
        let file = std::ffi::CString::new(file.replace('\0', "")).unwrap_or_default();
        let options = CompileOptionsWrapper::new(&self.cx, file, 1);
        let mut text = transform_str_to_source_text(source);
        // SAFETY: options and text outlive the call, the result is rooted.
        let done =
            unsafe { Evaluate2(&mut self.cx, options.ptr, &mut text, Self::handle_mut(result)) };
        maybe_resume_unwind();
        self.outcome(done, result)
    }

    /// `JSON.parse`.
    ///
    /// # Errors
    /// The `SyntaxError` that `JSON.parse` throws.
    pub fn parse_json(&mut self, text: Value<'s>) -> Result<Value<'s>, ScriptError> {
        let result = self.undefined();
        rooted!(&in(self.cx) let string = text.raw().to_string());
        // SAFETY: string and result are rooted.
        let done =
            unsafe { JS_ParseJSON1(&mut self.cx, string.handle(), Self::handle_mut(result)) };
        self.outcome(done, result)
    }

    /// `String(value)`; may run script.
    ///
    /// # Errors
    /// When the conversion throws.
    pub fn to_text(&mut self, value: Value<'s>) -> Result<String, ScriptError> {
        if let Some(text) = self.string_of(value) {
            return Ok(text);
        }
        // SAFETY: the value is rooted.
        let string = unsafe { ToStringSlow(&mut self.cx, Self::handle(value)) };
        if string.is_null() {
            return self.outcome(false, String::new());
        }
        // SAFETY: checked for null above; rooted at once.
        let value = self.root(StringValue(unsafe { &*string }));
        Ok(self.string_of(value).unwrap_or_default())
    }

    /// Runs promise jobs until none is left; see [`Isolate`](crate::Isolate) for what happens to failures.
    pub fn run_jobs(&mut self) {
        let failed = self.state.drain(&mut self.cx);
        self.state.failed.borrow_mut().extend(failed);
    }

    /// Forgets promise jobs and everything else that waits to be called: for a realm that ends. Between turns nothing
    /// of other realms waits.
    pub fn discard_jobs(&mut self) {
        self.state.discard_jobs(&mut self.cx);
    }

    /// The async context, or `undefined` outside of any.
    pub fn async_context(&mut self) -> Value<'s> {
        let current = self.state.roots.contexts.current();
        let root = self.realm_state().map(|realm| realm.root_context.get().asBits_);
        if root == Some(current.asBits_) { self.undefined() } else { self.root(current) }
    }

    /// Makes `context` (an object of this realm, or `undefined` for none) the async context.
    pub fn set_async_context(&mut self, context: Value<'s>) {
        self.state.pad_contexts(&self.cx);
        let root = || self.realm_state().map_or(UndefinedValue(), |realm| realm.root_context.get());
        let next = if context.is_object() { context.raw() } else { root() };
        self.state.roots.contexts.set_current(next);
    }

    /// The number of the entered realm; numbers are never used twice.
    pub fn realm_number(&mut self) -> u32 {
        // SAFETY: a scope only exists while a realm is entered.
        let global = unsafe { CurrentGlobalOrNull(&self.cx) };
        realm_number(global)
    }

    pub(super) fn realm_state(&self) -> Option<std::rc::Rc<RealmState>> {
        // SAFETY: a scope only exists while a realm is entered.
        let number = realm_number(unsafe { CurrentGlobalOrNull(&self.cx) });
        self.state.realms.borrow().get(&number).cloned()
    }

    pub(super) fn outcome<T>(&mut self, done: bool, value: T) -> Result<T, ScriptError> {
        if done { Ok(value) } else { Err(Self::take_error(&mut self.cx, self.state)) }
    }
}
