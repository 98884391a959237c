//! Every limit of the server: one named constant each, with its unit, default and reason, and the
//! struct that carries the chosen values. Nothing is enforced here; the users are named at each.
//!
//! Limits on script (CPU time, heap) belong to the application's runtime, not to this crate.

use std::time::Duration;

/// Longest request line plus headers, in bytes. 16 KB is Node's limit, so a request that Astro
/// accepts is accepted here; more is answered 431. HTTP/2 header lists obey it too.
pub const HEADER_BYTES: usize = 16 * 1024;

/// Longest wait for a complete head once a connection is open or a request has begun. 60 s is
/// Node's `headersTimeout`; it ends slow-loris connections with 408.
pub const HEADER_TIME: Duration = Duration::from_secs(60);

/// Largest request body, in bytes, counted while it is read (never from `Content-Length`). 1 GiB is
/// the default `bodySizeLimit` of Astro's Node adapter.
pub const BODY_BYTES: u64 = 1024 * 1024 * 1024;

/// Longest time from the head of a request to the end of its body. 300 s is Node's
/// `requestTimeout`. Answers have no limit on their duration.
pub const BODY_TIME: Duration = Duration::from_secs(300);

/// How long an HTTP/1.1 connection may stay idle between requests, as announced in `Keep-Alive`.
/// 5 s is Node's `keepAliveTimeout`.
pub const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Added to the announced time before an idle connection is closed, so that a client that trusts
/// the announcement never loses a request to the race. Node waits about this long too.
pub const KEEP_ALIVE_GRACE: Duration = Duration::from_secs(1);

/// How long an HTTP/2 connection may stay idle. Browsers keep one connection for a whole page, and
/// a TLS handshake is dear, so it lives longer than one of HTTP/1.1.
pub const HTTP2_IDLE: Duration = Duration::from_secs(60);

/// Concurrent streams of one HTTP/2 connection; the value that RFC 9113 names as the least.
pub const HTTP2_STREAMS: u32 = 100;

/// Open connections of the whole server. A connection costs about 20 KB here; 10 000 stay below
/// 256 MB and within the usual limit on file descriptors once that is raised. More wait in the
/// backlog.
pub const CONNECTIONS: usize = 10_000;

/// Connections the kernel queues per listener before they are accepted. Linux caps it at
/// `net.core.somaxconn` (4096 by default); a restarting worker lives on this queue.
pub const BACKLOG: i32 = 4096;

/// How long a stopping server waits for open requests. Just below the 30 s that Kubernetes and
/// systemd-like supervisors grant before they kill.
pub const DRAIN_TIME: Duration = Duration::from_secs(25);

/// Unread bytes of a request body that are read and thrown away after the application ignored
/// them, so that the connection can be used again. Above it the connection is closed.
pub const DISCARD_BYTES: u64 = 1024 * 1024;

/// How long a closing connection goes on reading what the client still sends. Without it the
/// kernel would reset the connection, and the client would lose an answer such as 431.
pub const LINGER_TIME: Duration = Duration::from_secs(2);

/// Longest TLS handshake. Node's `handshakeTimeout` is 120 s; 10 s suffice for real clients.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// The limits that a caller can set; [`Default`] gives the constants of this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// See [`HEADER_BYTES`].
    pub header_bytes: usize,
    /// See [`HEADER_TIME`].
    pub header_time: Duration,
    /// See [`BODY_BYTES`]; `None` is no limit. An application may change it for one request with
    /// [`RequestBody::set_limit`](crate::RequestBody::set_limit).
    pub body_bytes: Option<u64>,
    /// See [`BODY_TIME`].
    pub body_time: Duration,
    /// See [`KEEP_ALIVE`].
    pub keep_alive: Duration,
    /// See [`HTTP2_IDLE`].
    pub http2_idle: Duration,
    /// See [`CONNECTIONS`]; divided among the workers.
    pub connections: usize,
    /// See [`DRAIN_TIME`].
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: HEADER_BYTES,
            header_time: HEADER_TIME,
            body_bytes: Some(BODY_BYTES),
            body_time: BODY_TIME,
            keep_alive: KEEP_ALIVE,
            http2_idle: HTTP2_IDLE,
            connections: CONNECTIONS,
            drain_time: DRAIN_TIME,
        }
    }
}
