//! The raw request target, exactly as the client sent it.
//!
//! hyper parses the target into a [`http::Uri`], which keeps path and query byte for byte but takes
//! absolute targets apart. Those, and targets that `request_line.rs` had to mask, are restored from
//! the first bytes of the head.

use std::fmt;
use std::ops::Deref;

use http::Uri;
use http::uri::PathAndQuery;

use crate::connection::RawHead;

/// The request target as it was on the wire: `/path?query`, rarely with a `#fragment`, an absolute
/// URL, or `*`.
///
/// Always ASCII without spaces or control characters, as with Node's parser. In a request that was
/// pipelined behind another, `"`, `<`, `>` and `` ` `` may be refused with 400, and a fragment is
/// dropped.
#[derive(Clone)]
pub struct Target(Form);

#[derive(Clone)]
enum Form {
    /// Path and query are the whole target.
    Origin(PathAndQuery),
    /// Any other form, as text.
    Other(Box<str>),
}

impl Target {
    /// The target that hyper parsed into `uri`, as it is in `raw` where that is known. Nothing when
    /// it has to be refused.
    pub(crate) fn new(uri: Uri, raw: RawHead<'_>) -> Option<Self> {
        if uri.scheme().is_some() {
            let text = raw_target(raw.bytes).filter(|text| !text.starts_with('/'));
            let text = text.map_or_else(|| uri.to_string(), str::to_owned);
            return text.is_ascii().then(|| Self(Form::Other(text.into())));
        }
        // Without a scheme an authority means `GET echo`: a target without its leading slash.
        let parts = uri.into_parts();
        let path = parts.path_and_query.filter(|_| parts.authority.is_none())?;
        if !is_acceptable(path.as_str()) {
            return None;
        }
        if raw.masked {
            let text = raw_target(raw.bytes).filter(|text| text.len() == path.as_str().len())?;
            return text.is_ascii().then(|| Self(Form::Other(text.into())));
        }
        Some(Self(Form::Origin(path)))
    }

    /// The target of an HTTP/2 request, which has no request line.
    pub(crate) fn from_http2(uri: Uri) -> Option<Self> {
        let path = uri.into_parts().path_and_query?;
        is_acceptable(path.as_str()).then(|| Self(Form::Origin(path)))
    }

    /// The target as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Origin(path) => path.as_str(),
            Form::Other(text) => text,
        }
    }
}

/// Node's parser takes only ASCII, and only paths and `*` besides absolute URLs.
fn is_acceptable(text: &str) -> bool {
    text.is_ascii() && text.starts_with(['/', '*'])
}

/// The second word of the first line.
fn raw_target(head: &[u8]) -> Option<&str> {
    let line = head.trim_ascii_start().split(|&byte| byte == b'\r' || byte == b'\n').next()?;
    std::str::from_utf8(line.split(|&byte| byte == b' ').nth(1)?).ok()
}

impl Deref for Target {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request_line::{self, Line};

    /// Reads `line` as the server does and reports what the application would see.
    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        let head = format!("{line} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes();
        let mut seen = head.clone();
        let masked = request_line::mask(Line::Start, &mut seen).is_masked();
        let text = std::str::from_utf8(&seen).expect("the row is text");
        let uri = text.split(' ').nth(1).expect("the row has a target");
        let uri = uri.parse().expect("hyper parses it");
        let target = Target::new(uri, RawHead { bytes: &head, masked });
        assert_eq!(target.as_deref(), expected, "{line}");
    }

    #[test]
    fn targets_arrive_as_they_were_sent() {
        check("GET /", Some("/"));
        check("GET /a%20b?x=%zz&y={\"}|\\^`", Some("/a%20b?x=%zz&y={\"}|\\^`"));
        check("GET /<`>?<\">", Some("/<`>?<\">"));
        check("GET //a/../b?", Some("//a/../b?"));
        check("GET /\\x{}|", Some("/\\x{}|"));
        check("GET /#foo", Some("/#foo"));
        check("GET /a?b#c?d", Some("/a?b#c?d"));
        check("OPTIONS *", Some("*"));
        check("GET http://Example.com?x", Some("http://Example.com?x"));
        check("GET HTTP://example.com:80/a/../b#f", Some("HTTP://example.com:80/a/../b#f"));
        check("GET echo", None);
        check("GET example.com:80", None);
        check("GET /echo?x=é", None);
        check("GET /#é", None);
    }

    #[test]
    fn without_the_first_bytes_the_parsed_form_is_used() {
        let uri: Uri = "/a#b".parse().expect("hyper parses it");
        let target = Target::new(uri, RawHead { bytes: b"", masked: false });
        assert_eq!(target.as_deref(), Some("/a"));
    }
}
