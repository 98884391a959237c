//! What happens on a connection: order, interim answers, refusals, the client that leaves. The rows Z001 to Z013 of
//! `conformance/astro/multi-step.md`, on the fixture `main`.

use std::path::Path;

use transom_testkit::{Connection, Project, Reply, Request, Server};

fn fixture(name: &str) -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/astro/fixtures");
    Project::copy_of(env!("CARGO_BIN_EXE_transom"), &folder.join(name))
}

fn serve() -> Server {
    fixture("main").build_and_serve()
}

/// Sends raw bytes on a connection of their own.
#[track_caller]
fn send(server: &Server, bytes: &str) -> Connection {
    let mut connection = server.connect();
    connection.send(bytes).expect("the connection is open");
    connection
}

/// The answer to raw bytes, after which the server closes the connection.
#[track_caller]
fn last_reply(server: &Server, bytes: &str) -> Reply {
    let mut connection = send(server, bytes);
    let reply = connection.reply();
    assert_eq!(connection.rest().expect("it is closed"), b"", "nothing follows");
    reply
}

/// Z001
#[test]
fn a_client_that_leaves_aborts_the_request_and_cancels_the_stream() {
    let server = serve();
    let mut connection = send(&server, "GET /aborts?w=1 HTTP/1.1\r\nHost: example.com\r\n\r\n");
    assert_eq!(connection.head().expect("the head comes").status, 200);
    assert!(connection.chunk().expect("a chunk comes").is_some());
    drop(connection);
    let counted = r#"{"started":1,"aborted":1,"cancelled":1}"#;
    server.get_until("/aborts", |reply| reply.text() == counted);
}

/// Z002
#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = serve();
    let request = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: example.com\r\n");
    let all = [
        request("/m/get") + "\r\n",
        request("/p/second") + "\r\n",
        request("/p/third") + "Connection: close\r\n\r\n",
    ];
    let mut connection = send(&server, &all.concat());
    assert_eq!(connection.reply().text(), "got");
    for expected in ["second", "third"] {
        let reply = connection.reply();
        assert!(reply.text().contains(expected), "{reply:?}");
    }
    assert_eq!(connection.rest().expect("it is closed"), b"");
}

/// Z003
#[test]
fn a_connection_stays_open_for_as_long_as_it_says() {
    let server = serve();
    let mut connection = send(&server, "GET /m/get HTTP/1.1\r\nHost: example.com\r\n\r\n");
    let reply = connection.reply();
    assert_eq!(reply.header("connection"), Some("keep-alive"));
    assert_eq!(reply.header("keep-alive"), Some("timeout=5"));
    let reply = last_reply(
        &server,
        "GET /m/get HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(reply.header("connection"), Some("close"));
    assert_eq!(reply.header("keep-alive"), None);

    let short = fixture("main").arg("--limit-keep-alive").arg("1s").build_and_serve();
    let reply = last_reply(&short, "GET /m/get HTTP/1.1\r\nHost: example.com\r\n\r\n");
    assert_eq!(reply.header("keep-alive"), Some("timeout=1"));
}

/// Z004
#[test]
fn chunks_go_out_one_by_one() {
    let server = serve();
    let request = "GET /st/chunks HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
    let mut connection = send(&server, request);
    connection.head().expect("the head comes");
    let mut chunks = 0;
    while connection.chunk().expect("the answer is whole").is_some() {
        chunks += 1;
    }
    assert_eq!(chunks, 3);
}

/// Z005
#[test]
fn a_client_that_waits_for_100_gets_it() {
    let server = serve();
    let mut connection = send(
        &server,
        "POST /json HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: 7\r\n\r\n",
    );
    assert_eq!(connection.interim().expect("an interim answer comes"), 100);
    connection.send(r#"{"a":1}"#).expect("the connection is open");
    assert_eq!(connection.reply().status, 200);
}

/// Z006, Z007, Z008, Z010
#[test]
fn what_the_parser_refuses_has_an_empty_answer() {
    let server = serve();
    let cases = [
        ("GET /m/get HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: x\r\n\r\n".to_owned(), 417),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"
                .to_owned(),
            400,
        ),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX-A: {}\r\n\r\n", "a".repeat(17 << 10)), 431),
        ("GET /m/get HTTP/1.1\r\n\r\n".to_owned(), 400),
    ];
    for (bytes, status) in cases {
        let reply = last_reply(&server, &bytes);
        assert_eq!((reply.status, reply.text()), (status, ""), "{:?}", &bytes[..40]);
    }
}

/// Z009
#[test]
fn an_old_client_without_host_is_served_as_localhost() {
    let server = serve();
    let reply = last_reply(&server, "GET /echo?a=1 HTTP/1.0\r\n\r\n");
    assert_eq!(reply.status, 200);
    let port = server.address().port();
    assert_eq!(reply.json()["url"], format!("http://localhost:{port}/echo?a=1"));
}

/// Z011
#[test]
fn an_upgrade_is_not_taken() {
    let server = serve();
    let mut connection = send(
        &server,
        "GET /m/get HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    let reply = connection.reply();
    assert_eq!((reply.status, reply.text()), (200, "got"));
}

/// Z012
#[test]
fn a_file_that_the_client_has_is_not_sent_again() {
    let server = serve();
    let tag = server.get("/static.txt").header("etag").expect("a file has a tag").to_owned();
    let reply = server.request(&Request::get("/static.txt").header("if-none-match", &tag));
    assert_eq!((reply.status, reply.text()), (304, ""));
}

/// Z013
#[test]
fn connect_is_closed_without_an_answer() {
    let server = serve();
    let request = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n";
    assert_eq!(send(&server, request).rest().expect("it is closed"), b"");
    assert_eq!(server.get("/m/get").text(), "got", "the server lives on");
}
