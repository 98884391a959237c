//! Answers: every kind of body, status and headers, compression, and readers that are slow.

use transom_testkit::{Project, Request, Server};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

/// Serves one endpoint, `/`, whose handler for all methods has this body.
#[track_caller]
fn serve(body: &str) -> Server {
    prepare(body).build_and_serve()
}

fn prepare(body: &str) -> Project {
    project().handler("GET", body)
}

#[test]
fn every_kind_of_body_can_be_answered() {
    let server = serve(
        "const form = new FormData(); form.set('a', 'b');\n\
         const kinds = {\n\
           text: 'ä', empty: '', nothing: null, bytes: new Uint8Array([1, 2]),\n\
           buffer: new Uint8Array([3]).buffer, params: new URLSearchParams({ a: 'b c' }),\n\
           blob: new Blob(['x'], { type: 'image/x' }), form,\n\
           stream: new ReadableStream({\n\
             start(c) { c.enqueue(new TextEncoder().encode('s1')); c.enqueue(new TextEncoder().encode('s2')); c.close(); },\n\
           }),\n\
         };\n\
         return new Response(kinds[url.searchParams.get('kind')]);",
    );
    let ask = |kind: &str| server.get(&format!("/?kind={kind}"));
    let plain = Some("text/plain;charset=UTF-8");
    for (kind, content_type, body) in [
        ("text", plain, "ä".as_bytes()),
        ("empty", plain, b""),
        ("nothing", None, b""),
        ("bytes", None, &[1, 2]),
        ("buffer", None, &[3]),
        ("params", Some("application/x-www-form-urlencoded;charset=UTF-8"), b"a=b+c"),
        ("blob", Some("image/x"), b"x"),
        ("stream", None, b"s1s2"),
    ] {
        let reply = ask(kind);
        assert_eq!((reply.header("content-type"), &*reply.body), (content_type, body), "{kind}");
    }
    let reply = ask("form");
    let content_type = reply.header("content-type").expect("a form has a type");
    assert!(content_type.starts_with("multipart/form-data; boundary="), "{content_type}");
    assert!(reply.text().contains("name=\"a\"\r\n\r\nb\r\n--"), "{}", reply.text());
}

#[test]
fn status_and_headers_are_the_handlers_own() {
    let server = serve(
        "return new Response('x', { status: 299, statusText: 'Quite Fine', headers: [\n\
           ['x-b', '1'], ['X-A', 'ü'], ['x-b', '2'], ['content-type', 'a/b'],\n\
         ] });",
    );
    let reply = server.get("/");
    assert_eq!((reply.status, reply.head.reason.as_str()), (299, "Quite Fine"));
    assert_eq!(reply.header("x-b"), Some("1, 2"));
    assert_eq!(reply.header("x-a"), Some("ü"));
    assert_eq!(reply.header("content-type"), Some("a/b"));
    assert_eq!(reply.header("server"), None);
}

#[test]
fn a_large_text_is_compressed_for_a_client_that_accepts_it() {
    let server = serve(
        "const type = url.searchParams.get('type') ?? 'text/plain';\n\
         const text = 'compress me '.repeat(Number(url.searchParams.get('times') ?? 1000));\n\
         const headers = { 'content-type': type };\n\
         if (url.searchParams.has('encoded')) headers['content-encoding'] = 'identity';\n\
         return new Response(text, { headers });",
    );
    let ask = |target: &str, accept: &str| {
        server.request(&Request::get(target).header("accept-encoding", accept))
    };
    for (accept, encoding, magic) in [
        ("gzip, deflate", "gzip", &[0x1f, 0x8b][..]),
        ("zstd", "zstd", &[0x28, 0xb5, 0x2f, 0xfd][..]),
        ("br;q=1, gzip;q=0.1", "br", &[][..]),
    ] {
        let reply = ask("/", accept);
        assert_eq!(reply.header("content-encoding"), Some(encoding), "{accept}");
        let vary = reply.header("vary").unwrap_or_default().to_ascii_lowercase();
        assert!(vary.contains("accept-encoding"), "{accept}: {vary}");
        assert!(reply.body.len() < 1000 && reply.body.starts_with(magic), "{accept}");
    }
    for (target, accept) in [
        ("/", "identity"),
        ("/", "gzip;q=0"),
        ("/?times=10", "gzip"),
        ("/?type=image/png", "gzip"),
        ("/?type=text/event-stream", "gzip"),
        ("/?encoded", "gzip"),
    ] {
        let reply = ask(target, accept);
        assert!(reply.text().starts_with("compress me "), "{target} {accept}");
        assert_eq!(reply.header("vary"), None, "{target} {accept}");
    }
    assert_eq!(server.get("/").header("content-encoding"), None, "a client that does not ask");
}

#[test]
fn a_slow_reader_slows_the_stream_down() {
    let server = prepare(
        "globalThis.pulled ??= 0;\n\
         if (url.searchParams.has('pulled')) return Response.json(globalThis.pulled);\n\
         return new Response(new ReadableStream({\n\
           pull(controller) {\n\
             globalThis.pulled += 1;\n\
             controller.enqueue(new Uint8Array(65536));\n\
           },\n\
         }));",
    )
    .arg("--workers")
    .arg("1")
    .build_and_serve();
    let mut connection = server.connect();
    let request = Request::get("/").to_bytes(connection.host());
    connection.send(request).expect("the connection is open");
    connection.head().expect("the answer begins");
    for _ in 0..16 {
        assert!(connection.chunk().expect("a chunk").is_some());
    }
    // The stream never ends and is always ready: without back-pressure this request would find the
    // worker busy, or hundreds of megabytes waiting for the reader.
    let pulled = server.get("/?pulled").json().as_u64().expect("a count");
    assert!((16..1600).contains(&pulled), "{pulled} chunks of 64 KB were made");
}
