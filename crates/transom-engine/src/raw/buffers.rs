//! Array buffers between Rust and script.

use std::ffi::c_void;

use bytes::Bytes;
use mozjs::jsapi::{
    GetArrayBufferLengthAndData, GetArrayBufferViewLengthAndData, IsArrayBufferObject,
    JS_IsArrayBufferViewObject, JSObject, UnwrapArrayBuffer, UnwrapArrayBufferView,
};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    JS_NewUint8Array, JS_NewUint8ArrayWithBuffer, NewExternalArrayBuffer,
};

use super::scope::Scope;
use super::value::Value;
use crate::error::OpError;

/// From this size on, bytes that nobody else holds become the buffer's memory; below, a copy is cheaper.
const EXTERNAL_FROM_BYTES: usize = 16 * 1024;

impl<'s> Scope<'s> {
    /// A `Uint8Array` with these bytes. A long allocation that is not shared is taken over without a copy.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn uint8_array(&mut self, bytes: Bytes) -> Result<Value<'s>, OpError> {
        if bytes.len() >= EXTERNAL_FROM_BYTES {
            return match bytes.try_into_mut() {
                Ok(unique) => self.external_array(Vec::from(unique)),
                Err(shared) => self.copied_array(&shared),
            };
        }
        self.copied_array(&bytes)
    }

    fn copied_array(&mut self, bytes: &[u8]) -> Result<Value<'s>, OpError> {
        // SAFETY: plain allocation in the entered realm.
        let array = unsafe { JS_NewUint8Array(self.cx(), bytes.len()) };
        let value = self.object_value(array)?;
        if !bytes.is_empty()
            && let Some((data, length)) = view_data(array)
            && length == bytes.len()
        {
            // SAFETY: `data` has room for `length` bytes and nothing can collect or detach in between.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, length) };
        }
        Ok(value)
    }

    fn external_array(&mut self, bytes: Vec<u8>) -> Result<Value<'s>, OpError> {
        let length = bytes.len();
        let contents = Box::into_raw(bytes.into_boxed_slice()).cast::<c_void>();
        // SAFETY: `contents` holds `length` bytes, owned by the buffer from now on; `free_bytes` gets the length.
        let buffer = unsafe {
            NewExternalArrayBuffer(
                self.cx(),
                length,
                contents,
                Some(free_bytes),
                length as *mut c_void,
            )
        };
        if buffer.is_null() {
            // SAFETY: on failure the engine has not taken the memory.
            unsafe { free_bytes(contents, length as *mut c_void) };
            return Err(self.out_of_memory());
        }
        rooted!(&in(self.cx()) let buffer = buffer);
        let handle = buffer.handle();
        // SAFETY: the buffer is rooted; the view covers all of it.
        let array = unsafe { JS_NewUint8ArrayWithBuffer(self.cx(), handle, 0, length as i64) };
        self.object_value(array)
    }

    /// A copy of the bytes of an `ArrayBuffer` or of a view of one; `None` for anything else. A detached
    /// buffer has no bytes.
    pub fn copy_buffer(&mut self, value: Value<'s>) -> Option<Vec<u8>> {
        self.with_buffer(value, <[u8]>::to_vec)
    }

    /// Reads the bytes of an `ArrayBuffer` or view in place. `read` cannot reach the engine, so the memory
    /// cannot move or go meanwhile.
    pub fn with_buffer<R>(&mut self, value: Value<'s>, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
        if !value.is_object() {
            return None;
        }
        let object = value.raw().to_object();
        let (data, length) = view_data(object).or_else(|| buffer_data(object))?;
        if length == 0 {
            return Some(read(&[]));
        }
        // SAFETY: the engine says that `data` has `length` bytes. Memory shared with other threads is not
        // used anywhere in transom (workers share nothing), so nobody writes meanwhile.
        Some(read(unsafe { std::slice::from_raw_parts(data, length) }))
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

unsafe extern "C" fn free_bytes(contents: *mut c_void, length: *mut c_void) {
    let bytes = std::ptr::slice_from_raw_parts_mut(contents.cast::<u8>(), length as usize);
    // SAFETY: the memory came from a boxed slice of this length and the engine frees it once.
    drop(unsafe { Box::from_raw(bytes) });
}
