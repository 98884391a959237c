//! The checks of Node's HTTP parser that hyper does not make (spec section 0, step 1).
//!
//! Refusals are empty answers that close the connection. What hyper itself refuses (400 for bytes
//! that are no HTTP, 431 for a head over the limit) never comes here.

use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};

use crate::first_read::{Framing, is_broken};

/// The methods that Node's parser knows besides those that have a constant in [`Method`].
pub const MORE_METHODS: [&str; 26] = [
    "ACL",
    "BIND",
    "CHECKOUT",
    "COPY",
    "LINK",
    "LOCK",
    "M-SEARCH",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "NOTIFY",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// Why a request does not reach the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// An empty answer with this status.
    Status(StatusCode),
    /// The connection is closed without a word, as Node does for `CONNECT` without a listener.
    Close,
}

/// The fields of a head that the server itself looks at, found in one pass.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a> {
    host: bool,
    transfer_encoding: bool,
    content_length: bool,
    pub(crate) expect: Option<&'a HeaderValue>,
    pub(crate) accept_encoding: Option<&'a HeaderValue>,
    /// The client wants the connection to end with this request.
    pub(crate) close: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        let mut fields = Self::default();
        for (name, value) in headers {
            match *name {
                header::HOST => fields.host = true,
                header::TRANSFER_ENCODING => fields.transfer_encoding = true,
                header::CONTENT_LENGTH => fields.content_length = true,
                header::EXPECT => fields.expect = Some(value),
                header::ACCEPT_ENCODING if fields.accept_encoding.is_none() => {
                    fields.accept_encoding = Some(value);
                }
                header::CONNECTION => fields.close |= lists(value, b"close"),
                _ => {}
            }
        }
        fields
    }

    /// Checks what came in one read with the head, `raw`. An ordinary GET needs no look.
    pub(crate) fn check_first_read(&self, headers: &HeaderMap, raw: &[u8]) -> Result<(), Refusal> {
        if !(self.transfer_encoding || self.content_length || self.close) || raw.is_empty() {
            return Ok(());
        }
        let framing = Framing::of(headers, self.transfer_encoding);
        if is_broken(raw, framing, self.close) {
            return Err(Refusal::Status(StatusCode::BAD_REQUEST));
        }
        Ok(())
    }
}

/// Whether a comma-separated field names `option`.
fn lists(value: &HeaderValue, option: &[u8]) -> bool {
    let mut options = value.as_bytes().split(|&byte| byte == b',');
    options.any(|word| word.trim_ascii().eq_ignore_ascii_case(option))
}

/// Checks method and headers; `raw` holds the first bytes of the head, as far as they are known.
pub(crate) fn check(
    method: &Method,
    version: Version,
    fields: &Fields<'_>,
    raw: &[u8],
) -> Result<(), Refusal> {
    const BAD: Result<(), Refusal> = Err(Refusal::Status(StatusCode::BAD_REQUEST));
    match *method {
        Method::GET
        | Method::POST
        | Method::HEAD
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS
        | Method::TRACE => {}
        Method::CONNECT => return Err(Refusal::Close),
        _ if MORE_METHODS.contains(&method.as_str()) => {}
        _ => return BAD,
    }
    if version == Version::HTTP_11
        && (!fields.host || fields.transfer_encoding && has_content_length(raw))
    {
        return BAD;
    }
    match fields.expect {
        Some(expectation) if !lists(expectation, b"100-continue") => {
            Err(Refusal::Status(StatusCode::EXPECTATION_FAILED))
        }
        _ => Ok(()),
    }
}

/// Whether the first head in `raw` has a `content-length` line. hyper removes that header when
/// there is a `transfer-encoding` too, which is safe, but Node refuses such a request.
fn has_content_length(raw: &[u8]) -> bool {
    const NAME: &[u8] = b"content-length:";
    raw.trim_ascii_start()
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .take_while(|line| !line.is_empty())
        .any(|line| line.len() >= NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_row(method: &str, head: &str, expected: Result<(), Refusal>) {
        let mut headers = HeaderMap::new();
        for line in head.lines() {
            let (name, value) = line.split_once(": ").expect("the row has `name: value` lines");
            // As hyper does: a length beside a transfer encoding is dropped.
            if name == "Content-Length" && head.contains("Transfer-Encoding") {
                continue;
            }
            let name = http::HeaderName::try_from(name).expect("the row has header names");
            headers.append(name, HeaderValue::from_str(value).expect("the row has values"));
        }
        let raw = format!("{method} / HTTP/1.1\r\n{}\r\n\r\n", head.replace('\n', "\r\n"));
        let method = Method::from_bytes(method.as_bytes()).expect("the row has a token");
        let fields = Fields::of(&headers);
        let result = check(&method, Version::HTTP_11, &fields, raw.as_bytes());
        assert_eq!(result, expected, "{method} {head}");
    }

    #[test]
    fn requests_are_refused_where_node_refuses_them() {
        let bad = Err(Refusal::Status(StatusCode::BAD_REQUEST));
        check_row("GET", "Host: a", Ok(()));
        check_row("QUERY", "Host: a", Ok(()));
        check_row("M-SEARCH", "Host: a", Ok(()));
        check_row("get", "Host: a", bad);
        check_row("FETCH", "Host: a", bad);
        check_row("CONNECT", "Host: a", Err(Refusal::Close));
        check_row("GET", "Accept: b", bad);
        check_row("POST", "Host: a\nTransfer-Encoding: chunked", Ok(()));
        check_row("POST", "Host: a\nTransfer-Encoding: chunked\nContent-Length: 3", bad);
        check_row("POST", "Host: a\nContent-Length: 3\nTransfer-Encoding: chunked", bad);
        check_row("POST", "Host: a\nExpect: 100-Continue", Ok(()));
        let failed = Err(Refusal::Status(StatusCode::EXPECTATION_FAILED));
        check_row("POST", "Host: a\nExpect: 200-ok", failed);
    }
}
