//! Array buffers between Rust and script.

use bytes::Bytes;
use mozjs::jsapi::{
    GetArrayBufferLengthAndData, GetArrayBufferViewLengthAndData, IsArrayBufferObject,
    JS_IsArrayBufferViewObject, JSObject, UnwrapArrayBuffer, UnwrapArrayBufferView,
};
use mozjs::rust::wrappers2::JS_NewUint8Array;

use super::scope::Scope;
use super::value::Value;
use crate::convert::Pieces;
use crate::error::OpError;

impl<'s> Scope<'s> {
    /// A `Uint8Array` with a copy of these bytes. Handing the allocation over instead would save the copy, but the
    /// collector does not count memory that it did not allocate: uploads would pile up until something else
    /// triggers a collection.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub fn uint8_array(&mut self, bytes: Bytes) -> Result<Value<'s>, OpError> {
        self.array_of(bytes.len(), std::iter::once(&*bytes))
    }

    /// A `Uint8Array` with a copy of all pieces.
    pub(crate) fn joined_array(&mut self, pieces: &Pieces) -> Result<Value<'s>, OpError> {
        self.array_of(pieces.len(), pieces.iter().map(|piece| &**piece))
    }

    /// `pieces` have `length` bytes together.
    fn array_of<'b>(
        &mut self,
        length: usize,
        pieces: impl Iterator<Item = &'b [u8]>,
    ) -> Result<Value<'s>, OpError> {
        // SAFETY: plain allocation in the entered realm.
        let array = unsafe { JS_NewUint8Array(self.cx(), length) };
        let value = self.object_value(array)?;
        if length > 0
            && let Some((data, room)) = view_data(array)
            && room == length
        {
            let mut written = 0;
            for piece in pieces {
                assert!(piece.len() <= room - written, "the pieces are as long as they say");
                // SAFETY: `data` has room for `piece` at `written`, and nothing can collect or detach in between.
                unsafe {
                    let place = data.add(written);
                    std::ptr::copy_nonoverlapping(piece.as_ptr(), place, piece.len());
                }
                written += piece.len();
            }
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
