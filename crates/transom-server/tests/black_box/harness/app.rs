//! The test application: one behaviour per path.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::Sender;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::Semaphore;
use transom_server::{
    App, AppFactory, Found, Gone, ReasonPhrase, Reply, ReplyAborted, ReplyBody, Request,
    StartError, StaticFiles, StaticReader, WorkerFailure, WorkerInfo,
};

/// What the test and all instances of the application have in common.
#[derive(Clone)]
pub struct Shared {
    /// Requests for `/wait` take one permit each.
    pub gate: Arc<Semaphore>,
    /// What the application tells the test.
    pub notes: Sender<String>,
    /// Bytes that `/endless` has produced.
    pub produced: Arc<AtomicU64>,
    /// Public files, tried before everything else.
    pub files: Option<Arc<StaticFiles>>,
}

pub struct TestFactory {
    pub shared: std::sync::Mutex<Shared>,
    /// The worker that cannot be created, if any.
    pub broken_worker: Option<usize>,
}

impl TestFactory {
    pub fn new(shared: Shared) -> Self {
        Self { shared: std::sync::Mutex::new(shared), broken_worker: None }
    }
}

impl AppFactory for TestFactory {
    type App = TestApp;

    async fn create(&self, worker: WorkerInfo) -> Result<TestApp, StartError> {
        if self.broken_worker == Some(worker.index) {
            return Err(StartError::new("this generation is broken"));
        }
        let shared = self.shared.lock().expect("no test panics here").clone();
        let gauge = worker.gauges.register("test_instances", "Instances of the test application");
        gauge.set(1);
        Ok(TestApp {
            files: shared.files.as_ref().map(StaticFiles::reader).map(Rc::new),
            shared,
            generation: worker.generation,
            failure: worker.failure,
            calls: Rc::default(),
            rests: Rc::default(),
            _gauge: gauge,
        })
    }
}

pub struct TestApp {
    shared: Shared,
    files: Option<Rc<StaticReader>>,
    generation: u64,
    failure: WorkerFailure,
    calls: Rc<Cell<u64>>,
    rests: Rc<Cell<u64>>,
    _gauge: transom_server::Gauge,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.shared.notes.send(format!("dropped generation {}", self.generation)));
    }
}

impl App for TestApp {
    fn call(&self, request: Request) -> impl Future<Output = Reply> + use<> {
        self.calls.set(self.calls.get() + 1);
        let call = Call {
            shared: self.shared.clone(),
            files: self.files.clone(),
            generation: self.generation,
            failure: self.failure.clone(),
            rests: self.rests.get(),
        };
        if request.target.as_str() == "/panic-at-once" {
            panic!("as asked");
        }
        call.answer(request)
    }

    fn rest(&self) {
        self.rests.set(self.rests.get() + 1);
    }
}

struct Call {
    shared: Shared,
    files: Option<Rc<StaticReader>>,
    generation: u64,
    failure: WorkerFailure,
    /// How often the application had come to rest before this call.
    rests: u64,
}

pub fn text(body: impl Into<Bytes>) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=UTF-8"));
    Reply { status: StatusCode::OK, reason: None, headers, body: body.into().into() }
}

fn pieces(items: Vec<Result<&'static str, ReplyAborted>>) -> ReplyBody {
    let items = items.into_iter().map(|item| item.map(|text| Bytes::from_static(text.as_bytes())));
    ReplyBody::Stream(Box::pin(stream::iter(items)))
}

/// Tells the test when the client is lost, or when the call is dropped without that.
struct Witness {
    gone: Gone,
    shared: Shared,
}

impl Drop for Witness {
    fn drop(&mut self) {
        let what = if self.gone.is_gone() { "gone" } else { "served" };
        drop(self.shared.notes.send(what.to_owned()));
    }
}

impl Call {
    fn note(&self, text: impl Into<String>) {
        drop(self.shared.notes.send(text.into()));
    }

    #[expect(clippy::too_many_lines, reason = "one short behaviour per path")]
    async fn answer(self, mut request: Request) -> Reply {
        let target = request.target.to_string();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        if let Some(files) = &self.files {
            match files.find(path) {
                Found::File(file) | Found::Directory { index: Some(file) } => {
                    if let Some(reply) = file.reply(&request.method, &request.headers).await {
                        return reply;
                    }
                }
                _ => {}
            }
        }
        let size = query.parse::<usize>().unwrap_or(0);
        match path {
            "/head" => text(describe(&request)),
            "/rests" => text(self.rests.to_string()),
            "/generation" => text(self.generation.to_string()),
            "/echo" => match request.body.collect().await {
                Ok(body) => text(body),
                Err(error) => {
                    self.note(error.to_string());
                    let mut reply = text(error.to_string());
                    reply.status = StatusCode::INTERNAL_SERVER_ERROR;
                    reply
                }
            },
            "/echo-stream" => {
                let mut reply = text("");
                let body = request.body.map(|piece| piece.map_err(|_| ReplyAborted));
                reply.body = ReplyBody::Stream(Box::pin(body));
                reply
            }
            "/limited" => {
                request.body.set_limit(Some(10));
                text(
                    request
                        .body
                        .collect()
                        .await
                        .map_or_else(|e| e.to_string(), |b| format!("{} bytes", b.len())),
                )
            }
            "/size" => {
                let mut count = 0;
                while let Some(Ok(piece)) = request.body.next().await {
                    count += piece.len();
                }
                text(count.to_string())
            }
            "/ignore" => text("ignored"),
            "/big" => text(vec![b'x'; size]),
            "/chunks" => {
                Reply { body: pieces(vec![Ok("one"), Ok("two"), Ok("three")]), ..text("") }
            }
            "/abort" => Reply { body: pieces(vec![Ok("first"), Err(ReplyAborted)]), ..text("") },
            "/declared" => {
                let mut reply = Reply { body: pieces(vec![Ok("12345"), Ok("67890")]), ..text("") };
                reply.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
                reply
            }
            "/wrong-length" => {
                let mut reply = text("hello");
                reply.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(3));
                reply
                    .headers
                    .insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
                reply
            }
            "/status" => {
                let status = u16::try_from(size).ok().and_then(|it| StatusCode::from_u16(it).ok());
                Reply { status: status.unwrap_or_default(), ..text("body") }
            }
            "/reason" => {
                Reply { reason: Some(ReasonPhrase::from_static(b"Quite Fine")), ..text("body") }
            }
            "/headers" => {
                let mut reply = text("");
                for (name, value) in
                    [("x-b", "1"), ("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-a", "2")]
                {
                    reply.headers.append(name, HeaderValue::from_static(value));
                }
                reply
            }
            "/typed" => {
                // `/typed?TYPE,SIZE`
                let (kind, size) = query.split_once(',').unwrap_or((query, "0"));
                let mut reply = text("abcdefghij".repeat(size.parse::<usize>().unwrap_or(0) / 10));
                let kind = HeaderValue::from_str(kind).expect("the test sends a type");
                reply.headers.insert(header::CONTENT_TYPE, kind);
                reply.headers.insert(header::ETAG, HeaderValue::from_static("\"strong\""));
                for (name, value) in &request.headers {
                    // `x-reply-NAME: VALUE` becomes a header of the reply.
                    if let Some(name) = name.as_str().strip_prefix("x-reply-") {
                        let name = http::HeaderName::try_from(name).expect("a suffix is a name");
                        reply.headers.insert(name, value.clone());
                    }
                }
                reply
            }
            "/ticks" => {
                // One piece per permit of the gate.
                let gate = Arc::clone(&self.shared.gate);
                let ticks = stream::unfold(gate, |gate| async {
                    gate.acquire().await.ok()?.forget();
                    Some((Ok(Bytes::from_static(b"tick ")), gate))
                });
                Reply { body: ReplyBody::Stream(Box::pin(ticks.take(size))), ..text("") }
            }
            "/endless" => {
                let produced = Arc::clone(&self.shared.produced);
                let witness = Witness { gone: request.gone, shared: self.shared.clone() };
                let endless = stream::repeat_with(move || {
                    let _ = &witness;
                    produced.fetch_add(65_536, SeqCst);
                    Ok(Bytes::from(vec![b'x'; 65_536]))
                });
                Reply { body: ReplyBody::Stream(Box::pin(endless)), ..text("") }
            }
            "/wait" => {
                self.note("waiting");
                if let Ok(permit) = self.shared.gate.acquire().await {
                    permit.forget();
                }
                text(format!("generation {}", self.generation))
            }
            "/hang" => {
                let witness = Witness { gone: request.gone, shared: self.shared.clone() };
                self.note("hanging");
                let () = pending().await;
                drop(witness);
                text("")
            }
            "/gone" => {
                // The future of the request is dropped with the client; what it spawned goes on.
                let gone = request.gone;
                let shared = self.shared.clone();
                self.note("hanging");
                tokio::task::spawn_local(async move {
                    gone.await;
                    drop(shared.notes.send("gone".to_owned()));
                });
                pending().await
            }
            "/panic" => panic!("as asked"),
            "/panic-in-body" => {
                let broken = stream::once(async { panic!("as asked") });
                Reply { body: ReplyBody::Stream(Box::pin(broken)), ..text("") }
            }
            "/fail" => {
                self.failure.fail("the application gave up");
                text("failing")
            }
            _ => Reply { status: StatusCode::NOT_FOUND, ..text("nothing here") },
        }
    }
}

/// The request as the application sees it, one thing per line.
fn describe(request: &Request) -> String {
    let mut lines = format!("{} {} {:?}\n", request.method, request.target, request.version);
    lines += request.scheme.as_str();
    lines.push('\n');
    for (name, value) in &request.headers {
        lines += &format!("{name}: {}\n", value.as_bytes().escape_ascii());
    }
    lines
}
