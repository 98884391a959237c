//! Conversions between Rust and script for a closed set of types.

use bytes::Bytes;

use crate::error::OpError;
use crate::raw::{Persistent, Scope, Value};

/// A Rust type that an op can take as argument.
pub trait FromJs: Sized {
    /// Converts `value`, running no script.
    ///
    /// # Errors
    /// A `TypeError` when the value is not of the type; the JavaScript half coerces before it calls.
    fn from_js<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError>;
}

/// A Rust type that an op can return.
pub trait IntoJs {
    /// Makes the script value.
    ///
    /// # Errors
    /// The op's own error when `Self` is a `Result`; a plain `Error` when the engine is out of memory.
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError>;
}

fn expected(what: &str, value: Value<'_>) -> OpError {
    OpError::type_error(format!("expected {what}, got {}", value.type_name()))
}

impl FromJs for bool {
    fn from_js<'s>(_: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        value.as_bool().ok_or_else(|| expected("a boolean", value))
    }
}

impl FromJs for f64 {
    fn from_js<'s>(_: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        value.as_f64().ok_or_else(|| expected("a number", value))
    }
}

impl FromJs for i32 {
    fn from_js<'s>(_: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        match value.as_f64() {
            Some(number) if number == f64::from(number as i32) => Ok(number as i32),
            _ => Err(expected("a 32-bit integer", value)),
        }
    }
}

impl FromJs for u32 {
    fn from_js<'s>(_: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        match value.as_f64() {
            Some(number) if number == f64::from(number as u32) => Ok(number as u32),
            _ => Err(expected("an unsigned 32-bit integer", value)),
        }
    }
}

impl FromJs for String {
    fn from_js<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        match scope.string_of(value) {
            Some(text) => Ok(text),
            None => Err(expected("a string", value)),
        }
    }
}

impl FromJs for Bytes {
    /// A copy: script that rewrites its buffer later cannot change what the op sees.
    fn from_js<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        match scope.copy_buffer(value) {
            Some(bytes) => Ok(Bytes::from(bytes)),
            None => Err(expected("an ArrayBuffer or a view of one", value)),
        }
    }
}

/// The number of the realm whose script calls. It takes the place of no argument, so it stands last in an op's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RealmNumber(pub u32);

impl FromJs for RealmNumber {
    fn from_js<'s>(scope: &mut Scope<'s>, _: Value<'s>) -> Result<Self, OpError> {
        Ok(Self(scope.realm_number()))
    }
}

impl FromJs for Persistent {
    fn from_js<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        Ok(scope.persist(value))
    }
}

impl<T: FromJs> FromJs for Option<T> {
    fn from_js<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        if value.is_null_or_undefined() { Ok(None) } else { T::from_js(scope, value).map(Some) }
    }
}

impl<T: FromJs> FromJs for Vec<T> {
    fn from_js<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        let Some(length) = scope.array_length(value) else {
            return Err(expected("an array", value));
        };
        (0..length)
            .map(|index| {
                let element = scope.element(value, index)?;
                T::from_js(scope, element)
            })
            .collect()
    }
}

impl IntoJs for () {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        Ok(scope.undefined())
    }
}

impl IntoJs for bool {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        Ok(scope.boolean(self))
    }
}

impl IntoJs for f64 {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        Ok(scope.number(self))
    }
}

impl IntoJs for i32 {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        Ok(scope.integer(self))
    }
}

impl IntoJs for u32 {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        Ok(scope.number(f64::from(self)))
    }
}

impl IntoJs for &str {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        scope.string(self)
    }
}

impl IntoJs for String {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        scope.string_owned(self)
    }
}

impl IntoJs for Bytes {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        scope.uint8_array(&self)
    }
}

impl<T: IntoJs> IntoJs for Option<T> {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        match self {
            Some(value) => value.into_js(scope),
            None => Ok(scope.null()),
        }
    }
}

impl<T: IntoJs> IntoJs for Result<T, OpError> {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        self?.into_js(scope)
    }
}

impl<T: IntoJs> IntoJs for Vec<T> {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        let elements =
            self.into_iter().map(|item| item.into_js(scope)).collect::<Result<Vec<_>, _>>()?;
        scope.array(&elements)
    }
}

/// Keeps the value and hands it back: an op that stores callbacks returns them this way.
impl IntoJs for Persistent {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        Ok(scope.value_of(&self))
    }
}

macro_rules! tuples {
    ($(($($item:ident $index:tt),*))*) => {$(
        impl<$($item: IntoJs),*> IntoJs for ($($item,)*) {
            fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
                let elements = [$(self.$index.into_js(scope)?),*];
                scope.array(&elements)
            }
        }
    )*};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}
