//! Native half of `SubtleCrypto.digest`; the class is in `subtle.js`.
//! Spec: <https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest>

use aws_lc_rs::digest::{self, Algorithm};
use bytes::Bytes;
use transom_engine::{Op, OpError};

use super::apart;

pub(crate) fn ops() -> Vec<Op> {
    vec![Op::future("crypto_digest", |algorithm: String, data: Bytes| {
        crypto_digest(algorithm, data)
    })]
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
