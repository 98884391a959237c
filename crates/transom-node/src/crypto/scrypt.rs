//! scrypt (RFC 7914). The JavaScript is in `kdf.js`.

use bytes::Bytes;
use scrypt::Params;
use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

pub(super) fn ops() -> Vec<Op> {
    vec![
        // Cost as its logarithm, block size, parallelization, length of the result.
        Op::future(
            "node_scrypt",
            |password: Bytes, salt: Bytes, cost: u32, size: u32, lanes: u32, length: u32| async move {
                let work = move || derive(&password, &salt, (cost, size, lanes), length);
                let done = spawn_blocking(work).await;
                done.map_err(|_| OpError::error("scrypt was interrupted"))?
            },
        ),
        Op::new(
            "node_scrypt_sync",
            |password: Bytes, salt: Bytes, cost: u32, size: u32, lanes: u32, length: u32| {
                derive(&password, &salt, (cost, size, lanes), length)
            },
        ),
    ]
}

fn derive(
    password: &[u8],
    salt: &[u8],
    (cost, size, lanes): (u32, u32, u32),
    length: u32,
) -> Result<Bytes, OpError> {
    let invalid =
        |_| OpError::range_error("Invalid scrypt params").code("ERR_CRYPTO_INVALID_SCRYPT_PARAMS");
    let cost = u8::try_from(cost).unwrap_or(u8::MAX);
    let params = Params::new(cost, size, lanes).map_err(invalid)?;
    let mut out = vec![0; length as usize];
    if length > 0 {
        let failed = |error| OpError::error(format!("scrypt failed: {error}"));
        scrypt::scrypt(password, salt, &params, &mut out).map_err(failed)?;
    }
    Ok(out.into())
}
