//! Native half of `node:buffer`: text, comparison and searching on the bytes in place. The class is in `buffer.js`.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/buffer.html>

use base64_simd::Out;
use encoding_rs::mem;
use memchr::memmem;
use transom_engine::{Args, Op, OpError, Scope, Units, Value};

/// Specifier and source of the modules in this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:buffer", include_str!("module.js")),
    ("transom:internal/node/buffer", include_str!("buffer.js")),
    ("transom:internal/node/buffer/encodings", include_str!("encodings.js")),
    ("transom:internal/node/buffer/numbers", include_str!("numbers.js")),
    ("transom:internal/node/buffer/search", include_str!("search.js")),
];

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::raw("buffer_utf8", utf8),
        Op::raw("buffer_latin1", |scope, args| single_bytes(scope, args, 0xff)),
        Op::raw("buffer_ascii", |scope, args| single_bytes(scope, args, 0x7f)),
        Op::raw("buffer_compare", compare),
        Op::raw("buffer_find", find),
        Op::raw("buffer_find_byte", find_byte),
        Op::raw("buffer_write_utf8", write_utf8),
        Op::raw("buffer_write_ascii", write_ascii),
        Op::raw("buffer_write_base64", write_base64),
        Op::raw("buffer_base64", base64),
        Op::raw("buffer_is_ascii", |scope, args| {
            let ascii = scope.with_buffer(args.get(0), <[u8]>::is_ascii).ok_or_else(no_bytes)?;
            Ok(scope.boolean(ascii))
        }),
        Op::raw("buffer_is_utf8", |scope, args| {
            let valid = scope.with_buffer(args.get(0), |bytes| std::str::from_utf8(bytes).is_ok());
            Ok(scope.boolean(valid.ok_or_else(no_bytes)?))
        }),
    ]
}

fn no_bytes() -> OpError {
    OpError::type_error("expected an ArrayBuffer or a view of one")
}

/// The part of `bytes` from the second argument to the third.
fn part<'b>(bytes: &'b [u8], start: Value<'_>, end: Value<'_>) -> &'b [u8] {
    let end = (end.as_f64().unwrap_or(0.0) as usize).min(bytes.len());
    let start = (start.as_f64().unwrap_or(0.0) as usize).min(end);
    &bytes[start..end]
}

/// Text of this many bytes is copied by way of the stack.
const SHORT_TEXT: usize = 1024;

/// Bytes on their way to a string: a collection may move those of a buffer while the string is made.
enum Held {
    /// As many ASCII characters, on the stack.
    Short(usize),
    Ascii(Vec<u8>),
    Text(String),
}

/// `(view, start, end)`: decodes UTF-8, with U+FFFD for what is none; a byte order mark stays.
fn utf8<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let (start, end) = (args.get(1), args.get(2));
    let mut stack = [0; SHORT_TEXT];
    let held = scope.with_buffer(args.get(0), |bytes| {
        let bytes = part(bytes, start, end);
        if !bytes.is_ascii() {
            return Held::Text(String::from_utf8_lossy(bytes).into_owned());
        }
        match stack.get_mut(..bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                Held::Short(bytes.len())
            }
            None => Held::Ascii(bytes.to_vec()),
        }
    });
    match held.ok_or_else(no_bytes)? {
        Held::Short(length) => scope.latin1(&stack[..length]),
        Held::Ascii(bytes) => scope.latin1(&bytes),
        Held::Text(text) => scope.string_owned(text),
    }
}

/// `(view, start, end)`: a character for each byte.
fn single_bytes<'s>(scope: &mut Scope<'s>, args: Args<'s>, mask: u8) -> Result<Value<'s>, OpError> {
    let (start, end) = (args.get(1), args.get(2));
    let characters = scope.with_buffer(args.get(0), |bytes| {
        let mut characters = part(bytes, start, end).to_vec();
        if mask != 0xff {
            characters.iter_mut().for_each(|character| *character &= mask);
        }
        characters
    });
    scope.latin1(&characters.ok_or_else(no_bytes)?)
}

/// `(first, second)`: -1, 0 or 1.
fn compare<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let order = scope.with_buffers(args.get(0), args.get(1), |first, second| first.cmp(second));
    let order = order.ok_or_else(no_bytes)? as i8;
    Ok(scope.integer(i32::from(order)))
}

/// `(view, needle, from, forward)`: where `needle` begins, at `from` or after it, or at the latest there; -1 if nowhere.
fn find<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let from = args.get(2).as_f64().unwrap_or(0.0) as usize;
    let forward = args.get(3).as_bool().unwrap_or(true);
    let found = scope.with_buffers(args.get(0), args.get(1), |bytes, needle| {
        if forward {
            let rest = bytes.get(from..)?;
            memmem::find(rest, needle).map(|at| at + from)
        } else {
            let end = from.saturating_add(needle.len()).min(bytes.len());
            memmem::rfind(&bytes[..end], needle)
        }
    });
    let found = found.ok_or_else(no_bytes)?;
    Ok(scope.number(found.map_or(-1.0, |at| at as f64)))
}

/// `(view, byte, from)`: where `byte` is first, at `from` or after it; -1 if nowhere.
fn find_byte<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let byte = args.get(1).as_f64().unwrap_or(0.0) as u8;
    let from = args.get(2).as_f64().unwrap_or(0.0) as usize;
    let found = scope.with_buffer(args.get(0), |bytes| {
        bytes.get(from..).and_then(|rest| memchr::memchr(byte, rest)).map(|at| at + from)
    });
    let found = found.ok_or_else(no_bytes)?;
    Ok(scope.number(found.map_or(-1.0, |at| at as f64)))
}

/// `(view, text, at, most)`: writes as many whole characters of `text` as `most` bytes hold; how many bytes they are.
fn write_utf8<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let at = args.get(2).as_f64().unwrap_or(0.0) as usize;
    let most = args.get(3).as_f64().unwrap_or(0.0) as usize;
    let written = scope.change_buffer_by_text(args.get(0), args.get(1), |bytes, text| {
        let place = bytes.get_mut(at..).unwrap_or_default();
        let room = place.len().min(most);
        encode_utf8(text, &mut place[..room])
    });
    Ok(scope.number(written.ok_or_else(no_text)? as f64))
}

/// Writes the characters that fit as a whole; how many bytes they are.
fn encode_utf8(text: Units<'_>, place: &mut [u8]) -> usize {
    let (read, mut written) = match text {
        Units::Latin1(bytes) => mem::convert_latin1_to_utf8_partial(bytes, place),
        Units::Utf16(units) => mem::convert_utf16_to_utf8_partial(units, place),
    };
    // The conversion stops a little before the room ends.
    let rest = match text {
        Units::Latin1(_) => return written,
        Units::Utf16(units) => &units[read..],
    };
    for character in char::decode_utf16(rest.iter().copied()) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        let Some(room) = place.get_mut(written..written + character.len_utf8()) else { break };
        character.encode_utf8(room);
        written += character.len_utf8();
    }
    written
}

/// `(view, text)`: whether `text` is ASCII, as long as `view`, and written there.
fn write_ascii<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let written = scope.change_buffer_by_text(args.get(0), args.get(1), |place, text| match text {
        Units::Latin1(bytes) if bytes.is_ascii() && bytes.len() == place.len() => {
            place.copy_from_slice(bytes);
            true
        }
        _ => false,
    });
    let written = written.ok_or_else(no_text)?;
    Ok(scope.boolean(written))
}

/// `(view, text)`: whether `text` is nothing but base64, of the alphabet and with the padding that it shows, of as many
/// bytes as `view` has, and written there.
fn write_base64<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let written = scope.change_buffer_by_text(args.get(0), args.get(1), |place, text| {
        let Units::Latin1(text) = text else { return false };
        let is_url = memchr::memchr2(b'-', b'_', text).is_some();
        let form = match (is_url, text.ends_with(b"=")) {
            (false, true) => base64_simd::STANDARD,
            (false, false) => base64_simd::STANDARD_NO_PAD,
            (true, true) => base64_simd::URL_SAFE,
            (true, false) => base64_simd::URL_SAFE_NO_PAD,
        };
        form.decoded_length(text).is_ok_and(|length| length == place.len())
            && form.decode(text, Out::from_slice(place)).is_ok()
    });
    let written = written.ok_or_else(no_text)?;
    Ok(scope.boolean(written))
}

/// `(view, start, end, forUrl)`: base64, or base64url without padding.
fn base64<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let (start, end) = (args.get(1), args.get(2));
    let form = match args.get(3).as_bool().unwrap_or(false) {
        true => base64_simd::URL_SAFE_NO_PAD,
        false => base64_simd::STANDARD,
    };
    let text =
        scope.with_buffer(args.get(0), |bytes| form.encode_to_string(part(bytes, start, end)));
    let text = text.ok_or_else(no_bytes)?;
    scope.latin1(text.as_bytes())
}

fn no_text() -> OpError {
    OpError::type_error("expected a view and a string")
}
