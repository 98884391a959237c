//! Native half of HMAC keys; the JavaScript is in `hmac.js`.
//! Spec: <https://w3c.github.io/webcrypto/#hmac>

use aws_lc_rs::hmac::{self, Algorithm, Key};
use bytes::Bytes;
use transom_engine::{Op, OpError};

use super::apart;

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::future("crypto_hmac_sign", |hash: String, key: Bytes, data: Bytes| async move {
            let key = hmac_key(&hash, &key)?;
            apart(data.len(), move || Bytes::copy_from_slice(hmac::sign(&key, &data).as_ref()))
                .await
        }),
        Op::future(
            "crypto_hmac_verify",
            |hash: String, key: Bytes, signature: Bytes, data: Bytes| async move {
                let key = hmac_key(&hash, &key)?;
                // Compares in constant time.
                apart(data.len(), move || hmac::verify(&key, &data, &signature).is_ok()).await
            },
        ),
    ]
}

fn hmac_key(hash: &str, key: &[u8]) -> Result<Key, OpError> {
    Ok(Key::new(hmac_algorithm(hash)?, key))
}

/// HMAC over the hash function of a name of the specification.
pub(super) fn hmac_algorithm(hash: &str) -> Result<Algorithm, OpError> {
    match hash {
        "SHA-1" => Ok(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        "SHA-256" => Ok(hmac::HMAC_SHA256),
        "SHA-384" => Ok(hmac::HMAC_SHA384),
        "SHA-512" => Ok(hmac::HMAC_SHA512),
        _ => Err(OpError::dom("NotSupportedError", format!("unknown hash `{hash}`"))),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;

    use super::hmac_key;

    #[test]
    fn signatures_are_those_of_rfc_4231() {
        let key = hmac_key("SHA-256", b"Jefe").expect("a known hash");
        let tag = hmac::sign(&key, b"what do ya want for nothing?");
        assert_eq!(tag.as_ref()[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
        assert!(hmac_key("MD5", b"key").is_err());
    }
}
