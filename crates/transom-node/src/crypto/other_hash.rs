//! Hashes that aws-lc has not, alone and as HMAC: MD5, RIPEMD-160 and SHA-512/224. None is for new designs; old
//! protocols ask for them.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use ripemd::Ripemd160;
use sha2::Sha512_224;

/// One of them in the making.
#[derive(Clone)]
pub(super) enum Other {
    Md5(Md5),
    Ripemd160(Ripemd160),
    Sha512_224(Sha512_224),
    HmacMd5(Hmac<Md5>),
    HmacRipemd160(Hmac<Ripemd160>),
    HmacSha512_224(Hmac<Sha512_224>),
}

impl Other {
    /// `None` for a name that is none of these.
    pub(super) fn new(name: &str, key: Option<&[u8]>) -> Option<Self> {
        Some(match (name, key) {
            ("md5", None) => Self::Md5(Md5::new()),
            ("ripemd160" | "rmd160", None) => Self::Ripemd160(Ripemd160::new()),
            ("sha512-224", None) => Self::Sha512_224(Sha512_224::new()),
            ("md5", Some(key)) => Self::HmacMd5(Hmac::new_from_slice(key).ok()?),
            ("ripemd160" | "rmd160", Some(key)) => {
                Self::HmacRipemd160(Hmac::new_from_slice(key).ok()?)
            }
            ("sha512-224", Some(key)) => Self::HmacSha512_224(Hmac::new_from_slice(key).ok()?),
            _ => return None,
        })
    }

    pub(super) fn update(&mut self, data: &[u8]) {
        match self {
            Self::Md5(hash) => Digest::update(hash, data),
            Self::Ripemd160(hash) => Digest::update(hash, data),
            Self::Sha512_224(hash) => Digest::update(hash, data),
            Self::HmacMd5(mac) => Mac::update(mac, data),
            Self::HmacRipemd160(mac) => Mac::update(mac, data),
            Self::HmacSha512_224(mac) => Mac::update(mac, data),
        }
    }

    pub(super) fn finish(self) -> Bytes {
        match self {
            Self::Md5(hash) => Bytes::copy_from_slice(&hash.finalize()),
            Self::Ripemd160(hash) => Bytes::copy_from_slice(&hash.finalize()),
            Self::Sha512_224(hash) => Bytes::copy_from_slice(&hash.finalize()),
            Self::HmacMd5(mac) => Bytes::copy_from_slice(&mac.finalize().into_bytes()),
            Self::HmacRipemd160(mac) => Bytes::copy_from_slice(&mac.finalize().into_bytes()),
            Self::HmacSha512_224(mac) => Bytes::copy_from_slice(&mac.finalize().into_bytes()),
        }
    }
}
