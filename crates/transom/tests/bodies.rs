//! Bodies of requests: every way to read one, streams in both directions, and clients that leave in
//! the middle.

use serde_json::json;
use transom_testkit::{Multipart, Project, Request, Server};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

/// Serves one endpoint, `/`, whose handler for all methods has this body.
#[track_caller]
fn serve(body: &str) -> Server {
    prepare(body).build_and_serve()
}

fn prepare(body: &str) -> Project {
    project().handler("ALL", body)
}

fn octets() -> Request {
    Request::post("/").header("content-type", "application/octet-stream")
}

#[test]
fn a_body_can_be_read_in_every_form() {
    let server = serve(
        "switch (url.searchParams.get('as')) {\n\
           case 'text': return new Response(await request.text());\n\
           case 'json': return Response.json((await request.json()).list.map((n) => n * 2));\n\
           case 'buffer': return new Response(await request.arrayBuffer());\n\
           case 'bytes': return Response.json([...(await request.bytes())]);\n\
           case 'blob': { const blob = await request.blob(); return Response.json([blob.size, blob.type]); }\n\
           case 'stream': {\n\
             let size = 0;\n\
             for await (const chunk of request.body) size += chunk.byteLength;\n\
             return Response.json(size);\n\
           }\n\
           default: return Response.json([request.bodyUsed, request.body === null]);\n\
         }",
    );
    let ask = |form: &str, body: &[u8]| {
        let request = Request::post(&format!("/?as={form}"));
        server.request(&request.header("content-type", "application/json").body(body))
    };
    assert_eq!(ask("text", "Grüße 🎈".as_bytes()).text(), "Grüße 🎈");
    assert_eq!(ask("json", br#"{"list":[1,2]}"#).json(), json!([2, 4]));
    assert_eq!(ask("buffer", &[0, 255, 10]).body, [0, 255, 10]);
    assert_eq!(ask("bytes", &[0, 255]).json(), json!([0, 255]));
    assert_eq!(ask("blob", b"four").json(), json!([4, "application/json"]));
    assert_eq!(ask("stream", &vec![7; 300_000]).json(), json!(300_000));
    assert_eq!(ask("nothing", b"ignored").json(), json!([false, false]));
    assert_eq!(server.get("/").json(), json!([false, true]), "GET has no body");
}

#[test]
fn a_chunked_body_is_read_like_any_other() {
    let server = serve("return new Response(await request.text());");
    let mut connection = server.connect();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        connection.host()
    );
    connection.send(head).expect("the connection is open");
    connection.send("5\r\nfirst\r\n").expect("the connection is open");
    connection.send("7;x=y\r\n second\r\n0\r\n\r\n").expect("the connection is open");
    assert_eq!(connection.reply().text(), "first second");
    assert_eq!(connection.request(&octets().body("next")).text(), "next");
}

#[test]
fn a_stream_flows_through_before_it_is_complete() {
    let server = serve("return new Response(request.body);");
    let mut connection = server.connect();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/octet-stream\r\n\
         Transfer-Encoding: chunked\r\n\r\n4\r\nping\r\n",
        connection.host()
    );
    connection.send(head).expect("the connection is open");
    assert_eq!(connection.head().expect("the answer begins").status, 200);
    // Each piece comes back before the next one is sent.
    assert_eq!(connection.chunk().expect("a chunk").as_deref(), Some(b"ping".as_slice()));
    connection.send("4\r\npong\r\n").expect("the connection is open");
    assert_eq!(connection.chunk().expect("a chunk").as_deref(), Some(b"pong".as_slice()));
    connection.send("0\r\n\r\n").expect("the connection is open");
    assert_eq!(connection.chunk().expect("the end"), None);
}

#[test]
fn forms_are_parsed() {
    let server = serve(
        "const form = await request.formData();\n\
         const entries = [];\n\
         for (const [name, value] of form) {\n\
           entries.push(typeof value === 'string' ? [name, value]\n\
             : [name, value.name, value.type, value.size, await value.text()]);\n\
         }\n\
         return Response.json(entries);",
    );
    let reply = server.request(&Request::post("/").same_origin().form("a=1&b=x+y%26&a=%C3%A4&c"));
    assert_eq!(reply.json(), json!([["a", "1"], ["b", "x y&"], ["a", "ä"], ["c", ""]]));

    let form = Multipart::new()
        .text("title", "two\r\nlines")
        .file("file", "Übung 1.txt", "text/plain", b"--not a boundary")
        .file("file", "empty.bin", "application/octet-stream", b"");
    let reply = server.request(&Request::post("/").same_origin().multipart(form));
    let entries = reply.json();
    assert_eq!(entries[0], json!(["title", "two\r\nlines"]));
    let file = json!(["file", "Übung 1.txt", "text/plain", 16, "--not a boundary"]);
    assert_eq!(entries[1], file);
    assert_eq!(entries[2], json!(["file", "empty.bin", "application/octet-stream", 0, ""]));
}

#[test]
fn a_form_of_many_large_files_does_not_fill_the_heap() {
    let server = prepare(
        "const form = await request.formData();\n\
         let size = 0;\n\
         for (const file of form.getAll('file')) {\n\
           for await (const chunk of file.stream()) size += chunk.byteLength;\n\
         }\n\
         return Response.json({ files: form.getAll('file').length, size });",
    )
    .env("TRANSOM_LIMIT_HEAP", "32MB")
    .build_and_serve();
    let data = vec![b'x'; 24_000_000];
    let mut form = Multipart::new();
    for index in 0..4 {
        form = form.file("file", &format!("{index}.bin"), "application/octet-stream", &data);
    }
    let reply = server.request(&Request::post("/").same_origin().multipart(form));
    assert_eq!(reply.json(), json!({ "files": 4, "size": 96_000_000 }));
}

#[test]
fn what_cannot_be_parsed_is_an_error_that_the_handler_can_catch() {
    let server = serve(
        "const as = url.searchParams.get('as');\n\
         try { await request[as](); } catch (error) {\n\
           return Response.json({ name: error.name }, { status: 400 });\n\
         }\n\
         try { await request.text(); return new Response('read twice'); }\n\
         catch (error) { return Response.json({ name: error.name }, { status: 409 }); }",
    );
    let ask = |form: &str, content_type: &str, body: &str| {
        let request = Request::post(&format!("/?as={form}")).same_origin();
        let reply = server.request(&request.header("content-type", content_type).body(body));
        (reply.status, reply.json()["name"].as_str().unwrap_or_default().to_owned())
    };
    let json = "application/json";
    assert_eq!(ask("json", json, "{"), (400, "SyntaxError".to_owned()));
    assert_eq!(ask("formData", json, "{}"), (400, "TypeError".to_owned()));
    assert_eq!(ask("text", json, "fine"), (409, "TypeError".to_owned()));
    let form = "multipart/form-data; boundary=b";
    for truncated in [
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue",
        "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\nva\r\n--b",
        "--b\r\nContent-Dispo",
        "no boundary at all",
    ] {
        assert_eq!(ask("formData", form, truncated), (400, "TypeError".to_owned()), "{truncated}");
    }
    let whole = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--b--\r\n";
    assert_eq!(ask("formData", form, whole).0, 409, "the whole form is read");
}

#[test]
fn a_client_that_leaves_ends_the_stream_it_was_reading() {
    let server = prepare(
        "if (url.searchParams.has('ping')) return new Response('alive');\n\
         request.signal.addEventListener('abort', () => console.log('the signal aborted'));\n\
         return new Response(new ReadableStream({\n\
           async pull(controller) {\n\
             await new Promise((resolve) => setTimeout(resolve, 1));\n\
             controller.enqueue(new Uint8Array(1000));\n\
           },\n\
           cancel() { console.log('the stream was cancelled'); },\n\
         }));",
    )
    .build_and_serve();
    let mut connection = server.connect();
    let request = Request::get("/").to_bytes(connection.host());
    connection.send(request).expect("the connection is open");
    connection.head().expect("the answer begins");
    assert!(connection.chunk().expect("a chunk").is_some());
    drop(connection);
    server.log().wait_for("the stream was cancelled");
    server.log().wait_for("the signal aborted");
    assert_eq!(server.get("/?ping").text(), "alive");
}

#[test]
fn a_client_that_leaves_aborts_the_handler_that_waits() {
    let server = prepare(
        "if (url.searchParams.has('ping')) return new Response('alive');\n\
         console.log('the handler waits');\n\
         await new Promise((resolve) => request.signal.addEventListener('abort', resolve));\n\
         console.log('aborted:', request.signal.reason.name);\n\
         return new Response('nobody reads this');",
    )
    .build_and_serve();
    let mut connection = server.connect();
    let request = Request::get("/").to_bytes(connection.host());
    connection.send(request).expect("the connection is open");
    server.log().wait_for("the handler waits");
    drop(connection);
    server.log().wait_for("aborted: AbortError");
    assert_eq!(server.get("/?ping").text(), "alive");
}

#[test]
fn an_upload_that_breaks_off_fails_the_read() {
    let server = prepare(
        "if (request.method === 'GET') return new Response('alive');\n\
         try {\n\
           if (url.searchParams.has('form')) await request.formData();\n\
           else for await (const chunk of request.body) console.log('got some');\n\
         } catch (error) { console.log('the upload failed:', error instanceof Error); }\n\
         return new Response('nobody reads this');",
    )
    .build_and_serve();
    for (target, content_type, start) in [
        ("/", "application/octet-stream", "0123456789"),
        ("/?form", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; n"),
    ] {
        let mut connection = server.connect();
        let host = connection.host().to_owned();
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
             Content-Type: {content_type}\r\nContent-Length: 1000000\r\n\r\n{start}"
        );
        connection.send(head).expect("the connection is open");
        if target == "/" {
            server.log().wait_for("got some");
        }
        drop(connection);
    }
    assert_eq!(server.get("/").text(), "alive");
    let log = server.stop().output();
    assert_eq!(log.matches("the upload failed: true").count(), 2, "{log}");
}
