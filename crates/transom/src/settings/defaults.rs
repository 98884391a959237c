//! The default of every setting, and the ranges that the settings table enforces.
//!
//! What the server itself limits has its default and reason in `transom-server`.

use std::num::NonZeroUsize;
use std::time::Duration;

use transom_runtime::FetchLimits;
use transom_server::limits;

use crate::units::ByteSize;

/// Astro's own default host.
pub(crate) const HOST: &str = "localhost";
/// Astro's own default port.
pub(crate) const PORT: u16 = 4321;
/// More threads than this only cost memory: each has an engine of its own.
pub(crate) const MAX_WORKERS: usize = 1024;

pub(crate) const HEADERS: ByteSize = ByteSize::bytes(limits::HEADER_BYTES as u64);
/// The HTTP parser's buffer cannot be smaller.
pub(crate) const MIN_HEADERS: ByteSize = ByteSize::bytes(8 << 10);
/// Keeps the memory that idle connections can pin down small.
pub(crate) const MAX_HEADERS: ByteSize = ByteSize::bytes(1 << 20);
pub(crate) const HEADER_TIMEOUT: Duration = limits::HEADER_TIME;
pub(crate) const BODY: ByteSize = ByteSize::bytes(limits::BODY_BYTES);
pub(crate) const BODY_TIMEOUT: Duration = limits::BODY_TIME;
pub(crate) const KEEP_ALIVE: Duration = limits::KEEP_ALIVE;
pub(crate) const HTTP2_IDLE: Duration = limits::HTTP2_IDLE;
pub(crate) const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(limits::CONNECTIONS).unwrap();
pub(crate) const DRAIN: Duration = limits::DRAIN_TIME;

/// A handler that computes this long without yielding is taken for an endless loop.
pub(crate) const CPU: Duration = Duration::from_secs(10);
/// JavaScript heap of one worker, buffers included.
pub(crate) const HEAP: ByteSize = ByteSize::bytes(512_000_000);
pub(crate) const FETCH_TIMEOUT: Duration = FetchLimits::TIMEOUT;
pub(crate) const FETCH_BODY: ByteSize = ByteSize::bytes(FetchLimits::BODY_BYTES);
/// The engine and the built-in modules need room of their own.
pub(crate) const MIN_HEAP: ByteSize = ByteSize::bytes(32_000_000);
/// The engine counts heap bytes in 32 bits.
pub(crate) const MAX_HEAP: ByteSize = ByteSize::bytes(4_000_000_000);
/// Least file that a limit of the store may leave: its tables have room.
pub(crate) const MIN_STORE: ByteSize = ByteSize::bytes(1_000_000);
/// Most that SQLite can hold.
pub(crate) const MAX_STORE: ByteSize = ByteSize::bytes(1 << 47);
/// Where the API of the real service is.
pub(super) const WIX_API: &str = "https://www.wixapis.com";
