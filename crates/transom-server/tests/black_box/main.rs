//! What a client or an operator sees of the server, over real sockets.
//!
//! One crate, so that all files share one harness.

mod access_log;
mod admin;
mod bodies;
mod compression;
mod exchanges;
mod harness;
mod hostile;
mod http2;
mod lifecycle;
mod public_files;
mod shutdown;
mod supervision;
mod tls;
