//! Requests that break the rules of HTTP or the server's limits.

use transom_testkit::{Connection, Project, Request, Server};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom")).file(
        "src/pages/index.ts",
        "export const GET = () => new Response('ok');\n\
         export const POST = async ({ request }) => {\n  \
           try { return new Response(`${(await request.arrayBuffer()).byteLength}`); }\n  \
           catch (error) { console.log('the read failed:', error.message); throw error; }\n};",
    )
}

#[track_caller]
fn is_alive(server: &Server) {
    assert_eq!(server.get("/").text(), "ok");
}

/// Sends raw bytes and returns the status of the answer, after which the connection must be closed.
/// `None` when the server closes without an answer.
#[track_caller]
fn refused(server: &Server, bytes: impl AsRef<[u8]>) -> Option<u16> {
    let mut connection = server.connect();
    connection.send(bytes).ok(); // The server may close before it has read everything.
    let reply = connection.reply_to("GET").ok()?;
    closed(&mut connection);
    Some(reply.status)
}

#[track_caller]
fn closed(connection: &mut Connection) {
    let rest = connection.rest().expect("the server closes the connection");
    assert!(rest.is_empty(), "after the answer: {:?}", String::from_utf8_lossy(&rest));
}

#[test]
fn a_head_beyond_the_limit_is_refused() {
    let server = project().build_and_serve();
    let with_header =
        |size: usize| format!("GET / HTTP/1.1\r\nHost: x\r\nX-Big: {}\r\n\r\n", "a".repeat(size));
    assert_eq!(refused(&server, with_header(1_000_000)), Some(431));
    assert_eq!(refused(&server, with_header(20_000)), Some(431));
    let many = "X-Many: a\r\n".repeat(100_000);
    assert_eq!(refused(&server, format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n")), Some(431));
    let long = format!("GET /?{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1_000_000));
    let status = refused(&server, long);
    assert!(matches!(status, Some(414 | 431)), "{status:?}");

    let mut connection = server.connect();
    connection.send(with_header(12_000)).expect("the connection is open");
    assert_eq!(connection.reply().text(), "ok", "below the limit");
    is_alive(&server);
}

#[test]
fn the_limit_of_the_head_is_a_setting() {
    let server = project().env("TRANSOM_LIMIT_HEADERS", "64KiB").build_and_serve();
    let request = Request::get("/").header("x-big", &"a".repeat(40_000));
    assert_eq!(server.request(&request).text(), "ok");
}

#[test]
fn what_is_not_http_is_a_bad_request() {
    let server = project().build_and_serve();
    for bytes in [
        "GET / HTTP/1.1 extra\r\nHost: x\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n",
        "\u{0}\u{1}\u{2}\u{3}\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}\r\n\r\n",
    ] {
        let status = refused(&server, bytes);
        assert!(matches!(status, Some(400 | 505)), "{bytes:?}: {status:?}");
    }
    is_alive(&server);
}

#[test]
fn ambiguous_lengths_are_refused() {
    let server = project().build_and_serve();
    let post = |headers: &str| {
        let body = "0123456789GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json";
        refused(&server, format!("{head}\r\n{headers}\r\n\r\n{body}"))
    };
    for headers in [
        "Content-Length: 10\r\nContent-Length: 11",
        "Content-Length: -1",
        "Content-Length: ten",
        "Content-Length: 10, 11",
        "Content-Length: 99999999999999999999999",
        "Content-Length: 10\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip",
    ] {
        let status = post(headers);
        assert!(matches!(status, Some(400 | 501)), "{headers}: {status:?}");
    }
    is_alive(&server);
}

#[test]
fn a_body_shorter_than_its_length_fails_the_read() {
    let server = project().build_and_serve();
    let mut connection = server.connect();
    let head =
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100";
    connection.send(format!("{head}\r\n\r\nonly this")).expect("the connection is open");
    connection.finish_sending().expect("the connection is open");
    closed_or_failed(connection);
    server.log().wait_for("the read failed:");
    is_alive(&server);
}

#[test]
fn a_broken_chunk_fails_the_read() {
    let server = project().build_and_serve();
    let mut connection = server.connect();
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
    connection.send(head).expect("the connection is open");
    // The handler reads now: what is broken in the first read never reaches it.
    assert_eq!(connection.interim().expect("an interim answer comes"), 100);
    connection.send("4\r\ngood\r\nnot a size\r\n").expect("the connection is open");
    closed_or_failed(connection);
    server.log().wait_for("the read failed:");
    is_alive(&server);
}

/// Half a request gets an error or nothing, and then the end of the connection: never a 200.
#[track_caller]
fn closed_or_failed(mut connection: Connection) {
    if let Ok(reply) = connection.reply_to("POST") {
        assert!(matches!(reply.status, 400 | 500), "{reply:?}");
        closed(&mut connection);
    }
}

#[test]
fn what_follows_a_body_is_the_next_request() {
    let server = project().build_and_serve();
    let mut connection = server.connect();
    let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4";
    let pipelined =
        format!("{post}\r\n\r\nfourGET / HTTP/1.1\r\nHost: x\r\n\r\n{post}\r\n\r\nmore");
    connection.send(pipelined).expect("the connection is open");
    assert_eq!(connection.reply().text(), "4");
    assert_eq!(connection.reply().text(), "ok");
    assert_eq!(connection.reply().text(), "4");
}

#[test]
fn a_body_beyond_the_limit_fails_the_read() {
    let server = project().env("TRANSOM_LIMIT_BODY", "10KiB").build_and_serve();
    let send = |size: usize| {
        let request = Request::post("/").header("content-type", "application/json");
        server.connect().try_request(&request.body(vec![b'x'; size]))
    };
    assert_eq!(send(10 * 1024).expect("an answer comes").text(), "10240");
    let reply = send(10 * 1024 + 1).expect("an answer comes");
    assert_eq!(reply.status, 500, "Astro answers 500 here, not 413");
    let line = server.log().wait_for("the read failed:");
    assert!(line.contains("Body size limit exceeded"), "{line}");
    is_alive(&server);
}

#[test]
fn the_body_limit_of_the_node_adapter_counts() {
    let config = "import node from '@astrojs/node';\n\
                  const adapter = node({ mode: 'standalone', bodySizeLimit: 100 });\n\
                  export default { output: 'server', adapter };";
    let server = project().file("astro.config.mjs", config).build_and_serve();
    let request = Request::post("/").header("content-type", "application/json");
    assert_eq!(server.request(&request.clone().body(vec![0; 100])).text(), "100");
    assert_eq!(server.request(&request.body(vec![0; 101])).status, 500);
}

#[test]
fn an_old_client_is_served() {
    let server = project().build_and_serve();
    let mut connection = server.connect();
    connection.send("GET / HTTP/1.0\r\n\r\n").expect("the connection is open");
    let reply = connection.reply();
    assert_eq!((reply.status, reply.text()), (200, "ok"));
    closed(&mut connection);
}

#[test]
fn a_client_that_expects_100_gets_it() {
    let server = project().build_and_serve();
    let mut connection = server.connect();
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    connection.send(head).expect("the connection is open");
    let interim = connection.interim().expect("an interim answer comes");
    assert_eq!(interim, 100);
    connection.send("four").expect("the connection is open");
    assert_eq!(connection.reply().text(), "4");
}
