//! Shutting down loses no request.

use std::io::ErrorKind::ConnectionRefused;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use transom_server::{Event, Limits};

use crate::harness::{Client, serve, serve_with};

#[test]
fn requests_in_flight_are_answered_and_idle_connections_closed() {
    let mut server = serve();
    let mut idle = server.connect();
    assert_eq!(idle.get("/generation").text(), "1");
    let mut silent = server.connect();
    let mut busy = server.connect();
    busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.note(), "waiting");
    server.running().shutdown();
    assert!(idle.is_closed());
    assert!(silent.is_closed());
    server.open_gate(1);
    let answer = busy.answer();
    assert_eq!((answer.text(), answer.complete), ("generation 1", true));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(busy.is_closed());
    server.stop();
    assert_eq!(server.note(), "dropped generation 1");
}

#[test]
fn a_stream_that_has_begun_is_finished() {
    let mut server = serve();
    let mut client = server.connect();
    client.send("GET /ticks?2 HTTP/1.1\r\nHost: a\r\n\r\n");
    server.open_gate(1);
    client.skip_head();
    assert_eq!(client.read_line().as_deref(), Some("5"));
    server.running().shutdown();
    server.open_gate(1);
    assert_eq!(client.rest(), b"tick \r\n5\r\ntick \r\n0\r\n\r\n");
    server.stop();
}

#[test]
fn a_head_that_is_arriving_is_still_served() {
    let mut server = serve();
    let mut idle = server.connect();
    assert_eq!(idle.get("/generation").text(), "1");
    for used in [false, true] {
        let mut client = server.connect();
        if used {
            assert_eq!(client.get("/generation").text(), "1");
        }
        client.send("GET /generation HTTP/1.1\r\nHo");
        // The worker has read the half head when it answers on another connection afterwards.
        assert_eq!(server.get("/generation").text(), "1");
        if used {
            server.running().shutdown();
            assert!(idle.is_closed(), "the worker is closing");
            client.send("st: a\r\n\r\n");
            let answer = client.answer();
            assert_eq!((answer.text(), answer.header("connection")), ("1", Some("close")));
        }
    }
    server.stop();
}

#[test]
fn new_connections_are_refused_while_the_last_answers_are_made() {
    let mut server = serve();
    let mut idle = server.connect();
    assert_eq!(idle.get("/generation").text(), "1");
    let mut busy = server.connect();
    busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.note(), "waiting");
    server.running().shutdown();
    assert!(idle.is_closed(), "the worker has stopped accepting");
    let refused = std::net::TcpStream::connect(server.address);
    assert_eq!(refused.map_err(|error| error.kind()).err(), Some(ConnectionRefused));
    server.open_gate(1);
    assert_eq!(busy.answer().text(), "generation 1");
    server.stop();
}

#[test]
fn what_takes_too_long_is_cut_at_the_deadline() {
    let limits = Limits { drain_time: Duration::ZERO, ..Limits::default() };
    let mut server = serve_with(1, |settings| settings.limits = limits);
    let mut client = server.connect();
    client.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.note(), "hanging");
    server.stop();
    assert!(client.is_closed());
    assert_eq!(server.event(), Event::DrainCut { connections: 1 });
}

#[test]
fn under_load_every_request_that_was_read_is_answered() {
    let mut server = serve_with(2, |_| {});
    let stopped = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let address = server.address;
    let clients: Vec<_> = (0..16)
        .map(|_| {
            let (stopped, answered) = (Arc::clone(&stopped), Arc::clone(&answered));
            thread::spawn(move || {
                let mut client = Client::connect(address);
                loop {
                    // A write may fail when the server has closed the idle connection before.
                    client.send_while_open(b"GET /big?100000 HTTP/1.1\r\nHost: a\r\n\r\n");
                    let Some(answer) = client.read_answer(true) else {
                        assert!(stopped.load(SeqCst), "the connection ended before the shutdown");
                        return;
                    };
                    assert!(answer.complete, "an answer that has begun is finished");
                    assert_eq!(answer.body.len(), 100_000);
                    answered.fetch_add(1, SeqCst);
                    if answer.header("connection") == Some("close") {
                        return;
                    }
                }
            })
        })
        .collect();
    while answered.load(SeqCst) < 500 {
        thread::yield_now();
    }
    stopped.store(true, SeqCst);
    server.stop();
    for client in clients {
        client.join().expect("no client saw a broken answer");
    }
}
