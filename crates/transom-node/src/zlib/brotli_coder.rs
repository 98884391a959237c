//! Brotli, over the crate of this name.

use std::io::Write as _;

use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;
use brotli::{CompressorWriter, DecompressorWriter};
use transom_engine::OpError;

use super::coder::{After, Step, failure};

const BUFFER: usize = 4096;
/// `BROTLI_OPERATION_FLUSH` and `BROTLI_OPERATION_FINISH`.
const FLUSH: u32 = 1;
const FINISH: u32 = 2;

pub(crate) struct BrotliEncoder {
    parameters: Vec<f64>,
    /// `None` when it has ended.
    writer: Option<CompressorWriter<Vec<u8>>>,
}

impl BrotliEncoder {
    /// `parameters` are numbers of Brotli's parameters and their values in turn.
    pub(super) fn new(parameters: Vec<f64>) -> Result<Self, OpError> {
        let mut encoder = Self { parameters, writer: None };
        encoder.reset()?;
        Ok(encoder)
    }

    pub(super) fn reset(&mut self) -> Result<(), OpError> {
        let mut params = BrotliEncoderParams::default();
        for pair in self.parameters.chunks_exact(2) {
            let value = pair[1];
            match pair[0] as u32 {
                0 => {
                    params.mode = match value as u32 {
                        1 => BrotliEncoderMode::BROTLI_MODE_TEXT,
                        2 => BrotliEncoderMode::BROTLI_MODE_FONT,
                        _ => BrotliEncoderMode::BROTLI_MODE_GENERIC,
                    }
                }
                1 => params.quality = value as i32,
                2 => params.lgwin = value as i32,
                3 => params.lgblock = value as i32,
                5 => params.size_hint = value as usize,
                6 => params.large_window = value != 0.0,
                _ => {}
            }
        }
        self.writer = Some(CompressorWriter::with_params(Vec::new(), BUFFER, &params));
        Ok(())
    }

    pub(super) fn step(&mut self, data: &[u8], operation: u32) -> Result<Step, OpError> {
        let Some(writer) = &mut self.writer else {
            return Ok(Step { output: Vec::new(), taken: data.len(), state: After::Ended });
        };
        let broken = |error: std::io::Error| {
            failure("ERR_BROTLI_COMPRESSION_FAILED", &format!("Compression failed: {error}"))
        };
        writer.write_all(data).map_err(broken)?;
        if operation == FLUSH {
            writer.flush().map_err(broken)?;
        }
        if operation == FINISH {
            let output = self.writer.take().map(CompressorWriter::into_inner).unwrap_or_default();
            return Ok(Step { output, taken: data.len(), state: After::Ended });
        }
        let output = std::mem::take(writer.get_mut());
        Ok(Step { output, taken: data.len(), state: After::Hungry })
    }
}

pub(crate) struct BrotliDecoder {
    writer: DecompressorWriter<Vec<u8>>,
    has_ended: bool,
}

impl Default for BrotliDecoder {
    fn default() -> Self {
        Self { writer: DecompressorWriter::new(Vec::new(), BUFFER), has_ended: false }
    }
}

impl BrotliDecoder {
    pub(super) fn step(&mut self, data: &[u8], operation: u32) -> Result<Step, OpError> {
        let malformed = || failure("ERR__ERROR_FORMAT_PADDING_1", "Decompression failed");
        let mut taken = 0;
        while taken < data.len() && !self.has_ended {
            match self.writer.write(&data[taken..]) {
                // What is behind the end of the compressed data is not for us.
                Ok(0) => self.has_ended = true,
                Ok(length) => taken += length,
                Err(_) => return Err(malformed()),
            }
        }
        if operation == FINISH && !self.has_ended {
            self.writer.close().map_err(|_| failure("Z_BUF_ERROR", "unexpected end of file"))?;
            self.has_ended = true;
        }
        let output = std::mem::take(self.writer.get_mut());
        let state = if self.has_ended { After::Ended } else { After::Hungry };
        Ok(Step { output, taken: data.len(), state })
    }
}
