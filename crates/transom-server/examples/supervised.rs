//! A server of two processes, as `transom start` is one: a parent that holds the sockets, and a
//! child that serves. The tests of this crate run it.
//!
//! Usage: `supervised WORKERS`. The parent prints its address and each event; `GET /pid` answers
//! with the number of the child process, and `GET /abort` ends that process the hard way.

use std::net::SocketAddr;
use std::process::ExitCode;

use bytes::Bytes;
use http::StatusCode;
use tokio::signal::unix::{SignalKind, signal};
use transom_server::{
    App, AppFactory, Inherited, Listeners, Reply, Request, Role, Server, Settings, StartError,
    WorkerInfo, supervise,
};

struct Demo;

impl App for Demo {
    fn call(&self, request: Request) -> impl Future<Output = Reply> + use<> {
        let mut reply = Reply::empty(StatusCode::OK);
        match request.target.as_str() {
            "/abort" => std::process::abort(),
            "/exit" => std::process::exit(3),
            _ => reply.body = Bytes::from(std::process::id().to_string()).into(),
        }
        std::future::ready(reply)
    }
}

struct DemoFactory;

impl AppFactory for DemoFactory {
    type App = Demo;

    async fn create(&self, _worker: WorkerInfo) -> Result<Demo, StartError> {
        match std::env::var("SUPERVISED_BROKEN") {
            Ok(reason) => Err(StartError::new(reason)),
            Err(_) => Ok(Demo),
        }
    }
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let workers = std::env::args().nth(1).map_or(Ok(1), |count| count.parse())?;
    let listeners = Listeners::bind(&[SocketAddr::from(([127, 0, 0, 1], 0))], workers)?;
    println!("{}", listeners.addresses()[0]);
    match supervise(listeners, |event| println!("{event:?}"))? {
        Role::Child(inherited) => serve(inherited),
        Role::Parent { code } => Ok(ExitCode::from(code)),
    }
}

/// The child.
fn serve(inherited: Inherited) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Inherited { listeners, parent } = inherited;
    let server = Server::start(DemoFactory, listeners, Settings::default())?;
    let stop = server.shutdown_handle();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut terminate = {
        let _context = runtime.enter();
        signal(SignalKind::terminate())?
    };
    let mut hangup = {
        let _context = runtime.enter();
        signal(SignalKind::hangup())?
    };
    parent.tell_ready()?;
    let on_signal = stop.clone();
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = terminate.recv() => on_signal.shutdown(),
                _ = hangup.recv() => std::process::abort(),
            }
        });
    });
    parent.watch(move || stop.shutdown())?;
    server.wait();
    Ok(ExitCode::SUCCESS)
}
