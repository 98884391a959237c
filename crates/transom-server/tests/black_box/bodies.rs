//! Request bodies, back-pressure in both directions, and clients that leave.

use std::sync::atomic::Ordering::SeqCst;

use transom_server::Limits;

use crate::harness::{serve, serve_with};

#[test]
fn bodies_arrive_with_a_length_or_in_chunks() {
    let server = serve();
    let mut client = server.connect();
    assert_eq!(client.post("/echo", b"hello").text(), "hello");
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
    assert_eq!(client.answer().text(), "abcde");
    assert_eq!(client.post("/echo", b"").text(), "");
    let large = vec![b'z'; 2_000_000];
    assert_eq!(client.post("/echo", &large).body, large);
}

#[test]
fn a_body_streams_through_the_application() {
    let server = serve();
    let mut client = server.connect();
    client.send("POST /echo-stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("3\r\nabc\r\n");
    client.skip_head();
    assert_eq!(client.read_exactly(8).expect("a chunk"), b"3\r\nabc\r\n");
    client.send("2\r\nde\r\n0\r\n\r\n");
    assert_eq!(client.read_exactly(12).expect("the end"), b"2\r\nde\r\n0\r\n\r\n");
}

#[test]
fn a_client_is_told_to_continue_when_the_application_reads() {
    let server = serve();
    let mut client = server.connect();
    let head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    client.send(head);
    assert_eq!(client.read_line().as_deref(), Some("HTTP/1.1 100 Continue"));
    assert_eq!(client.read_line().as_deref(), Some(""));
    client.send("ok");
    assert_eq!(client.answer().text(), "ok");
    client.send(head.replace("/echo", "/ignore"));
    assert_eq!(client.read_line().as_deref(), Some("HTTP/1.1 200 OK"), "nobody wants the body");
}

#[test]
fn an_ignored_body_does_not_disturb_the_next_request() {
    let server = serve();
    let mut client = server.connect();
    assert_eq!(client.post("/ignore", &vec![b'x'; 300_000]).text(), "ignored");
    assert_eq!(client.get("/generation").text(), "1");
    // What looks like a request inside an ignored body is no request.
    let smuggled = b"GET /head#x HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100);
    assert_eq!(client.post("/ignore", &smuggled).text(), "ignored");
    assert_eq!(client.get("/head").text().lines().next(), Some("GET /head HTTP/1.1"));
}

#[test]
fn the_answer_to_a_huge_ignored_body_is_not_lost() {
    let server = serve();
    let mut client = server.connect();
    client.send("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
    client.send_while_open(&vec![b'x'; 8_000_000]);
    client.end_sending();
    assert_eq!(client.answer().text(), "ignored");
}

#[test]
fn a_body_over_the_limit_is_an_error_for_the_application() {
    let limits = Limits { body_bytes: Some(1000), ..Limits::default() };
    let server = serve_with(1, |settings| settings.limits = limits);
    let message = "Body size limit exceeded: received more than 1000 bytes";
    assert_eq!(server.connect().post("/echo", &[b'x'; 1000]).status, 200);
    assert_eq!(server.connect().post("/echo", &[b'x'; 1001]).text(), message);
    assert_eq!(server.note(), message);
    // Counted while it is read: an ignored body is not counted.
    assert_eq!(server.connect().post("/ignore", &[b'x'; 5000]).text(), "ignored");
}

#[test]
fn an_application_can_set_the_limit_of_one_request() {
    let server = serve();
    let mut client = server.connect();
    assert_eq!(client.post("/limited", &[b'x'; 10]).text(), "10 bytes");
    let message = "Body size limit exceeded: received more than 10 bytes";
    assert_eq!(client.post("/limited", &[b'x'; 11]).text(), message);
    assert_eq!(client.get("/generation").text(), "1");
}

#[test]
fn a_body_that_takes_too_long_is_an_error_for_the_application() {
    let limits = Limits { body_time: std::time::Duration::ZERO, ..Limits::default() };
    let server = serve_with(1, |settings| settings.limits = limits);
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    assert_eq!(client.answer().text(), "the request body did not arrive in time");
}

#[test]
fn a_client_that_leaves_in_an_upload_is_noticed() {
    let server = serve();
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
    drop(client);
    assert_eq!(server.note(), "the connection was closed before the request body was complete");
}

#[test]
fn a_client_that_leaves_while_the_application_works_is_noticed() {
    let server = serve();
    let mut client = server.connect();
    client.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.note(), "hanging");
    drop(client);
    assert_eq!(server.note(), "gone");
}

#[test]
fn work_that_was_spawned_hears_of_the_loss() {
    let server = serve();
    let mut client = server.connect();
    client.send("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.note(), "hanging");
    drop(client);
    assert_eq!(server.note(), "gone");
}

#[test]
fn an_answer_is_made_no_faster_than_the_client_reads() {
    let server = serve();
    let mut client = server.connect();
    client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(client.read_exactly(1_000_000).is_some());
    // While this client reads nothing more, the worker answers others a thousand times.
    let mut other = server.connect();
    let before = server.shared.produced.load(SeqCst);
    for _ in 0..1000 {
        assert_eq!(other.get("/generation").text(), "1");
    }
    let most = before + 32 * 1024 * 1024;
    assert!(server.shared.produced.load(SeqCst) < most, "only buffers are filled");
    drop(client);
    assert_eq!(server.note(), "gone");
}

#[test]
fn an_upload_is_read_no_faster_than_the_application_reads() {
    let server = serve();
    let mut client = server.connect();
    client.send("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
    assert_eq!(server.note(), "waiting");
    client.stream.set_nonblocking(true).expect("a socket can be set");
    let mut sent = 0;
    let block = vec![b'x'; 65_536];
    let mut refusals = 0;
    // The connection takes a few megabytes of buffers, not a gigabyte.
    while refusals < 100 {
        match std::io::Write::write(&mut client.stream, &block) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                refusals += 1;
                assert_eq!(server.get("/generation").text(), "1");
            }
            Err(error) => panic!("the connection broke: {error}"),
        }
        assert!(sent < 100_000_000, "the server reads what nobody wants");
    }
}
