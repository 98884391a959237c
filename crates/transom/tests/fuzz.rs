//! Mutated requests over raw sockets: the server lives on, answers as before, and does not grow.
//!
//! The corpus is the recorded requests of `conformance/astro`; the seed is fixed, so that a failure comes again. The
//! short form is part of the test suite. The whole one, 100,000 requests, is `make fuzz`; `TRANSOM_FUZZ_REQUESTS` and
//! `TRANSOM_FUZZ_SEED` choose other numbers. It ends after a minute in any case and says how far it came.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::net::sockopt::set_socket_linger;
use serde_json::Value;
use transom_testkit::{Project, Server};

/// Requests of the short form.
const SHORT: usize = 3_000;
const SEED: u64 = 0x7261_6e73_6f6d;
const CLIENTS: usize = 4;
const MOST_TIME: Duration = Duration::from_secs(60);
/// Some of the recorded endpoints stream until the client leaves.
const READ_TIME: Duration = Duration::from_millis(500);
/// As much of an answer is read.
const READ_BYTES: usize = 64 << 10;
/// What the server may have grown by: caches and allocator slack, not one block for each request.
const GROWTH: u64 = 48 << 20;

/// Texts that parsers have stumbled over.
const TOKENS: &[&str] = &[
    "%",
    "%2F",
    "%00",
    "%ff",
    "%252f",
    "//",
    "/../",
    "\\",
    "\0",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    "?",
    "#",
    ":",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/2.0",
    "HTTP/0.9",
    "Content-Length: 5\r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 18446744073709551616\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\n",
    "Expect: 100-continue\r\n",
    "Host: a\r\n",
    "Host:\r\n",
    "Connection: keep-alive\r\n",
    "Upgrade: h2c\r\n",
    "Range: bytes=0-\r\n",
    "Cookie: a=\u{fc}\r\n",
    "0\r\n\r\n",
    "5\r\nhello\r\n",
    "ffffffffffffffff\r\n",
    "-1\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET ",
    "CONNECT ",
    "TRACE ",
    "*",
    "http://a/",
    "[::1]",
    "\u{feff}",
    "$(id)",
];

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/astro")
}

/// The recorded requests of the fixture `main`, as bytes.
fn corpus() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(suite().join("cases")).expect("the cases are there") {
        let text = fs::read_to_string(entry.expect("readable").path()).expect("readable");
        for line in text.lines() {
            let case: Value = serde_json::from_str(line).expect("a case");
            if case["project"] == "main" {
                found.push(request_of(&case));
            }
        }
    }
    found.sort();
    assert!(found.len() > 200, "the corpus is too small: {}", found.len());
    found
}

fn request_of(case: &Value) -> Vec<u8> {
    let mut head = format!("{} HTTP/1.1\r\n", case["request"].as_str().expect("a request line"));
    let headers = case["headers"].as_array().expect("headers");
    let lines: Vec<&str> = headers.iter().filter_map(Value::as_str).collect();
    if !lines.iter().any(|line| line.to_ascii_lowercase().starts_with("host:")) {
        head += "Host: example.com\r\n";
    }
    for line in lines {
        head += &format!("{line}\r\n");
    }
    let body = case["body"].as_str().unwrap_or_default();
    if !body.is_empty() && !head.contains("ransfer-") {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    // One byte for each character, as the recordings are sent.
    let head: Vec<u8> = head.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    [&head[..], b"\r\n", body.as_bytes()].concat()
}

fn mutated(corpus: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = rng.choice(corpus).expect("the corpus is not empty").clone();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(0..=bytes.len());
        let end = rng.usize(at..=bytes.len().min(at + 40));
        match rng.u8(0..9) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << rng.u8(0..8)),
            1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = rng.u8(..)),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            4 | 5 => {
                let token = rng.choice(TOKENS).expect("there are tokens");
                bytes.splice(at..end.min(at + rng.usize(0..3)), token.bytes());
            }
            6 => {
                let other = rng.choice(corpus).expect("the corpus is not empty");
                let from = rng.usize(0..other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            7 => bytes.extend_from_slice(rng.choice(corpus).expect("the corpus is not empty")),
            _ => {
                let run = vec![rng.u8(..); rng.usize(0..20_000)];
                bytes.splice(at..at, run);
            }
        }
    }
    bytes
}

/// Sends bytes, reads what comes, and leaves no trace in the client's port table.
fn exchange(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).expect("the server accepts connections");
    stream.set_read_timeout(Some(READ_TIME)).expect("a socket has a timeout");
    stream.set_write_timeout(Some(READ_TIME)).expect("a socket has a timeout");
    // Whatever the server makes of it, it may close in the middle.
    stream.write_all(bytes).ok();
    stream.shutdown(Shutdown::Write).ok();
    let (mut block, mut total) = ([0; 8192], 0);
    while let Ok(count) = stream.read(&mut block) {
        total += count;
        if count == 0 || total > READ_BYTES {
            break;
        }
    }
    set_socket_linger(&stream, Some(Duration::ZERO)).ok();
}

/// Resident bytes of the process that serves.
fn resident(server: &Server) -> u64 {
    let child = server.process().children()[0];
    let status = fs::read_to_string(format!("/proc/{child}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it has memory");
    let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
    kilobytes.expect("a number") << 10
}

/// Sends `count` mutated requests from several clients, as far as the time allows; how many were sent.
fn bombard(server: &Server, corpus: &[Vec<u8>], seed: u64, count: usize, until: Instant) -> usize {
    let sent = AtomicUsize::new(0);
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let mut rng = Rng::with_seed(seed.wrapping_add(client as u64));
            let sent = &sent;
            scope.spawn(move || {
                while Instant::now() < until && sent.fetch_add(1, Ordering::Relaxed) < count {
                    exchange(server.address(), &mutated(corpus, &mut rng));
                }
            });
        }
    });
    sent.into_inner().min(count)
}

fn setting<T: std::str::FromStr>(name: &str, default: T) -> T {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn mutated_requests_leave_the_server_as_it_was() {
    let requests = setting("TRANSOM_FUZZ_REQUESTS", SHORT);
    let seed = setting("TRANSOM_FUZZ_SEED", SEED);
    let server = Project::copy_of(env!("CARGO_BIN_EXE_transom"), &suite().join("fixtures/main"))
        .arg("--access-log")
        .arg("off")
        .build_and_serve();
    let children = server.process().children();
    let corpus = corpus();
    let begun = Instant::now();
    let until = begun + MOST_TIME;
    // The first part fills caches and loads every module.
    let warm = requests / 4;
    let mut sent = bombard(&server, &corpus, seed, warm, until);
    let before = resident(&server);
    sent += bombard(&server, &corpus, seed ^ u64::MAX, requests - warm, until);
    let after = resident(&server);
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{sent} of {requests} requests in {seconds:.1} s, seed {seed}; {} MB before, {} MB after",
        before >> 20,
        after >> 20
    );
    assert_eq!(server.process().children(), children, "the server process was replaced");
    for _ in 0..8 {
        assert_eq!(server.get("/m/get").text(), "got");
        assert_eq!(server.get("/nowhere").status, 404);
    }
    assert!(after < before + GROWTH, "it grew from {before} to {after} bytes in {sent} requests");
    let log = server.stop().stderr;
    assert!(!log.contains("panicked"), "{log}");
}
