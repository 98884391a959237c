//! Keys and bits derived from other secrets: HKDF and PBKDF2. The JavaScript is in `kdf.js`.
//! Spec: <https://w3c.github.io/webcrypto/#hkdf>, `#pbkdf2`

use std::num::NonZeroU32;

use aws_lc_rs::{hmac, pbkdf2};
use bytes::Bytes;
use transom_engine::{Op, OpError};

use super::hmac::hmac_algorithm;
use super::{apart, failed};

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::new(
            "crypto_hkdf",
            |hash: String, key: Bytes, salt: Bytes, info: Bytes, length: u32| {
                hkdf(&hash, &key, &salt, &info, length as usize)
            },
        ),
        // At once, as `node:crypto` also wants it.
        Op::new(
            "crypto_pbkdf2_sync",
            |hash: String, password: Bytes, salt: Bytes, iterations: u32, length: u32| {
                let algorithm = pbkdf2_algorithm(&hash)?;
                let iterations =
                    NonZeroU32::new(iterations).ok_or_else(|| failed("no iterations"))?;
                let mut out = vec![0; length as usize];
                pbkdf2::derive(algorithm, iterations, &salt, &password, &mut out);
                Ok::<Bytes, OpError>(Bytes::from(out))
            },
        ),
        Op::future(
            "crypto_pbkdf2",
            |hash: String, password: Bytes, salt: Bytes, iterations: u32, length: u32| async move {
                let algorithm = pbkdf2_algorithm(&hash)?;
                let iterations =
                    NonZeroU32::new(iterations).ok_or_else(|| failed("no iterations"))?;
                // Each block of output costs `iterations` times two hashes of 64 bytes or more.
                let cost =
                    (length as usize).saturating_mul(iterations.get() as usize).saturating_mul(8);
                apart(cost, move || {
                    let mut out = vec![0; length as usize];
                    pbkdf2::derive(algorithm, iterations, &salt, &password, &mut out);
                    Bytes::from(out)
                })
                .await
            },
        ),
    ]
}

/// RFC 5869: extract, then expand.
fn hkdf(hash: &str, key: &[u8], salt: &[u8], info: &[u8], length: usize) -> Result<Bytes, OpError> {
    let algorithm = hmac_algorithm(hash)?;
    let pseudorandom = hmac::sign(&hmac::Key::new(algorithm, salt), key);
    let key = hmac::Key::new(algorithm, pseudorandom.as_ref());
    if length > 255 * pseudorandom.as_ref().len() {
        return Err(OpError::dom("OperationError", "HKDF cannot derive so many bits"));
    }
    let mut out = Vec::with_capacity(length + 64);
    let mut previous = Vec::new();
    let mut number = 1_u8;
    while out.len() < length {
        let mut context = hmac::Context::with_key(&key);
        context.update(&previous);
        context.update(info);
        context.update(&[number]);
        previous = context.sign().as_ref().to_vec();
        out.extend_from_slice(&previous);
        number = number.wrapping_add(1);
    }
    out.truncate(length);
    Ok(out.into())
}

fn pbkdf2_algorithm(hash: &str) -> Result<pbkdf2::Algorithm, OpError> {
    match hash {
        "SHA-1" => Ok(pbkdf2::PBKDF2_HMAC_SHA1),
        "SHA-256" => Ok(pbkdf2::PBKDF2_HMAC_SHA256),
        "SHA-384" => Ok(pbkdf2::PBKDF2_HMAC_SHA384),
        "SHA-512" => Ok(pbkdf2::PBKDF2_HMAC_SHA512),
        _ => Err(OpError::dom("NotSupportedError", format!("unknown hash `{hash}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::hkdf;

    #[test]
    fn hkdf_is_that_of_rfc_5869() {
        let salt: Vec<u8> = (0..13).collect();
        let info: Vec<u8> = (0xf0..0xfa).collect();
        let found = hkdf("SHA-256", &[0x0b; 22], &salt, &info, 42).expect("derived");
        assert_eq!(found[..6], [0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac]);
        assert_eq!(found[36..], [0x34, 0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65][4..]);
        assert!(hkdf("SHA-256", b"", b"", b"", 255 * 32 + 1).is_err());
    }
}
