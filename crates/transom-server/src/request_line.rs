//! Targets that Node's parser accepts and hyper's does not.
//!
//! hyper parses the target into an [`http::Uri`], which refuses `"`, `<`, `>` and `` ` `` in places
//! and cuts a `#fragment` off. People send such targets by hand (`curl 'host/?q="x"'`), and Astro
//! answers them. So these bytes are masked in the request line before hyper sees it, and the target
//! is then taken from the unmasked copy of the head (`connection.rs`, `target.rs`).
//!
//! Only a line that begins a read between two requests is masked; hyper answers 400 to such a
//! target in a request that was pipelined behind another.

/// A byte that is valid everywhere in a target, of the same length as what it stands for.
const STAND_IN: u8 = b'!';

/// Where in its request line a head stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Nothing of the head has been read.
    Start,
    /// The line has begun; the flag says whether something was masked.
    Open { masked: bool },
    /// The line has been read.
    Done { masked: bool },
}

impl Line {
    /// Whether something in this line was masked.
    pub(crate) fn is_masked(self) -> bool {
        matches!(self, Self::Open { masked: true } | Self::Done { masked: true })
    }
}

/// The bytes that are masked.
const MASKED: [u8; 5] = *b"\"#<>`";

/// Marks the bytes that are masked, and the end of a line.
const IS_SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    special[b'\n' as usize] = true;
    let mut index = 0;
    while index < MASKED.len() {
        special[MASKED[index] as usize] = true;
        index += 1;
    }
    special
};

/// Masks the part of a request line that `bytes` holds, and returns where the head stands then.
pub(crate) fn mask(line: Line, bytes: &mut [u8]) -> Line {
    let (bytes, before) = match line {
        Line::Done { .. } => return line,
        Line::Open { masked } => (bytes, masked),
        Line::Start => {
            // hyper skips empty lines before a request.
            let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
            let Some(start) = start else { return line };
            (&mut bytes[start..], false)
        }
    };
    // Nearly always the first byte of interest is the end of the line.
    match bytes.iter().position(|&byte| IS_SPECIAL[usize::from(byte)]) {
        Some(at) if bytes[at] == b'\n' => return Line::Done { masked: before },
        None if line != Line::Start => return line,
        _ => {}
    }
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let length = end.unwrap_or(bytes.len());
    let text = &mut bytes[..length];
    if line == Line::Start && !begins_request(text) {
        return Line::Done { masked: false };
    }
    let mut masked = before;
    for byte in text {
        if MASKED.contains(byte) {
            *byte = STAND_IN;
            masked = true;
        }
    }
    if end.is_some() { Line::Done { masked } } else { Line::Open { masked } }
}

/// Whether `text` looks like a method and a path. This keeps hands off the middle of a head whose
/// beginning came with the request before it.
fn begins_request(text: &[u8]) -> bool {
    let method = text.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'-').count();
    match &text[method..] {
        [] | [b' '] => true,
        [b' ', first, ..] => method > 0 && matches!(first, b'/' | b'h' | b'H'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: the reads of a head, and what hyper sees.
    #[track_caller]
    fn check(reads: &[&str], expected: &str) {
        let mut line = Line::Start;
        let mut seen = Vec::new();
        for read in reads {
            let mut bytes = read.as_bytes().to_vec();
            line = mask(line, &mut bytes);
            seen.extend(bytes);
        }
        assert_eq!(String::from_utf8(seen).expect("text stays text"), expected);
        assert_eq!(line.is_masked(), reads.concat() != expected);
    }

    #[test]
    fn only_the_request_line_is_masked() {
        check(&["GET /a HTTP/1.1\r\nX: \"<#\r\n"], "GET /a HTTP/1.1\r\nX: \"<#\r\n");
        check(&["GET /?q=\"a\"#b HTTP/1.1\r\nX: \"\r\n"], "GET /?q=!a!!b HTTP/1.1\r\nX: \"\r\n");
        check(&["\r\nM-SEARCH /<`> HTTP/1.1\r\n\""], "\r\nM-SEARCH /!!! HTTP/1.1\r\n\"");
        check(&["G", "ET /<", "#", " HTTP/1.1\r\n", "X: <\r\n"], "GET /!! HTTP/1.1\r\nX: <\r\n");
        check(&["GET /a", "bc", "\"\r\nX: \""], "GET /abc!\r\nX: \"");
        check(&["GET http://a/#b HTTP/1.1\r\n"], "GET http://a/!b HTTP/1.1\r\n");
        check(&["rest of: \"a\" header\r\nGET /<"], "rest of: \"a\" header\r\nGET /<");
        check(&["get /< HTTP/1.1\r\n"], "get /< HTTP/1.1\r\n");
        check(&["\"GET /"], "\"GET /");
    }
}
