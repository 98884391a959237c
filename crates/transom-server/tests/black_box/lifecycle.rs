//! Reloads, workers that are lost, and starts that fail.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use transom_server::{Event, Listeners, ReloadError, Server, ServerError, Settings};

use crate::harness::app::TestFactory;
use crate::harness::{Client, TestServer, serve, serve_with};

fn factory(server: &TestServer) -> TestFactory {
    TestFactory::new(server.shared.clone())
}

/// A quiet time is no shorter on a busy machine, but the worker may sleep through it: hence the tries.
#[test]
fn a_worker_that_has_answered_comes_to_rest_once() {
    let server = serve();
    let rests = || server.get("/rests").text().parse::<u64>().expect("a number");
    let mut before = rests();
    assert_eq!(before, 0, "nothing was answered before");
    for _ in 0..10 {
        thread::sleep(Duration::from_secs(3));
        let now = rests();
        assert!(now - before <= 1, "one rest for each quiet time, not {}", now - before);
        if now > before {
            return;
        }
        before = now;
    }
    panic!("the worker never came to rest");
}

#[test]
fn a_reload_serves_new_requests_while_old_ones_finish() {
    let server = serve();
    let mut old = server.connect();
    let mut kept = server.connect();
    assert_eq!(kept.get("/generation").text(), "1");
    old.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.note(), "waiting");
    assert_eq!(server.running().reload(factory(&server)).expect("it can be created"), 2);
    assert_eq!(kept.get("/generation").text(), "2", "an open connection meets the new one");
    server.open_gate(1);
    assert_eq!(old.answer().text(), "generation 1");
    assert_eq!(server.note(), "dropped generation 1");
}

#[test]
fn an_old_generation_lives_until_its_streams_end() {
    let server = serve();
    let mut old = server.connect();
    old.send("GET /ticks?1 HTTP/1.1\r\nHost: a\r\n\r\n");
    old.skip_head();
    server.running().reload(factory(&server)).expect("it can be created");
    assert_eq!(server.get("/generation").text(), "2");
    server.open_gate(1);
    assert_eq!(old.read_exactly(10).expect("a chunk"), b"5\r\ntick \r\n");
    assert_eq!(server.note(), "dropped generation 1");
}

#[test]
fn a_reload_that_fails_in_one_worker_changes_nothing() {
    let server = serve_with(2, |_| {});
    let mut broken = factory(&server);
    broken.broken_worker = Some(1);
    let error = server.running().reload(broken).expect_err("one worker cannot");
    assert!(matches!(error, ReloadError::Start(_)));
    assert_eq!(error.to_string(), "this generation is broken");
    assert_eq!(server.note(), "dropped generation 2", "the other worker gave its new one up");
    for _ in 0..20 {
        assert_eq!(server.get("/generation").text(), "1");
    }
    assert_eq!(server.running().reload(factory(&server)).expect("it can be created"), 2);
}

#[test]
fn reloads_under_load_lose_nothing() {
    let mut server = serve_with(2, |_| {});
    let stop = Arc::new(AtomicBool::new(false));
    let address = server.address;
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                let mut client = Client::connect(address);
                let mut last = 1;
                while !stop.load(SeqCst) {
                    let answer = client.get("/generation");
                    let generation: u64 = answer.text().parse().expect("a number");
                    assert!(generation >= last, "a connection never goes back");
                    last = generation;
                }
                last
            })
        })
        .collect();
    for generation in 2..=20 {
        let reloaded = server.running().reload(factory(&server));
        assert_eq!(reloaded.expect("it can be created"), generation);
    }
    assert_eq!(server.get("/generation").text(), "20");
    stop.store(true, SeqCst);
    for client in clients {
        client.join().expect("no request was lost");
    }
    server.stop();
    let mut dropped = 0;
    while dropped < 40 {
        assert!(server.note().starts_with("dropped generation "));
        dropped += 1;
    }
}

#[test]
fn a_panic_is_answered_and_the_worker_replaced() {
    for target in ["/panic", "/panic-at-once"] {
        let server = serve_with(1, |_| {});
        let answer = server.get(target);
        assert_eq!((answer.status, answer.text()), (500, ""), "{target}");
        let reason = "panic: as asked".to_owned();
        assert_eq!(server.event(), Event::WorkerLost { worker: 0, reason });
        // Connections that come meanwhile wait in the backlog.
        assert_eq!(server.get("/generation").text(), "1");
        assert_eq!(server.event(), Event::WorkerReplaced { worker: 0 });
    }
}

#[test]
fn a_panic_in_a_streamed_body_ends_the_worker() {
    let server = serve();
    let mut client = server.connect();
    client.send("GET /panic-in-body HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(client.read_answer(true).is_none_or(|answer| !answer.complete));
    assert!(matches!(server.event(), Event::WorkerLost { worker: 0, .. }));
    assert_eq!(server.get("/generation").text(), "1");
}

#[test]
fn an_application_can_give_its_worker_up() {
    let server = serve();
    assert_eq!(server.get("/fail").text(), "failing");
    let reason = "the application gave up".to_owned();
    assert_eq!(server.event(), Event::WorkerLost { worker: 0, reason });
    assert_eq!(server.get("/generation").text(), "1");
}

#[test]
fn the_other_workers_serve_while_one_is_replaced() {
    let server = serve_with(4, |_| {});
    let mut others: Vec<_> = (0..16).map(|_| server.connect()).collect();
    for other in &mut others {
        assert_eq!(other.get("/generation").text(), "1");
    }
    assert_eq!(server.get("/panic").status, 500);
    let served = others
        .iter_mut()
        .filter_map(|other| {
            other.send_while_open(b"GET /generation HTTP/1.1\r\nHost: a\r\n\r\n");
            other.read_answer(true)
        })
        .count();
    assert!(served > 0, "connections of other workers go on");
    for _ in 0..16 {
        assert_eq!(server.get("/generation").text(), "1");
    }
}

#[test]
fn a_replaced_worker_has_the_present_generation() {
    let server = serve();
    server.running().reload(factory(&server)).expect("it can be created");
    assert_eq!(server.get("/panic").status, 500);
    assert_eq!(server.get("/generation").text(), "2");
}

#[test]
fn a_start_that_fails_is_an_error() {
    let server = serve();
    let mut broken = factory(&server);
    broken.broken_worker = Some(1);
    let sockets = Listeners::bind(&[SocketAddr::from(([127, 0, 0, 1], 0))], 2);
    let sockets = sockets.expect("a port is free");
    let error = Server::start(broken, sockets, Settings::default()).expect_err("one cannot");
    assert!(matches!(error, ServerError::Start(_)));
    assert_eq!(error.to_string(), "this generation is broken");
}
