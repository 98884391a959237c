//! What a caller chooses about the server, besides its sockets and its application.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use http::HeaderValue;

use crate::access_log::AccessLog;
use crate::limits::Limits;
use crate::tls::Tls;

/// Stack of a worker thread, in bytes. Script engines recurse on the native stack; the memory is
/// used only when it is touched.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Settings of a server; [`Default`] serves plain HTTP with compression and without logs.
#[derive(Debug)]
pub struct Settings {
    /// Limits on clients.
    pub limits: Limits,
    /// Whether answers are compressed for clients that accept it.
    pub compression: Compression,
    /// Whether answers say `connection: keep-alive` and `keep-alive: timeout=5`, as Node's do.
    pub keep_alive: KeepAlive,
    /// Certificate and key; without them the server speaks plain HTTP.
    pub tls: Option<Tls>,
    /// Where requests are logged; `None` is no log.
    pub access_log: Option<AccessLog>,
    /// Address of the operator's listener with `/_transom/health`, `ready` and `metrics`.
    pub admin: Option<SocketAddr>,
    /// Stack of each worker thread, in bytes.
    pub stack_bytes: usize,
    /// Gets what an operator should know. Called from several threads; must not block.
    pub events: Events,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            compression: Compression::On,
            keep_alive: KeepAlive::Silent,
            tls: None,
            access_log: None,
            admin: None,
            stack_bytes: STACK_BYTES,
            events: Events::default(),
        }
    }
}

/// Whether answers are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// When the client accepts it and the answer is worth it.
    On,
    /// Never.
    Off,
}

impl Compression {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

/// Whether HTTP/1.1 answers announce how long the connection stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAlive {
    /// As Node's do: two more headers on each answer.
    Announced,
    /// HTTP/1.1 connections are persistent without saying so.
    Silent,
}

/// Something that an operator should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A worker ended unexpectedly and is being replaced.
    WorkerLost {
        /// Number of the worker.
        worker: usize,
        /// Why, as far as it is known.
        reason: String,
    },
    /// A lost worker runs again.
    WorkerReplaced {
        /// Number of the worker.
        worker: usize,
    },
    /// A lost worker could not be replaced yet; it is tried again.
    ReplacementFailed {
        /// Number of the worker.
        worker: usize,
        /// Why.
        reason: String,
    },
    /// The time to drain was over while connections were still open.
    DrainCut {
        /// How many connections were cut.
        connections: usize,
    },
}

/// A receiver of [`Event`]s.
#[derive(Clone)]
pub struct Events(Arc<dyn Fn(Event) + Send + Sync>);

impl Events {
    /// A receiver that calls `receive`.
    pub fn new(receive: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(receive))
    }

    pub(crate) fn tell(&self, event: Event) {
        (self.0)(event);
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new(drop)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// The part of the settings that each worker needs.
#[derive(Debug)]
pub(crate) struct WorkerSettings {
    pub(crate) limits: Limits,
    pub(crate) compression: Compression,
    /// Value of the `keep-alive` header, when it is announced.
    pub(crate) announce: Option<HeaderValue>,
    pub(crate) tls: Option<Tls>,
    /// Whether durations are measured for metrics.
    pub(crate) measure: bool,
}

impl WorkerSettings {
    pub(crate) fn new(settings: &Settings) -> Self {
        let seconds = settings.limits.keep_alive.as_secs();
        let announce = HeaderValue::from_str(&format!("timeout={seconds}")).ok();
        Self {
            limits: settings.limits.clone(),
            compression: settings.compression,
            announce: announce.filter(|_| settings.keep_alive == KeepAlive::Announced),
            tls: settings.tls.clone(),
            measure: settings.admin.is_some(),
        }
    }
}
