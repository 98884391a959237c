//! Input that no honest client sends. Every row ends with an answer or a closed connection, and the
//! server goes on.

use std::time::Duration;

use transom_server::Limits;

use crate::harness::{TestServer, serve, serve_with};

/// Sends `bytes` and expects an empty answer with `status` and the end of the connection.
#[track_caller]
fn refuse(server: &TestServer, bytes: &[u8], status: u16) {
    let mut client = server.connect();
    client.send_while_open(bytes);
    let answer = client.answer();
    let shown = bytes[..bytes.len().min(80)].escape_ascii().to_string();
    assert_eq!((answer.status, answer.body.len()), (status, 0), "{shown}");
    assert_eq!(answer.header("connection"), Some("close"), "{shown}");
    assert!(client.is_closed(), "{shown}");
}

#[test]
fn what_is_no_request_is_refused() {
    let server = serve();
    for bytes in [
        "hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "get / HTTP/1.1\r\nHost: a\r\n\r\n",
        "FETCH / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        refuse(&server, bytes.as_bytes(), 400);
    }
    refuse(&server, b"GET /?x=\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    refuse(&server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400);
    assert_eq!(server.get("/generation").text(), "1");
}

#[test]
fn an_expectation_that_is_not_known_fails() {
    let server = serve();
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: miracles\r\n\r\n";
    refuse(&server, head.as_bytes(), 417);
}

#[test]
fn connect_closes_the_connection() {
    let server = serve();
    let mut client = server.connect();
    client.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n");
    assert!(client.is_closed());
}

#[test]
fn headers_over_the_limit_are_refused() {
    let server = serve();
    let head = |size: usize| {
        format!("GET /head HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(size)).into_bytes()
    };
    let mut client = server.connect();
    client.send(head(15_000));
    assert_eq!(client.answer().status, 200);
    refuse(&server, &head(17_000), 431);
    refuse(&server, &head(1_000_000), 431);
    let lines = "X: y\r\n".repeat(200_000);
    refuse(&server, format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n").as_bytes(), 431);
    let long = "x".repeat(1_000_000);
    refuse(&server, format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes(), 431);
    assert_eq!(server.get("/generation").text(), "1");
}

#[test]
fn a_head_that_never_ends_times_out() {
    let limits = Limits { header_time: Duration::ZERO, ..Limits::default() };
    let server = serve_with(1, |settings| settings.limits = limits);
    let mut client = server.connect();
    client.send("GET /head HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    assert!(client.is_closed());
}

#[test]
fn a_second_head_that_never_ends_times_out() {
    let limits = Limits { header_time: Duration::ZERO, ..Limits::default() };
    let server = serve_with(1, |settings| settings.limits = limits);
    let mut client = server.connect();
    client.send("GET /generation HTTP/1.1\r\nHost: a\r\n\r\nGET /");
    assert_eq!(client.answer().text(), "1");
    assert!(matches!(client.read_answer(true).map(|answer| answer.status), Some(408) | None));
}

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let limits = Limits { header_time: Duration::ZERO, ..Limits::default() };
    let server = serve_with(1, |settings| settings.limits = limits);
    assert!(server.connect().is_closed());
}

#[test]
fn an_idle_connection_is_closed() {
    let limits = Limits { keep_alive: Duration::ZERO, ..Limits::default() };
    let server = serve_with(1, |settings| settings.limits = limits);
    let mut client = server.connect();
    assert_eq!(client.get("/generation").text(), "1");
    assert!(client.is_closed());
}

#[test]
fn broken_chunks_end_the_body() {
    let server = serve();
    for body in ["zz\r\nabc\r\n", "5\r\nabc\r\n0\r\n\r\n", "ffffffffffffffffff\r\n"] {
        let mut client = server.connect();
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        // Only then the application has the request: what is broken in the first read is refused.
        assert_eq!(client.read_line().as_deref(), Some("HTTP/1.1 100 Continue"));
        assert_eq!(client.read_line().as_deref(), Some(""));
        client.send(body);
        assert_eq!(client.answer().status, 500, "{body:?}");
        assert_eq!(server.note(), "the request body is malformed", "{body:?}");
    }
}

#[test]
fn a_body_shorter_than_its_length_is_no_body() {
    let server = serve();
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nshort");
    client.end_sending();
    assert_eq!(server.note(), "the connection was closed before the request body was complete");
}

#[test]
fn what_comes_with_a_head_must_be_right() {
    let server = serve();
    for rest in [
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
        "Content-Length: 2\r\n\r\nok{\"more\":1}",
        "Content-Length: 2\r\nConnection: close\r\n\r\nokGET /late HTTP/1.1\r\n",
    ] {
        refuse(&server, format!("POST /echo HTTP/1.1\r\nHost: a\r\n{rest}").as_bytes(), 400);
    }
}

#[test]
fn bytes_after_a_body_are_the_next_request() {
    let server = serve();
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nokGARBAGE\r\n\r\n");
    assert_eq!(client.answer().text(), "ok");
    assert_eq!(client.answer().status, 400);
    assert!(client.is_closed());
}

#[test]
fn connections_over_the_limit_wait() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let server = serve_with(1, |settings| settings.limits = limits);
    let mut first = server.connect();
    let mut second = server.connect();
    assert_eq!(first.get("/generation").text(), "1");
    assert_eq!(second.get("/generation").text(), "1");
    let mut third = server.connect();
    third.send("GET /generation HTTP/1.1\r\nHost: a\r\n\r\n");
    drop(first);
    assert_eq!(third.answer().text(), "1");
}
