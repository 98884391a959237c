//! A process that a test has started: its output, its children, signals, its end.

use std::fs;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use crate::PATIENCE;
use crate::log::{Log, Stream};

/// A started process. It and its children are killed when the value is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: Log,
}

/// What is left of a process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// Everything it printed to stdout.
    pub stdout: String,
    /// Everything it printed to stderr.
    pub stderr: String,
}

impl Ended {
    /// Everything it printed: stdout, then stderr.
    #[must_use]
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Process {
    /// Starts `command` with its output captured.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts `command` with its output captured and `input` on its stdin, which must fit into a pipe.
    ///
    /// # Panics
    /// When it cannot be started or does not take the input.
    #[must_use]
    pub fn start_with_input(command: &mut Command, input: &str) -> Self {
        let mut process = Self::spawn(command.stdin(Stdio::piped()));
        let mut stdin = process.child.stdin.take().expect("stdin is piped");
        stdin.write_all(input.as_bytes()).expect("the pipe takes it");
        process
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let log = Log::default();
        log.capture(Stream::Stdout, child.stdout.take().expect("stdout is piped"));
        log.capture(Stream::Stderr, child.stderr.take().expect("stderr is piped"));
        Self { child, log }
    }

    /// What it prints.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// When it has ended.
    pub fn signal(&self, signal: Signal) {
        kill_process(pid(self.pid()), signal).expect("the process runs");
    }

    /// The ids of its direct children.
    #[must_use]
    pub fn children(&self) -> Vec<u32> {
        children_of(self.pid())
    }

    /// Sends a signal to all of its [`children`](Self::children); one that has just ended needs none.
    pub fn signal_children(&self, signal: Signal) {
        for child in self.children() {
            let _ = kill_process(pid(child), signal);
        }
    }

    /// Sends `signal` to one of its [`children`](Self::children) and waits until that child is gone.
    ///
    /// # Panics
    /// When the child has already ended, and after [`PATIENCE`].
    pub fn end_child(&self, child: u32, signal: Signal) {
        let handle = pidfd_open(pid(child), PidfdFlags::empty()).expect("the child runs");
        kill_process(pid(child), signal).expect("the child runs");
        wait_for_exit(&handle);
    }

    /// Sends SIGTERM and waits for the end.
    ///
    /// # Panics
    /// When it has already ended, and after [`PATIENCE`].
    #[must_use]
    pub fn stop(self) -> Ended {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Waits for the end.
    ///
    /// # Panics
    /// After [`PATIENCE`].
    #[must_use]
    pub fn wait(mut self) -> Ended {
        self.log.wait_for_end();
        let status = self.child.wait().expect("the process is our child");
        Ended { status, stdout: self.log.stdout(), stderr: self.log.stderr() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let children = self.children();
            self.child.kill().ok();
            for child in children {
                kill_process(pid(child), Signal::KILL).ok(); // It may follow its parent by itself.
            }
            self.child.wait().ok();
        }
        if std::thread::panicking() {
            eprintln!("--- the process printed:\n{}---", self.log.all());
        }
    }
}

fn pid(raw: u32) -> Pid {
    i32::try_from(raw).ok().and_then(Pid::from_raw).expect("a process id is a positive i32")
}

/// Blocks until the process behind `handle` has ended.
fn wait_for_exit(handle: &OwnedFd) {
    let patience = Timespec::try_from(PATIENCE).expect("a minute fits");
    let mut polled = [PollFd::new(handle, PollFlags::IN)];
    let ready = poll(&mut polled, Some(&patience)).expect("a process handle can be polled");
    assert_eq!(ready, 1, "the process did not end");
}

/// The processes whose parent is `parent`, from `/proc/PID/stat`: the field after the state.
fn children_of(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mut children: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|child: &u32| {
            fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| {
                let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
                fields.split_whitespace().nth(1) == Some(&parent.to_string())
            })
        })
        .collect();
    children.sort_unstable();
    children
}
