//! Handles to script values.

use std::marker::PhantomData;
use std::ptr::NonNull;

use mozjs::jsapi::CallArgs;
use mozjs::jsval::JSVal;

/// A script value in a rooted place that lives as long as its scope.
///
/// The brand `'s` is invariant and made afresh by every scope, so a value cannot leave the closure it was
/// made in:
///
/// ```compile_fail
/// fn escape(isolate: &mut transom_engine::Isolate, realm: &transom_engine::Realm) {
///     let value = isolate.scope(realm, |scope| scope.undefined());
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Value<'s> {
    slot: NonNull<JSVal>,
    brand: PhantomData<fn(&'s ()) -> &'s ()>,
}

impl<'s> Value<'s> {
    /// # Safety
    /// `slot` is traced by the collector, and holds an initialised value, for as long as `'s` lasts.
    pub(super) unsafe fn from_slot(slot: NonNull<JSVal>) -> Self {
        Self { slot, brand: PhantomData }
    }

    pub(super) fn raw(self) -> JSVal {
        // SAFETY: `from_slot` promises a live, initialised slot; nothing holds a reference to its content.
        unsafe { self.slot.read() }
    }

    pub(super) fn slot(self) -> *mut JSVal {
        self.slot.as_ptr()
    }

    /// Whether it is `undefined`.
    pub fn is_undefined(self) -> bool {
        self.raw().is_undefined()
    }

    /// Whether it is `null` or `undefined`.
    pub fn is_null_or_undefined(self) -> bool {
        self.raw().is_null_or_undefined()
    }

    /// Whether it is a string.
    pub fn is_string(self) -> bool {
        self.raw().is_string()
    }

    /// Whether it is an object (functions and arrays included).
    pub fn is_object(self) -> bool {
        self.raw().is_object()
    }

    /// The boolean, when it is one.
    pub fn as_bool(self) -> Option<bool> {
        let raw = self.raw();
        raw.is_boolean().then(|| raw.to_boolean())
    }

    /// The number, when it is one.
    pub fn as_f64(self) -> Option<f64> {
        let raw = self.raw();
        raw.is_number().then(|| raw.to_number())
    }

    /// The kind of value, in words for messages.
    pub fn type_name(self) -> &'static str {
        let raw = self.raw();
        match () {
            () if raw.is_undefined() => "undefined",
            () if raw.is_null() => "null",
            () if raw.is_boolean() => "a boolean",
            () if raw.is_number() => "a number",
            () if raw.is_string() => "a string",
            () if raw.is_symbol() => "a symbol",
            () if raw.is_object() => "an object",
            () => "a bigint",
        }
    }
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Value({})", self.type_name())
    }
}

/// The arguments of a native call: they stand on the engine's stack, which roots them.
#[derive(Clone, Copy)]
pub struct Args<'s> {
    first: *mut JSVal,
    count: u32,
    undefined: Value<'s>,
}

impl<'s> Args<'s> {
    /// # Safety
    /// `args` are the arguments of the native call under way, which outlasts `'s`.
    pub(super) unsafe fn new(args: &CallArgs, undefined: Value<'s>) -> Self {
        Self { first: args.argv_, count: args.argc_, undefined }
    }

    /// How many were passed.
    pub fn len(self) -> u32 {
        self.count
    }

    /// Whether none was passed.
    pub fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The argument at `index`, or `undefined` past the end.
    pub fn get(self, index: u32) -> Value<'s> {
        if index >= self.count {
            return self.undefined;
        }
        // SAFETY: `index` is below the count, so the slot lies in the call's argument vector, which the
        // engine roots while the native runs.
        unsafe { Value::from_slot(NonNull::new_unchecked(self.first.add(index as usize))) }
    }
}
