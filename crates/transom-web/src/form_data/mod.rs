//! Native half of form bodies: parsing `multipart/form-data` and `application/x-www-form-urlencoded`,
//! and the temporary files behind large uploads.
//!
//! The class is in `form_data.js`; `multipart.js` writes the format, which needs nothing native.

pub(crate) mod content_disposition;
pub(crate) mod form_body;
pub(crate) mod multipart;
pub(crate) mod parts;
pub(crate) mod spool;

use std::rc::Rc;

use transom_engine::Op;

use spool::Spool;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/form_data/form_data", include_str!("form_data.js")),
    ("transom:internal/form_data/multipart", include_str!("multipart.js")),
    ("transom:internal/form_data/form_body", include_str!("form_body.js")),
];

pub(crate) fn ops(spool: &Rc<Spool>) -> Vec<Op> {
    let mut ops = spool::ops(spool);
    ops.push(form_body::op());
    ops
}
