//! Compression. Its output is never much longer than its input, so a step takes all input at once.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// Of 0 to 11: about as slow as gzip's default, and smaller.
const BROTLI_QUALITY: u32 = 5;
const BROTLI_WINDOW: u32 = 22;
const BROTLI_BUFFER: usize = 4096;

pub(super) enum Packer {
    Deflate(DeflateEncoder<Vec<u8>>),
    Zlib(ZlibEncoder<Vec<u8>>),
    Gzip(GzEncoder<Vec<u8>>),
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    /// The end has been written.
    Finished,
}

impl Packer {
    /// `format` is one of the names of the standard.
    pub(super) fn new(format: &str) -> Self {
        let level = Compression::default();
        match format {
            "deflate-raw" => Self::Deflate(DeflateEncoder::new(Vec::new(), level)),
            "deflate" => Self::Zlib(ZlibEncoder::new(Vec::new(), level)),
            "gzip" => Self::Gzip(GzEncoder::new(Vec::new(), level)),
            _ => Self::Brotli(Box::new(brotli::CompressorWriter::new(
                Vec::new(),
                BROTLI_BUFFER,
                BROTLI_QUALITY,
                BROTLI_WINDOW,
            ))),
        }
    }

    /// Packs `input` and, with `last`, writes the end. Returns the output there is.
    pub(super) fn step(&mut self, input: Bytes, last: bool) -> io::Result<Vec<u8>> {
        match self {
            Self::Deflate(encoder) => encoder.write_all(&input)?,
            Self::Zlib(encoder) => encoder.write_all(&input)?,
            Self::Gzip(encoder) => encoder.write_all(&input)?,
            Self::Brotli(encoder) => encoder.write_all(&input)?,
            Self::Finished => return Ok(Vec::new()),
        }
        if last {
            return match std::mem::replace(self, Self::Finished) {
                Self::Deflate(encoder) => encoder.finish(),
                Self::Zlib(encoder) => encoder.finish(),
                Self::Gzip(encoder) => encoder.finish(),
                Self::Brotli(encoder) => Ok(encoder.into_inner()),
                Self::Finished => Ok(Vec::new()),
            };
        }
        Ok(match self {
            Self::Deflate(encoder) => std::mem::take(encoder.get_mut()),
            Self::Zlib(encoder) => std::mem::take(encoder.get_mut()),
            Self::Gzip(encoder) => std::mem::take(encoder.get_mut()),
            Self::Brotli(encoder) => std::mem::take(encoder.get_mut()),
            Self::Finished => Vec::new(),
        })
    }
}
