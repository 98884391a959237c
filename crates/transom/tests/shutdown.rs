//! Stopping and reloading a server that is at work: nothing that it has begun is lost.

use std::collections::HashSet;
use std::os::unix::process::ExitStatusExt;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use rustix::process::Signal;
use transom_testkit::{Answer, Connection, Project, Request, Server, Upstream};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/ok.ts", "export const GET = () => new Response('ok');")
}

/// An upstream that answers each request only after one message to the sender.
fn held_upstream() -> (Upstream, Sender<()>) {
    let (release, held) = channel::<()>();
    let held = Mutex::new(held);
    let upstream = Upstream::start(move |_| {
        held.lock().expect("nobody panics with the lock").recv().ok();
        Answer::new(200, "released")
    });
    (upstream, release)
}

/// A project whose `/wait` answers when the upstream does.
fn waiting_project(upstream: &Upstream) -> Project {
    let source = format!(
        "export const GET = async () => new Response(await (await fetch('{}')).text());",
        upstream.origin()
    );
    project().file("src/pages/wait.ts", source)
}

#[track_caller]
fn send(server: &Server, path: &str) -> Connection {
    let mut connection = server.connect();
    let request = Request::get(path).to_bytes(connection.host());
    connection.send(request).expect("the connection is open");
    connection
}

/// Returns once the server's address refuses connections.
fn wait_until_refused(server: &Server) {
    while let Ok(connection) = Connection::open(server.address()) {
        drop(connection);
        std::thread::yield_now();
    }
}

#[test]
fn a_request_in_flight_gets_its_answer() {
    for signal in [Signal::TERM, Signal::INT] {
        let (upstream, release) = held_upstream();
        let server = waiting_project(&upstream).build_and_serve();
        let mut waiting = send(&server, "/wait");
        let _ = upstream.next(); // The request is in its handler.

        server.process().signal(signal);
        wait_until_refused(&server);
        release.send(()).expect("the upstream waits");
        let reply = waiting.reply();
        assert_eq!((reply.text(), reply.complete), ("released", true));
        let ended = server.wait();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    }
}

#[test]
fn a_stream_that_has_begun_is_sent_to_its_end() {
    let (upstream, release) = held_upstream();
    let source = format!(
        "export const GET = () => new Response((async function* () {{\n\
           yield 'first ';\n\
           yield await (await fetch('{}')).text();\n\
         }})());",
        upstream.origin()
    );
    let server = project().file("src/pages/stream.ts", source).build_and_serve();
    let mut connection = send(&server, "/stream");
    connection.head().expect("the answer begins");
    let _ = upstream.next();

    server.terminate();
    wait_until_refused(&server);
    release.send(()).expect("the upstream waits");
    let mut body = Vec::new();
    while let Some(chunk) = connection.chunk().expect("the stream is not cut off") {
        body.extend(chunk);
    }
    assert_eq!(body, b"first released");
    assert!(server.wait().status.success());
}

#[test]
fn an_upload_that_has_begun_is_received_to_its_end() {
    let server = project()
        .file(
            "src/pages/upload.ts",
            "export const POST = async ({ request }) => {\n  \
               let size = 0;\n  \
               for await (const chunk of request.body) {\n    \
                 size += chunk.byteLength;\n    console.log('received', size);\n  }\n  \
               return Response.json(size);\n};",
        )
        .build_and_serve();
    let mut connection = server.connect();
    let head = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\
                Content-Length: 20\r\n\r\n0123456789";
    connection.send(head).expect("the connection is open");
    server.log().wait_for("received 10");

    server.terminate();
    wait_until_refused(&server);
    connection.send("0123456789").expect("the connection is still open");
    assert_eq!(connection.reply().json(), 20);
    assert!(server.wait().status.success());
}

#[test]
fn idle_connections_do_not_hold_the_stop() {
    let server = project().build_and_serve();
    let mut used = server.connect();
    assert_eq!(used.request(&Request::get("/ok")).text(), "ok");
    let mut unused = server.connect();
    server.terminate();
    assert_eq!(used.rest().expect("the server closes"), b"");
    assert_eq!(unused.rest().expect("the server closes"), b"");
    assert!(server.wait().status.success());
}

#[test]
fn a_stop_waits_no_longer_than_the_drain_limit() {
    let (upstream, _release) = held_upstream();
    let server = waiting_project(&upstream).env("TRANSOM_LIMIT_DRAIN", "50ms").build_and_serve();
    let mut waiting = send(&server, "/wait");
    let _ = upstream.next();
    let ended = server.stop(); // The upstream never answers.
    assert_eq!(ended.status.signal(), None, "it ends by itself");
    assert!(waiting.reply_to("GET").is_err(), "the request had to be given up");
}

/// What one client of [`load`] saw.
#[derive(Debug, Default)]
struct Seen {
    answered: HashSet<String>,
    wrong: Vec<String>,
}

/// Sends numbered requests on keep-alive connections until the server takes no more; `started` is
/// told once every client has had some answers.
fn load(server: &Server, clients: usize, started: impl FnOnce()) -> Seen {
    let seen = Mutex::new(Seen::default());
    let (warm, warmed) = channel();
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (seen, warm) = (&seen, warm.clone());
            let address = server.address();
            scope.spawn(move || {
                let mut turn = 0;
                let mut warm = Some(warm);
                // A new connection for as long as there is a server: an idle one may be closed.
                while let Ok(mut connection) = Connection::open(address) {
                    loop {
                        let id = format!("{client}-{turn}");
                        turn += 1;
                        let request = Request::get(&format!("/work?id={id}"));
                        match connection.try_request(&request) {
                            Err(_) => break, // Not taken: `check` knows whether that is true.
                            Ok(reply) if reply.complete && reply.body == body_of(&id) => {
                                seen.lock().expect("nobody panics").answered.insert(id);
                            }
                            Ok(reply) => {
                                let wrong = format!("{id}: {reply:?}");
                                seen.lock().expect("nobody panics").wrong.push(wrong);
                            }
                        }
                        if turn >= 20
                            && let Some(warm) = warm.take()
                        {
                            warm.send(()).ok();
                        }
                    }
                }
            });
        }
        for _ in 0..clients {
            warmed.recv_timeout(transom_testkit::PATIENCE).expect("every client gets answers");
        }
        started();
    });
    seen.into_inner().expect("nobody panics")
}

/// Answers its id a thousand times, after a moment, and writes the id into the log as it begins.
const WORK: &str = "export const GET = async ({ url }) => {\n\
      const id = url.searchParams.get('id');\n\
      console.log(`begun ${id};`);\n\
      await new Promise((resolve) => setTimeout(resolve, 2));\n\
      return new Response(`${id} `.repeat(1000));\n};";

fn body_of(id: &str) -> Vec<u8> {
    format!("{id} ").repeat(1000).into_bytes()
}

#[test]
fn a_stop_under_load_loses_no_request_that_was_begun() {
    let server = project().file("src/pages/work.ts", WORK).build_and_serve();
    let seen = load(&server, 8, || server.terminate());
    let ended = server.wait();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(seen.wrong.is_empty(), "{:#?}", seen.wrong);

    let log = ended.output();
    let begun: HashSet<String> = log
        .split("begun ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';').map(|(id, _)| id.to_owned()))
        .collect();
    assert!(begun.len() >= 8 * 20, "the log has {} requests", begun.len());
    let lost: Vec<_> = begun.difference(&seen.answered).collect();
    assert!(lost.is_empty(), "begun and not answered: {lost:?}");
}

#[test]
fn a_reload_serves_the_new_build_and_loses_nothing() {
    let server = project()
        .file("src/pages/work.ts", WORK)
        .file("src/pages/version.ts", "export const GET = () => new Response('one');")
        .build_and_serve();
    assert_eq!(server.get("/version").text(), "one");
    server.project().write("src/pages/version.ts", "export const GET = () => new Response('two');");
    server.project().build();

    let seen = load(&server, 4, || {
        server.process().signal(Signal::HUP);
        server.get_until("/version", |reply| reply.text() == "two");
        server.terminate();
    });
    assert!(seen.wrong.is_empty(), "{:#?}", seen.wrong);
    assert!(server.wait().status.success());
}

#[test]
fn a_reload_lets_requests_finish_with_the_old_build() {
    let (upstream, release) = held_upstream();
    let server = waiting_project(&upstream).build_and_serve();
    let mut waiting = send(&server, "/wait");
    let _ = upstream.next();
    server.project().write("src/pages/wait.ts", "export const GET = () => new Response('new');");
    server.project().build();
    server.process().signal(Signal::HUP);
    // The old build would hold this request too.
    server.log().wait_for("reloaded");
    assert_eq!(server.get("/wait").text(), "new");
    release.send(()).expect("the upstream waits");
    assert_eq!(waiting.reply().text(), "released");
}

#[test]
fn a_reload_of_a_broken_build_keeps_the_old_one() {
    let server = project().build_and_serve();
    server.project().write(".transom/build/manifest.json", "{ not json");
    server.process().signal(Signal::HUP);
    server.log().wait_for("manifest.json");
    assert_eq!(server.get("/ok").text(), "ok");
}
