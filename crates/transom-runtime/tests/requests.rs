//! The way of a request through a build that is in memory: no socket, no disk.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tokio::task::LocalSet;
use transom_engine::Watchdog;
use transom_manifest::{Manifest, Module, Route, RouteKind};
use transom_permissions::{Permissions, Rules};
use transom_runtime::{
    Application, BodyFailure, Broadcasts, Environment, FetchLimits, Host, HostOptions, Instance,
    Mode, ModuleText, Reply, ReplyBody, Request, SharedTls,
};
use transom_sessions::Sessions;
use transom_store::{Location, Options, SharedStore};
const MODULES: &[(&str, &str)] = &[
    ("/hello", "export const GET = () => new Response('hello', { headers: { 'x-a': 'b' } });"),
    ("/json", "export const POST = async ({ request }) => Response.json({ got: await request.json() }, { status: 201 });"),
    ("/items/[id]", "export const GET = async ({ params, url, cookies }) => {
        await null; cookies.set('seen', params.id); return Response.json({ id: params.id, q: url.searchParams.get('q') }); };"),
    ("/stream", "export const GET = () => new Response(new ReadableStream({ async start(c) {
        for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 1)); c.enqueue(`piece ${i};`); } c.close(); } }));"),
    ("/sync", "export const GET = () => new Response(new ReadableStream({ start(c) { c.enqueue('a'); c.enqueue('b'); c.close(); } }));"),
    ("/throws", "const fail = () => { throw new TypeError('no luck'); };\nexport const GET = () => fail();"),
    ("/loop", "export const GET = async () => { await null; for (;;) {} };"),
    ("/form", "export const POST = async ({ request }) => { const form = await request.formData();
        const file = form.get('file'); return Response.json({ a: form.get('a'), name: file?.name, size: file?.size }); };"),
    ("/headers", "export const GET = ({ request, clientAddress }) => Response.json({ headers: [...request.headers], url: request.url, clientAddress });"),
];

struct Bench {
    instance: std::rc::Rc<Instance>,
}

impl Bench {
    fn new(mode: Mode) -> Self {
        let mut manifest = Manifest::default();
        let mut texts = Vec::new();
        for (index, (route, code)) in MODULES.iter().enumerate() {
            let file = format!("entry{index}.js");
            manifest.routes.push(Route {
                route: (*route).into(),
                file: format!("src/pages{route}.ts"),
                module: file.clone(),
                kind: RouteKind::Endpoint,
                prerender: false,
                exports: vec![],
            });
            manifest.modules.push(Module { file: file.clone(), map: None });
            texts.push(ModuleText { file, code: (*code).into(), map: None });
        }
        let application = Arc::new(Application::new(manifest, texts).expect("valid routes"));
        let folder = tempfile::tempdir().expect("a folder");
        let host = Host::new(&HostOptions {
            mode,
            compat: transom_manifest::Compat::default(),
            heap_limit: 256 << 20,
            watchdog: Watchdog::start(std::time::Duration::from_secs(2)).expect("a thread"),
            environment: Arc::new(Environment::default()),
            permissions: Arc::new(Permissions::new(Rules::open(), folder.path(), folder.path())),
            data_folder: folder.path().to_owned(),
            sessions: Arc::new(Sessions::new(Arc::new(SharedStore::new(
                Location::in_folder(folder.path()),
                Options::default(),
                vec![transom_sessions::SCHEMA],
            )))),
            log: Arc::new(|line| eprintln!("{line:?}")),
            tls: SharedTls::default(),
            keep_code: false,
            identity: None,
            data: None,
            fetch: FetchLimits::default(),
            broadcasts: Broadcasts::default(),
        })
        .expect("starts");
        Self { instance: Instance::start(&host, application).expect("comes up").into() }
    }

    async fn send(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: Option<&'static str>,
    ) -> (u16, HeaderMap, String) {
        let (method, target) = line.split_once(' ').expect("method and target");
        let mut map = HeaderMap::new();
        map.insert("host", HeaderValue::from_static("example.com"));
        for (name, value) in headers {
            map.append(
                name.parse::<HeaderName>().expect("a name"),
                value.parse::<HeaderValue>().expect("a value"),
            );
        }
        let request = Request {
            method: method.parse::<Method>().expect("a method"),
            target: target.to_owned(),
            scheme: "http",
            local_port: 4321,
            headers: map,
            address: [127, 0, 0, 1].into(),
            body: body.map(|text| {
                stream::iter([Ok::<_, BodyFailure>(Bytes::from(text))]).boxed_local()
                    as transom_runtime::BodyStream
            }),
            gone: Some(std::future::pending().boxed_local()),
        };
        let Reply { status, headers, body, .. } = self.instance.call(request).await;
        let bytes = match body {
            ReplyBody::Empty => Vec::new(),
            ReplyBody::Full(bytes) => bytes.to_vec(),
            ReplyBody::Stream(channel) => {
                channel
                    .map(|piece| piece.map_or_else(|_| "<cut>".into(), |piece| piece.to_vec()))
                    .concat()
                    .await
            }
        };
        (status, headers, String::from_utf8(bytes).expect("text"))
    }
}

fn run<F: Future>(work: F) -> F::Output {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, work)
}

#[test]
fn handlers_answer_with_text_json_streams_and_cookies() {
    run(async {
        let bench = Bench::new(Mode::Production);
        for _ in 0..2 {
            let (status, headers, body) = bench.send("GET /hello", &[], None).await;
            assert_eq!((status, body.as_str()), (200, "hello"));
            assert_eq!(headers["content-type"], "text/plain;charset=UTF-8");
            assert_eq!(headers["x-a"], "b");
        }
        let json = [("content-type", "application/json")];
        let (status, headers, body) = bench.send("POST /json", &json, Some("{\"ü\":[1,2]}")).await;
        assert_eq!((status, body.as_str()), (201, "{\"got\":{\"ü\":[1,2]}}"));
        assert_eq!(headers["content-type"], "application/json");
        let (_, headers, body) = bench.send("GET /items/a%20b?q=1", &[], None).await;
        assert_eq!(body, "{\"id\":\"a b\",\"q\":\"1\"}");
        assert_eq!(headers["set-cookie"], "seen=a%20b");
        let (status, _, body) = bench.send("GET /stream", &[], None).await;
        assert_eq!((status, body.as_str()), (200, "piece 0;piece 1;piece 2;"));
        let (status, _, body) = bench.send("GET /sync", &[], None).await;
        assert_eq!((status, body.as_str()), (200, "ab"), "a stream that is complete at once");
        let (_, _, body) = bench.send("GET /headers", &[("x-b", "1"), ("x-b", "2")], None).await;
        assert_eq!(
            body,
            r#"{"headers":[["host","example.com"],["x-b","1, 2"]],"url":"http://example.com/headers","clientAddress":"127.0.0.1"}"#
        );
        let (status, _, body) = bench.send("GET /nope", &[], None).await;
        assert_eq!(status, 404);
        assert!(body.contains("Path: /nope"), "{body}");
    });
}

#[test]
fn multipart_forms_arrive_with_their_files() {
    run(async {
        let bench = Bench::new(Mode::Production);
        let body = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--X\r\nContent-Disposition: form-data; \
            name=\"file\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--X--\r\n";
        let headers =
            [("content-type", "multipart/form-data; boundary=X"), ("origin", "http://example.com")];
        let (status, _, body) = bench.send("POST /form", &headers, Some(body)).await;
        assert_eq!((status, body.as_str()), (200, r#"{"a":"1","name":"f.txt","size":5}"#));
    });
}

#[test]
fn a_failing_handler_answers_500_and_shows_why_in_development_only() {
    run(async {
        let bench = Bench::new(Mode::Production);
        let (status, _, body) = bench.send("GET /throws", &[], None).await;
        assert_eq!((status, body.as_str()), (500, ""));
    });
    std::thread::spawn(|| {
        run(async {
            let bench = Bench::new(Mode::Development);
            let accept = [("accept", "application/json")];
            let (status, headers, body) = bench.send("GET /throws", &accept, None).await;
            assert_eq!(
                (status, headers["content-type"].as_bytes()),
                (500, &b"application/json"[..])
            );
            assert!(
                body.contains("\"message\": \"no luck\"")
                    && body.contains("\"route\": \"/throws\""),
                "{body}"
            );
            let (_, _, body) =
                bench.send("GET /throws", &[("accept", "text/html,*/*")], None).await;
            assert!(body.contains("<title>TypeError</title>"), "{body}");
        });
    })
    .join()
    .expect("no panic");
}

#[test]
fn an_endless_handler_is_stopped_and_others_are_served() {
    run(async {
        let bench = Bench::new(Mode::Production);
        let (status, _, _) = bench.send("GET /loop", &[], None).await;
        assert_eq!(status, 500);
        let (status, _, _) = bench.send("GET /hello", &[], None).await;
        assert_eq!(status, 200);
    });
}
