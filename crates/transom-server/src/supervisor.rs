//! The two processes of `start`: a small parent that owns the listening sockets, and the child that
//! serves (design, decision 10).
//!
//! An abort inside the script engine ends the child. The parent still has the sockets, so clients
//! wait in the backlog until the next child accepts them. Parent and child share one Unix socket:
//! the child writes a byte to it when it is ready, and its end tells each that the other has ended.
//!
//! The child is a copy of the parent and not a program of its own: nothing has to be loaded twice,
//! and what the parent has read and checked is there. That is sound as long as the parent has one thread.
//!
//! Invariants: the parent never accepts, and closes its sockets only after it has passed on an order
//! to stop; it does nothing but wait, without threads and without an event loop.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fork::{Fork, fork};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, setpgid, waitpid};
use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::listener::Listeners;

/// What the child writes when it serves.
const READY: u8 = b'R';

/// A child that lives shorter than this is not replaced at once.
const SHORT_LIFE: Duration = Duration::from_secs(1);

/// Pause before a short-lived child is replaced; doubled each time, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Children in a row that may end before they are ready, after one that was.
const MOST_FAILURES: u32 = 5;

/// Exit code when the child ended without one.
const NO_CODE: u8 = 70;

/// What the parent tells the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildEvent {
    /// A child serves.
    Ready {
        /// Its process number.
        pid: u32,
    },
    /// A child died and is being replaced.
    Lost {
        /// How it ended.
        status: ExitStatus,
    },
    /// Children keep dying before they are ready; the parent gives up.
    GivenUp {
        /// How the last one ended.
        status: ExitStatus,
    },
}

/// Which of the two processes this is, after [`supervise`].
#[derive(Debug)]
pub enum Role {
    /// The child, which is to serve.
    Child(Inherited),
    /// The parent, after its last child has ended.
    Parent {
        /// The exit code that it should end with.
        code: u8,
    },
}

/// Keeps a child running that serves `listeners`, until one ends in an orderly way or cannot be started. Returns in
/// the parent, and in each child.
///
/// `SIGTERM`, `SIGINT` and `SIGHUP` are passed on. A child that fails before it was ever ready ends
/// this at once with its exit code; one that dies later is replaced at once.
///
/// # Errors
/// When the system refuses a process, a socket or a signal handler, or this process has more than one thread.
pub fn supervise(listeners: Listeners, mut report: impl FnMut(ChildEvent)) -> io::Result<Role> {
    let mut parent = Holder { listeners: Some(listeners), signals: Signals::new()? };
    let mut was_ready = false;
    let mut failures = 0;
    loop {
        let started = Instant::now();
        let child = match parent.start()? {
            Start::InChild(line) => return parent.into_child(line).map(Role::Child),
            Start::InParent(child) => child,
        };
        let end = parent.wait(child, &mut report)?;
        was_ready |= end.ready;
        let code = exit_code(end.status);
        if end.stopping || end.status.success() && end.ready {
            return Ok(Role::Parent { code });
        }
        failures = if end.ready { 0 } else { failures + 1 };
        if !was_ready || failures == MOST_FAILURES {
            report(ChildEvent::GivenUp { status: end.status });
            return Ok(Role::Parent { code: if code == 0 { NO_CODE } else { code } });
        }
        report(ChildEvent::Lost { status: end.status });
        if started.elapsed() < SHORT_LIFE && failures > 0 {
            let pause = FIRST_PAUSE.saturating_mul(1 << (failures - 1)).min(LONGEST_PAUSE);
            if parent.signals.stop_within(pause)? {
                return Ok(Role::Parent { code });
            }
        }
    }
}

/// What the parent holds for its children.
struct Holder {
    /// None once an order to stop has been passed on.
    listeners: Option<Listeners>,
    signals: Signals,
}

enum Start {
    InParent(Child),
    InChild(UnixStream),
}

struct Child {
    pid: Pid,
    line: UnixStream,
}

/// How one child ended.
struct End {
    status: ExitStatus,
    ready: bool,
    /// The parent had passed on an order to stop.
    stopping: bool,
}

impl Holder {
    fn start(&self) -> io::Result<Start> {
        if thread_count()? != 1 {
            return Err(io::Error::other("a process with threads cannot be copied"));
        }
        let (ours, theirs) = UnixStream::pair()?;
        // What is still in a buffer would be written by both.
        io::stdout().flush()?;
        io::stderr().flush()?;
        match fork()? {
            Fork::Child => Ok(Start::InChild(theirs)),
            Fork::Parent(pid) => {
                let pid = Pid::from_raw(pid)
                    .ok_or_else(|| io::Error::other("a child without a number"))?;
                Ok(Start::InParent(Child { pid, line: ours }))
            }
        }
    }

    /// The rest of the way of a new child.
    fn into_child(self, line: UnixStream) -> io::Result<Inherited> {
        self.signals.forget();
        // A key press in the terminal reaches the child only through the parent.
        setpgid(None, None)?;
        rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
        let listeners = self.listeners.ok_or(io::ErrorKind::NotConnected)?;
        Ok(Inherited { listeners, parent: Parent(line) })
    }

    /// Waits for the end of a child; passes signals on meanwhile.
    fn wait(&mut self, child: Child, report: &mut impl FnMut(ChildEvent)) -> io::Result<End> {
        let Child { pid, mut line } = child;
        let (mut ready, mut stopping) = (false, None);
        loop {
            let (is_line, is_signal) = wait_for(&line, &self.signals.wake, None)?;
            if is_signal {
                for signal in self.signals.take()? {
                    if signal != Signal::HUP {
                        stopping = Some(signal);
                        // From now on clients are refused as soon as the child stops accepting.
                        self.listeners = None;
                    }
                    // A child that has just ended is noticed in the next turn.
                    let _ = kill_process(pid, signal);
                }
            }
            if is_line {
                let mut byte = [0];
                match line.read(&mut byte) {
                    Ok(1) if byte[0] == READY => {
                        ready = true;
                        report(ChildEvent::Ready { pid: pid.as_raw_pid().unsigned_abs() });
                        if let Some(signal) = stopping {
                            // It may have come before the child listened for signals.
                            let _ = kill_process(pid, signal);
                        }
                    }
                    Ok(1..) => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => {
                        let status = reap(pid)?;
                        return Ok(End { status, ready, stopping: stopping.is_some() });
                    }
                }
            }
        }
    }
}

/// Waits until one of the two can be read, or the time is over.
fn wait_for(
    first: impl AsFd,
    second: impl AsFd,
    most: Option<Duration>,
) -> io::Result<(bool, bool)> {
    let most = most.and_then(|most| Timespec::try_from(most).ok());
    let mut both = [
        PollFd::from_borrowed_fd(first.as_fd(), PollFlags::IN),
        PollFd::from_borrowed_fd(second.as_fd(), PollFlags::IN),
    ];
    match poll(&mut both, most.as_ref()) {
        Ok(_) => Ok((!both[0].revents().is_empty(), !both[1].revents().is_empty())),
        Err(rustix::io::Errno::INTR) => Ok((false, false)),
        Err(error) => Err(error.into()),
    }
}

/// Waits for the end of a child that has closed its line, which it does by ending.
fn reap(pid: Pid) -> io::Result<ExitStatus> {
    loop {
        match waitpid(Some(pid), WaitOptions::empty()) {
            Ok(Some((_, status))) => return Ok(ExitStatus::from_raw(status.as_raw())),
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn thread_count() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}

fn exit_code(status: ExitStatus) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) => u8::try_from(code).unwrap_or(NO_CODE),
        // What shells report for a process that a signal ended.
        (None, Some(signal)) => u8::try_from(128 + signal).unwrap_or(NO_CODE),
        (None, None) => NO_CODE,
    }
}

/// The signals that the parent passes on. Handlers and not a signal mask, because a child would inherit the mask.
struct Signals {
    /// Readable when there is something to take.
    wake: UnixStream,
    arrived: [(Signal, Arc<AtomicBool>); 3],
    handlers: Vec<SigId>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let (wake, end) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let arrived =
            [Signal::TERM, Signal::INT, Signal::HUP].map(|signal| (signal, Arc::default()));
        let mut handlers = Vec::new();
        for ((_, flag), number) in arrived.iter().zip([SIGTERM, SIGINT, SIGHUP]) {
            handlers.push(signal_hook::flag::register(number, Arc::clone(flag))?);
            handlers.push(signal_hook::low_level::pipe::register(number, end.try_clone()?)?);
        }
        Ok(Self { wake, arrived, handlers })
    }

    /// The signals that have come since the last call.
    fn take(&mut self) -> io::Result<Vec<Signal>> {
        let mut bytes = [0; 64];
        match self.wake.read(&mut bytes) {
            Ok(_) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) => {}
            Err(error) => return Err(error),
        }
        let arrived = self.arrived.iter().filter(|(_, flag)| flag.swap(false, Ordering::Relaxed));
        Ok(arrived.map(|(signal, _)| *signal).collect())
    }

    /// Waits, and tells whether an order to stop came meanwhile.
    fn stop_within(&mut self, pause: Duration) -> io::Result<bool> {
        let end = Instant::now() + pause;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            wait_for(&self.wake, &self.wake, Some(left))?;
            if self.take()?.iter().any(|signal| *signal != Signal::HUP) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// In a child, where signals mean something else.
    fn forget(self) {
        for handler in self.handlers {
            signal_hook::low_level::unregister(handler);
        }
    }
}

/// What a child got from its parent.
#[derive(Debug)]
pub struct Inherited {
    /// The sockets to serve.
    pub listeners: Listeners,
    /// The way to the parent.
    pub parent: Parent,
}

/// The child's end of the line to its parent.
#[derive(Debug)]
pub struct Parent(UnixStream);

impl Parent {
    /// Tells the parent that this process serves.
    ///
    /// # Errors
    /// When the parent is gone.
    pub fn tell_ready(&self) -> io::Result<()> {
        (&self.0).write_all(&[READY])
    }

    /// Calls `gone` from a thread of its own when the parent has ended.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn watch(self, gone: impl FnOnce() + Send + 'static) -> io::Result<()> {
        thread::Builder::new().name("transom-parent".to_owned()).spawn(move || {
            let mut line = self.0;
            let mut byte = [0];
            // The parent never writes; reading ends with the parent.
            while line.read(&mut byte).is_ok_and(|count| count > 0) {}
            gone();
        })?;
        Ok(())
    }
}
