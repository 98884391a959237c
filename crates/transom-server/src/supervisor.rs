//! The two processes of `start`: a small parent that owns the listening sockets, and the child that
//! serves (design, decision 10).
//!
//! An abort inside the script engine ends the child. The parent still has the sockets, so clients
//! wait in the backlog until the next child accepts them. Parent and child share one Unix socket:
//! the child writes a byte to it when it is ready, and its end tells the child that the parent died.
//!
//! Invariants: the parent never accepts, and closes its sockets only after it has passed on an order
//! to stop; it does nothing but wait. [`Inherited::from_env`] is the child's first act, before it has threads.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt, FdMapping};
use listenfd::ListenFd;
use rustix::process::{Pid, Signal, kill_process};
use socket2::{Domain, Type};
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

use crate::listener::Listeners;

/// The first descriptor after standard input, output and error, as in systemd's protocol.
const FIRST_FD: i32 = 3;

/// Tells the child for how many workers it got sockets; its presence says that there is a parent.
const WORKERS_VARIABLE: &str = "TRANSOM_INHERITED_WORKERS";

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

/// Runs `command` with the sockets of `listeners`, again and again, until it ends in an orderly way
/// or cannot be started; returns the exit code for the parent.
///
/// `SIGTERM`, `SIGINT` and `SIGHUP` are passed on. A child that fails before it was ever ready ends
/// this at once with its exit code; one that dies later is replaced at once.
///
/// # Errors
/// When the system refuses a process, a socket or a signal handler.
pub fn supervise(
    mut command: impl FnMut() -> Command,
    listeners: Listeners,
    mut report: impl FnMut(ChildEvent),
) -> io::Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut listeners = Some(listeners);
        let mut signals = Signals::new()?;
        let mut was_ready = false;
        let mut failures = 0;
        loop {
            let started = Instant::now();
            let end = run_once(command(), &mut listeners, &mut signals, &mut report).await?;
            was_ready |= end.ready;
            let code = exit_code(end.status);
            if end.stopping || end.status.success() && end.ready {
                return Ok(code);
            }
            failures = if end.ready { 0 } else { failures + 1 };
            if !was_ready || failures == MOST_FAILURES {
                report(ChildEvent::GivenUp { status: end.status });
                return Ok(if code == 0 { NO_CODE } else { code });
            }
            report(ChildEvent::Lost { status: end.status });
            if started.elapsed() < SHORT_LIFE && failures > 0 {
                let pause = FIRST_PAUSE.saturating_mul(1 << (failures - 1)).min(LONGEST_PAUSE);
                if signals.stop_within(pause).await {
                    return Ok(code);
                }
            }
        }
    })
}

/// How one child ended.
struct End {
    status: ExitStatus,
    ready: bool,
    /// The parent had passed on an order to stop.
    stopping: bool,
}

async fn run_once(
    mut command: Command,
    held: &mut Option<Listeners>,
    signals: &mut Signals,
    report: &mut impl FnMut(ChildEvent),
) -> io::Result<End> {
    let Some(listeners) = held else { return Err(io::ErrorKind::NotConnected.into()) };
    let (ours, theirs) = UnixStream::pair()?;
    let mut descriptors: Vec<OwnedFd> = Vec::new();
    for socket in listeners.sockets() {
        descriptors.push(socket.try_clone()?.into());
    }
    descriptors.push(theirs.into());
    command
        .stdin(Stdio::null())
        // A key press in the terminal reaches the child only through the parent.
        .process_group(0)
        .env("LISTEN_FDS", descriptors.len().to_string())
        .env("LISTEN_FDS_FIRST_FD", FIRST_FD.to_string())
        .env_remove("LISTEN_PID")
        .env(WORKERS_VARIABLE, listeners.workers().to_string());
    let mappings = (FIRST_FD..)
        .zip(descriptors)
        .map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd })
        .collect();
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    let mut command = tokio::process::Command::from(command);
    let mut child = command.kill_on_drop(true).spawn()?;
    // The parent's copies of what the child got must be closed, or its end would go unnoticed.
    drop(command);
    ours.set_nonblocking(true)?;
    let mut ours = tokio::net::UnixStream::from_std(ours)?;
    let pid = child.id().unwrap_or_default();
    let (mut ready, mut stopping, mut silent) = (false, false, false);
    loop {
        let mut byte = [0];
        tokio::select! {
            status = child.wait() => {
                // It may have become ready just before; what it wrote is still there.
                let late = matches!(ours.try_read(&mut byte), Ok(1)) && byte[0] == READY;
                return Ok(End { status: status?, ready: ready || late, stopping });
            }
            count = ours.read(&mut byte), if !silent => match count {
                Ok(1) if byte[0] == READY => {
                    ready = true;
                    report(ChildEvent::Ready { pid });
                }
                Ok(1..) => {}
                Ok(0) | Err(_) => silent = true,
            },
            signal = signals.next() => {
                if signal != Signal::HUP {
                    stopping = true;
                    // From now on clients are refused as soon as the child stops accepting.
                    *held = None;
                }
                if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
                    // A child that has just ended is noticed in the next turn.
                    let _ = kill_process(pid, signal);
                }
            }
        }
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) => u8::try_from(code).unwrap_or(NO_CODE),
        // What shells report for a process that a signal ended.
        (None, Some(signal)) => u8::try_from(128 + signal).unwrap_or(NO_CODE),
        (None, None) => NO_CODE,
    }
}

/// The signals that the parent passes on.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::TERM,
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.hangup.recv() => Signal::HUP,
        }
    }

    /// Waits, and tells whether an order to stop came meanwhile.
    async fn stop_within(&mut self, pause: Duration) -> bool {
        let stop = async { while self.next().await == Signal::HUP {} };
        tokio::time::timeout(pause, stop).await.is_ok()
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

impl Inherited {
    /// Takes what the parent passed on; nothing when this process has no such parent. To be called
    /// once, before the process has other threads, because it clears environment variables.
    ///
    /// # Errors
    /// When the environment promises sockets that are not there.
    pub fn from_env() -> io::Result<Option<Self>> {
        // Programs that a child starts inherit its environment, but not what `listenfd` removes.
        let is_child = std::env::var_os("LISTEN_FDS").is_some();
        let Some(workers) = std::env::var(WORKERS_VARIABLE).ok().filter(|_| is_child) else {
            return Ok(None);
        };
        let broken = || io::Error::other("the sockets of the parent process are missing");
        let workers = workers.parse().map_err(|_| broken())?;
        let mut passed = ListenFd::from_env();
        let count = passed.len().checked_sub(1).ok_or_else(broken)?;
        let mut sockets = Vec::with_capacity(count);
        for index in 0..count {
            sockets.push(passed.take_tcp_listener(index)?.ok_or_else(broken)?);
        }
        let (family, kind) = (Domain::UNIX.into(), Type::STREAM.into());
        let parent = passed.take_custom(count, family, kind, "unix stream")?.ok_or_else(broken)?;
        Ok(Some(Self { listeners: Listeners::adopt(sockets, workers)?, parent: Parent(parent) }))
    }
}

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
