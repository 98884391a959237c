//! Zstandard, over the C library of this name.

use bytes::Bytes;
use transom_engine::OpError;
use zstd_safe::zstd_sys::{ZSTD_EndDirective, ZSTD_strategy};
use zstd_safe::{
    CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, SafeResult,
};

use super::coder::{After, Step, failure};

/// How much room there is for output at once.
const ROOM: usize = 64 * 1024;
/// `ZSTD_e_flush` and `ZSTD_e_end`.
const FLUSH: u32 = 1;
const END: u32 = 2;
/// `ZSTD_d_windowLogMax`, the one parameter of a decoder.
const WINDOW_LOG_MAX: u32 = 100;

pub(crate) struct ZstdEncoder(CCtx<'static>);

impl ZstdEncoder {
    /// `numbers` are the size of the whole input (-1 when it is not known), and numbers and values of parameters in turn.
    pub(super) fn new(numbers: &[f64], dictionary: Option<&Bytes>) -> Result<Self, OpError> {
        let mut context = CCtx::create();
        let (size, parameters) = numbers.split_first().unwrap_or((&-1.0, &[]));
        for pair in parameters.chunks_exact(2) {
            set(&mut context, pair[0] as u32, pair[1])?;
        }
        if *size >= 0.0 {
            checked(context.set_pledged_src_size(Some(*size as u64)))?;
        }
        if let Some(dictionary) = dictionary {
            checked(context.load_dictionary(dictionary))?;
        }
        Ok(Self(context))
    }

    pub(super) fn reset(&mut self) -> Result<(), OpError> {
        checked(self.0.reset(ResetDirective::SessionOnly)).map(drop)
    }

    pub(super) fn step(
        &mut self,
        data: &[u8],
        operation: u32,
        most: usize,
    ) -> Result<Step, OpError> {
        let directive = match operation {
            FLUSH => ZSTD_EndDirective::ZSTD_e_flush,
            END => ZSTD_EndDirective::ZSTD_e_end,
            _ => ZSTD_EndDirective::ZSTD_e_continue,
        };
        let mut input = InBuffer::around(data);
        let mut output = Vec::new();
        loop {
            let (left, _) =
                piece(&mut output, |place| self.0.compress_stream2(place, &mut input, directive))?;
            let taken = input.pos();
            let done = taken == data.len()
                && (left == 0 || directive == ZSTD_EndDirective::ZSTD_e_continue);
            if done {
                let state = if operation == END { After::Ended } else { After::Hungry };
                return Ok(Step { output, taken, state });
            }
            if output.len() >= most {
                return Ok(Step { output, taken, state: After::Full });
            }
        }
    }
}

pub(crate) struct ZstdDecoder(DCtx<'static>);

impl ZstdDecoder {
    /// `numbers` are numbers and values of parameters in turn.
    pub(super) fn new(numbers: &[f64], dictionary: Option<&Bytes>) -> Result<Self, OpError> {
        let mut context = DCtx::create();
        for pair in numbers.chunks_exact(2) {
            if pair[0] as u32 == WINDOW_LOG_MAX {
                accepted(context.set_parameter(DParameter::WindowLogMax(pair[1] as u32)))?;
            }
        }
        if let Some(dictionary) = dictionary {
            checked(context.load_dictionary(dictionary))?;
        }
        Ok(Self(context))
    }

    pub(super) fn reset(&mut self) -> Result<(), OpError> {
        checked(self.0.reset(ResetDirective::SessionOnly)).map(drop)
    }

    pub(super) fn step(
        &mut self,
        data: &[u8],
        operation: u32,
        most: usize,
    ) -> Result<Step, OpError> {
        let mut input = InBuffer::around(data);
        let mut output = Vec::new();
        loop {
            let (_, filled) =
                piece(&mut output, |place| self.0.decompress_stream(place, &mut input))?;
            let taken = input.pos();
            if taken == data.len() && !filled {
                // As in Node, an end that is missing is not missed.
                let state = if operation == END { After::Ended } else { After::Hungry };
                return Ok(Step { output, taken, state });
            }
            if output.len() >= most {
                return Ok(Step { output, taken, state: After::Full });
            }
        }
    }
}

/// Has `run` write one more piece of output. Its result, and whether the piece has no room left.
fn piece(
    output: &mut Vec<u8>,
    run: impl FnOnce(&mut OutBuffer<'_, [u8]>) -> SafeResult,
) -> Result<(usize, bool), OpError> {
    let begin = output.len();
    output.resize(begin + ROOM, 0);
    let mut place = OutBuffer::around(&mut output[begin..]);
    let result = run(&mut place);
    let written = place.pos();
    output.truncate(begin + written);
    Ok((checked(result)?, written == ROOM))
}

/// An error under Node's name for it, for which JavaScript replaces the number.
fn checked(result: SafeResult) -> Result<usize, OpError> {
    result.map_err(|code| {
        let number = code.wrapping_neg();
        failure(&format!("ZSTD_{number}"), zstd_safe::get_error_name(code))
    })
}

/// Node's error for a parameter that the library does not take, or that means nothing here.
fn accepted(result: SafeResult) -> Result<usize, OpError> {
    let refused = |_| failure("ERR_ZLIB_INITIALIZATION_FAILED", "Setting parameter failed");
    result.map_err(refused)
}

/// Sets the parameter `number` (`ZSTD_cParameter`). Zero is the library's own choice.
fn set(context: &mut CCtx<'static>, number: u32, value: f64) -> Result<usize, OpError> {
    let whole = value as u32;
    let out_of_bounds = || accepted(Err(0));
    if matches!(number, 160 | 200..=202) && !(0.0..=1.0).contains(&value) {
        return out_of_bounds();
    }
    let flag = value != 0.0;
    accepted(context.set_parameter(match number {
        100 => CParameter::CompressionLevel(value as i32),
        101 => CParameter::WindowLog(whole),
        102 => CParameter::HashLog(whole),
        103 => CParameter::ChainLog(whole),
        104 => CParameter::SearchLog(whole),
        105 => CParameter::MinMatch(whole),
        106 => CParameter::TargetLength(whole),
        107 => match strategy(whole) {
            Some(strategy) => CParameter::Strategy(strategy),
            None if whole == 0 => return Ok(0),
            None => return out_of_bounds(),
        },
        160 => CParameter::EnableLongDistanceMatching(flag),
        161 => CParameter::LdmHashLog(whole),
        162 => CParameter::LdmMinMatch(whole),
        163 => CParameter::LdmBucketSizeLog(whole),
        164 => CParameter::LdmHashRateLog(whole),
        200 => CParameter::ContentSizeFlag(flag),
        201 => CParameter::ChecksumFlag(flag),
        202 => CParameter::DictIdFlag(flag),
        // Work on threads of its own is for programs that have nothing else to do: none is what there is.
        _ if whole == 0 => return Ok(0),
        _ => return out_of_bounds(),
    }))
}

fn strategy(number: u32) -> Option<ZSTD_strategy> {
    Some(match number {
        1 => ZSTD_strategy::ZSTD_fast,
        2 => ZSTD_strategy::ZSTD_dfast,
        3 => ZSTD_strategy::ZSTD_greedy,
        4 => ZSTD_strategy::ZSTD_lazy,
        5 => ZSTD_strategy::ZSTD_lazy2,
        6 => ZSTD_strategy::ZSTD_btlazy2,
        7 => ZSTD_strategy::ZSTD_btopt,
        8 => ZSTD_strategy::ZSTD_btultra,
        9 => ZSTD_strategy::ZSTD_btultra2,
        _ => return None,
    })
}
