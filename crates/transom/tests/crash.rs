//! The engine's process dies: the parent holds the sockets and starts another.

use rustix::process::Signal;
use transom_testkit::{Project, Request};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/ok.ts", "export const GET = () => new Response('ok');")
}

#[test]
fn the_next_connection_is_served_after_an_abort() {
    let server = project().build_and_serve();
    assert_eq!(server.get("/ok").text(), "ok");
    // Not SEGV: sent from outside, Rust's own handler for stack overflows passes over the first one.
    for signal in [Signal::ABORT, Signal::KILL] {
        let children = server.process().children();
        let [child] = children[..] else { panic!("one child serves, not {children:?}") };
        server.process().end_child(child, signal);
        // The child is gone and perhaps no other is there yet: the connection waits in the socket.
        assert_eq!(server.get("/ok").text(), "ok", "after {signal:?}");
        assert_ne!(server.process().children(), [child]);
    }
    let ended = server.stop();
    assert!(ended.status.success(), "{}", ended.stderr);
}

#[test]
fn connections_to_the_dead_process_are_closed() {
    let server = project().build_and_serve();
    let mut connection = server.connect();
    assert_eq!(connection.request(&Request::get("/ok")).text(), "ok");
    let children = server.process().children();
    server.process().end_child(children[0], Signal::ABORT);
    assert_eq!(connection.rest().expect("the kernel closes it"), b"");
    assert_eq!(server.get("/ok").text(), "ok");
    server.log().wait_for("restart");
}

#[test]
fn the_child_does_not_outlive_its_parent() {
    let server = project().build_and_serve();
    let mut connection = server.connect();
    assert_eq!(connection.request(&Request::get("/ok")).text(), "ok");
    server.process().signal(Signal::KILL);
    // Both streams end only when the child, which shares them, is gone too.
    let ended = server.wait();
    assert!(!ended.status.success());
    assert_eq!(connection.rest().expect("the kernel closes it"), b"");
}
