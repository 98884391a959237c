//! The two processes of a supervised server, by the example `supervised`.

use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::Client;

struct Supervised {
    parent: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

impl Supervised {
    /// Starts the example, which cargo builds together with the tests.
    fn start(change: impl FnOnce(&mut Command)) -> Self {
        let tests = std::env::current_exe().expect("this program has a path");
        let folder: PathBuf = tests.ancestors().nth(2).expect("tests lie in `deps`").into();
        let mut command = Command::new(folder.join("examples/supervised"));
        command.arg("2").stdout(Stdio::piped()).stderr(Stdio::piped());
        change(&mut command);
        let mut parent = command.spawn().expect("the example was built");
        let output = parent.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(output).lines();
        let first = lines.next().expect("it prints its address").expect("that is text");
        Self { parent, lines, address: first.parse().expect("an address") }
    }

    /// The next line that the parent prints; nothing when all its processes have ended.
    fn line(&mut self) -> Option<String> {
        self.lines.next().map(|line| line.expect("lines are text"))
    }

    /// Waits until a child serves and returns its number.
    #[track_caller]
    fn ready(&mut self) -> i32 {
        let line = self.line().expect("the parent lives");
        let number = line.strip_prefix("Ready { pid: ").and_then(|rest| rest.strip_suffix(" }"));
        number.unwrap_or_else(|| panic!("a child is ready: {line}")).parse().expect("a number")
    }

    fn pid(&self) -> i32 {
        Client::connect(self.address).get("/pid").text().parse().expect("a number")
    }

    fn signal(&self, pid: i32, signal: Signal) {
        let pid = Pid::from_raw(pid).expect("a process has a number");
        kill_process(pid, signal).expect("the process lives");
    }

    fn parent_pid(&self) -> i32 {
        i32::try_from(self.parent.id()).expect("a process number fits")
    }

    fn wait(&mut self) -> ExitStatus {
        self.parent.wait().expect("the parent can be waited for")
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // A parent that has ended already is all the better; its child ends with it.
        drop(self.parent.kill());
        drop(self.parent.wait());
    }
}

#[test]
fn a_child_that_aborts_is_replaced() {
    let mut server = Supervised::start(|_| {});
    let first = server.ready();
    assert_eq!(server.pid(), first);
    let mut client = Client::connect(server.address);
    client.send("GET /abort HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(client.read_answer(true).is_none());
    let lost = server.line().expect("the parent lives");
    assert!(lost.starts_with("Lost {"), "{lost}");
    let second = server.ready();
    assert_ne!(first, second);
    assert_eq!(server.pid(), second);
}

#[test]
fn connections_wait_while_a_child_is_replaced() {
    let mut server = Supervised::start(|_| {});
    let first = server.ready();
    server.signal(first, Signal::STOP);
    while state(first) != Some('T') {
        std::thread::yield_now();
    }
    let mut waiting = Client::connect(server.address);
    waiting.send("GET /pid HTTP/1.1\r\nHost: a\r\n\r\n");
    server.signal(first, Signal::KILL);
    assert!(server.line().is_some_and(|line| line.starts_with("Lost {")));
    let second = server.ready();
    assert_eq!(waiting.answer().text(), second.to_string());
}

/// The letter that the kernel gives to the state of a process.
fn state(pid: i32) -> Option<char> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    line.rsplit_once(") ")?.1.chars().next()
}

#[test]
fn a_child_that_exits_by_itself_is_replaced() {
    let mut server = Supervised::start(|_| {});
    server.ready();
    Client::connect(server.address).send("GET /exit HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(server.line().is_some_and(|line| line.starts_with("Lost {")));
    let second = server.ready();
    assert_eq!(server.pid(), second);
}

#[test]
fn an_order_to_stop_is_passed_on() {
    let mut server = Supervised::start(|_| {});
    server.ready();
    let mut idle = Client::connect(server.address);
    assert_eq!(idle.get("/pid").status, 200);
    server.signal(server.parent_pid(), Signal::TERM);
    assert!(idle.is_closed());
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn a_hangup_is_passed_on() {
    let mut server = Supervised::start(|_| {});
    server.ready();
    server.signal(server.parent_pid(), Signal::HUP);
    // The example's child ends at it, and only the child.
    assert!(server.line().is_some_and(|line| line.starts_with("Lost {")));
    let second = server.ready();
    assert_eq!(server.pid(), second);
}

#[test]
fn a_child_that_never_was_ready_ends_the_parent() {
    let mut server = Supervised::start(|command| {
        command.env("SUPERVISED_BROKEN", "no build here");
    });
    assert!(server.line().is_some_and(|line| line.starts_with("GivenUp {")));
    assert_eq!(server.wait().code(), Some(1));
}

#[test]
fn the_child_ends_with_its_parent() {
    let mut server = Supervised::start(|_| {});
    let child = server.ready();
    assert_eq!(server.pid(), child);
    server.signal(server.parent_pid(), Signal::KILL);
    // The child holds the other end of this pipe; it closes when both are gone.
    assert_eq!(server.line(), None);
}
