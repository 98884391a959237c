//! Native half of Web Cryptography: random bytes, hashes and HMAC, over aws-lc.
//!
//! Spec: <https://w3c.github.io/webcrypto/>. The classes are in `crypto.js`, `subtle.js` and
//! `crypto_key.js`; which algorithms exist and what their parameters mean is in `algorithm.js`.

mod digest;
mod hmac;
mod random;

use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/crypto/crypto", include_str!("crypto.js")),
    ("transom:internal/crypto/subtle", include_str!("subtle.js")),
    ("transom:internal/crypto/crypto_key", include_str!("crypto_key.js")),
    ("transom:internal/crypto/algorithm", include_str!("algorithm.js")),
    ("transom:internal/crypto/hmac", include_str!("hmac.js")),
];

/// Work on more bytes than this leaves the worker's thread.
const INLINE_BYTES: usize = 64 * 1024;

pub(crate) fn ops() -> Vec<Op> {
    let mut ops = random::ops();
    ops.extend(digest::ops());
    ops.extend(hmac::ops());
    ops
}

/// Runs `work` here when it is short, else on the blocking pool.
async fn apart<T: Send + 'static>(
    length: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, OpError> {
    if length <= INLINE_BYTES {
        return Ok(work());
    }
    spawn_blocking(work).await.map_err(|error| OpError::dom("OperationError", error.to_string()))
}
