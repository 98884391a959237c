//! JavaScript's `decodeURI` and `encodeURI`, exactly, and the repeated decoding of request paths.
//!
//! Spec: <https://tc39.es/ecma262/#sec-uri-handling-functions>. These are not the percent-encoding
//! functions of the URL standard: `decodeURI` keeps reserved characters encoded and refuses
//! malformed input, and both facts show in which route answers.

use std::borrow::Cow;

/// How often a path is decoded after the first time before the request is refused.
const MAX_FURTHER_ROUNDS: usize = 10;

/// What `decodeURI` keeps encoded: the reserved characters and `#`.
const fn stays_encoded(byte: u8) -> bool {
    matches!(byte, b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',' | b'#')
}

/// `decodeURI(text)`; `None` where JavaScript throws `URIError`.
pub fn decode_uri(text: &str) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    let Some(first) = memchr::memchr(b'%', bytes) else { return Some(Cow::Borrowed(text)) };
    let mut decoded = String::with_capacity(text.len());
    let mut done = 0;
    let mut next = Some(first);
    while let Some(at) = next {
        decoded.push_str(&text[done..at]);
        let (character, length) = decode_escape(&bytes[at..])?;
        if character.is_ascii() && stays_encoded(character as u8) {
            decoded.push_str(&text[at..at + length]);
        } else {
            decoded.push(character);
        }
        done = at + length;
        next = memchr::memchr(b'%', &bytes[done..]).map(|offset| done + offset);
    }
    decoded.push_str(&text[done..]);
    Some(Cow::Owned(decoded))
}

/// Whether `decodeURI(text)` succeeds. Allocates nothing.
pub fn is_decodable(text: &str) -> bool {
    let mut bytes = text.as_bytes();
    while let Some(at) = memchr::memchr(b'%', bytes) {
        let Some((_, length)) = decode_escape(&bytes[at..]) else { return false };
        bytes = &bytes[at + length..];
    }
    true
}

/// The character that the escapes at the start of `bytes` stand for, and how long they are.
fn decode_escape(bytes: &[u8]) -> Option<(char, usize)> {
    let lead = escaped_byte(bytes)?;
    let count = match lead {
        0x00..=0x7f => return Some((char::from(lead), 3)),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut sequence = [lead, 0, 0, 0];
    for (at, slot) in sequence.iter_mut().enumerate().take(count).skip(1) {
        *slot = escaped_byte(bytes.get(at * 3..)?)?;
    }
    // This refuses overlong forms, surrogates, and what is above U+10FFFF.
    let character = std::str::from_utf8(&sequence[..count]).ok()?.chars().next()?;
    Some((character, count * 3))
}

fn escaped_byte(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// `encodeURI(text)`. (It throws on lone surrogates only, which a Rust string cannot hold.)
pub fn encode_uri(text: &str) -> Cow<'_, str> {
    let stays = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || stays_encoded(byte)
            || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
    };
    if text.bytes().all(stays) {
        return Cow::Borrowed(text);
    }
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if stays(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    Cow::Owned(encoded)
}

/// Why a path could not be decoded to its final form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It is malformed to begin with.
    #[error("the path is malformed")]
    Malformed,
    /// It still changes after the first and ten further rounds.
    #[error("the path is encoded too many times")]
    TooDeep,
}

/// Decodes `path` until it no longer changes, so that every check sees the path that is routed.
///
/// # Errors
/// [`DecodeError::Malformed`] if the first round fails. A later round that fails ends the loop and
/// keeps what there is: `%25%3F` becomes `%%3F`, which is as decoded as it gets.
pub fn decode_path(path: &str) -> Result<Cow<'_, str>, DecodeError> {
    let mut current = Cow::Borrowed(path);
    let mut decoded = decode_uri(path).ok_or(DecodeError::Malformed)?;
    let mut rounds = 0;
    while decoded != current {
        if rounds == MAX_FURTHER_ROUNDS {
            return Err(DecodeError::TooDeep);
        }
        current = decoded;
        decoded = match decode_uri(&current) {
            Some(Cow::Owned(further)) => Cow::Owned(further),
            Some(Cow::Borrowed(_)) | None => return Ok(current),
        };
        rounds += 1;
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_uri_is_that_of_javascript() {
        for (text, expected) in [
            ("", Some("")),
            ("/plain", Some("/plain")),
            ("a%20b", Some("a b")),
            ("%25", Some("%")),
            ("%2F%2f%3f%23%2B%40%3A%3D%24%2C%3B%26", Some("%2F%2f%3f%23%2B%40%3A%3D%24%2C%3B%26")),
            ("%5B%5D%7B%7C%7D%5C%22%3C%3E%5E%60", Some("[]{|}\\\"<>^`")),
            ("%00%7f", Some("\0\u{7f}")),
            ("caf%C3%A9", Some("café")),
            ("%E4%BD%A0%f0%9f%98%80", Some("你😀")),
            ("ü%41", Some("üA")),
            ("%", None),
            ("%4", None),
            ("%zz", None),
            ("%+1", None),
            ("%FF", None),
            ("%80", None),
            ("%C0%AF", None),
            ("%C3", None),
            ("%C3%", None),
            ("%C3A9", None),
            ("%C3%41", None),
            ("%E0%80%80", None),
            ("%ED%A0%80", None),
            ("%F4%90%80%80", None),
            ("%F8%88%80%80%80", None),
        ] {
            assert_eq!(decode_uri(text).as_deref(), expected, "{text}");
            assert_eq!(is_decodable(text), expected.is_some(), "{text}");
        }
    }

    #[test]
    fn encode_uri_is_that_of_javascript() {
        assert_eq!(encode_uri("/a-Z0_.!~*'();/?:@&=+$,#"), "/a-Z0_.!~*'();/?:@&=+$,#");
        assert_eq!(encode_uri("a b%[]{}|\\^`\"<>"), "a%20b%25%5B%5D%7B%7D%7C%5C%5E%60%22%3C%3E");
        assert_eq!(encode_uri("é\0😀"), "%C3%A9%00%F0%9F%98%80");
    }

    /// Rows D019 to D021, R178 and D013 of the recorded cases decide the limit.
    #[test]
    fn paths_are_decoded_until_they_stay_the_same() {
        let nested = |depth: usize| format!("/api/%{}61dmin", "25".repeat(depth));
        assert_eq!(decode_path("/api/%61dmin").as_deref(), Ok("/api/admin"));
        assert_eq!(decode_path(&nested(1)).as_deref(), Ok("/api/admin"));
        assert_eq!(decode_path(&nested(8)).as_deref(), Ok("/api/admin"));
        assert_eq!(decode_path(&nested(9)).as_deref(), Ok("/api/admin"));
        assert_eq!(decode_path(&nested(10)), Err(DecodeError::TooDeep));
        assert_eq!(decode_path(&nested(11)), Err(DecodeError::TooDeep));
        assert_eq!(decode_path("/uploads/%25%3F.pdf").as_deref(), Ok("/uploads/%%3F.pdf"));
        assert_eq!(decode_path("/%25%32%3561").as_deref(), Ok("/a"));
        assert_eq!(decode_path("/%252F").as_deref(), Ok("/%2F"));
        assert_eq!(decode_path("/%C0"), Err(DecodeError::Malformed));
    }
}
