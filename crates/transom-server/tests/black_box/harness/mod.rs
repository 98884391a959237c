//! What the black box tests share: a server with a test application, and a raw client.

pub mod app;
pub mod client;

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use transom_server::{Event, Events, Listeners, Server, Settings};

use app::{Shared, TestFactory};
pub use client::{Answer, Client};

/// After this the test has failed; nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running server with the test application.
pub struct TestServer {
    pub server: Option<Server<TestFactory>>,
    pub address: SocketAddr,
    pub shared: Shared,
    notes: Receiver<String>,
    events: Receiver<Event>,
}

/// A server with one worker and default settings.
pub fn serve() -> TestServer {
    serve_with(1, |_| {})
}

/// A server with `workers` workers, and settings that `change` has changed.
pub fn serve_with(workers: usize, change: impl FnOnce(&mut Settings)) -> TestServer {
    let (note, notes) = channel();
    let (event, events) = channel();
    let event = Mutex::new(event);
    let mut settings = Settings {
        events: Events::new(move |it| drop(event.lock().expect("no test panics here").send(it))),
        ..Settings::default()
    };
    change(&mut settings);
    let shared = Shared {
        gate: Arc::new(Semaphore::new(0)),
        notes: note,
        produced: Arc::default(),
        files: None,
    };
    let listeners = listen(workers);
    let factory = TestFactory::new(shared.clone());
    let server = Server::start(factory, listeners, settings).expect("the server starts");
    let address = server.addresses()[0];
    TestServer { server: Some(server), address, shared, notes, events }
}

/// Sockets on a free loopback port.
pub fn listen(workers: usize) -> Listeners {
    Listeners::bind(&[SocketAddr::from(([127, 0, 0, 1], 0))], workers).expect("a port is free")
}

impl TestServer {
    pub fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Sends one request on a new connection and reads the answer.
    pub fn get(&self, target: &str) -> Answer {
        self.connect().get(target)
    }

    /// The next thing that the application says about itself.
    #[track_caller]
    pub fn note(&self) -> String {
        self.notes.recv_timeout(PATIENCE).expect("the application says something")
    }

    /// What the application has already said, if anything.
    pub fn try_note(&self) -> Option<String> {
        self.notes.try_recv().ok()
    }

    /// The next event of the server.
    #[track_caller]
    pub fn event(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("the server tells an event")
    }

    /// Lets `count` requests for `/wait` go on.
    pub fn open_gate(&self, count: usize) {
        self.shared.gate.add_permits(count);
    }

    pub fn running(&self) -> &Server<TestFactory> {
        self.server.as_ref().expect("the server has not been stopped")
    }

    /// Shuts down and waits for the end.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown();
            server.wait();
        }
    }
}
