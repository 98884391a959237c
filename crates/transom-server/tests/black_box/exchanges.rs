//! Requests and answers on the wire: framing, persistence, headers, targets.

use crate::harness::{Client, TestServer, serve, serve_with};
use transom_server::KeepAlive;

#[test]
fn a_connection_carries_many_requests() {
    let server = serve();
    let mut client = server.connect();
    for _ in 0..3 {
        let answer = client.get("/generation");
        assert_eq!((answer.status, answer.text()), (200, "1"));
        assert_eq!(answer.header("content-length"), Some("1"));
        assert_eq!(answer.header("connection"), None);
        assert!(answer.header("date").is_some());
    }
    client.send("GET /generation HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(client.answer().header("connection"), Some("close"));
    assert!(client.is_closed());
}

#[test]
fn persistence_is_announced_when_that_is_set() {
    let server = serve_with(1, |settings| settings.keep_alive = KeepAlive::Announced);
    let mut client = server.connect();
    let answer = client.get("/generation");
    assert_eq!(answer.header("connection"), Some("keep-alive"));
    assert_eq!(answer.header("keep-alive"), Some("timeout=5"));
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.header("connection"), answer.header("keep-alive")), (Some("close"), None));
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = serve();
    let mut client = server.connect();
    let one = "GET /big?3 HTTP/1.1\r\nHost: a\r\n\r\n";
    let two = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
    let three = "GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send([one, two, three, one].concat());
    assert_eq!(client.answer().text(), "xxx");
    assert_eq!(client.answer().text(), "body");
    assert_eq!(client.answer().text(), "onetwothree");
    assert_eq!(client.answer().text(), "xxx");
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let server = serve();
    let mut client = server.connect();
    for (target, length) in [("/big?70000", Some("70000")), ("/chunks", None)] {
        client.send(format!("HEAD {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let answer = client.head_answer();
        assert_eq!(answer.status, 200, "{target}");
        assert_eq!(answer.header("content-length"), length, "{target}");
        assert_eq!(answer.header("content-type"), Some("text/plain;charset=UTF-8"));
    }
    assert_eq!(client.get("/generation").text(), "1", "the connection is still in step");
}

#[test]
fn statuses_without_a_body_have_none() {
    let server = serve();
    let mut client = server.connect();
    for status in [204, 304] {
        let answer = client.get(&format!("/status?{status}"));
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("content-length"), None);
        assert_eq!(answer.header("transfer-encoding"), None);
    }
    assert_eq!(client.get("/status?101").status, 500);
    assert_eq!(client.get("/generation").text(), "1", "the connection is still in step");
}

#[test]
fn the_reason_phrase_is_given_standard_or_unknown() {
    let server = serve();
    assert_eq!(server.get("/reason").reason, "Quite Fine");
    assert_eq!(server.get("/status?201").reason, "Created");
    assert_eq!(server.get("/status?599").reason, "unknown");
}

#[test]
fn headers_keep_their_order_and_cookies_stay_apart() {
    let server = serve();
    let answer = server.get("/headers");
    let names: Vec<_> =
        answer.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expected = [
        "content-type=text/plain;charset=UTF-8",
        "x-b=1",
        "set-cookie=a=1",
        "set-cookie=b=2",
        "x-a=2",
    ];
    assert_eq!(names[..5], expected);
}

#[test]
fn streams_are_chunked_piece_by_piece() {
    let server = serve();
    let answer = server.get("/chunks");
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.header("content-length"), None);
    assert_eq!((answer.chunks, answer.complete), (vec![3, 3, 5], true));
}

#[test]
fn a_piece_arrives_before_the_next_is_made() {
    let server = serve();
    let mut client = server.connect();
    client.send("GET /ticks?2 HTTP/1.1\r\nHost: a\r\n\r\n");
    server.open_gate(1);
    client.skip_head();
    assert_eq!(client.read_line().as_deref(), Some("5"));
    assert_eq!(client.read_exactly(7).expect("a chunk"), b"tick \r\n");
    server.open_gate(1);
    assert_eq!(client.read_exactly(15).expect("the end"), b"5\r\ntick \r\n0\r\n\r\n");
}

#[test]
fn a_large_body_arrives_whole() {
    let server = serve();
    let answer = server.get("/big?3000000");
    assert_eq!(answer.header("content-length"), Some("3000000"));
    assert!(answer.complete && answer.body.iter().all(|&byte| byte == b'x'));
}

#[test]
fn a_declared_length_frames_a_stream() {
    let server = serve();
    let answer = server.get("/declared?10");
    assert_eq!(answer.header("content-length"), Some("10"));
    assert_eq!((answer.header("transfer-encoding"), answer.text()), (None, "1234567890"));
    let mut client = server.connect();
    assert!(!client.get("/declared?20").complete, "too few bytes break the connection");
    assert_eq!(server.get("/declared?4").text(), "1234", "too many are cut off");
}

#[test]
fn a_length_that_contradicts_the_body_is_corrected() {
    let server = serve();
    let mut client = server.connect();
    let answer = client.get("/wrong-length");
    assert_eq!((answer.header("content-length"), answer.text()), (Some("5"), "hello"));
    assert_eq!(answer.header("transfer-encoding"), None);
    assert_eq!(client.get("/generation").text(), "1");
}

#[test]
fn an_aborted_stream_breaks_off_after_what_came_before() {
    let server = serve();
    let mut client = server.connect();
    let answer = client.get("/abort");
    assert_eq!((answer.status, answer.text(), answer.complete), (200, "first", false));
    assert!(client.is_closed());
}

#[test]
fn http_1_0_gets_an_answer_that_ends_with_the_connection() {
    let server = serve();
    let mut client = server.connect();
    client.send("GET /chunks HTTP/1.0\r\n\r\n");
    let answer = client.answer();
    assert_eq!((&*answer.version, answer.header("transfer-encoding")), ("HTTP/1.0", None));
    assert_eq!(answer.text(), "onetwothree");
    let mut client = server.connect();
    client.send("GET /generation HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(client.answer().header("connection"), Some("keep-alive"));
    client.send("GET /generation HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer().text(), "1");
}

#[test]
fn the_application_sees_the_request_as_it_was_sent() {
    let server = serve();
    let mut client = server.connect();
    client.send(
        "PURGE /head?x=%zz&y={\"}|\\^` HTTP/1.1\r\nHost: example.com\r\nX-B: 1\r\nx-A: two words \r\n\
         X-b: 3\r\n\r\n",
    );
    let lines: Vec<String> = client.answer().text().lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        [
            "PURGE /head?x=%zz&y={\"}|\\^` HTTP/1.1",
            "http",
            "host: example.com",
            "x-b: 1",
            "x-b: 3",
            "x-a: two words",
        ]
    );
}

/// Each row: a target, and what the application gets; nothing when it is refused with 400.
#[test]
fn raw_targets_reach_the_application() {
    let server = serve();
    check(&server, "/head?", Some("/head?"));
    check(&server, "/head?a#b?c", Some("/head?a#b?c"));
    check(&server, "/head?//a/../%2e%2E/", Some("/head?//a/../%2e%2E/"));
    check(&server, "http://h/head?x", Some("http://h/head?x"));
    check(&server, "echo", None);
    check(&server, "?x", None);
    check(&server, "/head?\u{e9}", None);
    check(&server, "/head?a b", None);
    check(&server, "/head?q=\"<`>\"", Some("/head?q=\"<`>\""));
}

#[test]
fn what_hyper_refuses_in_a_target_may_stand_in_a_header() {
    let server = serve();
    let mut client = server.connect();
    let fields = "X-Quoted: \"<`#>\"\r\n\r\n";
    for part in ["GET /he", "ad?<#", "> HTTP/1.1\r\nHost: a\r\nX-Quot"] {
        client.send(part);
        // The server has read this part when it answers on another connection.
        assert_eq!(server.get("/generation").text(), "1");
    }
    client.send(&fields[6..]);
    let answer = client.answer();
    let lines: Vec<_> = answer.text().lines().collect();
    assert_eq!(lines[0], "GET /head?<#> HTTP/1.1");
    assert_eq!(lines[3], "x-quoted: \\\"<`#>\\\"");
    // The second head comes in the middle of the first read.
    client.send(format!("GET /head HTTP/1.1\r\nHost: a\r\n\r\nGET /head?2 HTTP/1.1\r\n{fields}"));
    assert_eq!(client.answer().text().lines().next(), Some("GET /head HTTP/1.1"));
    assert_eq!(client.answer().status, 400, "it has no host");
}

#[track_caller]
fn check(server: &TestServer, target: &str, expected: Option<&str>) {
    let mut client: Client = server.connect();
    client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    let answer = client.answer();
    match expected {
        Some(expected) if target.starts_with('/') => {
            let first = answer.text().lines().next().map(str::to_owned);
            assert_eq!(first, Some(format!("GET {expected} HTTP/1.1")), "{target}");
        }
        // The test application knows no such path, but it was asked.
        Some(_) => assert_eq!(answer.text(), "nothing here", "{target}"),
        None => assert_eq!((answer.status, answer.text()), (400, ""), "{target}"),
    }
}
