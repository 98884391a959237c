//! AES in the modes of Web Cryptography: CBC, CTR and KW. GCM is in `gcm.rs`; the JavaScript is in `aes.js`.
//! Spec: <https://w3c.github.io/webcrypto/#aes-ctr>, `#aes-cbc`, `#aes-kw`

use aes::{Aes128, Aes192, Aes256};
use aes_kw::{KwAes128, KwAes192, KwAes256};
use bytes::Bytes;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher};
use ctr::Ctr128BE;
use transom_engine::{Op, OpError};

use super::{failed, late};

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::future("crypto_aes_cbc_encrypt", |key: Bytes, iv: Bytes, data: Bytes| {
            late(data.len(), move || cbc_encrypt(&key, &iv, &data))
        }),
        Op::future("crypto_aes_cbc_decrypt", |key: Bytes, iv: Bytes, data: Bytes| {
            late(data.len(), move || cbc_decrypt(&key, &iv, &data))
        }),
        Op::future("crypto_aes_ctr", |key: Bytes, counter: Bytes, bits: u32, data: Bytes| {
            late(data.len(), move || counter_mode(&key, &counter, bits, &data))
        }),
        Op::new("crypto_aes_wrap", |key: Bytes, data: Bytes| wrap(&key, &data)),
        Op::new("crypto_aes_unwrap", |key: Bytes, data: Bytes| unwrap(&key, &data)),
    ]
}

/// Runs an expression with `$cipher` standing for AES of the key's size.
macro_rules! with_aes {
    ($key:expr, $cipher:ident => $body:expr) => {
        match $key.len() {
            16 => {
                type $cipher = Aes128;
                $body
            }
            24 => {
                type $cipher = Aes192;
                $body
            }
            _ => {
                type $cipher = Aes256;
                $body
            }
        }
    };
}
pub(super) use with_aes;

fn cbc_encrypt(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Bytes, OpError> {
    with_aes!(key, Cipher => {
        let mode = cbc::Encryptor::<Cipher>::new_from_slices(key, iv).map_err(failed)?;
        Ok(mode.encrypt_padded_vec::<Pkcs7>(data).into())
    })
}

fn cbc_decrypt(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Bytes, OpError> {
    with_aes!(key, Cipher => {
        let mode = cbc::Decryptor::<Cipher>::new_from_slices(key, iv).map_err(failed)?;
        Ok(mode.decrypt_padded_vec::<Pkcs7>(data).map_err(failed)?.into())
    })
}

/// Counter mode whose counter is the lowest `bits` bits of the block and wraps within them.
///
/// # Errors
/// `OperationError` when the data needs more blocks than the counter has values.
fn counter_mode(key: &[u8], counter: &[u8], bits: u32, data: &[u8]) -> Result<Bytes, OpError> {
    let block: [u8; 16] = counter.try_into().map_err(failed)?;
    let block = u128::from_be_bytes(block);
    let mask = if bits >= 128 { u128::MAX } else { (1 << bits) - 1 };
    let blocks = data.len().div_ceil(16) as u128;
    if blocks > mask.saturating_add(1) {
        return Err(OpError::dom("OperationError", "the data is too long for the counter"));
    }
    let mut out = data.to_vec();
    // How many blocks there are until the counter wraps; beyond that it goes on from zero.
    let until_wrap = (mask - (block & mask)).saturating_add(1);
    let first = if blocks > until_wrap { until_wrap as usize * 16 } else { out.len() };
    let (head, tail) = out.split_at_mut(first);
    apply_counter(key, block, head)?;
    apply_counter(key, block & !mask, tail)?;
    Ok(out.into())
}

fn apply_counter(key: &[u8], block: u128, data: &mut [u8]) -> Result<(), OpError> {
    with_aes!(key, Cipher => {
        let block = block.to_be_bytes();
        let mut mode = Ctr128BE::<Cipher>::new_from_slices(key, &block).map_err(failed)?;
        mode.try_apply_keystream(data).map_err(failed)
    })
}

fn wrap(key: &[u8], data: &[u8]) -> Result<Bytes, OpError> {
    if data.len() < 16 {
        return Err(OpError::dom("OperationError", "AES-KW wraps no less than 16 bytes"));
    }
    let mut out = vec![0; data.len() + 8];
    match key.len() {
        16 => KwAes128::new_from_slice(key).map_err(failed)?.wrap_key(data, &mut out).map(drop),
        24 => KwAes192::new_from_slice(key).map_err(failed)?.wrap_key(data, &mut out).map(drop),
        _ => KwAes256::new_from_slice(key).map_err(failed)?.wrap_key(data, &mut out).map(drop),
    }
    .map_err(failed)?;
    Ok(out.into())
}

fn unwrap(key: &[u8], data: &[u8]) -> Result<Bytes, OpError> {
    if data.len() < 24 {
        return Err(OpError::dom("OperationError", "the wrapped key is too short"));
    }
    let mut out = vec![0; data.len() - 8];
    match key.len() {
        16 => KwAes128::new_from_slice(key).map_err(failed)?.unwrap_key(data, &mut out).map(drop),
        24 => KwAes192::new_from_slice(key).map_err(failed)?.unwrap_key(data, &mut out).map(drop),
        _ => KwAes256::new_from_slice(key).map_err(failed)?.unwrap_key(data, &mut out).map(drop),
    }
    .map_err(failed)?;
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::{counter_mode, unwrap, wrap};

    #[test]
    fn a_short_counter_wraps_within_its_bits() {
        let key = [7; 16];
        let mut counter = [0xff; 16];
        let two = counter_mode(&key, &counter, 8, &[0; 32]).expect("two blocks");
        counter[15] = 0;
        let second = counter_mode(&key, &counter, 8, &[0; 16]).expect("one block");
        assert_eq!(two[16..], second[..]);
        assert!(counter_mode(&key, &counter, 1, &[0; 33]).is_err());
    }

    #[test]
    fn wrapping_is_that_of_rfc_3394() {
        let key: Vec<u8> = (0..16).collect();
        let data: Vec<u8> = (0..8).map(|n| n * 0x11).chain((8..16).map(|n| n * 0x11)).collect();
        let wrapped = wrap(&key, &data).expect("wrapped");
        assert_eq!(wrapped[..8], [0x1f, 0xa6, 0x8b, 0x0a, 0x81, 0x12, 0xb4, 0x47]);
        assert_eq!(unwrap(&key, &wrapped).expect("unwrapped"), data);
        assert!(unwrap(&key, &[0; 24]).is_err());
    }
}
