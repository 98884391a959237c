//! What one `fetch()` may take: how long an upstream may keep a program waiting, and how much of an answer is held.
//!
//! A body that is read piece by piece is limited by its reader; these limits are for what the reader cannot see.

use std::time::Duration;

/// The limits of the exchanges of one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Longest wait for the head of an answer, for the next piece of its body, and for the whole of a body that is
    /// read at once. While a request's body is being sent, the time begins anew with each of its pieces.
    pub timeout: Duration,
    /// Largest body, after decoding, that is read at once; a larger one fails. In bytes.
    pub body_bytes: u64,
}

impl FetchLimits {
    /// As long as Node's client waits.
    pub const TIMEOUT: Duration = Duration::from_secs(300);
    /// Half of what the JavaScript of a worker may hold by default.
    pub const BODY_BYTES: u64 = 256 << 20;
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self { timeout: Self::TIMEOUT, body_bytes: Self::BODY_BYTES }
    }
}
