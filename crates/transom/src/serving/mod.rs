//! Serving: the seam between the commands, the HTTP front and the engine.
//!
//! `listen.rs` gives the sockets, `front.rs` the front's settings, `host.rs` the engine's; `endpoint.rs` is the
//! application that the front calls, with `cors.rs` around it and `identity.rs` beside it;
//! `services.rs` is what handlers can use. `production.rs` and `development.rs` run until a stop signal.

mod cors;
mod development;
mod endpoint;
mod front;
mod host;
mod identity;
mod key_sets;
mod listen;
mod production;
mod services;

pub(crate) use host::log_sink;
pub(crate) use services::Services;

use crate::compile::{Compiled, Compiler};
use crate::printer::Printer;
use crate::project::lock::DevLock;
use crate::project::{BuildFolder, Project};
use crate::report::Report;
use crate::settings::Settings;

/// What `transom start` serves.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) build: BuildFolder,
    pub(crate) settings: Settings,
}

/// What `transom dev` serves and watches.
#[derive(Debug)]
pub(crate) struct Develop {
    pub(crate) project: Project,
    pub(crate) settings: Settings,
    /// Held as long as the server runs; it is told the address.
    pub(crate) lock: DevLock,
    /// Variables and config as they were at the start.
    pub(crate) compiler: Compiler,
    /// The first build.
    pub(crate) compiled: Compiled,
    /// On which the compiler runs.
    pub(crate) runtime: tokio::runtime::Runtime,
}

/// Serves a build until a stop signal.
///
/// # Errors
/// A [`Report`] when the server does not come up.
pub(crate) fn start(plan: Start, printer: Printer) -> Result<(), Report> {
    production::run(plan, printer)
}

/// Serves a project until a stop signal and follows its changes.
///
/// # Errors
/// A [`Report`] when the server does not come up.
pub(crate) fn develop(plan: Develop, printer: Printer) -> Result<(), Report> {
    development::run(plan, printer)
}
