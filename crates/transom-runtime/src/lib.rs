//! One engine with everything installed: the bootstrap of a realm, the event loop around it, and the way of a
//! request into script and back.
//!
//! * [`Host`]: the engine of one worker thread with its operations, timers and outgoing connections.
//! * [`Application`]: one build, shared by all workers.
//! * [`Instance`]: that build running on a host, in a realm of its own; several can live on one host, so that a new
//!   build takes over while the old one finishes what it has begun.
//!
//! Invariants: nothing here knows a socket; every entry into script is followed by a microtask checkpoint; the
//! engine is never entered while it is already entered. What is deliberately not here: the HTTP front
//! (`transom-server`), bundling (`transom-bundler`).

mod application;
mod arguments;
mod bootstrap;
mod bridge;
mod channel;
mod config_host;
mod data;
mod environment;
mod error_page;
mod exchange;
mod host;
mod identity;
mod instance;
mod log;
mod prerender;
mod respond;
mod sessions;
mod stack;
mod store;
mod timers;

pub use application::{Application, ApplicationError, ModuleText};
pub use channel::BodyChannel;
pub use config_host::{ConfigFailure, ConfigHost, evaluate_config};
pub use environment::Environment;
pub use host::{Host, HostOptions, Mode};
pub use instance::{Answer, Instance, StartFailure};
pub use log::{Level, LogLine, LogSink};
pub use prerender::{PrerenderError, StaticAnswer, StaticAnswers, prerender};
pub use respond::{Reply, ReplyBody};
pub use transom_engine::{
    Allocator, CodeCacheError, Watchdog, set_allocators_up, skip_exit_handlers, use_code_cache,
};
pub use transom_web::{
    BodyFailure, BodyStream, Broadcasts, DocumentLimits, FetchLimits, SharedTls, fetch_document,
};

/// A request on its way to an endpoint.
pub struct Request {
    /// Method in upper case, as on the wire.
    pub method: http::Method,
    /// Raw target: path and query as on the wire.
    pub target: String,
    /// `http` or `https`: how the client reached this server.
    pub scheme: &'static str,
    /// Port that the connection came in on, for requests without a usable `Host`.
    pub local_port: u16,
    /// Header fields in wire order, names in lower case.
    pub headers: http::HeaderMap,
    /// Address of the peer, without port.
    pub address: std::net::IpAddr,
    /// The body, when there is one.
    pub body: Option<BodyStream>,
    /// Resolves when the client has gone before the answer was complete.
    pub gone: Option<std::pin::Pin<Box<dyn Future<Output = ()>>>>,
}
