//! Native half of the URL standard: parsing, setters and the urlencoded format.
//!
//! Spec: <https://url.spec.whatwg.org/>. The classes are in `url.js`, `url_search_params.js` and
//! `url_pattern.js`;
//! object URLs live in `object_urls.js` and need nothing native.

mod base;
#[expect(clippy::module_inception, reason = "the file is named after the interface")]
mod url;
mod url_pattern;
mod url_search_params;

use transom_engine::Op;

pub(crate) use url_search_params::parse as parse_urlencoded;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/url/url", include_str!("url.js")),
    ("transom:internal/url/url_pattern", include_str!("url_pattern.js")),
    ("transom:internal/url/url_search_params", include_str!("url_search_params.js")),
    ("transom:internal/url/object_urls", include_str!("object_urls.js")),
];

pub(crate) fn ops() -> Vec<Op> {
    let mut ops = url::ops();
    ops.extend(url_pattern::ops());
    ops.extend(url_search_params::ops());
    ops
}
