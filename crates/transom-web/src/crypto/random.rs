//! Random bytes and identifiers from the operating system, for `crypto.js`.

use bytes::Bytes;
use transom_engine::{Op, OpError};

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::new("crypto_random", |length: u32| random(length as usize)),
        Op::new("crypto_random_uuid", || -> Result<String, OpError> {
            let mut bytes = [0; 16];
            fill(&mut bytes)?;
            Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string())
        }),
    ]
}

fn random(length: usize) -> Result<Bytes, OpError> {
    let mut bytes = vec![0; length];
    fill(&mut bytes)?;
    Ok(Bytes::from(bytes))
}

fn fill(bytes: &mut [u8]) -> Result<(), OpError> {
    getrandom::fill(bytes).map_err(|error| {
        OpError::dom("OperationError", format!("The system gave no random bytes: {error}"))
    })
}
