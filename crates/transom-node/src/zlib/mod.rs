//! Native half of `node:zlib`: coders that take their input piece by piece. The classes are in `streams.js`.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/zlib.html>

mod brotli_coder;
mod coder;
mod zstd_coder;

use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError, RealmNumber};

use crate::handles::Handles;
use coder::{Coder, Settings, Step};

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:zlib", include_str!("zlib.js")),
    ("transom:internal/node/zlib/constants", include_str!("constants.js")),
    ("transom:internal/node/zlib/options", include_str!("options.js")),
    ("transom:internal/node/zlib/streams", include_str!("streams.js")),
];

/// Work on more bytes than this leaves the worker's thread.
const INLINE_BYTES: usize = 16 * 1024;

pub(crate) type Coders = Handles<Arc<Mutex<Coder>>>;

/// What one step gave, how much of the input it took, and whether there is more of either.
type Stepped = (Bytes, u32, String);

pub(crate) fn ops(coders: &Rc<Coders>) -> Vec<Op> {
    let [opener, runner, now, resetter, tuner, closer] = std::array::from_fn(|_| Rc::clone(coders));
    vec![
        // `numbers` are level, window, memory and strategy, or the parameters of Brotli.
        Op::new(
            "zlib_open",
            move |mode: String,
                  numbers: Vec<f64>,
                  dictionary: Option<Bytes>,
                  realm: RealmNumber| {
                let coder = Coder::new(&mode, Settings { numbers, dictionary })?;
                Ok::<u32, OpError>(opener.insert(Arc::new(Mutex::new(coder)), realm.0))
            },
        ),
        // Goes on with `data`, whose end is treated as `flush` says, for up to `most` bytes of output.
        Op::future("zlib_step", move |number: u32, data: Bytes, flush: u32, most: u32| {
            let coder = runner.with(number, |coder| Arc::clone(coder));
            async move {
                let coder = coder?;
                if data.len() <= INLINE_BYTES {
                    return step(&coder, &data, flush, most);
                }
                let done = spawn_blocking(move || step(&coder, &data, flush, most)).await;
                done.map_err(|_| OpError::error("the compression was interrupted"))?
            }
        }),
        Op::new("zlib_step_sync", move |number: u32, data: Bytes, flush: u32, most: u32| {
            let coder = now.with(number, |coder| Arc::clone(coder))?;
            step(&coder, &data, flush, most)
        }),
        Op::new("zlib_reset", move |number: u32| {
            let coder = resetter.with(number, |coder| Arc::clone(coder))?;
            coder.lock().unwrap_or_else(PoisonError::into_inner).reset()
        }),
        Op::new("zlib_set_level", move |number: u32, level: i32| {
            let coder = tuner.with(number, |coder| Arc::clone(coder))?;
            coder.lock().unwrap_or_else(PoisonError::into_inner).set_level(level);
            Ok::<(), OpError>(())
        }),
        Op::new("zlib_close", move |number: u32| drop(closer.take(number))),
        Op::new("zlib_crc32", |data: Bytes, value: u32| {
            let mut hasher = crc32fast::Hasher::new_with_initial(value);
            hasher.update(&data);
            hasher.finalize()
        }),
    ]
}

fn step(coder: &Mutex<Coder>, data: &[u8], flush: u32, most: u32) -> Result<Stepped, OpError> {
    let mut coder = coder.lock().unwrap_or_else(PoisonError::into_inner);
    let Step { output, taken, state } = coder.step(data, flush, most as usize)?;
    Ok((output.into(), u32::try_from(taken).unwrap_or(u32::MAX), state.name().to_owned()))
}
