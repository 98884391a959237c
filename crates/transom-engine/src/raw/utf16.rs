//! UTF-8 as the code units that the engine makes strings of.
//!
//! The engine's own way from UTF-8 looks at each character by itself, twice; `encoding_rs` takes many at once.

use mozjs::rust::wrappers2::JS_NewUCStringCopyN;

use super::byte_buffer::ByteBuffer;
use super::scope::Scope;
use super::value::Value;
use crate::error::OpError;

/// Code units that are decoded at once. They stay in the nearest cache until they are copied on.
const PIECE_UNITS: usize = 4096;

/// Text that is on its way to a string: UTF-16 in the order of this machine's bytes.
pub(super) struct Utf16 {
    /// In the memory of the engine's allocator, which keeps what strings of the same size need again.
    bytes: ByteBuffer,
}

impl Utf16 {
    /// From this length on, decoding here is faster than what the engine does, in bytes.
    pub(super) const FROM_BYTES: usize = 256;

    /// Decodes UTF-8. What is none becomes U+FFFD or, when it is to be `fatal`, gives `None`.
    pub(super) fn decode(mut utf8: &[u8], fatal: bool) -> Option<Self> {
        // Each byte of UTF-8 gives at most one code unit; text of mostly ASCII needs all of that.
        let mut bytes = ByteBuffer::with_capacity(utf8.len() * size_of::<u16>());
        let mut decoder = encoding_rs::UTF_8.new_decoder_without_bom_handling();
        let mut units = [0u16; PIECE_UNITS];
        loop {
            let (is_done, read, written) = if fatal {
                use encoding_rs::DecoderResult::{InputEmpty, Malformed, OutputFull};
                match decoder.decode_to_utf16_without_replacement(utf8, &mut units, true) {
                    (InputEmpty, read, written) => (true, read, written),
                    (OutputFull, read, written) => (false, read, written),
                    (Malformed(..), ..) => return None,
                }
            } else {
                let (result, read, written, _) = decoder.decode_to_utf16(utf8, &mut units, true);
                (result == encoding_rs::CoderResult::InputEmpty, read, written)
            };
            let piece = &units[..written];
            // SAFETY: code units are bytes without gaps; the slice ends where they do.
            let piece = unsafe {
                std::slice::from_raw_parts(piece.as_ptr().cast::<u8>(), size_of_val(piece))
            };
            bytes.push(piece);
            if is_done {
                return Some(Self { bytes });
            }
            utf8 = &utf8[read..];
        }
    }
}

impl<'s> Scope<'s> {
    /// A string of these code units; one of Latin-1 when they allow it.
    ///
    /// # Errors
    /// When the engine is out of memory.
    pub(super) fn utf16(&mut self, text: &Utf16) -> Result<Value<'s>, OpError> {
        let bytes = text.bytes.as_slice();
        // SAFETY: `malloc` aligns for every type, and the bytes are whole code units; the engine copies them.
        let string = unsafe {
            JS_NewUCStringCopyN(
                self.cx(),
                bytes.as_ptr().cast::<u16>(),
                bytes.len() / size_of::<u16>(),
            )
        };
        self.string_value(string)
    }
}
