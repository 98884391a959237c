//! Ed25519 and X25519. The JavaScript is in `okp.js`.
//! Spec: <https://w3c.github.io/webcrypto/#ed25519>, `#x25519`
//!
//! A private key is its seed followed by its public key, 64 bytes; a public key is 32 bytes.

use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey, X25519};
use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair};
use bytes::Bytes;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use transom_engine::{Op, OpError};

use super::{failed, malformed};

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::new("crypto_okp_private", |name: String, seed: Bytes| private(&name, &seed)),
        Op::new("crypto_okp_from_pkcs8", |name: String, der: Bytes| from_pkcs8(&name, &der)),
        Op::new("crypto_okp_from_spki", |name: String, der: Bytes| from_spki(&name, &der)),
        Op::new("crypto_ed25519_sign", |key: Bytes, data: Bytes| sign(&key, &data)),
        Op::new("crypto_ed25519_verify", |key: Bytes, signature: Bytes, data: Bytes| {
            verify(&key, &signature, &data)
        }),
        Op::new("crypto_x25519", |private: Bytes, public: Bytes| agree(&private, &public)),
    ]
}

/// The private key of a seed.
fn private(name: &str, seed: &[u8]) -> Result<Bytes, OpError> {
    let public = if name == "Ed25519" {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(malformed)?;
        pair.public_key().as_ref().to_vec()
    } else {
        let key = PrivateKey::from_private_key(&X25519, seed).map_err(malformed)?;
        key.compute_public_key().map_err(malformed)?.as_ref().to_vec()
    };
    let public = public.get(..32).ok_or_else(|| malformed("the public key is too short"))?;
    Ok([seed, public].concat().into())
}

fn from_pkcs8(name: &str, der: &[u8]) -> Result<Bytes, OpError> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(malformed)?;
    if info.algorithm.oid != identifier(name) || info.algorithm.parameters.is_some() {
        return Err(malformed("the key is for another algorithm"));
    }
    let seed = <&OctetStringRef>::from_der(info.private_key.as_bytes()).map_err(malformed)?;
    private(name, seed.as_bytes())
}

fn from_spki(name: &str, der: &[u8]) -> Result<Bytes, OpError> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(malformed)?;
    if info.algorithm.oid != identifier(name) || info.algorithm.parameters.is_some() {
        return Err(malformed("the key is for another algorithm"));
    }
    let bytes = info.subject_public_key.as_bytes().ok_or_else(|| malformed("odd bits"))?;
    if bytes.len() != 32 {
        return Err(malformed("a public key has 32 bytes"));
    }
    Ok(Bytes::copy_from_slice(bytes))
}

/// RFC 8410, section 3.
fn identifier(name: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(if name == "Ed25519" { "1.3.101.112" } else { "1.3.101.110" })
}

fn sign(key: &[u8], data: &[u8]) -> Result<Bytes, OpError> {
    let seed = key.get(..32).ok_or_else(|| failed("the key is too short"))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(failed)?;
    Ok(Bytes::copy_from_slice(pair.sign(data).as_ref()))
}

/// Section 26.3.2, "Verify": points of small order are refused, which the signature check itself does not do.
fn verify(key: &[u8], signature: &[u8], data: &[u8]) -> bool {
    let Some(point) = signature.get(..32) else { return false };
    if has_small_order(key) || has_small_order(point) {
        return false;
    }
    signature::UnparsedPublicKey::new(&signature::ED25519, key).verify(data, signature).is_ok()
}

/// Whether an encoded point is one of the eight of small order, in any of its encodings.
fn has_small_order(point: &[u8]) -> bool {
    /// The y-coordinates of two of the points, from the order-8 subgroup.
    const ORDER_8: [[u8; 32]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    let Ok(mut y) = <[u8; 32]>::try_from(point) else { return false };
    y[31] &= 0x7f;
    let middle = |byte| y[1..31].iter().all(|found| *found == byte);
    // 0 and 1; and p - 1, p and p + 1, where p = 2^255 - 19.
    (y[0] <= 1 && middle(0) && y[31] == 0)
        || ((0xec..=0xee).contains(&y[0]) && middle(0xff) && y[31] == 0x7f)
        || ORDER_8.contains(&y)
}

fn agree(private: &[u8], public: &[u8]) -> Result<Bytes, OpError> {
    let seed = private.get(..32).ok_or_else(|| failed("the key is too short"))?;
    let key = PrivateKey::from_private_key(&X25519, seed).map_err(failed)?;
    // Refuses a secret of zeros, as step 5 of "Derive Bits" asks.
    agreement::agree(&key, UnparsedPublicKey::new(&X25519, public), failed("no secret"), |secret| {
        Ok(Bytes::copy_from_slice(secret))
    })
}
