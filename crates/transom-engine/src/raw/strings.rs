//! Strings between Rust and script. Script strings are Latin-1 or UTF-16; both are copied in one pass, and
//! long Latin-1 text goes in without a copy (an external string).

use std::ffi::c_void;
use std::ptr::NonNull;

use mozjs::conversions::{Utf8Chars, jsstr_to_string};
use mozjs::glue::{
    CreateJSExternalStringCallbacks, DeleteJSExternalStringCallbacks,
    JSExternalStringCallbacksTraps,
};
use mozjs::jsapi::mozilla::MallocSizeOf;
use mozjs::jsapi::{JS_DeprecatedStringHasLatin1Chars, JSString};
use mozjs::jsval::StringValue;
use mozjs::rust::wrappers2::{
    JS_GetLatin1StringCharsAndLength, JS_GetTwoByteStringCharsAndLength,
    JS_NewExternalStringLatin1, JS_NewStringCopyN, JS_NewStringCopyUTF8N,
};

use super::buffers::change_bytes;
use super::scope::Scope;
use super::utf16::Utf16;
use super::value::Value;
use crate::error::OpError;

/// Latin-1 text from this length on becomes an external string, which shares the Rust allocation. Shorter text is
/// copied: the engine frees its own strings with the young generation, an external one only with a full collection.
const EXTERNAL_FROM_BYTES: usize = 4 << 20;

impl<'s> Scope<'s> {
    pub(super) fn string_value(&mut self, string: *mut JSString) -> Result<Value<'s>, OpError> {
        match NonNull::new(string) {
            // SAFETY: a live string that the engine just made; rooted at once.
            Some(string) => Ok(self.root(StringValue(unsafe { string.as_ref() }))),
            None => Err(self.out_of_memory()),
        }
    }

    /// A string.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn string(&mut self, text: &str) -> Result<Value<'s>, OpError> {
        if text.is_ascii() {
            return self.latin1(text.as_bytes());
        }
        if text.len() >= Utf16::FROM_BYTES
            && let Some(text) = Utf16::decode(text.as_bytes(), true)
        {
            return self.utf16(&text);
        }
        let chars = Utf8Chars::from(text);
        // SAFETY: `chars` points at valid UTF-8 that outlives the call.
        let string = unsafe { JS_NewStringCopyUTF8N(self.cx(), &raw const *chars) };
        self.string_value(string)
    }

    /// A string that takes over `text` without a copy when it is long and ASCII.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn string_owned(&mut self, text: String) -> Result<Value<'s>, OpError> {
        if text.len() < EXTERNAL_FROM_BYTES || !text.is_ascii() {
            return self.string(&text);
        }
        let bytes = text.into_bytes().into_boxed_slice();
        let length = bytes.len();
        let chars = Box::into_raw(bytes).cast::<u8>();
        // SAFETY: the traps are static; the private data is the length, which `free_latin1` needs.
        let callbacks =
            unsafe { CreateJSExternalStringCallbacks(&EXTERNAL_STRING, length as *mut c_void) };
        // SAFETY: `chars` holds `length` Latin-1 characters, owned by the string from now on.
        let string = unsafe { JS_NewExternalStringLatin1(self.cx(), chars, length, callbacks) };
        if string.is_null() {
            // SAFETY: the engine did not take the allocation, nor the callbacks.
            unsafe {
                free_latin1(length as *const c_void, chars);
                DeleteJSExternalStringCallbacks(callbacks);
            }
        }
        self.string_value(string)
    }

    /// A string of Latin-1 characters (one byte each), such as raw HTTP headers.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn latin1(&mut self, bytes: &[u8]) -> Result<Value<'s>, OpError> {
        // SAFETY: pointer and length describe `bytes`; the engine copies and takes them as Latin-1.
        let string = unsafe { JS_NewStringCopyN(self.cx(), bytes.as_ptr().cast(), bytes.len()) };
        self.string_value(string)
    }

    /// The text of a string value, lone surrogates replaced by U+FFFD; `None` when it is not a string.
    pub fn string_of(&mut self, value: Value<'s>) -> Option<String> {
        let string = NonNull::new(value.is_string().then(|| value.raw().to_string())?)?;
        // SAFETY: a live string, rooted by `value`.
        Some(unsafe { jsstr_to_string(self.cx(), string) })
    }

    /// Reads the text of a string value, lone surrogates replaced by U+FFFD, without a copy when it is ASCII. `read`
    /// cannot reach the engine. `None` when it is not a string.
    pub fn with_text<R>(&mut self, value: Value<'s>, read: impl FnOnce(&str) -> R) -> Option<R> {
        let mut read = Some(read);
        let in_place = self.with_units(value, |units| match units {
            Units::Latin1(bytes) if bytes.is_ascii() => {
                let text = std::str::from_utf8(bytes).ok()?;
                read.take().map(|read| read(text))
            }
            _ => None,
        })?;
        in_place.or_else(|| {
            let text = self.string_of(value)?;
            read.map(|read| read(&text))
        })
    }

    /// Appends the text of a string value to `into` as UTF-8, lone surrogates replaced by U+FFFD.
    /// Returns whether `value` was a string.
    pub fn append_utf8(&mut self, value: Value<'s>, into: &mut Vec<u8>) -> bool {
        self.with_units(value, |units| match units {
            Units::Latin1(bytes) if bytes.is_ascii() => into.extend_from_slice(bytes),
            Units::Latin1(bytes) => {
                let start = into.len();
                into.resize(start + bytes.len() * 2, 0);
                let written = encoding_rs::mem::convert_latin1_to_utf8(bytes, &mut into[start..]);
                into.truncate(start + written);
            }
            Units::Utf16(units) => {
                let start = into.len();
                into.resize(start + units.len() * 3 + 1, 0);
                let written = encoding_rs::mem::convert_utf16_to_utf8(units, &mut into[start..]);
                into.truncate(start + written);
            }
        })
        .is_some()
    }

    /// Appends a string value to `into`, one byte per character. Returns `false`, with `into` untouched,
    /// when it is not a string or holds a character above U+00FF.
    pub fn append_latin1(&mut self, value: Value<'s>, into: &mut Vec<u8>) -> bool {
        self.with_units(value, |units| match units {
            Units::Latin1(bytes) => {
                into.extend_from_slice(bytes);
                true
            }
            Units::Utf16(units) if units.iter().all(|unit| *unit < 256) => {
                into.extend(units.iter().map(|unit| *unit as u8));
                true
            }
            Units::Utf16(_) => false,
        })
        .unwrap_or(false)
    }

    /// Number of bytes that the string has in UTF-8.
    pub fn utf8_length(&mut self, value: Value<'s>) -> Option<usize> {
        self.with_units(value, |units| match units {
            Units::Latin1(bytes) => bytes.len() + bytes.iter().filter(|byte| **byte > 127).count(),
            Units::Utf16(units) => char::decode_utf16(units.iter().copied())
                .map(|unit| unit.map_or(3, char::len_utf8))
                .sum(),
        })
    }

    /// Lets `work` change the bytes of an `ArrayBuffer` or view in place, with the characters of a string at hand. `None`
    /// when either is something else.
    pub fn change_buffer_by_text<R>(
        &mut self,
        buffer: Value<'s>,
        text: Value<'s>,
        work: impl FnOnce(&mut [u8], Units<'_>) -> R,
    ) -> Option<R> {
        // Taking the characters can collect, which can move the bytes: they are looked for afterwards.
        self.with_units(text, |units| change_bytes(buffer, |bytes| work(bytes, units)))?
    }

    fn with_units<R>(&mut self, value: Value<'s>, read: impl FnOnce(Units<'_>) -> R) -> Option<R> {
        let string = value.is_string().then(|| value.raw().to_string())?;
        let mut length = 0;
        let cx: &mozjs::context::JSContext = self.cx();
        // SAFETY: the string is live and rooted by `value`; the characters are only read in `read`, which
        // cannot reach the engine, so nothing can move them meanwhile.
        unsafe {
            if JS_DeprecatedStringHasLatin1Chars(string) {
                let chars = JS_GetLatin1StringCharsAndLength(cx, string, &mut length);
                (!chars.is_null())
                    .then(|| read(Units::Latin1(std::slice::from_raw_parts(chars, length))))
            } else {
                let chars = JS_GetTwoByteStringCharsAndLength(cx, string, &mut length);
                (!chars.is_null())
                    .then(|| read(Units::Utf16(std::slice::from_raw_parts(chars, length))))
            }
        }
    }
}

/// The characters of a string as the engine has them.
#[derive(Debug, Clone, Copy)]
pub enum Units<'a> {
    /// A byte for each character, which is below U+0100.
    Latin1(&'a [u8]),
    /// Code units, which may be lone surrogates.
    Utf16(&'a [u16]),
}

static EXTERNAL_STRING: JSExternalStringCallbacksTraps = JSExternalStringCallbacksTraps {
    latin1Finalize: Some(free_latin1_and_callbacks),
    utf16Finalize: Some(never_utf16),
    latin1SizeOfBuffer: Some(size_of_latin1),
    utf16SizeOfBuffer: Some(size_of_utf16),
};

/// # Safety
/// `chars` came from a boxed slice of the length that `length` encodes, and is freed once.
unsafe fn free_latin1(length: *const c_void, chars: *mut u8) {
    // SAFETY: promised by the caller.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(chars, length as usize)) });
}

unsafe extern "C" fn free_latin1_and_callbacks(length: *const c_void, chars: *mut u8) {
    // SAFETY: the engine finalises each external string once, with the data it was made with.
    unsafe { free_latin1(length, chars) };
}

/// No UTF-16 string is ever made external.
unsafe extern "C" fn never_utf16(_: *const c_void, _: *mut u16) {}

unsafe extern "C" fn size_of_latin1(length: *const c_void, _: *const u8, _: MallocSizeOf) -> usize {
    length as usize
}

unsafe extern "C" fn size_of_utf16(_: *const c_void, _: *const u16, _: MallocSizeOf) -> usize {
    0
}
