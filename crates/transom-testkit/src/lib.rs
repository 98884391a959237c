//! What black-box tests stand on: temporary projects, the real binary serving them, and a client that
//! speaks HTTP/1.1 byte by byte.
//!
//! Invariants: nothing here sleeps or uses a fixed port, every wait has an event to wait for and a
//! deadline only as a guard against a hang ([`PATIENCE`]), every server that a test starts is ended
//! when its value is dropped, and what it printed is shown when the test fails.
//!
//! Misuse and unexpected answers panic with what was seen: this code runs in tests only. It knows
//! nothing of transom's crates; it sees what a user sees.

use std::time::Duration;

mod browser;
mod connection;
mod framing;
mod http_file;
mod log;
mod multipart;
mod nginx;
mod postgres;
mod process;
mod project;
mod reply;
mod request;
mod server;
mod upstream;

pub use browser::Browser;
pub use connection::Connection;
pub use http_file::{Exchange, HttpFile};
pub use log::Log;
pub use multipart::Multipart;
pub use nginx::Nginx;
pub use postgres::{Pause, Postgres, TableLock};
pub use process::{Ended, Process};
pub use project::{Mode, Project};
pub use reply::{Head, Reply};
pub use request::Request;
pub use server::Server;
pub use upstream::{Answer, Received, Upstream};

/// How long any wait may take before the test fails; far longer than anything needs on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
