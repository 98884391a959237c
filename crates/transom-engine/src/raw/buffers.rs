//! Array buffers between Rust and script.

use mozjs::jsapi::{
    GetArrayBufferLengthAndData, GetArrayBufferViewLengthAndData, IsArrayBufferObject,
    JS_IsArrayBufferViewObject, JSObject, UnwrapArrayBuffer, UnwrapArrayBufferView,
};
use mozjs::rust::wrappers2::JS_NewUint8Array;

use super::byte_buffer::ByteBuffer;
use super::scope::Scope;
use super::value::Value;
use crate::convert::IntoJs;
use crate::error::OpError;

/// The engine keeps the bytes of small buffers inside cells, which a collection moves; far smaller ones than this.
const IN_PLACE_FROM_BYTES: usize = 16 << 10;

/// Above this many bytes an array is not filled with zeros before the bytes are copied into it.
const LARGE_BYTES: usize = 1024;

impl<'s> Scope<'s> {
    /// A `Uint8Array` with a copy of these bytes. Handing over the allocation of a `Bytes` would save the copy, but the
    /// collector does not count memory that it did not allocate: uploads would pile up until something else triggers
    /// a collection. A [`ByteBuffer`] can be handed over.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn uint8_array(&mut self, bytes: &[u8]) -> Result<Value<'s>, OpError> {
        if bytes.len() > LARGE_BYTES {
            let mut copy = ByteBuffer::with_capacity(bytes.len());
            copy.push(bytes);
            return copy.into_js(self);
        }
        // SAFETY: plain allocation in the entered realm.
        let array = unsafe { JS_NewUint8Array(self.cx(), bytes.len()) };
        let value = self.object_value(array)?;
        if !bytes.is_empty()
            && let Some((data, room)) = view_data(array)
        {
            assert!(room == bytes.len(), "the array is as long as it was asked to be");
            // SAFETY: `data` has room for the bytes, and nothing can collect or detach in between.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
        }
        Ok(value)
    }

    /// A copy of the bytes of an `ArrayBuffer` or of a view of one; `None` for anything else. A detached
    /// buffer has no bytes.
    pub fn copy_buffer(&mut self, value: Value<'s>) -> Option<Vec<u8>> {
        self.with_buffer(value, <[u8]>::to_vec)
    }

    /// Reads the bytes of an `ArrayBuffer` or view in place. `read` cannot reach the engine, so the memory
    /// cannot move or go meanwhile.
    pub fn with_buffer<R>(&mut self, value: Value<'s>, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
        // SAFETY: `read` cannot reach the engine, so nothing writes, moves or frees the bytes before it returns.
        Some(read(unsafe { bytes_of(value) }?))
    }

    /// As [`Scope::with_buffer`], for two of them, which may overlap.
    pub fn with_buffers<R>(
        &mut self,
        first: Value<'s>,
        second: Value<'s>,
        read: impl FnOnce(&[u8], &[u8]) -> R,
    ) -> Option<R> {
        // SAFETY: as above; both are only read.
        Some(read(unsafe { bytes_of(first) }?, unsafe { bytes_of(second) }?))
    }

    /// Lets `write` change the bytes of an `ArrayBuffer` or view in place.
    pub fn change_buffer<R>(
        &mut self,
        value: Value<'s>,
        write: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        change_bytes(value, write)
    }
}

/// Lets `write`, which cannot reach the engine, change the bytes of a buffer or view in place.
pub(super) fn change_bytes<R>(value: Value<'_>, write: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
    let (data, length) = place_of(value)?;
    if length == 0 {
        return Some(write(&mut []));
    }
    // SAFETY: the engine says that `data` has `length` bytes; `write` cannot reach the engine, so nothing else
    // reads, writes, moves or frees them meanwhile, and there is no other slice of them.
    Some(write(unsafe { std::slice::from_raw_parts_mut(data, length) }))
}

/// Start and length of the bytes of a buffer or view.
fn place_of(value: Value<'_>) -> Option<(*mut u8, usize)> {
    if !value.is_object() {
        return None;
    }
    let object = value.raw().to_object();
    view_data(object).or_else(|| buffer_data(object))
}

/// The bytes of a buffer or view.
///
/// # Safety
/// Script must not run, and the collector must not, while the slice is in use.
unsafe fn bytes_of<'b>(value: Value<'_>) -> Option<&'b [u8]> {
    let (data, length) = place_of(value)?;
    if length == 0 {
        return Some(&[]);
    }
    // SAFETY: the engine says that `data` has `length` bytes. Memory shared with other threads is not used anywhere
    // in transom (workers share nothing), so nobody writes meanwhile; the caller promises the rest.
    Some(unsafe { std::slice::from_raw_parts(data, length) })
}

impl<'s> Scope<'s> {
    /// A string of the bytes of a buffer or view that are all ASCII, copied once; `None` when it is too short to be
    /// worth it, has other bytes, or is no buffer.
    pub(crate) fn latin1_of_ascii_buffer(
        &mut self,
        value: Value<'s>,
    ) -> Result<Option<Value<'s>>, OpError> {
        if !value.is_object() {
            return Ok(None);
        }
        let object = value.raw().to_object();
        let Some((data, length)) = view_data(object).or_else(|| buffer_data(object)) else {
            return Ok(None);
        };
        if length < IN_PLACE_FROM_BYTES {
            return Ok(None);
        }
        // SAFETY: the engine says that `data` has `length` bytes. `value` keeps the buffer alive, and bytes of this
        // number are never inside a cell: a collection while the string is made does not move them. Only script can
        // detach the buffer, and none runs.
        let bytes = unsafe { std::slice::from_raw_parts(data, length) };
        if !bytes.is_ascii() {
            return Ok(None);
        }
        self.latin1(bytes).map(Some)
    }
}

/// Start and length of the bytes that a view covers.
fn view_data(object: *mut JSObject) -> Option<(*mut u8, usize)> {
    let (mut length, mut shared, mut data) = (0, false, std::ptr::null_mut());
    // SAFETY: `object` is live; nothing here collects.
    unsafe {
        let object = UnwrapArrayBufferView(object);
        if object.is_null() || !JS_IsArrayBufferViewObject(object) {
            return None;
        }
        GetArrayBufferViewLengthAndData(object, &mut length, &mut shared, &mut data);
    }
    Some((data, length))
}

/// Start and length of a buffer.
fn buffer_data(object: *mut JSObject) -> Option<(*mut u8, usize)> {
    let (mut length, mut shared, mut data) = (0, false, std::ptr::null_mut());
    // SAFETY: `object` is live; nothing here collects.
    unsafe {
        let object = UnwrapArrayBuffer(object);
        if object.is_null() || !IsArrayBufferObject(object) {
            return None;
        }
        GetArrayBufferLengthAndData(object, &mut length, &mut shared, &mut data);
    }
    Some((data, length))
}
