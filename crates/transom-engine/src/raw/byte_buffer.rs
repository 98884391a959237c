//! Bytes on their way to script, in memory that the engine takes over: an `ArrayBuffer` of them costs no copy, and the
//! collector counts them as it counts its own.

use std::alloc::{Layout, handle_alloc_error};
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

use mozjs::jsapi::{GetArrayBufferByteLength, JS_IsArrayBufferViewObject};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    JS_GetArrayBufferViewBuffer, JS_NewUint8ArrayWithBuffer, NewArrayBufferWithContents,
    StealArrayBufferContents,
};

use super::scope::Scope;
use super::value::Value;
use crate::convert::{FromJs, IntoJs};
use crate::error::OpError;

// The engine frees the contents of array buffers with `free`.
unsafe extern "C" {
    fn realloc(memory: *mut c_void, size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
}

/// Room that the second piece brings, in bytes: the first alone is often all there is, and needs no more than it has.
const SECOND_ROOM: usize = 256 << 10;

/// Bytes that come in pieces, which script gets as one `Uint8Array`.
#[derive(Debug, Default)]
pub struct ByteBuffer {
    memory: Option<NonNull<u8>>,
    length: usize,
    capacity: usize,
}

// SAFETY: the memory has one owner, and `malloc` is for all threads.
unsafe impl Send for ByteBuffer {}
// SAFETY: `&ByteBuffer` only reads.
unsafe impl Sync for ByteBuffer {}

impl ByteBuffer {
    /// No bytes yet, and room for `capacity`.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut buffer = Self::default();
        buffer.resize(capacity);
        buffer
    }

    /// Adds `piece` at the end.
    pub fn push(&mut self, piece: &[u8]) {
        let needed = self.length + piece.len();
        if needed > self.capacity {
            let room = match self.capacity {
                0 => needed,
                capacity => needed.max(capacity * 2).max(SECOND_ROOM),
            };
            self.resize(room);
        }
        if let Some(memory) = self.memory {
            // SAFETY: there is room for `piece` behind `length`, in memory that nobody else refers to.
            unsafe {
                let end = memory.as_ptr().add(self.length);
                std::ptr::copy_nonoverlapping(piece.as_ptr(), end, piece.len());
            }
            self.length = needed;
        }
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        match self.memory {
            // SAFETY: the first `length` bytes have been written.
            Some(memory) => unsafe { std::slice::from_raw_parts(memory.as_ptr(), self.length) },
            None => &[],
        }
    }

    /// Gives the memory this size, which is no smaller than the bytes in it.
    fn resize(&mut self, capacity: usize) {
        if capacity == 0 {
            return;
        }
        let old = self.memory.map_or_else(null_mut, |memory| memory.as_ptr().cast());
        // SAFETY: `old` is null or came from here, and is forgotten when the call succeeds.
        let memory = NonNull::new(unsafe { realloc(old, capacity) }.cast::<u8>());
        if memory.is_none() {
            handle_alloc_error(Layout::array::<u8>(capacity).unwrap_or(Layout::new::<u8>()));
        }
        self.memory = memory;
        self.capacity = capacity;
    }

    /// The memory and its length, now the caller's to free.
    fn into_raw(mut self) -> (*mut u8, usize) {
        if self.capacity - self.length > self.length / 8 {
            self.resize(self.length);
        }
        let parts = (self.memory.map_or_else(null_mut, NonNull::as_ptr), self.length);
        self.memory = None;
        parts
    }
}

impl Drop for ByteBuffer {
    fn drop(&mut self) {
        if let Some(memory) = self.memory {
            // SAFETY: the memory came from `realloc` and has one owner.
            unsafe { free(memory.as_ptr().cast()) };
        }
    }
}

impl AsRef<[u8]> for ByteBuffer {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl FromJs for ByteBuffer {
    /// Takes the memory away from a view that covers all of its buffer, which is detached by that; copies the bytes of
    /// any other. For arrays that no script of the program holds.
    fn from_js<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> Result<Self, OpError> {
        if let Some(taken) = take(scope, value) {
            return Ok(taken);
        }
        let copied = scope.with_buffer(value, |bytes| {
            let mut copy = Self::with_capacity(bytes.len());
            copy.push(bytes);
            copy
        });
        copied.ok_or_else(|| OpError::type_error("expected an ArrayBuffer or a view of one"))
    }
}

/// The memory of the buffer behind `view`, when `view` shows all of it.
fn take<'s>(scope: &mut Scope<'s>, view: Value<'s>) -> Option<ByteBuffer> {
    let length = scope.with_buffer(view, <[u8]>::len).filter(|length| *length > 0)?;
    rooted!(&in(scope.cx()) let view = view.raw().to_object());
    // SAFETY: a live object, which may be of any class.
    if unsafe { JS_IsArrayBufferViewObject(view.get()) } {
        let mut is_shared = false;
        // SAFETY: the object is a view, as was just asked.
        let buffer =
            unsafe { JS_GetArrayBufferViewBuffer(scope.cx(), view.handle(), &mut is_shared) };
        rooted!(&in(scope.cx()) let buffer = buffer);
        // SAFETY: asked only of a live array buffer.
        let covers_all = !buffer.get().is_null()
            && !is_shared
            && unsafe { GetArrayBufferByteLength(buffer.get()) } == length;
        if covers_all {
            // SAFETY: the buffer is rooted, and no Rust reference into it exists. What comes back is `malloc`'s.
            let memory = unsafe { StealArrayBufferContents(scope.cx(), buffer.handle()) };
            let memory = NonNull::new(memory.cast::<u8>())?;
            return Some(ByteBuffer { memory: Some(memory), length, capacity: length });
        }
    }
    None
}

impl IntoJs for ByteBuffer {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        if self.is_empty() {
            return scope.uint8_array(&[]);
        }
        let (memory, length) = self.into_raw();
        // SAFETY: the memory is of `malloc`'s kind; the engine owns it from here on, also when it fails.
        let contents = unsafe { NewArrayBufferWithContents(scope.cx(), length, memory.cast()) };
        if contents.is_null() {
            return Err(scope.out_of_memory());
        }
        rooted!(&in(scope.cx()) let contents = contents);
        // SAFETY: the buffer is rooted; -1 stands for all of it.
        let array = unsafe { JS_NewUint8ArrayWithBuffer(scope.cx(), contents.handle(), 0, -1) };
        if array.is_null() {
            return Err(scope.out_of_memory());
        }
        Ok(scope.root(ObjectValue(array)))
    }
}

#[cfg(test)]
mod tests {
    use super::ByteBuffer;

    #[test]
    fn pieces_are_joined_in_order() {
        let mut buffer = ByteBuffer::default();
        assert_eq!((buffer.len(), buffer.is_empty(), buffer.as_slice()), (0, true, &[][..]));
        buffer.push(&[]);
        let mut expected = Vec::new();
        for length in [1usize, 0, 7, 100_000, 300_000, 5] {
            let piece: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            buffer.push(&piece);
            expected.extend(piece);
        }
        assert_eq!(buffer.len(), expected.len());
        assert!(buffer.as_slice() == expected);
        let exact = ByteBuffer::with_capacity(10);
        assert!(exact.is_empty());
    }
}
