//! Which answers are compressed, and what they look like then.

use std::io::Write;

use async_compression::tokio::write::{BrotliDecoder, GzipDecoder, ZstdDecoder};
use futures_util::FutureExt;
use tokio::io::AsyncWriteExt;
use transom_server::Compression;

use crate::harness::{Answer, TestServer, serve, serve_with};

fn request(server: &TestServer, target: &str, fields: &str) -> Answer {
    let mut client = server.connect();
    client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
    client.answer()
}

/// Decodes what has arrived so far.
fn decode(coding: &str, bytes: &[u8]) -> Vec<u8> {
    macro_rules! run {
        ($decoder:ident) => {{
            let mut decoder = $decoder::new(Vec::new());
            decoder.write_all(bytes).now_or_never().expect("memory is ready").expect("it decodes");
            decoder.flush().now_or_never().expect("memory is ready").expect("it decodes");
            decoder.into_inner()
        }};
    }
    match coding {
        "gzip" => run!(GzipDecoder),
        "br" => run!(BrotliDecoder),
        "zstd" => run!(ZstdDecoder),
        other => panic!("`{other}` is not a coding of this server"),
    }
}

#[test]
fn an_answer_is_compressed_as_the_client_accepts() {
    let server = serve();
    let plain = request(&server, "/typed?text/plain,5000", "");
    for coding in ["gzip", "br", "zstd"] {
        let fields = format!("Accept-Encoding: {coding}\r\n");
        let answer = request(&server, "/typed?text/plain,5000", &fields);
        assert_eq!(answer.header("content-encoding"), Some(coding));
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        assert_eq!(answer.header("etag"), Some("W/\"strong\""));
        let length = answer.body.len().to_string();
        assert_eq!(answer.header("content-length"), Some(&*length));
        assert!(answer.body.len() < 200);
        assert_eq!(decode(coding, &answer.body), plain.body, "{coding}");
    }
}

#[test]
fn a_large_answer_is_compressed_while_it_is_sent() {
    let server = serve();
    for coding in ["gzip", "br", "zstd"] {
        let fields = format!("Accept-Encoding: {coding}\r\n");
        let answer = request(&server, "/typed?application/json,3000000", &fields);
        assert_eq!(answer.header("content-length"), None);
        assert!(answer.complete);
        assert_eq!(decode(coding, &answer.body), b"abcdefghij".repeat(300_000), "{coding}");
    }
}

#[test]
fn other_answers_are_left_alone() {
    let server = serve();
    let accepted = "Accept-Encoding: gzip, br, zstd\r\n";
    for (target, fields) in [
        ("/typed?text/plain,1000", accepted.to_owned()),
        ("/typed?image/png,5000", accepted.to_owned()),
        ("/typed?text/event-stream,5000", accepted.to_owned()),
        ("/typed?text/plain,5000", format!("{accepted}X-Reply-Content-Encoding: dcb\r\n")),
        ("/typed?text/plain,5000", format!("{accepted}X-Reply-Content-Range: bytes 0-1/2\r\n")),
        ("/typed?text/plain,5000", format!("{accepted}X-Reply-Cache-Control: a, no-transform\r\n")),
        ("/typed?text/plain,5000", "Accept-Encoding: identity\r\n".to_owned()),
        ("/typed?text/plain,5000", "Accept-Encoding: gzip;q=0\r\n".to_owned()),
        ("/typed?text/plain,5000", String::new()),
    ] {
        let answer = request(&server, target, &fields);
        assert_ne!(answer.header("content-encoding"), Some("gzip"), "{target} {fields}");
        assert_eq!(answer.header("vary"), None, "{target} {fields}");
        assert_eq!(answer.header("etag"), Some("\"strong\""), "{target} {fields}");
        assert_eq!(answer.text().get(..10), Some("abcdefghij"), "{target} {fields}");
    }
}

#[test]
fn head_has_the_headers_of_the_compressed_answer() {
    let server = serve();
    let mut client = server.connect();
    client.send("HEAD /typed?text/plain,5000 HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
    let answer = client.head_answer();
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(client.get("/generation").text(), "1");
}

#[test]
fn compression_can_be_switched_off() {
    let server = serve_with(1, |settings| settings.compression = Compression::Off);
    let answer = request(&server, "/typed?text/plain,5000", "Accept-Encoding: gzip\r\n");
    assert_eq!((answer.header("content-encoding"), answer.body.len()), (None, 5000));
}

#[test]
fn compressed_streams_stay_live() {
    for coding in ["gzip", "br", "zstd"] {
        let server = serve();
        let mut client = server.connect();
        client.send("GET /ticks?3 HTTP/1.1\r\nHost: a\r\n");
        write!(client.stream, "Accept-Encoding: {coding}\r\n\r\n").expect("the server reads");
        server.open_gate(1);
        client.skip_head();
        let mut received = Vec::new();
        for count in 1..=3 {
            // What the application has given so far can be decoded before it gives more.
            while decode(coding, &received).len() < 5 * count {
                let size = client.read_line().expect("a chunk begins");
                let size = usize::from_str_radix(&size, 16).expect("a size is a number");
                let chunk = client.read_exactly(size + 2).expect("a chunk ends");
                received.extend_from_slice(&chunk[..size]);
            }
            server.open_gate(1);
        }
        assert_eq!(decode(coding, &received), b"tick tick tick ", "{coding}");
    }
}
