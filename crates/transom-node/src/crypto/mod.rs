//! Native half of `node:crypto`: hashes and HMACs that take their input piece by piece, over aws-lc.
//! The classes are in `crypto.js`. Reference: <https://nodejs.org/docs/latest-v22.x/api/crypto.html>.
//!
//! A state is known to JavaScript by a number; what a program abandons is closed when it is collected.

mod cipher;
mod other_hash;
mod scrypt;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use aws_lc_rs::digest::{self, Algorithm};
use aws_lc_rs::{constant_time, hmac};
use bytes::Bytes;
use transom_engine::{Op, OpError};

use other_hash::Other;

/// Names that `getHashes` lists, in Node's spelling.
const NAMES: [&str; 12] = [
    "md5",
    "ripemd160",
    "sha1",
    "sha224",
    "sha256",
    "sha3-256",
    "sha3-384",
    "sha3-512",
    "sha384",
    "sha512",
    "sha512-224",
    "sha512-256",
];

/// Specifier and source of the modules in this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:crypto", include_str!("crypto.js")),
    ("transom:internal/node/crypto/bytes", include_str!("bytes.js")),
    ("transom:internal/node/crypto/cipher", include_str!("cipher.js")),
    ("transom:internal/node/crypto/constants", include_str!("constants.js")),
    ("transom:internal/node/crypto/der", include_str!("der.js")),
    ("transom:internal/node/crypto/exchange", include_str!("exchange.js")),
    ("transom:internal/node/crypto/hash", include_str!("hash.js")),
    ("transom:internal/node/crypto/kdf", include_str!("kdf.js")),
    ("transom:internal/node/crypto/key_formats", include_str!("key_formats.js")),
    ("transom:internal/node/crypto/key_pairs", include_str!("key_pairs.js")),
    ("transom:internal/node/crypto/keys", include_str!("keys.js")),
    ("transom:internal/node/crypto/lazy_transform", include_str!("lazy_transform.js")),
    ("transom:internal/node/crypto/random", include_str!("random.js")),
    ("transom:internal/node/crypto/rsa", include_str!("rsa.js")),
    ("transom:internal/node/crypto/sign", include_str!("sign.js")),
    ("transom:internal/node/crypto/x509", include_str!("x509.js")),
];

/// The ciphers of one worker.
pub(crate) type Ciphers = cipher::Ciphers;

pub(crate) fn ops(ciphers: &Rc<Ciphers>) -> Vec<Op> {
    let mut ops = hash_ops();
    ops.extend(cipher::ops(ciphers));
    ops.extend(scrypt::ops());
    ops
}

fn hash_ops() -> Vec<Op> {
    let states = Rc::new(States::default());
    let [opener, updater, digester, forker, closer] = std::array::from_fn(|_| Rc::clone(&states));
    vec![
        // 0 for an unknown algorithm.
        Op::new("node_hash_open", move |algorithm: String, key: Option<Bytes>| {
            opener.open(State::new(&algorithm, key.as_deref()))
        }),
        Op::new("node_hash_update", move |handle: f64, data: Bytes| updater.update(handle, &data)),
        Op::new("node_hash_digest", move |handle: f64| digester.digest(handle)),
        Op::new("node_hash_fork", move |handle: f64| forker.fork(handle)),
        Op::new("node_hash_close", move |handle: f64| drop(closer.take(handle))),
        Op::new("node_hash_names", || {
            NAMES
                .iter()
                .filter(|name| State::new(name, None).is_some())
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        }),
        Op::new("node_timing_safe_equal", |a: Bytes, b: Bytes| {
            constant_time::verify_slices_are_equal(&a, &b).is_ok()
        }),
    ]
}

/// One hash or HMAC in the making.
#[derive(Clone)]
enum State {
    Hash(digest::Context),
    /// Boxed, because it is much larger.
    Hmac(Box<hmac::Context>),
    /// What aws-lc has not.
    Other(Box<Other>),
}

impl State {
    /// `None` for an algorithm that does not exist here.
    fn new(algorithm: &str, key: Option<&[u8]>) -> Option<Self> {
        match key {
            None => match hash(algorithm) {
                Some(hash) => Some(Self::Hash(digest::Context::new(hash))),
                None => Other::new(&canonical(algorithm), None)
                    .map(|other| Self::Other(Box::new(other))),
            },
            Some(key) if keyed(algorithm).is_none() => Other::new(&canonical(algorithm), Some(key))
                .map(|other| Self::Other(Box::new(other))),
            Some(key) => {
                let key = hmac::Key::new(keyed(algorithm)?, key);
                Some(Self::Hmac(Box::new(hmac::Context::with_key(&key))))
            }
        }
    }
}

/// States by their numbers.
#[derive(Default)]
struct States {
    open: RefCell<HashMap<u64, State>>,
    last: Cell<u64>,
}

impl States {
    #[expect(clippy::cast_precision_loss, reason = "a count of hashes stays far below 2^53")]
    fn open(&self, state: Option<State>) -> f64 {
        let Some(state) = state else { return 0.0 };
        let handle = self.last.get() + 1;
        self.last.set(handle);
        self.open.borrow_mut().insert(handle, state);
        handle as f64
    }

    fn update(&self, handle: f64, data: &[u8]) -> Result<(), OpError> {
        match self.open.borrow_mut().get_mut(&key(handle)) {
            Some(State::Hash(context)) => context.update(data),
            Some(State::Hmac(context)) => context.update(data),
            Some(State::Other(other)) => other.update(data),
            None => return Err(closed()),
        }
        Ok(())
    }

    fn digest(&self, handle: f64) -> Result<Bytes, OpError> {
        match self.take(handle) {
            Some(State::Hash(context)) => Ok(Bytes::copy_from_slice(context.finish().as_ref())),
            Some(State::Hmac(context)) => Ok(Bytes::copy_from_slice(context.sign().as_ref())),
            Some(State::Other(other)) => Ok(other.finish()),
            None => Err(closed()),
        }
    }

    fn fork(&self, handle: f64) -> Result<f64, OpError> {
        let state = self.open.borrow().get(&key(handle)).cloned();
        if state.is_some() { Ok(self.open(state)) } else { Err(closed()) }
    }

    fn take(&self, handle: f64) -> Option<State> {
        self.open.borrow_mut().remove(&key(handle))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "handles are the whole numbers that `open` gave out; any other finds nothing"
)]
fn key(handle: f64) -> u64 {
    handle as u64
}

fn closed() -> OpError {
    OpError::error("the digest is closed")
}

/// A hash by any of Node's names for it: `sha256`, `SHA-256`, `RSA-SHA256`.
fn hash(name: &str) -> Option<&'static Algorithm> {
    Some(match canonical(name).as_str() {
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha224" => &digest::SHA224,
        "sha256" => &digest::SHA256,
        "sha384" => &digest::SHA384,
        "sha512" => &digest::SHA512,
        "sha512-256" => &digest::SHA512_256,
        "sha3-256" => &digest::SHA3_256,
        "sha3-384" => &digest::SHA3_384,
        "sha3-512" => &digest::SHA3_512,
        _ => return None,
    })
}

fn keyed(name: &str) -> Option<hmac::Algorithm> {
    Some(match canonical(name).as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha224" => hmac::HMAC_SHA224,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return None,
    })
}

fn canonical(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix("rsa-").unwrap_or(&lower);
    let bare =
        bare.strip_prefix("sha-").map_or_else(|| bare.to_owned(), |rest| format!("sha{rest}"));
    bare.replace('/', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_node_reads_them() {
        for name in ["sha256", "SHA256", "sha-256", "RSA-SHA256"] {
            assert!(hash(name).is_some(), "{name}");
        }
        assert!(hash("sha512/256").is_some());
        assert!(hash("md6").is_none());
    }

    #[test]
    fn a_fork_goes_its_own_way() {
        let states = States::default();
        let first = states.open(State::new("sha256", None));
        states.update(first, b"ab").expect("open");
        let second = states.fork(first).expect("open");
        states.update(first, b"c").expect("open");
        let digest = states.digest(first).expect("open");
        assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf], "SHA-256 of abc");
        assert_ne!(states.digest(second).expect("open"), digest);
        assert!(states.update(first, b"").is_err(), "closed by its digest");
    }
}
