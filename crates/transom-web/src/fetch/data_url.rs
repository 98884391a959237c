//! `data:` URLs for `fetch()`, over the crate `data-url`.
//!
//! Spec: <https://fetch.spec.whatwg.org/#data-urls>.

use bytes::Bytes;
use data_url::DataUrl;
use transom_engine::Op;

/// `fetch_data_url(url)`: the MIME type and the bytes, or null when the URL is malformed.
pub(crate) fn op() -> Op {
    Op::new("fetch_data_url", |url: String| parse(&url))
}

fn parse(url: &str) -> Option<(String, Bytes)> {
    let url = DataUrl::process(url).ok()?;
    let (bytes, _fragment) = url.decode_to_vec().ok()?;
    Some((url.mime_type().to_string(), Bytes::from(bytes)))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(url: &str, expected: Option<(&str, &[u8])>) {
        let found = parse(url);
        let found = found.as_ref().map(|(kind, bytes)| (kind.as_str(), &bytes[..]));
        assert_eq!(found, expected, "URL {url:?}");
    }

    #[test]
    fn data_urls_give_a_type_and_bytes() {
        check("data:,a%20b", Some(("text/plain;charset=US-ASCII", b"a b")));
        check("data:text/html,<p>", Some(("text/html", b"<p>")));
        check("data:;base64,AAEC", Some(("text/plain;charset=US-ASCII", b"\0\x01\x02")));
        check("data:image/png;base64,iVBO#x", Some(("image/png", b"\x89PN")));
        check("data:x", None);
        check("data:;base64,A", None);
    }
}
