//! The cost of the front alone: an application that answers one constant, to be compared with
//! `bare_hyper` in the same run.
//!
//! Usage: `constant [ADDRESS] [announce] [log] [admin]`; prints the bound address.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use transom_server::{
    AccessLog, App, AppFactory, KeepAlive, Listeners, LogFormat, Reply, Request, Server, Settings,
    StartError, WorkerInfo,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Constant;

impl App for Constant {
    fn call(&self, _request: Request) -> impl Future<Output = Reply> + use<> {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = Bytes::from_static(b"{\"hello\":\"world\"}").into();
        std::future::ready(Reply { status: StatusCode::OK, reason: None, headers, body })
    }
}

struct ConstantFactory;

impl AppFactory for ConstantFactory {
    type App = Constant;

    async fn create(&self, _worker: WorkerInfo) -> Result<Constant, StartError> {
        Ok(Constant)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = arguments.first().map_or("127.0.0.1:0", String::as_str);
    let address: SocketAddr = address.parse()?;
    let wants = |word: &str| arguments.iter().any(|argument| argument == word);
    let mut settings = Settings::default();
    if wants("announce") {
        settings.keep_alive = KeepAlive::Announced;
    }
    if wants("log") {
        let sink = Box::new(std::io::sink());
        settings.access_log = Some(AccessLog { format: LogFormat::Json, sink });
    }
    if wants("admin") {
        settings.admin = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    }
    let server = Server::start(ConstantFactory, Listeners::bind(&[address], 1)?, settings)?;
    println!("listening on http://{}", server.addresses()[0]);
    server.wait();
    Ok(())
}
