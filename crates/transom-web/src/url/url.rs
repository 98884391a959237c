//! Parsing and changing URLs for the class in `url.js`, over the `ada-url` parser.
//!
//! Spec: <https://url.spec.whatwg.org/#url-class>.
//!
//! A URL crosses into script as its `href` and the places where its parts begin, so that the
//! getters of the class are slices and cost no further call. The eight places are packed in pairs
//! into four numbers, because four numbers are cheaper to hand over than an array. `href` is ASCII,
//! hence byte offsets are also string offsets.

use ada_url::{Url, UrlComponents};
use transom_engine::Op;

/// One place in a packed pair is below this; two of them fit the 53 exact bits of a number.
const PLACES: f64 = 67_108_864.0; // 2^26, which `url.js` knows too.
const MAX_HREF_LENGTH: usize = (1 << 26) - 1;

/// `href` and four packed pairs: protocol end and username end; host start and host end;
/// pathname start and search start; hash start and length. A missing search or hash starts at the end.
type Packed = (Option<String>, f64, f64, f64, f64);

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::new("url_parse", url_parse),
        Op::new("url_can_parse", url_can_parse),
        Op::new("url_set", url_set),
        Op::new("url_origin", url_origin),
    ]
}

/// Parses `input` against `base`. `None` means failure; an absent `href` means "equal to `input`".
fn url_parse(input: String, base: Option<String>) -> Option<Packed> {
    let url = Url::parse(input.as_str(), base.as_deref()).ok()?;
    pack(&url, &input)
}

fn url_can_parse(input: String, base: Option<String>) -> bool {
    Url::can_parse(&input, base.as_deref())
}

/// Runs the setter of `part` with `value` on `href`. `None` means that the URL stays as it is.
fn url_set(href: String, part: String, value: String) -> Option<Packed> {
    let mut url = Url::parse(href.as_str(), None).ok()?;
    let done = match part.as_str() {
        "protocol" => url.set_protocol(&value),
        "username" => url.set_username(Some(&value)),
        "password" => url.set_password(Some(&value)),
        "host" => url.set_host(Some(&value)),
        "hostname" => url.set_hostname(Some(&value)),
        "port" => url.set_port(Some(&value)),
        "pathname" => url.set_pathname(Some(&value)),
        "search" => {
            url.set_search(Some(&value));
            Ok(())
        }
        "hash" => {
            url.set_hash(Some(&value));
            Ok(())
        }
        _ => Err(()),
    };
    done.ok()?;
    pack(&url, &href)
}

/// The serialised origin, `"null"` when opaque. Only `blob:` URLs need more than slices of `href`.
fn url_origin(href: String) -> String {
    Url::parse(href.as_str(), None).map_or_else(|_| "null".to_owned(), |url| url.origin())
}

fn pack(url: &Url, known: &str) -> Option<Packed> {
    let href = url.href();
    if href.len() > MAX_HREF_LENGTH {
        return None;
    }
    let end = href.len() as u32;
    let components = url.components();
    let UrlComponents { protocol_end, username_end, host_start, host_end, .. } = components;
    let hash_start = components.hash_start.unwrap_or(end);
    let search_start = components.search_start.unwrap_or(hash_start);
    let pathname_start = components.pathname_start.unwrap_or(search_start);
    let pair = |low: u32, high: u32| f64::from(low) + f64::from(high) * PLACES;
    Some((
        (href != known).then(|| href.to_owned()),
        pair(protocol_end, username_end),
        pair(host_start, host_end),
        pair(pathname_start, search_start),
        pair(hash_start, end),
    ))
}

#[cfg(test)]
#[path = "url_conformance.rs"]
mod conformance;
