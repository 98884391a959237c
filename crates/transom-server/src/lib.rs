//! The HTTP front of transom: listening sockets, workers, HTTP/1.1 and HTTP/2, TLS, limits, static
//! files, compression, logs, metrics, reload, shutdown, and the small parent process.
//!
//! It knows nothing of script engines. An application implements [`App`], and an [`AppFactory`]
//! makes one instance of it per worker; [`Server::start`] does the rest:
//!
//! ```
//! use transom_server::{
//!     App, AppFactory, Listeners, Reply, Request, Server, Settings, StartError, WorkerInfo,
//! };
//!
//! struct Hello;
//!
//! impl App for Hello {
//!     fn call(&self, request: Request) -> impl Future<Output = Reply> + use<> {
//!         let mut reply = Reply::empty(http::StatusCode::OK);
//!         reply.body = bytes::Bytes::from(format!("you asked for {}", request.target)).into();
//!         std::future::ready(reply)
//!     }
//! }
//!
//! struct HelloFactory;
//!
//! impl AppFactory for HelloFactory {
//!     type App = Hello;
//!
//!     async fn create(&self, _worker: WorkerInfo) -> Result<Hello, StartError> {
//!         Ok(Hello)
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listeners = Listeners::bind(&["127.0.0.1:0".parse()?], 1)?;
//! let server = Server::start(HelloFactory, listeners, Settings::default())?;
//! println!("listening on http://{}", server.addresses()[0]);
//! server.shutdown();
//! server.wait();
//! # Ok(())
//! # }
//! ```
//!
//! Invariants: a request never changes thread (design, decision 2); a panic ends one worker and the
//! others go on (decision 10); nothing is written to standard output or error from here.
//!
//! The way of a request: `worker.rs` accepts, `serve.rs` drives hyper over `wire.rs`, `dispatch.rs`
//! checks it (`head.rs`, `request_line.rs`, `target.rs`) and calls the application, `outgoing.rs` turns the reply into
//! a response, `exchange.rs` keeps the books.

mod access_log;
mod admin;
mod app;
mod batch;
mod body;
mod compression;
mod connection;
mod dispatch;
mod exchange;
mod first_read;
mod gone;
mod head;
pub mod limits;
mod listener;
mod metrics;
mod outgoing;
mod request_line;
mod serve;
mod server;
mod settings;
mod static_files;
mod supervisor;
mod target;
mod tls;
mod wire;
mod worker;

pub use access_log::{AccessLog, LogFormat};
pub use app::{
    App, AppFactory, Reply, ReplyAborted, ReplyBody, ReplyStream, Request, RequestId, Scheme,
    StartError, WorkerFailure, WorkerInfo,
};
pub use body::{BodyError, RequestBody};
pub use gone::Gone;
pub use head::MORE_METHODS;
pub use hyper::ext::ReasonPhrase;
pub use limits::Limits;
pub use listener::{BindError, Listeners};
pub use metrics::{Gauge, Gauges};
pub use server::{ReloadError, Server, ServerError, ShutdownHandle};
pub use settings::{Compression, Event, Events, KeepAlive, Settings};
pub use static_files::{Found, PublicFile, StaticFiles, StaticReader};
pub use supervisor::{ChildEvent, Inherited, Parent, Role, supervise};
pub use target::Target;
pub use tls::{Tls, TlsError};
