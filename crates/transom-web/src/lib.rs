//! Web platform APIs: JavaScript classes over native operations, one folder per standard.
//!
//! The runtime evaluates [`modules`] in every realm and gives it [`ops`]; [`Services`] is what the operations of
//! one worker share. Invariants: nothing here knows a server, a project or an endpoint; the layer below is
//! `transom-engine` alone; globals are installed by the runtime's main module, never here.

mod base64;
mod compression;
mod crypto;
mod encoding;
mod fetch;
mod form_data;
mod foundation;
mod messaging;
mod navigator;
mod performance;
mod url;
mod websocket;

use std::path::PathBuf;
use std::rc::Rc;

use transom_engine::Op;

pub use fetch::client::{
    ClientFailure, Connection, HttpClient, ResponseStream, Security, UploadAborted, UploadBody,
};
pub use fetch::document::{DocumentError, DocumentLimits, fetch_document};
pub use fetch::hyper_client::{HyperClient, SharedTls};
pub use fetch::incoming::{BodyFailure, BodyStream, RequestBodies};
pub use fetch::limits::FetchLimits;
pub use form_data::spool::Spool;
pub use messaging::Broadcasts;

use fetch::exchange::Exchanges;
use fetch::incoming::Incoming;
use websocket::Sockets;

/// What the operations of one worker share: its outgoing connections, the bodies of its requests, its uploads.
pub struct Services {
    incoming: Rc<Incoming>,
    exchanges: Rc<Exchanges>,
    spool: Rc<Spool>,
    sockets: Rc<Sockets>,
    broadcasts: Broadcasts,
}

impl Services {
    /// `http` sends what `fetch()` asks for, `bodies` hands over the bodies of requests, and large uploads go to
    /// nameless files in `spool_directory`, which comes into being with the first of them. `limits` are those of
    /// `fetch()`.
    pub fn new(
        http: Rc<dyn HttpClient>,
        bodies: Rc<dyn RequestBodies>,
        spool_directory: impl Into<PathBuf>,
        limits: FetchLimits,
    ) -> Self {
        Self {
            incoming: Rc::new(Incoming::new(bodies)),
            broadcasts: Broadcasts::default(),
            sockets: Rc::new(Sockets::new(Rc::clone(&http))),
            exchanges: Rc::new(Exchanges::new(http, limits)),
            spool: Rc::new(Spool::new(spool_directory)),
        }
    }

    /// The same with the channels of a process, which its workers share. Without, a worker hears itself alone.
    #[must_use]
    pub fn with_broadcasts(mut self, broadcasts: &Broadcasts) -> Self {
        self.broadcasts = broadcasts.clone();
        self
    }

    /// Frees what belongs to a request that is over: what is left of its body, and its spooled uploads.
    pub fn request_finished(&self, request_id: f64) {
        self.incoming.release_request(request_id);
        self.spool.release_request(request_id);
    }

    /// The temporary files behind large uploads, for APIs that write them elsewhere.
    pub fn spool(&self) -> &Rc<Spool> {
        &self.spool
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Services").field("spool", &self.spool).finish_non_exhaustive()
    }
}

/// Every JavaScript module of this crate: specifier and source.
pub fn modules() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    foundation::modules()
        .chain(url::MODULES)
        .chain(crypto::MODULES)
        .chain(compression::MODULES)
        .chain(messaging::MODULES)
        .chain(navigator::MODULES)
        .chain(websocket::MODULES)
        .chain(form_data::MODULES)
        .chain(fetch::MODULES)
}

/// Every operation that those modules call.
pub fn ops(services: &Services) -> Vec<Op> {
    let mut ops = foundation::ops();
    ops.extend(url::ops());
    ops.extend(crypto::ops());
    ops.extend(compression::ops());
    ops.extend(messaging::ops(&services.broadcasts));
    ops.extend(navigator::ops());
    ops.extend(websocket::ops(&services.sockets));
    ops.extend(form_data::ops(&services.spool));
    ops.extend(fetch::ops(&services.incoming, &services.exchanges, &services.spool));
    ops
}
