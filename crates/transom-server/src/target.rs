//! The raw request target, exactly as the client sent it.
//!
//! hyper parses the target into a [`http::Uri`], which keeps path and query byte for byte but drops
//! a `#fragment` and takes absolute targets apart. Those rare forms are restored from the first
//! bytes of the head, which [`crate::wire`] keeps. What hyper refuses before this crate sees it is
//! listed in `docs` of [`Target`].

use std::fmt;
use std::ops::Deref;

use http::Uri;
use http::uri::PathAndQuery;

/// The request target as it was on the wire: `/path?query`, rarely with a `#fragment`, an absolute
/// URL, or `*`.
///
/// Always ASCII without spaces or control characters. Against Node's parser there is one
/// difference: `<`, `>` in the target and `` ` `` in its path are refused with 400 by hyper, while
/// Node lets them pass; URL parsers percent-encode all three, so no real client sends them. A
/// fragment behind the first of several pipelined requests is dropped.
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
    /// The target of `uri`; `head` holds the first bytes of the request as they were read, or
    /// nothing when they are not known. `None` when it has to be refused.
    pub(crate) fn new(uri: Uri, method_len: usize, head: &[u8]) -> Option<Self> {
        if uri.scheme().is_some() {
            let raw = raw_target(head).filter(|raw| !raw.starts_with('/'));
            let raw = raw.map_or_else(|| uri.to_string(), str::to_owned);
            return raw.is_ascii().then(|| Self(Form::Other(raw.into_boxed_str())));
        }
        // Without a scheme an authority means `GET echo`: a target without its leading slash.
        let parts = uri.into_parts();
        let path = parts.path_and_query.filter(|_| parts.authority.is_none())?;
        let text = path.as_str();
        if !is_acceptable(text) {
            return None;
        }
        // A space must follow the target where hyper saw its end; otherwise something was cut off.
        let end = method_len + 1 + text.len();
        if head.get(end).is_some_and(|&byte| byte != b' ')
            && let Some(raw) = raw_target(head).filter(|raw| raw.starts_with(text))
        {
            return raw.is_ascii().then(|| Self(Form::Other(raw.into())));
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

    /// Parses the target of `line` as hyper does and reports what the application would see.
    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        let mut words = line.split(' ');
        let method = words.next().expect("the row has a method");
        let uri = words.next().expect("the row has a target").parse().expect("hyper parses it");
        let head = format!("{line} HTTP/1.1\r\nhost: a\r\n\r\n");
        let target = Target::new(uri, method.len(), head.as_bytes());
        assert_eq!(target.as_deref(), expected, "{line}");
    }

    #[test]
    fn targets_arrive_as_they_were_sent() {
        check("GET /", Some("/"));
        check("GET /a%20b?x=%zz&y={\"}|\\^`", Some("/a%20b?x=%zz&y={\"}|\\^`"));
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
        assert_eq!(Target::new(uri, 3, b"").as_deref(), Some("/a"));
    }
}
