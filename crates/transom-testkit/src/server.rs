//! A running transom.

use std::net::SocketAddr;
use std::time::Instant;

use rustix::process::Signal;

use crate::PATIENCE;
use crate::connection::Connection;
use crate::log::Log;
use crate::process::{Ended, Process};
use crate::project::Project;
use crate::reply::Reply;
use crate::request::Request;

/// A transom that serves a project. It is killed, and the project removed, when the value is dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    project: Project,
    address: SocketAddr,
}

impl Server {
    /// Waits for the line that names the address.
    #[track_caller]
    pub(crate) fn new(process: Process, project: Project) -> Self {
        let address = process.log().find(printed_address).unwrap_or_else(|| {
            panic!("the server ended before it listened; it printed:\n{}", process.log().all())
        });
        Self { process, project, address }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a URL, without a final slash.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The project that it serves.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The process, for its id, its children and signals.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// What it prints.
    #[must_use]
    pub fn log(&self) -> &Log {
        self.process.log()
    }

    /// Opens a connection.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    #[track_caller]
    pub fn connect(&self) -> Connection {
        Connection::open(self.address).expect("the server accepts connections")
    }

    /// Sends a request without a body on a connection of its own.
    ///
    /// # Panics
    /// When there is no whole answer.
    #[must_use]
    #[track_caller]
    pub fn send(&self, method: &str, path: &str) -> Reply {
        self.request(&Request::new(method, path))
    }

    /// Sends a GET request on a connection of its own.
    ///
    /// # Panics
    /// When there is no whole answer.
    #[must_use]
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path)
    }

    /// Sends a request on a connection of its own.
    ///
    /// # Panics
    /// When there is no whole answer.
    #[must_use]
    #[track_caller]
    pub fn request(&self, request: &Request) -> Reply {
        self.connect().request(request)
    }

    /// Sends GET requests until an answer is as wanted, and returns that one: for changes that take
    /// effect after an unknown time, such as an edit in `dev`.
    ///
    /// # Panics
    /// After [`PATIENCE`], with the last answer.
    #[track_caller]
    pub fn get_until(&self, path: &str, wanted: impl Fn(&Reply) -> bool) -> Reply {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let reply = self.get(path);
            if wanted(&reply) {
                return reply;
            }
            assert!(Instant::now() < deadline, "{path} never answered as wanted: {reply:?}");
            std::thread::yield_now();
        }
    }

    /// Sends SIGTERM without waiting for anything.
    pub fn terminate(&self) {
        self.process.signal(Signal::TERM);
    }

    /// Asks for a graceful stop and waits for the end; afterwards everything it logged is there.
    ///
    /// # Panics
    /// When it does not end.
    #[must_use]
    pub fn stop(self) -> Ended {
        self.process.stop()
    }

    /// Waits for the end, which somebody else brings about.
    ///
    /// # Panics
    /// When it does not end.
    #[must_use]
    pub fn wait(self) -> Ended {
        self.process.wait()
    }
}

/// The address in a line such as `listening on http://127.0.0.1:4321`; with a certificate it is `https:`.
fn printed_address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://").or_else(|| line.split_once("https://"))?;
    let end = rest.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(rest.len());
    rest[..end].replace("localhost", "127.0.0.1").parse().ok()
}
