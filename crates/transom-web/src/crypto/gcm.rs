//! AES-GCM with every length of nonce and tag that Web Cryptography allows; the JavaScript is in `aes.js`.
//! Spec: <https://w3c.github.io/webcrypto/#aes-gcm>, NIST SP 800-38D
//!
//! The usual form, a nonce of 96 bits and a tag of 128, goes through aws-lc. The others are put together here from
//! AES, counter mode and GHASH, as section 7 of SP 800-38D says; a test holds the two against each other.

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher};
use aes::{Aes128, Aes192, Aes256};
use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use bytes::Bytes;
use ctr::Ctr32BE;
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use subtle::ConstantTimeEq;
use transom_engine::{Op, OpError};

use super::aes::with_aes;
use super::{failed, late};

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::future(
            "crypto_aes_gcm_encrypt",
            |key: Bytes, iv: Bytes, additional: Bytes, tag_bytes: u32, data: Bytes| {
                late(data.len(), move || encrypt(&key, &iv, &additional, tag_bytes as usize, &data))
            },
        ),
        Op::future(
            "crypto_aes_gcm_decrypt",
            |key: Bytes, iv: Bytes, additional: Bytes, tag_bytes: u32, data: Bytes| {
                late(data.len(), move || decrypt(&key, &iv, &additional, tag_bytes as usize, &data))
            },
        ),
    ]
}

const USUAL_IV_BYTES: usize = 12;
const USUAL_TAG_BYTES: usize = 16;

fn encrypt(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    tag_bytes: usize,
    data: &[u8],
) -> Result<Bytes, OpError> {
    if iv.len() == USUAL_IV_BYTES {
        let mut out = Vec::with_capacity(data.len() + USUAL_TAG_BYTES);
        out.extend_from_slice(data);
        let nonce = Nonce::try_assume_unique_for_key(iv).map_err(failed)?;
        usual_key(key)?
            .seal_in_place_append_tag(nonce, Aad::from(aad), &mut out)
            .map_err(failed)?;
        // A shorter tag is the beginning of the full one.
        out.truncate(data.len() + tag_bytes);
        return Ok(out.into());
    }
    let mut out = data.to_vec();
    let parts = Parts::new(key, iv)?;
    parts.apply(key, &mut out)?;
    let tag = parts.tag(aad, &out);
    out.extend_from_slice(&tag[..tag_bytes]);
    Ok(out.into())
}

fn decrypt(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    tag_bytes: usize,
    data: &[u8],
) -> Result<Bytes, OpError> {
    let Some(length) = data.len().checked_sub(tag_bytes) else {
        return Err(OpError::dom("OperationError", "the data is shorter than its tag"));
    };
    if iv.len() == USUAL_IV_BYTES && tag_bytes == USUAL_TAG_BYTES {
        let mut out = data.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(iv).map_err(failed)?;
        usual_key(key)?.open_in_place(nonce, Aad::from(aad), &mut out).map_err(failed)?;
        out.truncate(length);
        return Ok(out.into());
    }
    let (text, tag) = data.split_at(length);
    let parts = Parts::new(key, iv)?;
    if !bool::from(parts.tag(aad, text)[..tag_bytes].ct_eq(tag)) {
        return Err(OpError::dom("OperationError", "the data or its tag was changed"));
    }
    let mut out = text.to_vec();
    parts.apply(key, &mut out)?;
    Ok(out.into())
}

fn usual_key(key: &[u8]) -> Result<LessSafeKey, OpError> {
    let algorithm = match key.len() {
        16 => &aead::AES_128_GCM,
        24 => &aead::AES_192_GCM,
        _ => &aead::AES_256_GCM,
    };
    Ok(LessSafeKey::new(UnboundKey::new(algorithm, key).map_err(failed)?))
}

type Block = [u8; 16];

/// What key and nonce determine: the hash with its subkey, the first counter block and what masks the tag.
struct Parts {
    hash: GHash,
    first: Block,
    mask: Block,
}

impl Parts {
    fn new(key: &[u8], iv: &[u8]) -> Result<Self, OpError> {
        let hash = GHash::new(&Array::from(block_cipher(key, [0; 16])?));
        let mut first = [0; 16];
        if iv.len() == USUAL_IV_BYTES {
            first[..12].copy_from_slice(iv);
            first[15] = 1;
        } else {
            let mut of_iv = hash.clone();
            of_iv.update_padded(iv);
            of_iv.update(&[Array::from(lengths(0, iv.len()))]);
            first = of_iv.finalize().into();
        }
        let mask = block_cipher(key, first)?;
        Ok(Self { hash, first, mask })
    }

    /// Encrypts or decrypts with the counter after the first one.
    fn apply(&self, key: &[u8], data: &mut [u8]) -> Result<(), OpError> {
        let mut counter = self.first;
        let low = u32::from_be_bytes([counter[12], counter[13], counter[14], counter[15]]);
        counter[12..].copy_from_slice(&low.wrapping_add(1).to_be_bytes());
        with_aes!(key, Cipher => {
            let mut mode = Ctr32BE::<Cipher>::new_from_slices(key, &counter).map_err(failed)?;
            mode.try_apply_keystream(data).map_err(failed)
        })
    }

    fn tag(&self, aad: &[u8], encrypted: &[u8]) -> Block {
        let mut hash = self.hash.clone();
        hash.update_padded(aad);
        hash.update_padded(encrypted);
        hash.update(&[Array::from(lengths(aad.len(), encrypted.len()))]);
        let mut tag: Block = hash.finalize().into();
        for (byte, mask) in tag.iter_mut().zip(self.mask) {
            *byte ^= mask;
        }
        tag
    }
}

/// Two lengths in bits, as the last block that is hashed.
fn lengths(first: usize, second: usize) -> Block {
    (((first as u128 * 8) << 64) | (second as u128 * 8)).to_be_bytes()
}

fn block_cipher(key: &[u8], block: Block) -> Result<Block, OpError> {
    with_aes!(key, Cipher => {
        let cipher = Cipher::new_from_slice(key).map_err(failed)?;
        let mut block = Array::from(block);
        cipher.encrypt_block(&mut block);
        Ok(block.into())
    })
}

#[cfg(test)]
mod tests {
    use super::{Parts, decrypt, encrypt};

    #[test]
    fn both_ways_give_the_same_text_and_tag() {
        let iv = [3; 12];
        for key in [&[1_u8; 16][..], &[1; 24], &[1; 32]] {
            let usual =
                encrypt(key, &iv, b"aad", 16, b"some text over a block").expect("encrypted");
            let parts = Parts::new(key, &iv).expect("a key");
            let mut other = b"some text over a block".to_vec();
            parts.apply(key, &mut other).expect("encrypted");
            let tag = parts.tag(b"aad", &other);
            other.extend_from_slice(&tag);
            assert_eq!(usual, other);
        }
    }

    #[test]
    fn other_nonces_and_short_tags_go_there_and_back() {
        for iv in [&[9_u8; 16][..], &[9; 12], &[9; 1]] {
            let sealed = encrypt(&[1; 16], iv, b"", 4, b"text").expect("encrypted");
            assert_eq!(sealed.len(), 8);
            assert_eq!(&decrypt(&[1; 16], iv, b"", 4, &sealed).expect("decrypted")[..], b"text");
            assert!(decrypt(&[1; 16], iv, b"x", 4, &sealed).is_err());
        }
    }
}
