//! Ciphers that take their input piece by piece: AES in the modes CBC, ECB, CTR and GCM, and ChaCha20-Poly1305.
//! The classes are in `cipher.js`.
//!
//! What comes in is given back encrypted or decrypted at once as far as whole blocks go; authenticated modes check
//! their tag at the end, as Node's do.

use std::rc::Rc;

use aes::cipher::{
    Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher,
};
use aes::{Aes128, Aes192, Aes256};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use bytes::Bytes;
use chacha20::ChaCha20;
use ctr::{Ctr32BE, Ctr128BE};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use poly1305::Poly1305;
use transom_engine::{Op, OpError, RealmNumber};

use crate::handles::Handles;

/// Name, bytes of the key, bytes of the nonce (0: any), and mode of every cipher.
const CIPHERS: [(&str, usize, usize, Mode); 13] = [
    ("aes-128-cbc", 16, 16, Mode::Cbc),
    ("aes-128-ctr", 16, 16, Mode::Ctr),
    ("aes-128-ecb", 16, 0, Mode::Ecb),
    ("aes-128-gcm", 16, 12, Mode::Gcm),
    ("aes-192-cbc", 24, 16, Mode::Cbc),
    ("aes-192-ctr", 24, 16, Mode::Ctr),
    ("aes-192-ecb", 24, 0, Mode::Ecb),
    ("aes-192-gcm", 24, 12, Mode::Gcm),
    ("aes-256-cbc", 32, 16, Mode::Cbc),
    ("aes-256-ctr", 32, 16, Mode::Ctr),
    ("aes-256-ecb", 32, 0, Mode::Ecb),
    ("aes-256-gcm", 32, 12, Mode::Gcm),
    ("chacha20-poly1305", 32, 12, Mode::ChaCha),
];

const BLOCK: usize = 16;
type Block = [u8; BLOCK];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Cbc,
    Ecb,
    Ctr,
    Gcm,
    ChaCha,
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Cbc => "cbc",
            Self::Ecb => "ecb",
            Self::Ctr => "ctr",
            Self::Gcm => "gcm",
            Self::ChaCha => "stream",
        }
    }
}

pub(crate) type Ciphers = Handles<Cipher>;

/// One cipher in the middle of its work.
pub(crate) struct Cipher {
    encrypts: bool,
    engine: Engine,
}

enum Engine {
    Blocks(Box<Blocks>),
    Stream(Box<dyn StreamCipher>),
    Sealed(Box<Sealed>),
}

/// CBC and ECB: whole blocks, and padding at the end.
struct Blocks {
    cipher: BlockCipher,
    /// The block that the next one is mixed with; `None` in ECB.
    previous: Option<Block>,
    held: Vec<u8>,
    pads: bool,
}

enum BlockCipher {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

impl BlockCipher {
    fn new(key: &[u8]) -> Result<Self, OpError> {
        Ok(match key.len() {
            16 => Self::Aes128(Aes128::new_from_slice(key).map_err(failed)?),
            24 => Self::Aes192(Aes192::new_from_slice(key).map_err(failed)?),
            _ => Self::Aes256(Aes256::new_from_slice(key).map_err(failed)?),
        })
    }

    fn encrypt(&self, block: Block) -> Block {
        let mut block = Array::from(block);
        match self {
            Self::Aes128(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes192(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes256(cipher) => cipher.encrypt_block(&mut block),
        }
        block.into()
    }

    fn decrypt(&self, block: Block) -> Block {
        let mut block = Array::from(block);
        match self {
            Self::Aes128(cipher) => cipher.decrypt_block(&mut block),
            Self::Aes192(cipher) => cipher.decrypt_block(&mut block),
            Self::Aes256(cipher) => cipher.decrypt_block(&mut block),
        }
        block.into()
    }
}

/// GCM and ChaCha20-Poly1305: a stream, and a tag over what was encrypted.
struct Sealed {
    stream: Box<dyn StreamCipher>,
    authenticator: Authenticator,
    /// What has been authenticated of a block that is not whole.
    held: Vec<u8>,
    additional: usize,
    length: usize,
    has_data: bool,
}

enum Authenticator {
    Ghash {
        hash: GHash,
        mask: Block,
    },
    /// Boxed, because it is much larger.
    Poly(Box<Poly1305>),
}

impl Authenticator {
    fn blocks(&mut self, data: &[u8]) {
        match self {
            Self::Ghash { hash, .. } => hash.update_padded(data),
            Self::Poly(hash) => hash.update_padded(data),
        }
    }
}

fn failed(error: impl std::fmt::Display) -> OpError {
    OpError::error(format!("the cipher failed: {error}")).code("ERR_CRYPTO_INVALID_STATE")
}

fn xor(block: Block, other: Block) -> Block {
    std::array::from_fn(|index| block[index] ^ other[index])
}

impl Cipher {
    fn new(name: &str, encrypts: bool, key: &[u8], iv: Option<&[u8]>) -> Result<Self, OpError> {
        let (_, _, _, mode) = find(name)
            .ok_or_else(|| OpError::error("Unknown cipher").code("ERR_CRYPTO_UNKNOWN_CIPHER"))?;
        let block = |iv: Option<&[u8]>| -> Result<Block, OpError> {
            iv.unwrap_or_default().try_into().map_err(|_| failed("the nonce has a wrong length"))
        };
        let engine = match mode {
            Mode::Cbc | Mode::Ecb => Engine::Blocks(Box::new(Blocks {
                cipher: BlockCipher::new(key)?,
                previous: if mode == Mode::Cbc { Some(block(iv)?) } else { None },
                held: Vec::new(),
                pads: true,
            })),
            Mode::Ctr => Engine::Stream(counter_128(key, block(iv)?)?),
            Mode::Gcm => Engine::Sealed(Box::new(gcm(key, iv.unwrap_or_default())?)),
            Mode::ChaCha => Engine::Sealed(Box::new(chacha(key, iv.unwrap_or_default())?)),
        };
        Ok(Self { encrypts, engine })
    }

    fn set_padding(&mut self, pads: bool) {
        if let Engine::Blocks(blocks) = &mut self.engine {
            blocks.pads = pads;
        }
    }

    fn add(&mut self, additional: &[u8]) -> Result<(), OpError> {
        if let Engine::Sealed(sealed) = &mut self.engine {
            sealed.authenticate(additional);
            sealed.additional += additional.len();
        }
        Ok(())
    }

    fn update(&mut self, data: &[u8]) -> Vec<u8> {
        match &mut self.engine {
            Engine::Blocks(blocks) => blocks.update(data, self.encrypts),
            Engine::Stream(stream) => {
                let mut out = data.to_vec();
                stream.apply_keystream(&mut out);
                out
            }
            Engine::Sealed(sealed) => sealed.update(data, self.encrypts),
        }
    }

    /// What is left, and the tag of authenticated modes; `expected` is the tag to compare with when decrypting.
    fn finish(mut self, expected: Option<&[u8]>) -> Result<(Bytes, Option<Bytes>), OpError> {
        match &mut self.engine {
            Engine::Blocks(blocks) => Ok((blocks.finish(self.encrypts)?.into(), None)),
            Engine::Stream(_) => Ok((Bytes::new(), None)),
            Engine::Sealed(_) => {
                let Engine::Sealed(sealed) = self.engine else { return Err(failed("no tag")) };
                let tag = sealed.tag();
                if !self.encrypts {
                    let fits = expected.is_some_and(|expected| {
                        !expected.is_empty()
                            && expected.len() <= tag.len()
                            && verify_slices_are_equal(&tag[..expected.len()], expected).is_ok()
                    });
                    if !fits {
                        return Err(OpError::error(
                            "Unsupported state or unable to authenticate data",
                        ));
                    }
                }
                Ok((Bytes::new(), Some(Bytes::copy_from_slice(&tag))))
            }
        }
    }
}

impl Blocks {
    fn update(&mut self, data: &[u8], encrypts: bool) -> Vec<u8> {
        self.held.extend_from_slice(data);
        let mut whole = self.held.len() / BLOCK * BLOCK;
        // The last block may be padding, which only the end tells.
        if !encrypts && self.pads && whole == self.held.len() && whole > 0 {
            whole -= BLOCK;
        }
        let rest = self.held.split_off(whole);
        let input = std::mem::replace(&mut self.held, rest);
        let mut out = Vec::with_capacity(input.len());
        for chunk in input.chunks_exact(BLOCK) {
            let block: Block = chunk.try_into().expect("a whole block");
            out.extend_from_slice(&self.one(block, encrypts));
        }
        out
    }

    fn one(&mut self, block: Block, encrypts: bool) -> Block {
        match (&mut self.previous, encrypts) {
            (None, true) => self.cipher.encrypt(block),
            (None, false) => self.cipher.decrypt(block),
            (Some(previous), true) => {
                *previous = self.cipher.encrypt(xor(block, *previous));
                *previous
            }
            (Some(previous), false) => {
                let out = xor(self.cipher.decrypt(block), *previous);
                *previous = block;
                out
            }
        }
    }

    fn finish(&mut self, encrypts: bool) -> Result<Vec<u8>, OpError> {
        let wrong_length = || {
            OpError::error("error:1C80006B:Provider routines::wrong final block length")
                .code("ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH")
        };
        let bad = || {
            OpError::error("error:1C800064:Provider routines::bad decrypt")
                .code("ERR_OSSL_BAD_DECRYPT")
        };
        let mut held = std::mem::take(&mut self.held);
        if !self.pads {
            return if held.is_empty() { Ok(held) } else { Err(wrong_length()) };
        }
        if encrypts {
            let pad = BLOCK - held.len();
            held.resize(BLOCK, pad as u8);
            let block: Block = held.as_slice().try_into().expect("padded to a block");
            return Ok(self.one(block, true).to_vec());
        }
        let block: Block = held.as_slice().try_into().map_err(|_| wrong_length())?;
        let out = self.one(block, false);
        let pad = usize::from(out[BLOCK - 1]);
        let fits = (1..=BLOCK).contains(&pad)
            && out[BLOCK - pad..].iter().all(|byte| usize::from(*byte) == pad);
        if fits { Ok(out[..BLOCK - pad].to_vec()) } else { Err(bad()) }
    }
}

impl Sealed {
    fn update(&mut self, data: &[u8], encrypts: bool) -> Vec<u8> {
        if !self.has_data {
            self.has_data = true;
            self.fill_up();
        }
        self.length += data.len();
        let mut out = data.to_vec();
        if !encrypts {
            self.authenticate(data);
        }
        self.stream.apply_keystream(&mut out);
        if encrypts {
            self.authenticate(&out);
        }
        out
    }

    fn authenticate(&mut self, data: &[u8]) {
        self.held.extend_from_slice(data);
        let whole = self.held.len() / BLOCK * BLOCK;
        let rest = self.held.split_off(whole);
        let input = std::mem::replace(&mut self.held, rest);
        self.authenticator.blocks(&input);
    }

    /// Fills the last block with zeros.
    fn fill_up(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.authenticator.blocks(&held);
    }

    fn tag(mut self) -> Block {
        self.fill_up();
        let (one, other) = (self.additional as u128, self.length as u128);
        match self.authenticator {
            Authenticator::Ghash { mut hash, mask } => {
                let lengths: Block = ((one * 8) << 64 | (other * 8)).to_be_bytes();
                hash.update(&[Array::from(lengths)]);
                xor(hash.finalize().into(), mask)
            }
            Authenticator::Poly(mut hash) => {
                let lengths: Block = (one | other << 64).to_le_bytes();
                hash.update(&[Array::from(lengths)]);
                hash.finalize().into()
            }
        }
    }
}

fn counter_128(key: &[u8], iv: Block) -> Result<Box<dyn StreamCipher>, OpError> {
    Ok(match key.len() {
        16 => Box::new(Ctr128BE::<Aes128>::new_from_slices(key, &iv).map_err(failed)?),
        24 => Box::new(Ctr128BE::<Aes192>::new_from_slices(key, &iv).map_err(failed)?),
        _ => Box::new(Ctr128BE::<Aes256>::new_from_slices(key, &iv).map_err(failed)?),
    })
}

/// NIST SP 800-38D.
fn gcm(key: &[u8], iv: &[u8]) -> Result<Sealed, OpError> {
    let cipher = BlockCipher::new(key)?;
    let hash = GHash::new(&Array::from(cipher.encrypt([0; BLOCK])));
    let mut first = [0; BLOCK];
    if iv.len() == 12 {
        first[..12].copy_from_slice(iv);
        first[15] = 1;
    } else {
        let mut of_iv = hash.clone();
        of_iv.update_padded(iv);
        let length: Block = (iv.len() as u128 * 8).to_be_bytes();
        of_iv.update(&[Array::from(length)]);
        first = of_iv.finalize().into();
    }
    let mask = cipher.encrypt(first);
    let low = u32::from_be_bytes([first[12], first[13], first[14], first[15]]);
    first[12..].copy_from_slice(&low.wrapping_add(1).to_be_bytes());
    let stream: Box<dyn StreamCipher> = match key.len() {
        16 => Box::new(Ctr32BE::<Aes128>::new_from_slices(key, &first).map_err(failed)?),
        24 => Box::new(Ctr32BE::<Aes192>::new_from_slices(key, &first).map_err(failed)?),
        _ => Box::new(Ctr32BE::<Aes256>::new_from_slices(key, &first).map_err(failed)?),
    };
    Ok(Sealed::new(stream, Authenticator::Ghash { hash, mask }))
}

/// RFC 8439.
fn chacha(key: &[u8], iv: &[u8]) -> Result<Sealed, OpError> {
    let mut stream = ChaCha20::new_from_slices(key, iv).map_err(failed)?;
    // The first block is the key of the tag; what follows it encrypts.
    let mut block = [0; 64];
    stream.apply_keystream(&mut block);
    let hash = Poly1305::new_from_slice(&block[..32]).map_err(failed)?;
    Ok(Sealed::new(Box::new(stream), Authenticator::Poly(Box::new(hash))))
}

impl Sealed {
    fn new(stream: Box<dyn StreamCipher>, authenticator: Authenticator) -> Self {
        Self { stream, authenticator, held: Vec::new(), additional: 0, length: 0, has_data: false }
    }
}

fn find(name: &str) -> Option<(&'static str, usize, usize, Mode)> {
    let lower = name.to_ascii_lowercase();
    let canonical = match lower.as_str() {
        "aes128" => "aes-128-cbc",
        "aes192" => "aes-192-cbc",
        "aes256" => "aes-256-cbc",
        "id-aes128-gcm" => "aes-128-gcm",
        "id-aes192-gcm" => "aes-192-gcm",
        "id-aes256-gcm" => "aes-256-gcm",
        other => other,
    };
    CIPHERS.into_iter().find(|(known, ..)| *known == canonical)
}

pub(crate) fn ops(ciphers: &Rc<Ciphers>) -> Vec<Op> {
    let [opener, padder, adder, updater, ender, closer] =
        std::array::from_fn(|_| Rc::clone(ciphers));
    vec![
        Op::new("node_cipher_names", || {
            CIPHERS.iter().map(|(name, ..)| (*name).to_owned()).collect::<Vec<_>>()
        }),
        // Name, bytes of key and nonce, and mode.
        Op::new("node_cipher_info", |name: String| {
            find(&name).map(|(name, key, iv, mode)| {
                (name.to_owned(), key as u32, iv as u32, mode.name().to_owned())
            })
        }),
        Op::new(
            "node_cipher_open",
            move |name: String,
                  encrypts: bool,
                  key: Bytes,
                  iv: Option<Bytes>,
                  realm: RealmNumber| {
                let cipher = Cipher::new(&name, encrypts, &key, iv.as_deref())?;
                Ok::<u32, OpError>(opener.insert(cipher, realm.0))
            },
        ),
        Op::new("node_cipher_padding", move |number: u32, pads: bool| {
            padder.with(number, |cipher| cipher.set_padding(pads))
        }),
        Op::new("node_cipher_add", move |number: u32, data: Bytes| {
            adder.with(number, |cipher| cipher.add(&data))?
        }),
        Op::new("node_cipher_update", move |number: u32, data: Bytes| {
            updater.with(number, |cipher| Bytes::from(cipher.update(&data)))
        }),
        Op::new("node_cipher_finish", move |number: u32, tag: Option<Bytes>| {
            let cipher = ender.take(number).ok_or_else(|| failed("it has ended"))?;
            cipher.finish(tag.as_deref())
        }),
        Op::new("node_cipher_close", move |number: u32| drop(closer.take(number))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        name: &str,
        encrypts: bool,
        iv: &[u8],
        data: &[u8],
        tag: Option<&[u8]>,
    ) -> (Vec<u8>, Option<Bytes>) {
        let (_, key, ..) = find(name).expect("known");
        let mut cipher = Cipher::new(name, encrypts, &vec![7; key], Some(iv)).expect("made");
        cipher.add(b"more").expect("added");
        let mut out = Vec::new();
        for piece in data.chunks(5) {
            out.extend(cipher.update(piece));
        }
        let (rest, tag) = cipher.finish(tag).expect("ended");
        out.extend_from_slice(&rest);
        (out, tag)
    }

    #[test]
    fn every_cipher_goes_there_and_back_in_pieces() {
        let text = b"a text that is longer than two blocks of sixteen";
        for (name, _, iv, _) in CIPHERS {
            let iv = vec![3; iv];
            for length in [0, 1, 16, 17, text.len()] {
                let (sealed, tag) = run(name, true, &iv, &text[..length], None);
                let (opened, _) = run(name, false, &iv, &sealed, tag.as_deref());
                assert_eq!(opened, &text[..length], "{name} {length}");
            }
        }
    }

    /// RFC 8439, section 2.8.2.
    #[test]
    fn chacha_is_that_of_the_rfc() {
        let key: Vec<u8> = (0x80..0xa0).collect();
        let iv = [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47];
        let mut cipher = Cipher::new("chacha20-poly1305", true, &key, Some(&iv)).expect("made");
        cipher
            .add(&[0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7])
            .expect("added");
        let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        assert_eq!(cipher.update(text)[..4], [0xd3, 0x1a, 0x8d, 0x34]);
        let (_, tag) = cipher.finish(None).expect("ended");
        assert_eq!(tag.expect("a tag")[..4], [0x1a, 0xe1, 0x0b, 0x59]);
    }
}
