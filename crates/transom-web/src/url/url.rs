//! Parsing and changing URLs for the class in `url.js`, over the `ada-url` parser.
//!
//! Spec: <https://url.spec.whatwg.org/#url-class>.
//!
//! A URL crosses into script as its `href` and the places where its parts begin, so that the
//! getters of the class are slices and cost no further call. The eight places are packed in pairs
//! into four numbers, because four numbers are cheaper to hand over than an array. `href` is ASCII,
//! hence byte offsets are also string offsets.

use std::cell::RefCell;

use ada_url::{Url, UrlComponents};
use transom_engine::{Args, Op, OpError, Scope, Value};

use super::base::LastBase;

/// One place in a packed pair is below this; two of them fit the 53 exact bits of a number.
const PLACES: f64 = 67_108_864.0; // 2^26, which `url.js` knows too.
const MAX_HREF_LENGTH: u32 = (1 << 26) - 1;

pub(crate) fn ops() -> Vec<Op> {
    let bases = RefCell::new(LastBase::default());
    vec![
        Op::raw("url_parse", move |scope, args| url_parse(scope, args, &bases)),
        Op::new("url_can_parse", url_can_parse),
        Op::raw("url_set", url_set),
        Op::new("url_origin", url_origin),
    ]
}

/// `(input, base | undefined)`: what [`pack`] says of the URL, or null when there is none.
fn url_parse<'s>(
    scope: &mut Scope<'s>,
    args: Args<'s>,
    bases: &RefCell<LastBase>,
) -> Result<Value<'s>, OpError> {
    let (input, base) = (args.get(0), args.get(1));
    let mut bases = bases.borrow_mut();
    let base = scope.with_text(base, |base| bases.find(base));
    let parsed = scope.with_text(input, |input| {
        let url = match base {
            Some(base) => base?.join(input)?,
            None => Url::parse(input, None).ok()?,
        };
        let is_known = url.href() == input;
        Some((url, is_known))
    });
    pack(scope, parsed.flatten())
}

fn url_can_parse(input: String, base: Option<String>) -> bool {
    Url::can_parse(&input, base.as_deref())
}

/// `(href, part, value)`: what [`pack`] says after the setter of `part`, or null when the URL stays as it is.
fn url_set<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let [href, part, value] =
        [0, 1, 2].map(|index| scope.string_of(args.get(index)).unwrap_or_default());
    let changed = set(&href, &part, &value);
    let changed = changed.map(|url| {
        let is_known = url.href() == href;
        (url, is_known)
    });
    pack(scope, changed)
}

fn set(href: &str, part: &str, value: &str) -> Option<Url> {
    let mut url = Url::parse(href, None).ok()?;
    let done = match part {
        "protocol" => url.set_protocol(value),
        "username" => url.set_username(Some(value)),
        "password" => url.set_password(Some(value)),
        "host" => url.set_host(Some(value)),
        "hostname" => url.set_hostname(Some(value)),
        "port" => url.set_port(Some(value)),
        "pathname" => url.set_pathname(Some(value)),
        "search" => {
            url.set_search(Some(value));
            Ok(())
        }
        "hash" => {
            url.set_hash(Some(value));
            Ok(())
        }
        _ => Err(()),
    };
    done.ok().map(|()| url)
}

/// The serialised origin, `"null"` when opaque. Only `blob:` URLs need more than slices of `href`.
fn url_origin(href: String) -> String {
    Url::parse(href.as_str(), None).map_or_else(|_| "null".to_owned(), |url| url.origin())
}

/// What script gets: `href`, null when script knows it, and the [`places`]; null when there is no URL.
fn pack<'s>(scope: &mut Scope<'s>, parsed: Option<(Url, bool)>) -> Result<Value<'s>, OpError> {
    let Some((url, is_known)) = parsed else { return Ok(scope.null()) };
    let Some(places) = places(&url) else { return Ok(scope.null()) };
    let href = if is_known { scope.null() } else { scope.string(url.href())? };
    let [first, second, third, fourth] = places.map(|place| scope.number(place));
    scope.array(&[href, first, second, third, fourth])
}

/// Four packed pairs: protocol end and username end; host start and host end; pathname start and search start; hash
/// start and length. A missing search or hash starts at the end. `None` for a URL that is too long for them.
fn places(url: &Url) -> Option<[f64; 4]> {
    let end = u32::try_from(url.href().len()).ok().filter(|end| *end <= MAX_HREF_LENGTH)?;
    let components = url.components();
    let UrlComponents { protocol_end, username_end, host_start, host_end, .. } = components;
    let hash_start = components.hash_start.unwrap_or(end);
    let search_start = components.search_start.unwrap_or(hash_start);
    let pathname_start = components.pathname_start.unwrap_or(search_start);
    let pair = |low: u32, high: u32| f64::from(low) + f64::from(high) * PLACES;
    Some([
        pair(protocol_end, username_end),
        pair(host_start, host_end),
        pair(pathname_start, search_start),
        pair(hash_start, end),
    ])
}

#[cfg(test)]
#[path = "url_conformance.rs"]
mod conformance;
