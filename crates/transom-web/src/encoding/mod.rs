//! Native half of the Encoding standard: labels, and decoders for everything but UTF-8.
//!
//! Spec: <https://encoding.spec.whatwg.org/>, by `encoding_rs`. The classes are in `text_encoder.js` and
//! `text_decoder.js`; UTF-8 is the engine's (`ops.utf8_decode`). A decoder that waits for the rest of its text
//! is known to JavaScript by a number; `decoder.js` closes every one that it opened.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use encoding_rs::{Decoder, DecoderResult, Encoding};
use transom_engine::{Bytes, Op, OpError};

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/encoding/decoder", include_str!("decoder.js")),
    ("transom:internal/encoding/text_decoder", include_str!("text_decoder.js")),
    ("transom:internal/encoding/text_encoder", include_str!("text_encoder.js")),
];

pub(crate) fn ops() -> Vec<Op> {
    let decoders = Rc::new(Decoders::default());
    let (opener, pusher, closer) = (Rc::clone(&decoders), Rc::clone(&decoders), decoders);
    vec![
        Op::new("encoding_for_label", encoding_for_label),
        Op::new("encoding_decode", encoding_decode),
        Op::new("encoding_decoder_open", move |name: String, fatal: bool, ignore_bom: bool| {
            opener.open(TextDecoder::new(&name, fatal, ignore_bom)?)
        }),
        Op::new("encoding_decoder_push", move |handle: f64, bytes: Bytes, last: bool| {
            pusher.push(handle, &bytes, last)
        }),
        Op::new("encoding_decoder_close", move |handle: f64| closer.close(handle)),
    ]
}

/// The name of the encoding that `label` stands for, in lower case; `None` when there is none.
/// <https://encoding.spec.whatwg.org/#concept-encoding-get>
fn encoding_for_label(label: String) -> Option<String> {
    Encoding::for_label(label.as_bytes()).map(|encoding| encoding.name().to_ascii_lowercase())
}

/// Decodes a whole text.
///
/// # Errors
/// `TypeError` in fatal mode when the bytes are not valid, `RangeError` for an unknown encoding.
fn encoding_decode(
    name: String,
    bytes: Bytes,
    fatal: bool,
    ignore_bom: bool,
) -> Result<String, OpError> {
    TextDecoder::new(&name, fatal, ignore_bom)?.push(&bytes, true)
}

/// The decoders between two pieces of their texts.
#[derive(Default)]
struct Decoders {
    open: RefCell<HashMap<u64, TextDecoder>>,
    last_handle: Cell<u64>,
}

impl Decoders {
    #[expect(clippy::cast_precision_loss, reason = "a count of decoders stays far below 2^53")]
    fn open(&self, decoder: TextDecoder) -> Result<f64, OpError> {
        let handle = self.last_handle.get() + 1;
        self.last_handle.set(handle);
        self.open.borrow_mut().insert(handle, decoder);
        Ok(handle as f64)
    }

    /// Decodes the next piece. The decoder is closed after the last piece and after an error.
    fn push(&self, handle: f64, bytes: &[u8], last: bool) -> Result<String, OpError> {
        let key = Self::key(handle);
        let mut open = self.open.borrow_mut();
        let Some(decoder) = open.get_mut(&key) else {
            return Err(OpError::error("the decoder is closed"));
        };
        let text = decoder.push(bytes, last);
        if last || text.is_err() {
            open.remove(&key);
        }
        text
    }

    fn close(&self, handle: f64) {
        self.open.borrow_mut().remove(&Self::key(handle));
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "handles are the whole numbers that `open` gave out; any other finds nothing"
    )]
    fn key(handle: f64) -> u64 {
        handle as u64
    }
}

/// One text being decoded.
struct TextDecoder {
    decoder: Decoder,
    fatal: bool,
}

impl TextDecoder {
    fn new(name: &str, fatal: bool, ignore_bom: bool) -> Result<Self, OpError> {
        let encoding = Encoding::for_label(name.as_bytes())
            .ok_or_else(|| OpError::range_error(format!("`{name}` is not an encoding")))?;
        let decoder = if ignore_bom {
            encoding.new_decoder_without_bom_handling()
        } else {
            encoding.new_decoder_with_bom_removal()
        };
        Ok(Self { decoder, fatal })
    }

    fn push(&mut self, bytes: &[u8], last: bool) -> Result<String, OpError> {
        if self.fatal { self.push_fatal(bytes, last) } else { Ok(self.push_lossy(bytes, last)) }
    }

    fn push_lossy(&mut self, bytes: &[u8], last: bool) -> String {
        let room = self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len());
        let mut text = String::with_capacity(room);
        let mut rest = bytes;
        loop {
            let (result, read, _) = self.decoder.decode_to_string(rest, &mut text, last);
            rest = &rest[read..];
            match result {
                encoding_rs::CoderResult::InputEmpty => return text,
                encoding_rs::CoderResult::OutputFull => text.reserve(rest.len().max(16) * 3),
            }
        }
    }

    fn push_fatal(&mut self, bytes: &[u8], last: bool) -> Result<String, OpError> {
        let length = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        let mut text = String::with_capacity(length.unwrap_or(bytes.len()));
        let mut rest = bytes;
        loop {
            let (result, read) =
                self.decoder.decode_to_string_without_replacement(rest, &mut text, last);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => return Ok(text),
                DecoderResult::OutputFull => text.reserve(rest.len().max(16) * 3),
                DecoderResult::Malformed(..) => {
                    let name = self.decoder.encoding().name();
                    return Err(OpError::type_error(format!("the bytes are not valid {name}")));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(name: &str, pieces: &[&[u8]]) -> String {
        let mut decoder = TextDecoder::new(name, false, false).expect("the name is known");
        let count = pieces.len();
        let mut text = String::new();
        for (index, piece) in pieces.iter().enumerate() {
            text += &decoder.push(piece, index + 1 == count).expect("lossy decoding cannot fail");
        }
        text
    }

    #[test]
    fn labels_name_encodings_in_lower_case() {
        assert_eq!(encoding_for_label(" Latin1\n".into()).as_deref(), Some("windows-1252"));
        assert_eq!(encoding_for_label("SHIFT_JIS".into()).as_deref(), Some("shift_jis"));
        assert_eq!(encoding_for_label("iso-2022-kr".into()).as_deref(), Some("replacement"));
        assert_eq!(encoding_for_label("latin-1".into()), None);
    }

    #[test]
    fn characters_split_between_pieces_are_joined() {
        assert_eq!(pieces("shift_jis", &[b"\x83", b"\x65\x83", b"\x58"]), "テス");
        assert_eq!(pieces("utf-16le", &[b"\x3d", b"\xd8\x00", b"\xde"]), "\u{1f600}");
        assert_eq!(pieces("gb18030", &[b"\x81\x30", b"\x81\x30"]), "\u{80}");
        assert_eq!(pieces("utf-16be", &[b"\x00"]), "\u{fffd}");
    }

    #[test]
    fn a_byte_order_mark_is_removed_unless_it_is_to_be_ignored() {
        let decode = |ignore_bom| {
            encoding_decode(
                "utf-16le".into(),
                Bytes::from_static(b"\xff\xfea\0"),
                false,
                ignore_bom,
            )
        };
        assert_eq!(decode(false).ok().as_deref(), Some("a"));
        assert_eq!(decode(true).ok().as_deref(), Some("\u{feff}a"));
    }

    #[test]
    fn invalid_bytes_fail_in_fatal_mode_only() {
        let bad = Bytes::from_static(b"\xa1\xff");
        assert!(encoding_decode("euc-jp".into(), bad.clone(), true, false).is_err());
        assert!(encoding_decode("euc-jp".into(), bad, false, false).is_ok());
        assert!(encoding_decode("no-such".into(), Bytes::new(), false, false).is_err());
    }

    #[test]
    fn a_decoder_closes_with_its_text_or_its_first_error() {
        let decoders = Decoders::default();
        let open = |fatal| {
            let decoder = TextDecoder::new("euc-kr", fatal, false).expect("the name is known");
            decoders.open(decoder).expect("opening cannot fail")
        };
        let done = open(false);
        assert!(decoders.push(done, b"a", false).is_ok());
        assert!(decoders.push(done, b"b", true).is_ok());
        assert!(decoders.push(done, b"c", true).is_err());
        let failed = open(true);
        assert!(decoders.push(failed, b"\xff", false).is_err());
        decoders.close(open(true));
        assert!(decoders.open.borrow().is_empty());
    }
}
