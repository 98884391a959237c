//! Decompression, at most one piece of output at a time. Data that ends too soon, or goes on behind its end, is an
//! error, as the standard asks.

use std::io;

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use bytes::{Buf, Bytes};
use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::gzip;

/// The longest piece of output.
const PIECE_BYTES: usize = 64 * 1024;
const TRAILER_BYTES: usize = 8;

type Brotli = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

enum Format {
    /// With or without the header of zlib.
    Deflate(Decompress),
    Gzip(Box<Gzip>),
    Brotli(Box<Brotli>),
}

struct Gzip {
    stage: Stage,
    /// Bytes of a header or trailer that is not complete.
    held: Vec<u8>,
    inner: Decompress,
    crc: Crc,
}

#[derive(PartialEq)]
enum Stage {
    Header,
    Data,
    Trailer,
}

pub(super) struct Unpacker {
    format: Format,
    ended: bool,
}

impl Unpacker {
    /// `format` is one of the names of the standard.
    pub(super) fn new(format: &str) -> Self {
        let format = match format {
            "deflate-raw" => Format::Deflate(Decompress::new(false)),
            "deflate" => Format::Deflate(Decompress::new(true)),
            "gzip" => Format::Gzip(Box::new(Gzip {
                stage: Stage::Header,
                held: Vec::new(),
                inner: Decompress::new(false),
                crc: Crc::new(),
            })),
            _ => {
                let alloc = StandardAlloc::default;
                Format::Brotli(Box::new(BrotliState::new(alloc(), alloc(), alloc())))
            }
        };
        Self { format, ended: false }
    }

    /// Takes what it needs of `input` and returns the next piece, which is empty when there is none.
    ///
    /// # Errors
    /// For data that is not of the format; with `last`, for data that is not complete.
    pub(super) fn step(&mut self, input: &mut Bytes, last: bool) -> io::Result<Vec<u8>> {
        let mut piece = Vec::new();
        if !self.ended {
            self.ended = match &mut self.format {
                Format::Deflate(inner) => inflate(inner, input, &mut piece)?,
                Format::Gzip(gzip) => gzip.step(input, &mut piece)?,
                Format::Brotli(state) => unpack_brotli(state, input, &mut piece)?,
            };
        }
        if self.ended && !input.is_empty() {
            return Err(invalid("there is data behind its end"));
        }
        if last && !self.ended && piece.is_empty() {
            return Err(invalid("it ends too soon"));
        }
        Ok(piece)
    }
}

/// Returns whether the end was reached.
fn inflate(inner: &mut Decompress, input: &mut Bytes, piece: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = vec![0; PIECE_BYTES];
    let mut length = 0;
    let ended = loop {
        let (read, written) = (inner.total_in(), inner.total_out());
        let status = inner.decompress(input, &mut buffer[length..], FlushDecompress::None);
        let status = status.map_err(|error| invalid(&error.to_string()))?;
        let read = usize::try_from(inner.total_in() - read).unwrap_or(0);
        let written = usize::try_from(inner.total_out() - written).unwrap_or(0);
        input.advance(read);
        length += written;
        if status == Status::StreamEnd {
            break true;
        }
        if length == buffer.len() || (read == 0 && written == 0) {
            break false;
        }
    };
    buffer.truncate(length);
    *piece = buffer;
    Ok(ended)
}

impl Gzip {
    fn step(&mut self, input: &mut Bytes, piece: &mut Vec<u8>) -> io::Result<bool> {
        if self.stage == Stage::Header {
            let before = self.held.len();
            self.held.extend_from_slice(input);
            let Some(length) = gzip::header_length(&self.held)? else {
                input.clear();
                return Ok(false);
            };
            input.advance(length - before);
            self.held.clear();
            self.stage = Stage::Data;
        }
        if self.stage == Stage::Data {
            let ended = inflate(&mut self.inner, input, piece)?;
            self.crc.update(piece);
            if !ended {
                return Ok(false);
            }
            self.stage = Stage::Trailer;
        }
        let missing = (TRAILER_BYTES - self.held.len()).min(input.len());
        self.held.extend_from_slice(&input.split_to(missing));
        if self.held.len() < TRAILER_BYTES {
            return Ok(false);
        }
        if !gzip::is_trailer_of(&self.held, &self.crc) {
            return Err(invalid("its checksum is not the one it names"));
        }
        Ok(true)
    }
}

fn unpack_brotli(state: &mut Brotli, input: &mut Bytes, piece: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = vec![0; PIECE_BYTES];
    let (mut read, mut written) = (0, 0);
    let result = BrotliDecompressStream(
        &mut input.len(),
        &mut read,
        input,
        &mut buffer.len(),
        &mut written,
        &mut buffer,
        &mut 0,
        state,
    );
    input.advance(read);
    buffer.truncate(written);
    *piece = buffer;
    match result {
        BrotliResult::ResultSuccess => Ok(true),
        BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => Ok(false),
        BrotliResult::ResultFailure => Err(invalid("it is not brotli")),
    }
}

pub(super) fn invalid(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::pack::Packer;
    use super::{PIECE_BYTES, Unpacker};

    const FORMATS: [&str; 4] = ["deflate", "deflate-raw", "gzip", "brotli"];

    fn unpack(format: &str, packed: &[u8], input_bytes: usize) -> std::io::Result<Vec<u8>> {
        let mut unpacker = Unpacker::new(format);
        let mut out = Vec::new();
        for part in packed.chunks(input_bytes) {
            let mut input = Bytes::copy_from_slice(part);
            loop {
                let piece = unpacker.step(&mut input, false)?;
                assert!(piece.len() <= PIECE_BYTES);
                if piece.is_empty() {
                    break;
                }
                out.extend_from_slice(&piece);
            }
        }
        loop {
            let piece = unpacker.step(&mut Bytes::new(), true)?;
            if piece.is_empty() {
                return Ok(out);
            }
            out.extend_from_slice(&piece);
        }
    }

    #[test]
    fn what_was_packed_is_unpacked_in_pieces() {
        let data: Vec<u8> = (0..300_000_u32).map(|n| (n / 7 % 251) as u8).collect();
        for format in FORMATS {
            let mut packer = Packer::new(format);
            let mut packed =
                packer.step(Bytes::from(data[..1000].to_vec()), false).expect("packed");
            packed.extend(packer.step(Bytes::from(data[1000..].to_vec()), true).expect("packed"));
            for input_bytes in [1, 1000, packed.len()] {
                assert_eq!(
                    unpack(format, &packed, input_bytes).expect("unpacked"),
                    data,
                    "{format}"
                );
            }
            assert!(unpack(format, &packed[..packed.len() - 1], 100).is_err(), "{format}");
            packed.push(0);
            assert!(unpack(format, &packed, 100).is_err(), "{format}");
        }
    }
}
