//! What came in the same read as a head, judged as Node's parser judges it.
//!
//! Node parses a whole read before any handler answers: a broken chunk, or bytes that can be no request, make the
//! answer an empty 400, whatever the handler would have said. hyper parses a body when it is read, so by then the
//! handler is at work. Only definite errors in the bytes that are there count; what comes later is an error of the body.

use http::HeaderMap;
use http::header::CONTENT_LENGTH;

/// How the body after a head ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// In chunks.
    Chunked,
    /// After so many bytes; 0 without a body.
    Length(usize),
}

impl Framing {
    /// As the headers say it; hyper has checked them.
    pub(crate) fn of(headers: &HeaderMap, is_chunked: bool) -> Self {
        if is_chunked {
            return Self::Chunked;
        }
        let length =
            headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        Self::Length(length.unwrap_or(0))
    }
}

/// Whether what follows the first head in `raw` is definitely wrong. `closes` says that the head asks for the end of
/// the connection: then nothing but line ends may follow its body.
pub(crate) fn is_broken(raw: &[u8], framing: Framing, closes: bool) -> bool {
    let Some(body) = after_head(raw) else { return false };
    let rest = match framing {
        Framing::Length(length) => body.get(length..),
        Framing::Chunked => match after_chunks(body) {
            Ok(rest) => rest,
            Err(Broken) => return true,
        },
    };
    rest.is_some_and(|rest| !may_follow(rest, closes))
}

/// What stands after the empty line.
fn after_head(raw: &[u8]) -> Option<&[u8]> {
    let at = raw.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some(&raw[at + 4..])
}

struct Broken;

/// What follows the last chunk; `None` while chunks are missing.
fn after_chunks(mut bytes: &[u8]) -> Result<Option<&[u8]>, Broken> {
    loop {
        let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
            return if may_be_size(bytes) { Ok(None) } else { Err(Broken) };
        };
        let line = bytes[..end].strip_suffix(b"\r").ok_or(Broken)?;
        let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
        let text = std::str::from_utf8(digits).map_err(|_| Broken)?;
        let is_size = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let size = usize::from_str_radix(text, 16).ok().filter(|_| is_size).ok_or(Broken)?;
        bytes = &bytes[end + 1..];
        if size == 0 {
            return Ok(after_trailers(bytes));
        }
        let Some(after) = bytes.get(size..) else { return Ok(None) };
        match after {
            [] | [b'\r'] => return Ok(None),
            [b'\r', b'\n', rest @ ..] => bytes = rest,
            _ => return Err(Broken),
        }
    }
}

/// Whether the bytes can begin the line of a chunk's size.
fn may_be_size(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    match bytes.get(digits) {
        None => true,
        Some(b';') => digits > 0,
        Some(b'\r') => digits > 0 && bytes.len() == digits + 1,
        Some(_) => false,
    }
}

/// What follows the empty line after the trailers.
fn after_trailers(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [b'\r', b'\n', rest @ ..] => Some(rest),
        _ => after_head(bytes),
    }
}

/// Whether the bytes may follow a whole request.
fn may_follow(bytes: &[u8], closes: bool) -> bool {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    let Some(start) = start else { return true };
    // The method is checked when its head is complete; its first byte decides whether it can be one.
    !closes && bytes[start].is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, framing: Framing, closes: bool, expected: bool) {
        let raw = format!("POST / HTTP/1.1\r\nhost: a\r\n\r\n{body}");
        assert_eq!(is_broken(raw.as_bytes(), framing, closes), expected, "{body:?}");
    }

    #[test]
    fn chunks_are_judged_as_far_as_they_are_there() {
        let fine = [
            "",
            "5",
            "5\r",
            "5\r\nhel",
            "5\r\nhello",
            "5\r\nhello\r\n",
            "5;a=b\r\nhello\r\n0\r\n\r\n",
            "0\r\n",
            "0\r\nx: y\r\n\r\n",
            "0\r\n\r\nGET /next",
            "A\r\n0123456789\r\n",
        ];
        for body in fine {
            check(body, Framing::Chunked, false, false);
        }
        let broken = [
            "x",
            "a=1",
            "{",
            "5\n",
            "5\r\nhello!",
            "\r\n",
            "-1\r\n",
            "5 \r\n",
            "0x5\r\n",
            "5\rx",
            "0\r\n\r\n<",
            "fffffffffffffffff\r\n",
        ];
        for body in broken {
            check(body, Framing::Chunked, false, true);
        }
    }

    #[test]
    fn what_follows_a_request_is_a_request_or_nothing() {
        check("abc", Framing::Length(3), false, false);
        check("ab", Framing::Length(3), true, false);
        check("abc\r\n\r\n", Framing::Length(3), true, false);
        check("abcGET / HTTP/1.1", Framing::Length(3), false, false);
        check("abcGET / HTTP/1.1", Framing::Length(3), true, true);
        check("abcd", Framing::Length(3), false, true);
        check("GET /2 HTTP/1.1", Framing::Length(0), true, true);
        check("", Framing::Length(0), true, false);
    }
}
