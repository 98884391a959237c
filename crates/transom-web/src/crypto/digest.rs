//! Native half of `SubtleCrypto.digest`; the class is in `subtle.js`.
//! Spec: <https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest>

use aws_lc_rs::digest::{self, Algorithm};
use bytes::Bytes;
use transom_engine::{Args, Op, OpError, Scope, Value};

use super::apart;

pub(crate) fn ops() -> Vec<Op> {
    vec![Op::raw("crypto_digest", digest_now_or_later)]
}

/// Hashing this much takes about as long as copying it for another thread to take over, in bytes: most of a copy are
/// the page faults of its memory.
const IN_PLACE_BYTES: usize = 1024 * 1024;

/// `(algorithm, data)`: the digest, or for long data a promise for it.
fn digest_now_or_later<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
    let algorithm = scope.string_of(args.get(0)).unwrap_or_default();
    let hash = hash_named(&algorithm)?;
    let in_place = scope.with_buffer(args.get(1), |data| {
        (data.len() <= IN_PLACE_BYTES).then(|| digest::digest(hash, data))
    });
    if let Some(Some(digest)) = in_place {
        return scope.uint8_array(digest.as_ref());
    }
    let Some(data) = scope.copy_buffer(args.get(1)) else {
        return Err(OpError::type_error("expected an ArrayBuffer or a view of one"));
    };
    scope.promise_from(crypto_digest(algorithm, data.into()))
}

/// Hashes `data` and returns the raw digest (20 to 64 bytes); long input on the blocking pool.
///
/// `data` is the caller's copy, so script that rewrites its buffer while the promise is pending
/// cannot change the result.
///
/// # Errors
/// `NotSupportedError` when `algorithm` is not one of the SHA names of the specification.
async fn crypto_digest(algorithm: String, data: Bytes) -> Result<Bytes, OpError> {
    let hash = hash_named(&algorithm)?;
    apart(data.len(), move || Bytes::copy_from_slice(digest::digest(hash, &data).as_ref())).await
}

/// The hash function of a name of the specification.
pub(super) fn hash_named(name: &str) -> Result<&'static Algorithm, OpError> {
    match name {
        "SHA-1" => Ok(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        "SHA-256" => Ok(&digest::SHA256),
        "SHA-384" => Ok(&digest::SHA384),
        "SHA-512" => Ok(&digest::SHA512),
        _ => Err(OpError::dom("NotSupportedError", format!("unknown digest algorithm `{name}`"))),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::crypto_digest;

    /// `expected` is the beginning of the digest, from FIPS 180-4's examples.
    async fn check(algorithm: &str, data: &'static [u8], length: usize, expected: &[u8]) {
        let found =
            crypto_digest(algorithm.to_owned(), Bytes::from_static(data)).await.expect("hashed");
        assert_eq!(
            (found.len(), &found[..expected.len()]),
            (length, expected),
            "{algorithm} of {data:?}"
        );
    }

    #[tokio::test]
    async fn digests_are_those_of_the_standard() {
        check("SHA-1", b"abc", 20, &[0xa9, 0x99, 0x3e, 0x36]).await;
        check("SHA-256", b"abc", 32, &[0xba, 0x78, 0x16, 0xbf]).await;
        check("SHA-256", b"", 32, &[0xe3, 0xb0, 0xc4, 0x42]).await;
        check("SHA-384", b"abc", 48, &[0xcb, 0x00, 0x75, 0x3f]).await;
        check("SHA-512", b"abc", 64, &[0xdd, 0xaf, 0x35, 0xa1]).await;
    }

    #[tokio::test]
    async fn long_input_hashes_the_same_on_the_pool() {
        let found = crypto_digest("SHA-256".to_owned(), Bytes::from(vec![b'a'; 1_000_000]))
            .await
            .expect("hashed");
        assert_eq!(found[..4], [0xcd, 0xc7, 0x6e, 0x5c]);
    }

    #[tokio::test]
    async fn an_unknown_algorithm_is_refused() {
        assert!(crypto_digest("MD5".to_owned(), Bytes::new()).await.is_err());
    }
}
