//! Native half of Web Cryptography: random bytes, hashes, ciphers, signatures and derived secrets.
//!
//! Spec: <https://w3c.github.io/webcrypto/>. The classes are in `crypto.js`, `subtle.js` and
//! `crypto_key.js`; which algorithms exist and what their parameters mean is in `algorithm.js`. aws-lc does what it
//! can; what its safe interface leaves out (other nonces, salts, lengths of key) is done by the RustCrypto crates.

mod aes;
mod digest;
mod ec;
mod gcm;
mod hmac;
mod kdf;
mod okp;
mod random;
mod rsa;

use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/crypto/aes", include_str!("aes.js")),
    ("transom:internal/crypto/algorithm", include_str!("algorithm.js")),
    ("transom:internal/crypto/crypto", include_str!("crypto.js")),
    ("transom:internal/crypto/crypto_key", include_str!("crypto_key.js")),
    ("transom:internal/crypto/ec", include_str!("ec.js")),
    ("transom:internal/crypto/hmac", include_str!("hmac.js")),
    ("transom:internal/crypto/implementations", include_str!("implementations.js")),
    ("transom:internal/crypto/jwk", include_str!("jwk.js")),
    ("transom:internal/crypto/kdf", include_str!("kdf.js")),
    ("transom:internal/crypto/key_pairs", include_str!("key_pairs.js")),
    ("transom:internal/crypto/okp", include_str!("okp.js")),
    ("transom:internal/crypto/rsa", include_str!("rsa.js")),
    ("transom:internal/crypto/subtle", include_str!("subtle.js")),
];

/// Work on more bytes than this leaves the worker's thread.
const INLINE_BYTES: usize = 64 * 1024;

pub(crate) fn ops() -> Vec<Op> {
    let mut ops = random::ops();
    ops.extend(digest::ops());
    ops.extend(hmac::ops());
    ops.extend(aes::ops());
    ops.extend(gcm::ops());
    ops.extend(kdf::ops());
    ops.extend(rsa::ops());
    ops.extend(ec::ops());
    ops.extend(okp::ops());
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
    spawn_blocking(work).await.map_err(failed)
}

/// As [`apart`], for work that can fail.
async fn late<T: Send + 'static>(
    length: usize,
    work: impl FnOnce() -> Result<T, OpError> + Send + 'static,
) -> Result<T, OpError> {
    apart(length, work).await?
}

/// Runs work that is long whatever its input on the blocking pool.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OpError> + Send + 'static,
) -> Result<T, OpError> {
    late(usize::MAX, work).await
}

/// The operation could not be done: what the specification gives no other name.
fn failed(error: impl std::fmt::Display) -> OpError {
    OpError::dom("OperationError", format!("the operation failed: {error}"))
}

/// The bytes of a key are not what their format asks for.
fn malformed(error: impl std::fmt::Display) -> OpError {
    OpError::dom("DataError", format!("the key is malformed: {error}"))
}
