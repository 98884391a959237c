//! One compressor or decompressor in the middle of its work.

use bytes::Bytes;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use transom_engine::OpError;

use super::brotli_coder::{BrotliDecoder, BrotliEncoder};
use super::zstd_coder::{ZstdDecoder, ZstdEncoder};

/// How gzip begins.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How much room there is for output at once.
const ROOM: usize = 64 * 1024;

/// What a coder is made with.
pub(crate) struct Settings {
    /// Level, window, memory, strategy; of Brotli and Zstandard see there.
    pub(super) numbers: Vec<f64>,
    pub(super) dictionary: Option<Bytes>,
}

impl Settings {
    fn number(&self, index: usize, fallback: i32) -> i32 {
        self.numbers.get(index).map_or(fallback, |number| *number as i32)
    }
}

/// What one step gave.
pub(super) struct Step {
    pub(super) output: Vec<u8>,
    /// Bytes of input that are done with.
    pub(super) taken: usize,
    pub(super) state: After,
}

/// How to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// With more input.
    Hungry,
    /// With the rest of the input, or none: there is more output.
    Full,
    /// Not at all: the end of the compressed data was reached.
    Ended,
}

impl After {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hungry => "hungry",
            Self::Full => "full",
            Self::Ended => "ended",
        }
    }
}

/// The formats of deflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Zlib,
    Raw,
    Gzip,
    /// gzip or zlib, as the first bytes tell.
    Either,
}

pub(crate) enum Coder {
    Deflate { state: Compress, format: Format, settings: Settings },
    Inflate(Box<Inflate>),
    BrotliEncode(Box<BrotliEncoder>),
    BrotliDecode(Box<BrotliDecoder>),
    ZstdEncode(Box<ZstdEncoder>),
    ZstdDecode(Box<ZstdDecoder>),
}

/// A decompressor, which may begin anew in the middle of its input: gzip files can be joined.
pub(crate) struct Inflate {
    state: Option<Decompress>,
    format: Format,
    window: u8,
    dictionary: Option<Bytes>,
    /// First bytes that do not yet tell the format.
    begun: Vec<u8>,
}

/// A failure under zlib's name for it.
pub(super) fn failure(code: &str, message: &str) -> OpError {
    OpError::error(message).code(code)
}

impl Coder {
    pub(super) fn new(mode: &str, settings: Settings) -> Result<Self, OpError> {
        let format = match mode {
            "deflate" | "inflate" => Format::Zlib,
            "deflateRaw" | "inflateRaw" => Format::Raw,
            "gzip" | "gunzip" => Format::Gzip,
            "unzip" => Format::Either,
            "brotliCompress" => {
                let encoder = BrotliEncoder::new(settings.numbers)?;
                return Ok(Self::BrotliEncode(Box::new(encoder)));
            }
            "zstdCompress" => {
                let encoder = ZstdEncoder::new(&settings.numbers, settings.dictionary.as_ref())?;
                return Ok(Self::ZstdEncode(Box::new(encoder)));
            }
            "zstdDecompress" => {
                let decoder = ZstdDecoder::new(&settings.numbers, settings.dictionary.as_ref())?;
                return Ok(Self::ZstdDecode(Box::new(decoder)));
            }
            _ => return Ok(Self::BrotliDecode(Box::default())),
        };
        if mode == "deflate" || mode == "deflateRaw" || mode == "gzip" {
            let state = compressor(format, &settings)?;
            return Ok(Self::Deflate { state, format, settings });
        }
        let window = match settings.number(1, 15) {
            // Whatever the header says.
            0 => 15,
            bits => u8::try_from(bits.clamp(9, 15)).unwrap_or(15),
        };
        let state = (format != Format::Either).then(|| decompressor(format, window));
        let dictionary = settings.dictionary;
        let mut inflate = Inflate { state, format, window, dictionary, begun: Vec::new() };
        inflate.give_raw_dictionary()?;
        Ok(Self::Inflate(Box::new(inflate)))
    }

    pub(super) fn reset(&mut self) -> Result<(), OpError> {
        match self {
            Self::Deflate { state, format, settings } => *state = compressor(*format, settings)?,
            Self::Inflate(inflate) => {
                let keeps = inflate.format != Format::Either;
                inflate.state = keeps.then(|| decompressor(inflate.format, inflate.window));
                inflate.begun.clear();
                inflate.give_raw_dictionary()?;
            }
            Self::BrotliEncode(encoder) => encoder.reset()?,
            Self::BrotliDecode(decoder) => **decoder = BrotliDecoder::default(),
            Self::ZstdEncode(encoder) => encoder.reset()?,
            Self::ZstdDecode(decoder) => decoder.reset()?,
        }
        Ok(())
    }

    pub(super) fn set_level(&mut self, level: i32) {
        if let Self::Deflate { state, settings, .. } = self {
            if let Some(first) = settings.numbers.first_mut() {
                *first = f64::from(level);
            }
            drop(state.set_level(compression(level)));
        }
    }

    pub(super) fn step(&mut self, data: &[u8], flush: u32, most: usize) -> Result<Step, OpError> {
        match self {
            Self::Deflate { state, .. } => deflate(state, data, flush, most),
            Self::Inflate(inflate) => inflate.step(data, flush, most),
            Self::BrotliEncode(encoder) => encoder.step(data, flush),
            Self::BrotliDecode(decoder) => decoder.step(data, flush),
            Self::ZstdEncode(encoder) => encoder.step(data, flush, most),
            Self::ZstdDecode(decoder) => decoder.step(data, flush, most),
        }
    }
}

fn compression(level: i32) -> Compression {
    // -1 is zlib's own choice.
    u32::try_from(level)
        .map_or_else(|_| Compression::default(), |level| Compression::new(level.min(9)))
}

fn compressor(format: Format, settings: &Settings) -> Result<Compress, OpError> {
    let level = compression(settings.number(0, -1));
    let window = u8::try_from(settings.number(1, 15).clamp(9, 15)).unwrap_or(15);
    let mut state = match format {
        Format::Gzip => Compress::new_gzip(level, window),
        Format::Raw => Compress::new_with_window_bits(level, false, window),
        _ => Compress::new_with_window_bits(level, true, window),
    };
    if let (Some(dictionary), true) = (&settings.dictionary, format != Format::Gzip) {
        state
            .set_dictionary(dictionary)
            .map_err(|_| failure("ERR_ZLIB_INITIALIZATION_FAILED", "Failed to set dictionary"))?;
    }
    Ok(state)
}

fn decompressor(format: Format, window: u8) -> Decompress {
    match format {
        Format::Gzip => Decompress::new_gzip(window),
        Format::Raw => Decompress::new_with_window_bits(false, window),
        _ => Decompress::new_with_window_bits(true, window),
    }
}

fn deflate(state: &mut Compress, data: &[u8], flush: u32, most: usize) -> Result<Step, OpError> {
    let flush = match flush {
        0 => FlushCompress::None,
        1 => FlushCompress::Partial,
        2 | 5 => FlushCompress::Sync,
        3 => FlushCompress::Full,
        _ => FlushCompress::Finish,
    };
    let mut output = Vec::new();
    let mut taken = 0;
    loop {
        output.reserve(ROOM);
        let (before_in, before_out) = (state.total_in(), output.len());
        let status = state
            .compress_vec(&data[taken..], &mut output, flush)
            .map_err(|error| failure("Z_STREAM_ERROR", &error.to_string()))?;
        taken += (state.total_in() - before_in) as usize;
        let has_room = output.len() < output.capacity();
        if status == Status::StreamEnd {
            return Ok(Step { output, taken, state: After::Ended });
        }
        let stands = output.len() == before_out && state.total_in() == before_in;
        if taken == data.len() && (has_room && !matches!(flush, FlushCompress::Finish) || stands) {
            return Ok(Step { output, taken, state: After::Hungry });
        }
        if output.len() >= most {
            return Ok(Step { output, taken, state: After::Full });
        }
    }
}

impl Inflate {
    /// Raw deflate has no header that asks for a dictionary.
    fn give_raw_dictionary(&mut self) -> Result<(), OpError> {
        if let (Format::Raw, Some(dictionary), Some(state)) =
            (self.format, &self.dictionary, &mut self.state)
        {
            state.set_dictionary(dictionary).map_err(|_| bad_dictionary())?;
        }
        Ok(())
    }

    /// Finds out what comes. Returns false as long as the first bytes do not tell.
    fn decide(&mut self, data: &[u8]) -> bool {
        if self.state.is_some() {
            return true;
        }
        self.begun.extend_from_slice(data);
        let format = match self.begun[..] {
            [] => return false,
            [first] if first == GZIP_MAGIC[0] => return false,
            [first, second, ..] if [first, second] == GZIP_MAGIC => Format::Gzip,
            _ => Format::Zlib,
        };
        self.state = Some(decompressor(format, self.window));
        if format == Format::Gzip {
            self.format = Format::Gzip;
        }
        true
    }

    fn step(&mut self, data: &[u8], flush: u32, most: usize) -> Result<Step, OpError> {
        let mut output = Vec::new();
        if self.state.is_none() {
            if !self.decide(data) {
                let finishing = flush == 4;
                if finishing && !self.begun.is_empty() {
                    return Err(unexpected_end());
                }
                return Ok(Step { output, taken: data.len(), state: After::Hungry });
            }
            let earlier = std::mem::take(&mut self.begun);
            let known = earlier.len() - data.len();
            // What was kept from before goes in first; it is too short to give any output.
            self.inflate(&earlier[..known], &mut output, 0, most)?;
        }
        let (taken, state) = self.inflate(data, &mut output, flush, most)?;
        Ok(Step { output, taken, state })
    }

    fn inflate(
        &mut self,
        data: &[u8],
        output: &mut Vec<u8>,
        flush: u32,
        most: usize,
    ) -> Result<(usize, After), OpError> {
        let mut taken = 0;
        loop {
            let Some(state) = self.state.as_mut() else { return Ok((taken, After::Hungry)) };
            output.reserve(ROOM);
            let (before_in, before_out) = (state.total_in(), output.len());
            let done = state.decompress_vec(&data[taken..], output, FlushDecompress::Sync);
            taken += (state.total_in() - before_in) as usize;
            let status = match done {
                Ok(status) => status,
                Err(error) if error.needs_dictionary().is_some() => {
                    let Some(dictionary) = &self.dictionary else {
                        return Err(failure("Z_NEED_DICT", "Missing dictionary"));
                    };
                    state.set_dictionary(dictionary).map_err(|_| bad_dictionary())?;
                    continue;
                }
                Err(error) => {
                    let reason = error.message().unwrap_or("incorrect header check");
                    return Err(failure("Z_DATA_ERROR", reason));
                }
            };
            if status == Status::StreamEnd {
                // Another file may follow; zeros are padding of tapes.
                let goes_on = data.get(taken).is_some_and(|byte| *byte != 0);
                if self.format == Format::Gzip && goes_on {
                    self.state = Some(decompressor(Format::Gzip, self.window));
                    continue;
                }
                return Ok((taken, After::Ended));
            }
            let has_room = output.len() < output.capacity();
            if taken == data.len() && has_room {
                // 4 is Z_FINISH: there will be no more.
                if flush == 4 {
                    return Err(unexpected_end());
                }
                return Ok((taken, After::Hungry));
            }
            if output.len() >= most {
                return Ok((taken, After::Full));
            }
            if output.len() == before_out && state.total_in() == before_in && has_room {
                return Err(failure("Z_BUF_ERROR", "unexpected end of file"));
            }
        }
    }
}

pub(super) fn unexpected_end() -> OpError {
    failure("Z_BUF_ERROR", "unexpected end of file")
}

fn bad_dictionary() -> OpError {
    failure("Z_DATA_ERROR", "Bad dictionary")
}
