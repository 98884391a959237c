//! `node:` modules: JavaScript over native operations, one folder per module, with Node's names, error codes and
//! messages. So far `node:fs/promises` (what writing and reading whole files needs) and `node:path`.

mod fs;

use transom_engine::Op;

/// Specifier and source of every module.
pub const MODULES: &[(&str, &str)] =
    &[("node:fs/promises", include_str!("fs/promises.js")), ("node:path", include_str!("path.js"))];

/// Every operation that those modules call.
pub fn ops() -> Vec<Op> {
    fs::ops()
}
