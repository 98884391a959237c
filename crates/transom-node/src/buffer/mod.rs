//! Native half of `node:buffer`: text, comparison and searching on the bytes in place. The class is in `buffer.js`.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/buffer.html>

use memchr::memmem;
use transom_engine::{Args, Op, OpError, Scope, Value};

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
        Op::raw("buffer_write_utf8", write_utf8),
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

/// `(view, start, end)`: decodes UTF-8, with U+FFFD for what is none; a byte order mark stays.
fn utf8<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let (start, end) = (args.get(1), args.get(2));
    let text = scope.with_buffer(args.get(0), |bytes| {
        String::from_utf8_lossy(part(bytes, start, end)).into_owned()
    });
    scope.string_owned(text.ok_or_else(no_bytes)?)
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

/// `(view, text, at, most)`: writes as many whole characters of `text` as `most` bytes hold; how many bytes they are.
fn write_utf8<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let mut text = Vec::new();
    if !scope.append_utf8(args.get(1), &mut text) {
        return Err(OpError::type_error("expected a string"));
    }
    let at = args.get(2).as_f64().unwrap_or(0.0) as usize;
    let most = args.get(3).as_f64().unwrap_or(0.0) as usize;
    let written = scope.change_buffer(args.get(0), |bytes| {
        let Some(place) = bytes.get_mut(at..) else { return 0 };
        let mut count = text.len().min(most).min(place.len());
        while count < text.len() && count > 0 && text[count] & 0xc0 == 0x80 {
            count -= 1;
        }
        place[..count].copy_from_slice(&text[..count]);
        count
    });
    Ok(scope.number(written.ok_or_else(no_bytes)? as f64))
}
