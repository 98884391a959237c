//! Runs the `*.test.js` beside each API in a bare realm: no server, no network, and a clock of its own.
//!
//! Timers fire in the order of their deadlines as soon as nothing else can go on, so no test waits for time.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::SinkExt as _;
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use transom_engine::{
    Isolate, IsolateOptions, ModuleLoader, ModuleSource, Op, PendingOp, Persistent, PromiseState,
    Realm, SharedCode,
};
use transom_web::{
    BodyStream, ClientFailure, Connection, FetchLimits, HttpClient, RequestBodies, ResponseStream,
    Security, Services, UploadBody,
};

#[test]
fn webidl() {
    run("webidl");
}

#[test]
fn events() {
    run("events");
}

#[test]
fn abort() {
    run("abort");
}

#[test]
fn dom_exception() {
    run("dom_exception");
}

#[test]
fn streams() {
    run("streams");
}

#[test]
fn encoding() {
    run("encoding");
}

#[test]
fn base64() {
    run("base64");
}

#[test]
fn blob() {
    run("blob");
}

#[test]
fn structured_clone() {
    run("structured_clone");
}

#[test]
fn async_context() {
    run("async_context");
}

#[test]
fn scheduling() {
    run("scheduling");
}

#[test]
fn performance() {
    run("performance");
}

#[test]
fn console() {
    run("console");
}

#[test]
fn url() {
    run("url");
}

#[test]
fn crypto() {
    run("crypto");
}

#[test]
fn compression() {
    run("compression");
}

#[test]
fn messaging() {
    run("messaging");
}

#[test]
fn navigator() {
    run("navigator");
}

#[test]
fn websocket() {
    run("websocket");
}

#[test]
fn event_source() {
    run("event_source");
}

#[test]
fn webassembly() {
    run("webassembly");
}

#[test]
fn fetch() {
    run("fetch");
}

#[test]
fn form_data() {
    run("form_data");
}

/// Runs every test file of one folder, each in a realm of its own.
#[track_caller]
fn run(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no tests", folder.display());
    for file in files {
        let source = std::fs::read_to_string(&file).expect("the file can be read");
        let failures = Harness::new(source).run();
        assert!(failures.is_empty(), "{}:\n{failures}", file.display());
    }
}

/// The globals that tests of fetch and URL use.
const GLOBALS: &str = r#"
import { AbortController } from "transom:internal/abort/abort_controller";
import { AbortSignal } from "transom:internal/abort/abort_signal";
import { Blob } from "transom:internal/blob/blob";
import { File } from "transom:internal/blob/file";
import { Crypto, crypto } from "transom:internal/crypto/crypto";
import { CryptoKey } from "transom:internal/crypto/crypto_key";
import { SubtleCrypto } from "transom:internal/crypto/subtle";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { fetch } from "transom:internal/fetch/fetch";
import { Headers } from "transom:internal/fetch/headers";
import { Request } from "transom:internal/fetch/request";
import { Response } from "transom:internal/fetch/response";
import { FormData } from "transom:internal/form_data/form_data";
import { ReadableStream } from "transom:internal/streams/readable";
import { TransformStream } from "transom:internal/streams/transform";
import { URL } from "transom:internal/url/url";
import { URLPattern } from "transom:internal/url/url_pattern";
import { URLSearchParams } from "transom:internal/url/url_search_params";
import { defineInterface } from "transom:internal/webidl/webidl";
const interfaces = {
  AbortController, AbortSignal, Blob, Crypto, CryptoKey, DOMException, File, FormData, Headers, ReadableStream, Request,
  Response, SubtleCrypto, TransformStream, URL, URLPattern, URLSearchParams,
};
for (const name in interfaces) defineInterface(globalThis, name, interfaces[name]);
Object.assign(globalThis, { crypto, fetch });
"#;

/// What runs the test file.
const BOOT: &str = r#"
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import "test:globals";
import "test:file";
import { ops } from "transom:internal/ops";
import { runTests } from "transom:internal/testing";
const classes = { Error, RangeError, SyntaxError, TypeError };
ops.error_factory_set((name, message) => {
  return classes[name] ? new classes[name](message) : new DOMException(message, name);
});
const results = await runTests();
const failed = results.filter((result) => result.error);
const lines = failed.map(({ name, error }) => `  ${name}: ${error}\n${error?.stack ?? ""}`);
if (results.length === 0) lines.push("  no test was registered");
export const report = lines.join("\n");
"#;

const OPS: &str = "export const ops = globalThis.opsOfTheTest; delete globalThis.opsOfTheTest;";

struct Harness {
    isolate: Isolate,
    realm: Realm,
    clock: Rc<Clock>,
    pending: Rc<RefCell<Vec<PendingOp>>>,
}

impl Harness {
    fn new(source: String) -> Self {
        let clock = Rc::new(Clock::default());
        let spool = tempfile::tempdir().expect("a temporary folder").keep();
        let services =
            Services::new(Rc::new(NoNetwork), Rc::new(NoBodies), spool, FetchLimits::default());
        let mut ops = transom_web::ops(&services);
        ops.extend(clock.ops());
        ops.push(Op::new("test_data", |name: String| {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
            std::fs::read_to_string(file).expect("the file can be read")
        }));
        ops.push(Op::new("console_write", |_level: String, _text: String| ()));
        let mut isolate = Isolate::new(&IsolateOptions::default(), ops).expect("the engine starts");
        let pending = Rc::new(RefCell::new(Vec::new()));
        let queue = Rc::clone(&pending);
        isolate.set_spawner(Rc::new(move |op| queue.borrow_mut().push(op)));
        let realm = isolate.new_realm().expect("there is memory");
        let modules = Modules::new(source);
        isolate.scope(&realm, |scope| {
            scope.set_module_loader(modules);
            let ops = scope.ops_object().expect("there is memory");
            let global = scope.global();
            scope.set(global, c"opsOfTheTest", ops).expect("the global can be extended");
        });
        Self { isolate, realm, clock, pending }
    }

    /// Runs the tests to their end and returns a text about those that failed.
    fn run(mut self) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime can be made");
        let entered = runtime.enter();
        let promise = self.isolate.scope(&self.realm, |scope| {
            let (_, promise) = scope.import("test:main").unwrap_or_else(|error| panic!("{error}"));
            scope.run_jobs();
            scope.persist(promise)
        });
        drop(entered);
        runtime.block_on(async {
            let mut futures = FuturesUnordered::new();
            while !self.settled(&promise) {
                futures.extend(self.pending.borrow_mut().drain(..));
                let settlement = match futures.next().now_or_never() {
                    Some(Some(settlement)) => Some(settlement),
                    _ => None,
                };
                let settlement = match settlement {
                    Some(settlement) => Some(settlement),
                    None if self.fire_timer() => None,
                    None => Some(
                        futures.next().await.expect("a test waits for something that never comes"),
                    ),
                };
                if let Some(settlement) = settlement {
                    self.isolate.settle(settlement);
                }
                self.isolate.scope(&self.realm, |scope| scope.run_jobs());
            }
        });
        self.isolate.scope(&self.realm, |scope| {
            let (namespace, promise) = scope.import("test:main").expect("it was loaded before");
            if scope.promise_state(promise) == Some(PromiseState::Rejected) {
                let reason = scope.promise_result(promise);
                return scope.to_text(reason).unwrap_or_else(|error| error.to_string());
            }
            let report = scope.get(namespace, c"report").expect("it is exported");
            scope.string_of(report).expect("it is a text")
        })
    }

    fn settled(&mut self, promise: &Persistent) -> bool {
        self.isolate.scope(&self.realm, |scope| {
            let promise = scope.value_of(promise);
            scope.promise_state(promise) != Some(PromiseState::Pending)
        })
    }

    /// Fires the timer that is due first; false when there is none.
    fn fire_timer(&mut self) -> bool {
        let Some(id) = self.clock.next() else { return false };
        let callback = self.clock.callback.borrow().clone().expect("timers.js registers it first");
        self.isolate.scope(&self.realm, |scope| {
            let callback = scope.value_of(&callback);
            let id = scope.number(id);
            scope.call(callback, &[id]).unwrap_or_else(|error| panic!("{error}"));
        });
        true
    }
}

/// Time that passes only when a timer fires.
#[derive(Default)]
struct Clock {
    now: Cell<f64>,
    last_id: Cell<f64>,
    timers: RefCell<Vec<Timer>>,
    callback: RefCell<Option<Persistent>>,
}

struct Timer {
    id: f64,
    due: f64,
    period: Option<f64>,
}

impl Clock {
    fn ops(self: &Rc<Self>) -> Vec<Op> {
        let [start, cancel, on_fire] = std::array::from_fn(|_| Rc::clone(self));
        vec![
            Op::new("timer_start", move |delay: f64, repeat: bool| {
                let id = start.last_id.get() + 1.0;
                start.last_id.set(id);
                let due = start.now.get() + delay;
                let period = repeat.then_some(delay.max(1.0));
                start.timers.borrow_mut().push(Timer { id, due, period });
                id
            }),
            Op::new("timer_cancel", move |id: f64| {
                cancel.timers.borrow_mut().retain(|timer| timer.id != id);
            }),
            Op::new("timer_on_fire", move |callback: Persistent| {
                *on_fire.callback.borrow_mut() = Some(callback);
            }),
        ]
    }

    fn next(&self) -> Option<f64> {
        let mut timers = self.timers.borrow_mut();
        let earlier = |a: &&Timer, b: &&Timer| a.due.total_cmp(&b.due).then(a.id.total_cmp(&b.id));
        let id = timers.iter().min_by(earlier)?.id;
        let index = timers.iter().position(|timer| timer.id == id)?;
        let timer = &mut timers[index];
        self.now.set(self.now.get().max(timer.due));
        match timer.period {
            Some(period) => timer.due += period,
            None => drop(timers.remove(index)),
        }
        Some(id)
    }
}

/// The crate's modules and the test's own.
struct Modules {
    own: Vec<(&'static str, Arc<SharedCode>)>,
}

impl Modules {
    fn new(source: String) -> Rc<Self> {
        let code = |name: &str, text: String| Arc::new(SharedCode::new(name.to_owned(), text));
        let mut own = vec![
            ("test:main", code("test:main", BOOT.to_owned())),
            ("test:file", code("test:file", source)),
            ("test:globals", code("test:globals", GLOBALS.to_owned())),
            ("transom:internal/ops", code("transom:internal/ops", OPS.to_owned())),
        ];
        own.extend(
            transom_web::modules()
                .map(|(name, text)| (*name, Arc::new(SharedCode::new(*name, *text)))),
        );
        Rc::new(Self { own })
    }
}

impl ModuleLoader for Modules {
    fn load(&self, specifier: &str, referrer: &str) -> Result<ModuleSource, String> {
        let found = self.own.iter().find(|(name, _)| *name == specifier);
        let (name, code) = found.ok_or_else(|| format!("no `{specifier}` for `{referrer}`"))?;
        Ok(ModuleSource { specifier: (*name).into(), url: (*name).into(), code: Arc::clone(code) })
    }
}

struct NoNetwork;

impl HttpClient for NoNetwork {
    fn send(
        &self,
        request: http::Request<UploadBody>,
    ) -> LocalBoxFuture<'static, Result<http::Response<ResponseStream>, ClientFailure>> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        if host == "events.test" {
            return Box::pin(std::future::ready(Ok(event_stream(&request))));
        }
        let reason = "the tests have no network".to_owned();
        Box::pin(async { Err(ClientFailure::Resolve { host, port: 80, reason }) })
    }

    fn connect(
        &self,
        host: String,
        port: u16,
        _security: Security,
    ) -> LocalBoxFuture<'static, Result<Box<dyn Connection>, ClientFailure>> {
        if host == "echo.test" {
            let (here, there) = tokio::io::duplex(64 * 1024);
            tokio::spawn(echo(there));
            return Box::pin(std::future::ready(Ok(Box::new(here) as Box<dyn Connection>)));
        }
        let reason = "the tests have no network".to_owned();
        Box::pin(async move { Err(ClientFailure::Resolve { host, port, reason }) })
    }
}

/// A server of events: three of them at first, and one for whoever comes again.
fn event_stream(request: &http::Request<UploadBody>) -> http::Response<ResponseStream> {
    let text = match request.headers().get("last-event-id") {
        None => {
            "\u{feff}: comment\nretry: 10\ndata: one\n\nid: 7\r\nevent: named\rdata: a\ndata:b\n\ndata\n\ndata: lost"
        }
        Some(_) => "data: again\n\n",
    };
    // In two pieces, with the cut in the middle of a line.
    let pieces = [&text[..6], &text[6..]].map(|piece| Ok(Bytes::from(piece.to_owned())));
    let status = if request.uri().path() == "/gone" { 204 } else { 200 };
    let response =
        http::Response::builder().status(status).header("content-type", "text/event-stream");
    let body: ResponseStream = Box::pin(futures_util::stream::iter(pieces));
    response.body(body).expect("a valid response")
}

/// A WebSocket server that chooses the last protocol, sends messages back, and closes when it is told to.
async fn echo(stream: tokio::io::DuplexStream) {
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
    #[expect(clippy::result_large_err, reason = "the type is that of the crate")]
    let choose = |request: &Request, mut response: Response| {
        let offered = request.headers().get("sec-websocket-protocol");
        if let Some(last) = offered.and_then(|offered| offered.to_str().ok()?.rsplit(", ").next()) {
            let chosen = last.parse().expect("a valid value");
            response.headers_mut().insert("sec-websocket-protocol", chosen);
        }
        Ok(response)
    };
    let socket = tokio_tungstenite::accept_hdr_async(stream, choose).await;
    let Ok(socket) = socket else { return };
    let (mut sink, mut messages) = socket.split();
    while let Some(Ok(message)) = messages.next().await {
        if message == Message::text("lose") {
            return;
        }
        if message.is_text() || message.is_binary() {
            let _ = sink.send(message).await;
        }
    }
}

struct NoBodies;

impl RequestBodies for NoBodies {
    fn is_present(&self, _request_id: f64) -> bool {
        false
    }

    fn take(&self, _request_id: f64) -> Option<BodyStream> {
        None
    }
}
