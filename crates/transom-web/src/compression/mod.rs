//! Native half of `CompressionStream` and `DecompressionStream`; the classes are in `compression_stream.js`.
//!
//! Spec: <https://compression.spec.whatwg.org/>. A stream asks for one piece of output after the other, so that what
//! is unpacked never runs ahead of what is read: a decompression bomb costs its reader no more than one piece.

mod gzip;
mod pack;
mod unpack;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use bytes::Bytes;
use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

use pack::Packer;
use unpack::Unpacker;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] =
    &[("transom:internal/compression/compression_stream", include_str!("compression_stream.js"))];

/// Input longer than this is worked on outside of the worker's thread.
const INLINE_BYTES: usize = 64 * 1024;

pub(crate) fn ops() -> Vec<Op> {
    let streams = Rc::new(Streams::default());
    let [packer, unpacker, pusher, stepper, closer] = std::array::from_fn(|_| Rc::clone(&streams));
    vec![
        Op::new("compression_pack", move |format: String| {
            packer.open(Codec::Pack(Packer::new(&format)))
        }),
        Op::new("compression_unpack", move |format: String| {
            unpacker.open(Codec::Unpack(Unpacker::new(&format)))
        }),
        Op::new("compression_push", move |handle: f64, input: Bytes| pusher.push(handle, input)),
        Op::future("compression_step", move |handle: f64, last: bool| {
            step(Rc::clone(&stepper), handle, last)
        }),
        Op::new("compression_close", move |handle: f64| {
            closer.open.borrow_mut().remove(&handle.to_bits());
        }),
    ]
}

enum Codec {
    Pack(Packer),
    Unpack(Unpacker),
}

/// A codec and the input that it has not read yet.
struct Stream {
    codec: Codec,
    input: Bytes,
}

impl Stream {
    /// The next piece of output; `None` when there is none without further input.
    fn step(&mut self, last: bool) -> Result<Option<Bytes>, OpError> {
        let piece = match &mut self.codec {
            Codec::Pack(packer) => packer.step(std::mem::take(&mut self.input), last),
            Codec::Unpack(unpacker) => unpacker.step(&mut self.input, last),
        };
        let piece = piece.map_err(|error| {
            OpError::type_error(format!("the compressed data is not valid: {error}"))
        })?;
        Ok((!piece.is_empty()).then(|| Bytes::from(piece)))
    }
}

/// The streams between two pieces.
#[derive(Default)]
struct Streams {
    open: RefCell<HashMap<u64, Stream>>,
    last_handle: Cell<f64>,
}

impl Streams {
    fn open(&self, codec: Codec) -> f64 {
        let handle = self.last_handle.get() + 1.0;
        self.last_handle.set(handle);
        self.open.borrow_mut().insert(handle.to_bits(), Stream { codec, input: Bytes::new() });
        handle
    }

    fn push(&self, handle: f64, input: Bytes) {
        if let Some(stream) = self.open.borrow_mut().get_mut(&handle.to_bits()) {
            stream.input = input;
        }
    }
}

/// `compression_step(handle, last)`. A stream that failed is closed.
async fn step(streams: Rc<Streams>, handle: f64, last: bool) -> Result<Option<Bytes>, OpError> {
    let taken = streams.open.borrow_mut().remove(&handle.to_bits());
    let Some(mut stream) = taken else { return Ok(None) };
    let piece;
    if stream.input.len() <= INLINE_BYTES {
        piece = stream.step(last)?;
    } else {
        let work = spawn_blocking(move || {
            let piece = stream.step(last);
            (stream, piece)
        });
        let (back, result) = work.await.map_err(|error| OpError::error(error.to_string()))?;
        stream = back;
        piece = result?;
    }
    streams.open.borrow_mut().insert(handle.to_bits(), stream);
    Ok(piece)
}
