//! The request target, and the path of the URL that it makes.
//!
//! Spec: `astro-endpoints.md` sections 0 (items 2 and 4), 1.4 (item 1) and 4.3. The URL is the
//! origin with the raw target glued to it, read by the URL standard's parser. Nearly all targets are
//! such that the parser would change nothing; those are recognised by a scan and never copied.

use std::net::Ipv4Addr;

use ada_url::Url;

use crate::uri::is_decodable;

/// A request target, as on the wire, that `decodeURI` accepts.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    raw: &'a str,
    path: &'a str,
    query: &'a str,
    /// Neither the URL parser nor decoding nor collapsing slashes changes the path.
    is_plain: bool,
}

/// The target cannot be decoded: status 400, with [`Self::BODY`] and no content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request target is malformed")]
pub struct MalformedTarget;

impl MalformedTarget {
    /// The whole body of the answer.
    pub const BODY: &'static str = "Bad request.";
}

impl<'a> Target<'a> {
    /// Checks and splits a target.
    ///
    /// # Errors
    /// If JavaScript's `decodeURI` fails for the whole of it, query and fragment included.
    pub fn new(raw: &'a str) -> Result<Self, MalformedTarget> {
        let plain = plain_path(raw);
        let unchecked = &raw[plain.map_or(0, str::len)..];
        if !is_decodable(unchecked) {
            return Err(MalformedTarget);
        }
        let before_fragment = match memchr::memchr(b'#', unchecked.as_bytes()) {
            Some(at) => &raw[..raw.len() - unchecked.len() + at],
            None => raw,
        };
        let start = plain.map_or(0, str::len);
        let (path, query) = match memchr::memchr(b'?', &before_fragment.as_bytes()[start..]) {
            Some(at) => (&before_fragment[..start + at], &before_fragment[start + at + 1..]),
            None => (before_fragment, ""),
        };
        Ok(Self { raw, path, query, is_plain: plain.is_some() })
    }

    /// All of it.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// The path: what stands before `?` and `#`.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The query: what stands after the first `?` and before `#`.
    pub fn query(&self) -> &'a str {
        self.query
    }

    /// Whether neither the URL parser nor decoding nor collapsing slashes changes the path.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }
}

/// What of a request decides its route.
#[derive(Debug, Clone, Copy)]
pub struct RequestHead<'a> {
    /// The method, as on the wire.
    pub method: &'a str,
    /// Scheme and `Host` header: `http://example.com:8080`. Not checked; a host such as `evil/x` has
    /// its effect on the path.
    pub origin: &'a str,
    /// The request target.
    pub target: Target<'a>,
}

/// What the URL of a request tells the router.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum UrlPath<'a> {
    /// `URL.pathname`, known to hold nothing to decode and no empty or dot segments.
    Plain(&'a str),
    /// Any other.
    Parsed {
        /// `URL.pathname`: still encoded.
        pathname: String,
        /// The host holds a user name or password, which no `Request` may.
        has_credentials: bool,
    },
}

impl<'a> UrlPath<'a> {
    /// Reads the URL of a request.
    pub(crate) fn new(head: &RequestHead<'a>) -> Self {
        if head.target.is_plain && is_plain_origin(head.origin) {
            return Self::Plain(head.target.path);
        }
        match parse(head) {
            Some(url) => Self::Parsed {
                pathname: url.pathname().to_owned(),
                has_credentials: url.has_credentials(),
            },
            None => Self::Plain("/"),
        }
    }
}

/// `URL.search` of a request: the query with its `?`, or nothing.
pub(crate) fn search(head: &RequestHead<'_>) -> String {
    parse(head).map_or_else(String::new, |url| url.search().to_owned())
}

/// The URL, or that of the origin alone if the target makes it unusable.
fn parse(head: &RequestHead<'_>) -> Option<Url> {
    let whole = Url::parse(format!("{}{}", head.origin, head.target.raw), None).ok();
    whole.or_else(|| Url::parse(head.origin, None).ok())
}

/// The path of a target, if the URL parser leaves it as it is, and decoding and collapsing would too.
fn plain_path(target: &str) -> Option<&str> {
    let bytes = target.as_bytes();
    if bytes.first() != Some(&b'/') {
        return None;
    }
    let mut before = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if !PLAIN[usize::from(*byte)] {
            return matches!(byte, b'?' | b'#').then(|| &target[..at]);
        }
        if before == b'/' && (*byte == b'/' || *byte == b'.' && is_dot_segment(&bytes[at..])) {
            return None;
        }
        before = *byte;
    }
    Some(target)
}

/// Whether the bytes begin with the segment `.` or `..`.
fn is_dot_segment(bytes: &[u8]) -> bool {
    let dots = if bytes.get(1) == Some(&b'.') { 2 } else { 1 };
    matches!(bytes.get(dots), None | Some(b'/' | b'?' | b'#'))
}

/// Characters that neither the URL parser nor `decodeURI` changes in a path.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        plain[byte] = !matches!(
            byte as u8,
            b'"' | b'#' | b'%' | b'<' | b'>' | b'?' | b'\\' | b'^' | b'`' | b'{' | b'}'
        );
        byte += 1;
    }
    plain
};

/// Whether the origin is an ordinary host name or IPv4 address, perhaps with a port.
fn is_plain_origin(origin: &str) -> bool {
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let Some(host) = host else { return false };
    let end = memchr::memchr(b':', host.as_bytes()).unwrap_or(host.len());
    let (host, port) = host.split_at(end);
    let is_port = port.is_empty() || (port.len() <= 6 && port[1..].parse::<u16>().is_ok());
    // A last label that begins with a digit makes the parser expect an IPv4 address, and one with
    // two hyphens may make it decode the name.
    let mut label_start = b'.';
    let mut before = b'.';
    for byte in host.bytes() {
        let is_name = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if !is_name || (byte == b'-' && before == b'-') {
            return false;
        }
        if before == b'.' {
            label_start = byte;
        }
        before = byte;
    }
    let is_host = label_start.is_ascii_alphabetic() && before != b'.';
    is_port && (is_host || host == "127.0.0.1" || host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head<'a>(origin: &'a str, target: &'a str) -> RequestHead<'a> {
        RequestHead { method: "GET", origin, target: Target::new(target).expect(target) }
    }

    #[track_caller]
    fn check(origin: &str, target: &str, pathname: &str, is_plain: bool) {
        let head = head(origin, target);
        let url = UrlPath::new(&head);
        let found = match &url {
            UrlPath::Plain(pathname) => (*pathname, true),
            UrlPath::Parsed { pathname, .. } => (pathname.as_str(), false),
        };
        assert_eq!(found, (pathname, is_plain), "{origin} {target}");
        if is_plain {
            // The scan must only accept what the parser leaves alone.
            let parsed = parse(&head).map_or("/".to_owned(), |url| url.pathname().to_owned());
            assert_eq!(parsed, pathname, "{origin} {target}");
        }
    }

    const HOST: &str = "http://example.com";

    #[test]
    fn ordinary_targets_are_not_copied() {
        check(HOST, "/", "/", true);
        check(HOST, "/a/b.c?x=%20&y=\\", "/a/b.c", true);
        check(HOST, "/#/path", "/", true);
        check(HOST, "/a#b?c", "/a", true);
        check(HOST, "/.well-known/x/...", "/.well-known/x/...", true);
        check(HOST, "/a;b=c,d:e@f!$&'()*+~|[]", "/a;b=c,d:e@f!$&'()*+~|[]", true);
        for host in ["localhost:4321", "127.0.0.1:1", "a.b-c.example", "under_score.test", "h:"] {
            check(&format!("http://{host}"), "/x", "/x", host != "h:");
            check(&format!("http://{host}"), "/a?/../b", "/a", host != "h:");
        }
        check("https://localhost:65535", "/x", "/x", true);
    }

    #[test]
    fn targets_are_checked_and_split() {
        for (target, path, query) in [
            ("/a?b?c#d", "/a", "b?c"),
            ("/a%20?b", "/a%20", "b"),
            ("/a#b?c", "/a", ""),
            ("/%41#b?c", "/%41", ""),
            ("/a", "/a", ""),
            ("*", "*", ""),
            ("", "", ""),
        ] {
            let found = Target::new(target).expect(target);
            assert_eq!((found.raw(), found.path(), found.query()), (target, path, query));
        }
        for target in ["/m/get%", "/%FF", "/%C0%AF", "/echo?x=%zz", "/m/get?test=%%", "/a#%"] {
            assert_eq!(Target::new(target).map(|_| ()), Err(MalformedTarget), "{target}");
        }
    }

    #[test]
    fn other_targets_are_parsed() {
        check(HOST, "/p/%2e%2e", "/", false);
        check(HOST, "/m/x/../get", "/m/get", false);
        check(HOST, "/../m/get", "/m/get", false);
        check(HOST, "/m/./get", "/m/get", false);
        check(HOST, "/m/..?x", "/", false);
        check(HOST, "/m/.#x", "/m/", false);
        check("http://xn--bcher-kva.example", "/x", "/x", false);
        check("ftp://example.com", "/x", "/x", false);
        check("http://example.com.", "/x", "/x", false);
        check(HOST, "/p/a\\b", "/p/a/b", false);
        check(HOST, "//m/get", "//m/get", false);
        check(HOST, "/\\example.com/press", "//example.com/press", false);
        check(HOST, "/a b", "/a%20b", false);
        check(HOST, "/a%20b", "/a%20b", false);
        check(HOST, "/ü", "/%C3%BC", false);
        check(HOST, "*", "/", false);
        check(HOST, "http://other/x", "//other/x", false);
        check(HOST, "", "/", false);
    }

    #[test]
    fn odd_hosts_change_the_path() {
        check("http://evil/x", "/m/get", "/x/m/get", false);
        check("http://a b", "/m/get", "/", true);
        check("http://a:99999", "/m/get", "/", true);
        check("http://1.2.3.400", "/m/get", "/", true);
        check("http://[::1]:80", "/m/get", "/m/get", false);
        assert!(matches!(
            UrlPath::new(&head("http://u@h", "/x")),
            UrlPath::Parsed { has_credentials: true, .. }
        ));
    }

    #[test]
    fn the_query_is_that_of_the_url() {
        let search = |target| search(&head(HOST, target));
        assert_eq!(search("/a?b=c&d"), "?b=c&d");
        assert_eq!(search("/a?"), "");
        assert_eq!(search("/a?x y'#z"), "?x%20y%27");
    }
}
