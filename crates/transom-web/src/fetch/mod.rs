//! Native half of the Fetch standard: bodies of incoming requests and the client behind `fetch()`.
//!
//! Spec: <https://fetch.spec.whatwg.org/>. The classes are in `headers.js`, `request.js`, `response.js` and
//! `body.js`. This is the one folder below the server that uses hyper, and only as a client.

pub(crate) mod client;
mod data_url;
mod decode;
pub(crate) mod document;
pub(crate) mod exchange;
pub(crate) mod hyper_client;
pub(crate) mod incoming;
pub(crate) mod limits;
mod proxy;
mod redirect;

use std::rc::Rc;

use transom_engine::Op;

use crate::form_data::spool::Spool;
use exchange::Exchanges;
use incoming::Incoming;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/fetch/header_list", include_str!("header_list.js")),
    ("transom:internal/fetch/headers", include_str!("headers.js")),
    ("transom:internal/fetch/body_state", include_str!("body_state.js")),
    ("transom:internal/fetch/body_stream", include_str!("body_stream.js")),
    ("transom:internal/fetch/body", include_str!("body.js")),
    ("transom:internal/fetch/integrity", include_str!("integrity.js")),
    ("transom:internal/fetch/local", include_str!("local.js")),
    ("transom:internal/fetch/mime_type", include_str!("mime_type.js")),
    ("transom:internal/fetch/native_body", include_str!("native_body.js")),
    ("transom:internal/fetch/no_cors", include_str!("no_cors.js")),
    ("transom:internal/fetch/request_init", include_str!("request_init.js")),
    ("transom:internal/fetch/request", include_str!("request.js")),
    ("transom:internal/fetch/response", include_str!("response.js")),
    ("transom:internal/fetch/fetch", include_str!("fetch.js")),
];

pub(crate) fn ops(
    incoming: &Rc<Incoming>,
    exchanges: &Rc<Exchanges>,
    spool: &Rc<Spool>,
) -> Vec<Op> {
    let mut ops = incoming::ops(incoming, spool);
    ops.extend(exchange::ops(exchanges));
    ops.push(data_url::op());
    ops
}
