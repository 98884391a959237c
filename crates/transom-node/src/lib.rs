//! `node:` modules: JavaScript over native operations, one folder per module, with Node's names, error codes and
//! messages. So far `node:buffer`, `node:crypto` (hashes, HMAC, random values), `node:fs/promises` (what writing and
//! reading whole files needs) and `node:path`.

mod crypto;
mod fs;

use transom_engine::Op;

/// Specifier and source of every module.
pub const MODULES: &[(&str, &str)] = &[
    ("node:buffer", include_str!("buffer/buffer.js")),
    ("node:crypto", include_str!("crypto/crypto.js")),
    ("node:fs/promises", include_str!("fs/promises.js")),
    ("node:path", include_str!("path.js")),
    ("transom:internal/node/buffer/encodings", include_str!("buffer/encodings.js")),
    ("transom:internal/node/buffer/numbers", include_str!("buffer/numbers.js")),
    ("transom:internal/node/buffer/search", include_str!("buffer/search.js")),
    ("transom:internal/node/errors", include_str!("errors.js")),
];

/// Every operation that those modules call.
pub fn ops() -> Vec<Op> {
    let mut ops = fs::ops();
    ops.extend(crypto::ops());
    ops
}
