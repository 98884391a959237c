//! ECDSA and ECDH over P-256, P-384 and P-521. The JavaScript is in `ec.js`.
//! Spec: <https://w3c.github.io/webcrypto/#ecdsa>, `#ecdh`
//!
//! A public key is its uncompressed point (SEC 1, section 2.3.3); a private key is its number, at the width of the
//! curve's field, followed by that point.

use aws_lc_rs::digest;
use bytes::Bytes;
use p256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use p256::elliptic_curve::Generate;
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use transom_engine::{Op, OpError};

use super::digest::hash_named;
use super::{failed, late, malformed};

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::new("crypto_ec_generate", |curve: String| generate(&curve)),
        Op::new("crypto_ec_public", |curve: String, point: Bytes| public(&curve, &point)),
        Op::new("crypto_ec_private", |curve: String, number: Bytes, point: Bytes| {
            private(&curve, &number, &point)
        }),
        Op::new("crypto_ec_from_spki", |curve: String, der: Bytes| from_spki(&curve, &der)),
        Op::new("crypto_ec_from_pkcs8", |curve: String, der: Bytes| from_pkcs8(&curve, &der)),
        Op::new("crypto_ec_to_spki", |curve: String, key: Bytes| to_spki(&curve, &key)),
        Op::new("crypto_ec_to_pkcs8", |curve: String, key: Bytes| to_pkcs8(&curve, &key)),
        Op::future("crypto_ecdsa_sign", |curve: String, hash: String, key: Bytes, data: Bytes| {
            late(data.len(), move || sign(&curve, &hash, &key, &data))
        }),
        Op::future(
            "crypto_ecdsa_verify",
            |curve: String, hash: String, key: Bytes, signature: Bytes, data: Bytes| {
                late(data.len(), move || verify(&curve, &hash, &key, &signature, &data))
            },
        ),
        // At once, as `node:crypto` also wants it.
        Op::new(
            "crypto_ecdsa_sign_sync",
            |curve: String, hash: String, key: Bytes, data: Bytes| sign(&curve, &hash, &key, &data),
        ),
        Op::new(
            "crypto_ecdsa_verify_sync",
            |curve: String, hash: String, key: Bytes, signature: Bytes, data: Bytes| {
                verify(&curve, &hash, &key, &signature, &data)
            },
        ),
        Op::new("crypto_ecdh", |curve: String, private: Bytes, public: Bytes| {
            agree(&curve, &private, &public)
        }),
    ]
}

/// Runs an expression with `$curve` standing for the crate of the curve.
macro_rules! on_curve {
    ($name:expr, $curve:ident => $body:expr) => {
        match $name {
            "P-256" => {
                use p256 as $curve;
                $body
            }
            "P-384" => {
                use p384 as $curve;
                $body
            }
            _ => {
                use p521 as $curve;
                $body
            }
        }
    };
}

/// The bytes of a coordinate, and of a private key's number.
fn width(curve: &str) -> usize {
    match curve {
        "P-256" => 32,
        "P-384" => 48,
        _ => 66,
    }
}

/// Number and point of a key, laid out as this module keeps them.
macro_rules! laid_out {
    ($key:expr) => {{
        let key = $key;
        let point = key.public_key().to_sec1_point(false);
        Bytes::from([&key.to_bytes()[..], point.as_bytes()].concat())
    }};
}

fn generate(curve: &str) -> Result<Bytes, OpError> {
    on_curve!(curve, c => {
        use c::elliptic_curve::sec1::ToSec1Point;
        let key = c::SecretKey::try_generate().map_err(failed)?;
        Ok(laid_out!(key))
    })
}

/// A point that lies on the curve, uncompressed.
fn public(curve: &str, point: &[u8]) -> Result<Bytes, OpError> {
    on_curve!(curve, c => {
        use c::elliptic_curve::sec1::ToSec1Point;
        let key = c::PublicKey::from_sec1_bytes(point).map_err(malformed)?;
        Ok(Bytes::copy_from_slice(key.to_sec1_point(false).as_bytes()))
    })
}

/// The key of this number, whose point must be `point`.
fn private(curve: &str, number: &[u8], point: &[u8]) -> Result<Bytes, OpError> {
    if number.len() != width(curve) {
        return Err(malformed("the number is of the wrong length"));
    }
    let key = on_curve!(curve, c => {
        use c::elliptic_curve::sec1::ToSec1Point;
        laid_out!(c::SecretKey::from_slice(number).map_err(malformed)?)
    });
    if key[number.len()..] != *point {
        return Err(malformed("the public part is not that of the private part"));
    }
    Ok(key)
}

fn from_spki(curve: &str, der: &[u8]) -> Result<Bytes, OpError> {
    on_curve!(curve, c => {
        use c::elliptic_curve::sec1::ToSec1Point;
        let key = c::PublicKey::from_public_key_der(der).map_err(malformed)?;
        Ok(Bytes::copy_from_slice(key.to_sec1_point(false).as_bytes()))
    })
}

fn from_pkcs8(curve: &str, der: &[u8]) -> Result<Bytes, OpError> {
    on_curve!(curve, c => {
        use c::elliptic_curve::sec1::ToSec1Point;
        Ok(laid_out!(c::SecretKey::from_pkcs8_der(der).map_err(malformed)?))
    })
}

fn to_spki(curve: &str, key: &[u8]) -> Result<Bytes, OpError> {
    on_curve!(curve, c => {
        let key = c::PublicKey::from_sec1_bytes(key).map_err(failed)?;
        Ok(key.to_public_key_der().map_err(failed)?.into_vec().into())
    })
}

fn to_pkcs8(curve: &str, key: &[u8]) -> Result<Bytes, OpError> {
    on_curve!(curve, c => {
        let key = c::SecretKey::from_slice(number(curve, key)?).map_err(failed)?;
        let der = key.to_pkcs8_der().map_err(failed)?;
        Ok(Bytes::copy_from_slice(der.as_bytes()))
    })
}

fn number<'a>(curve: &str, key: &'a [u8]) -> Result<&'a [u8], OpError> {
    key.get(..width(curve)).ok_or_else(|| failed("the key is too short"))
}

/// The digest of `data`, at least half as long as the curve's field, which is what the signature code insists on:
/// zeros before a number do not change it.
fn prehash(curve: &str, hash: &str, data: &[u8]) -> Result<Vec<u8>, OpError> {
    let digest = digest::digest(hash_named(hash)?, data);
    let missing = width(curve).div_ceil(2).saturating_sub(digest.as_ref().len());
    let mut padded = vec![0; missing];
    padded.extend_from_slice(digest.as_ref());
    Ok(padded)
}

/// The two numbers of the signature, each at the width of the field (IEEE P1363).
fn sign(curve: &str, hash: &str, key: &[u8], data: &[u8]) -> Result<Bytes, OpError> {
    let prehash = prehash(curve, hash, data)?;
    on_curve!(curve, c => {
        let key = c::ecdsa::SigningKey::from_slice(number(curve, key)?).map_err(failed)?;
        let signature: c::ecdsa::Signature =
            key.sign_prehash_with_rng(&mut getrandom::SysRng, &prehash).map_err(failed)?;
        Ok(Bytes::copy_from_slice(&signature.to_bytes()))
    })
}

fn verify(
    curve: &str,
    hash: &str,
    key: &[u8],
    signature: &[u8],
    data: &[u8],
) -> Result<bool, OpError> {
    let prehash = prehash(curve, hash, data)?;
    on_curve!(curve, c => {
        let key = c::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(failed)?;
        let Ok(signature) = c::ecdsa::Signature::from_slice(signature) else { return Ok(false) };
        Ok(key.verify_prehash(&prehash, &signature).is_ok())
    })
}

/// The x-coordinate of the common point.
fn agree(curve: &str, private: &[u8], public: &[u8]) -> Result<Bytes, OpError> {
    on_curve!(curve, c => {
        let key = c::SecretKey::from_slice(number(curve, private)?).map_err(failed)?;
        let public = c::PublicKey::from_sec1_bytes(public).map_err(failed)?;
        let secret = key.diffie_hellman(&public);
        Ok(Bytes::copy_from_slice(secret.raw_secret_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::{agree, generate, sign, verify, width};

    #[test]
    fn every_hash_signs_on_every_curve() {
        for curve in ["P-256", "P-384", "P-521"] {
            let key = generate(curve).expect("a key");
            let point = &key[width(curve)..];
            for hash in ["SHA-1", "SHA-256", "SHA-384", "SHA-512"] {
                let signature = sign(curve, hash, &key, b"data").expect("signed");
                assert_eq!(signature.len(), 2 * width(curve), "{curve} {hash}");
                assert_eq!(verify(curve, hash, point, &signature, b"data").ok(), Some(true));
                assert_eq!(verify(curve, hash, point, &signature, b"other").ok(), Some(false));
            }
        }
    }

    #[test]
    fn both_sides_agree_on_a_secret() {
        for curve in ["P-256", "P-384", "P-521"] {
            let [one, two] = [generate(curve).expect("a key"), generate(curve).expect("a key")];
            let width = width(curve);
            let here = agree(curve, &one, &two[width..]).expect("a secret");
            assert_eq!(here, agree(curve, &two, &one[width..]).expect("a secret"));
            assert_eq!(here.len(), width);
        }
    }
}
