//! The whole server: starts the workers, replaces those that are lost, reloads and shuts down.
//!
//! Invariants: one monitor thread owns all of this state and does one thing at a time, so a reload
//! never meets a replacement halfway. A reload is all or nothing: every worker has created its new
//! application before the first one uses it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::access_log::LogWriter;
use crate::admin::Admin;
use crate::app::{AppFactory, StartError};
use crate::listener::{BindError, Listeners};
use crate::metrics::{Gauges, ServerCounters};
use crate::settings::{Event, Settings, WorkerSettings};
use crate::worker::{self, Control, Ended, Setup, panic_message};

/// Pause before a worker that was lost right after its start is created again.
const RETRY: Duration = Duration::from_millis(500);

/// A worker that lived shorter than this is replaced only after [`RETRY`].
const SHORT_LIFE: Duration = Duration::from_secs(1);

/// Longest creation of an application. It may load and run code of the project; one that never
/// ends must not keep the server from being reloaded or shut down.
const CREATION_TIME: Duration = Duration::from_secs(60);

/// A running server. Dropping it shuts it down without waiting for the end.
pub struct Server<F: AppFactory> {
    addresses: Vec<SocketAddr>,
    admin: Option<SocketAddr>,
    commands: mpsc::Sender<Command<F>>,
    monitor: Option<JoinHandle<()>>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The application could not be created.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The operator's address cannot be listened on.
    #[error(transparent)]
    Admin(#[from] BindError),
    /// The system refused threads or descriptors.
    #[error("the server cannot start: {0}")]
    System(#[from] io::Error),
}

/// Why a reload did not happen; the generation before goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// A worker could not create the new application.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Stopping,
}

enum Command<F: AppFactory> {
    Reload { factory: Arc<F>, done: mpsc::Sender<Result<u64, ReloadError>> },
    Drain,
    Ended { worker: usize, how: Result<Ended, String> },
}

impl<F: AppFactory> Server<F> {
    /// Starts one worker for each set of sockets in `listeners`; returns when all of them serve.
    ///
    /// # Errors
    /// [`ServerError::Start`] when the application cannot be created; nothing is served then.
    pub fn start(
        factory: F,
        listeners: Listeners,
        mut settings: Settings,
    ) -> Result<Self, ServerError> {
        let count = listeners.workers();
        let counters = Arc::new(ServerCounters::new(count));
        let log = match settings.access_log.take() {
            Some(log) => Some(LogWriter::start(log, Arc::clone(&counters.lost_log_lines))?),
            None => None,
        };
        let ready = Arc::new(AtomicBool::new(false));
        let admin = match settings.admin {
            Some(address) => {
                Some(Admin::start(address, Arc::clone(&counters), Arc::clone(&ready))?)
            }
            None => None,
        };
        let addresses = listeners.addresses().to_vec();
        let admin_address = admin.as_ref().map(Admin::address);
        let (commands, inbox) = mpsc::channel();
        let mut monitor = Monitor {
            workers: (0..count).map(|_| Slot::default()).collect(),
            factory: Arc::new(factory),
            generation: 1,
            phase: Phase::Serving,
            worker_settings: Arc::new(WorkerSettings::new(&settings)),
            settings,
            listeners: Some(listeners),
            counters,
            log,
            ready,
            _admin: admin,
            commands: commands.clone(),
        };
        monitor.start_all()?;
        let monitor = thread::Builder::new()
            .name("transom-monitor".to_owned())
            .spawn(move || monitor.run(&inbox))?;
        Ok(Self { addresses, admin: admin_address, commands, monitor: Some(monitor) })
    }

    /// The addresses that are served, with their real ports.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The operator's address, when there is one.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin
    }

    /// Replaces the application in all workers and returns the number of the new generation.
    /// Blocks until all have created it. Requests in flight end on the old one.
    ///
    /// # Errors
    /// [`ReloadError`] when one worker could not; then all of them keep the old application.
    pub fn reload(&self, factory: F) -> Result<u64, ReloadError> {
        let (done, outcome) = mpsc::channel();
        let command = Command::Reload { factory: Arc::new(factory), done };
        self.commands.send(command).map_err(|_| ReloadError::Stopping)?;
        outcome.recv().unwrap_or(Err(ReloadError::Stopping))
    }

    /// A handle that starts the shutdown, for signal handlers and other threads.
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        let commands = Mutex::new(self.commands.clone());
        ShutdownHandle(Arc::new(move || {
            let commands = commands.lock().unwrap_or_else(PoisonError::into_inner);
            // A server that has ended needs no order to end.
            drop(commands.send(Command::Drain));
        }))
    }

    /// Stops accepting, finishes what is in flight, and ends. Returns at once; [`Server::wait`]
    /// returns when it is done.
    pub fn shutdown(&self) {
        self.shutdown_handle().shutdown();
    }

    /// Waits until the server has ended, which is after a shutdown.
    pub fn wait(mut self) {
        if let Some(monitor) = self.monitor.take() {
            // The monitor does not panic; if it did, there is nothing left to wait for.
            drop(monitor.join());
        }
    }
}

impl<F: AppFactory> fmt::Debug for Server<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl<F: AppFactory> Drop for Server<F> {
    fn drop(&mut self) {
        if self.monitor.is_some() {
            // A monitor that has ended needs no order to end.
            drop(self.commands.send(Command::Drain));
        }
    }
}

/// Starts the shutdown of a [`Server`].
#[derive(Clone)]
pub struct ShutdownHandle(Arc<dyn Fn() + Send + Sync>);

impl ShutdownHandle {
    /// See [`Server::shutdown`].
    pub fn shutdown(&self) {
        (self.0)();
    }
}

impl fmt::Debug for ShutdownHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShutdownHandle")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Draining,
}

/// The place of one worker.
struct Slot<F> {
    /// Present while the worker lives.
    control: Option<UnboundedSender<Control<F>>>,
    started: Option<Instant>,
    /// When a lost worker is to be created again.
    retry_at: Option<Instant>,
}

impl<F> Default for Slot<F> {
    fn default() -> Self {
        Self { control: None, started: None, retry_at: None }
    }
}

struct Monitor<F: AppFactory> {
    workers: Vec<Slot<F>>,
    factory: Arc<F>,
    generation: u64,
    phase: Phase,
    settings: Settings,
    worker_settings: Arc<WorkerSettings>,
    /// Kept so that a backlog outlives its worker; gone when the server shuts down.
    listeners: Option<Listeners>,
    counters: Arc<ServerCounters>,
    log: Option<LogWriter>,
    /// What `/_transom/ready` answers.
    ready: Arc<AtomicBool>,
    _admin: Option<Admin>,
    commands: mpsc::Sender<Command<F>>,
}

impl<F: AppFactory> Monitor<F> {
    /// Starts every worker at the same time; one failure fails all.
    fn start_all(&mut self) -> Result<(), ServerError> {
        let mut waiting = Vec::new();
        for worker in 0..self.workers.len() {
            waiting.push(self.spawn(worker)?);
        }
        for ready in waiting {
            outcome(&ready)?;
        }
        self.ready.store(true, Relaxed);
        Ok(())
    }

    /// Starts the thread of one worker; the receiver tells whether its application runs.
    fn spawn(&mut self, worker: usize) -> io::Result<mpsc::Receiver<Result<(), StartError>>> {
        let (control, orders) = unbounded_channel();
        let (ready, outcome) = mpsc::channel();
        let setup = Setup {
            index: worker,
            workers: self.workers.len(),
            generation: self.generation,
            factory: Arc::clone(&self.factory),
            listeners: self
                .listeners
                .as_ref()
                .map_or_else(|| Ok(Vec::new()), |listeners| listeners.for_worker(worker))?,
            settings: Arc::clone(&self.worker_settings),
            counters: Arc::clone(&self.counters.workers[worker]),
            gauges: Gauges(Arc::clone(&self.counters.gauges)),
            log: self.log.as_ref().map(LogWriter::handle),
            control: orders,
            ready,
        };
        let commands = self.commands.clone();
        thread::Builder::new()
            .name(format!("transom-{worker}"))
            .stack_size(self.settings.stack_bytes)
            .spawn(move || {
                let how = std::panic::catch_unwind(AssertUnwindSafe(|| worker::run(setup)))
                    .map_err(|panic| panic_message(&*panic));
                // Without a monitor nobody waits for this worker.
                drop(commands.send(Command::Ended { worker, how }));
            })?;
        let started = Some(Instant::now());
        self.workers[worker] = Slot { control: Some(control), started, retry_at: None };
        Ok(outcome)
    }

    fn run(mut self, inbox: &mpsc::Receiver<Command<F>>) {
        while self.phase == Phase::Serving || self.is_alive() {
            let command = match self.workers.iter().filter_map(|slot| slot.retry_at).min() {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => inbox.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            match command {
                Ok(Command::Reload { factory, done }) => {
                    // A caller that stopped waiting sees the result in the metrics.
                    drop(done.send(self.reload(factory)));
                }
                Ok(Command::Drain) => self.drain(),
                Ok(Command::Ended { worker, how }) => self.ended(worker, how),
                Err(RecvTimeoutError::Timeout) => self.retry(),
                // The monitor has a sender of its own, so this does not happen.
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if let Some(log) = &mut self.log {
            log.finish();
        }
    }

    fn is_alive(&self) -> bool {
        self.workers.iter().any(|slot| slot.control.is_some())
    }

    fn drain(&mut self) {
        self.phase = Phase::Draining;
        self.ready.store(false, Relaxed);
        // The workers hold copies until they have taken what waits in the backlog.
        self.listeners = None;
        for slot in &mut self.workers {
            slot.retry_at = None;
            if let Some(control) = &slot.control {
                // A worker that is just ending will say so.
                drop(control.send(Control::Drain));
            }
        }
    }

    fn ended(&mut self, worker: usize, how: Result<Ended, String>) {
        let slot = &mut self.workers[worker];
        let life = slot.started.map_or(Duration::ZERO, |started| started.elapsed());
        slot.control = None;
        let reason = match how {
            Ok(Ended::Drained(0)) => return,
            Ok(Ended::Drained(connections)) => {
                return self.settings.events.tell(Event::DrainCut { connections });
            }
            // `replace` has told why.
            Ok(Ended::NotStarted) => return,
            Ok(Ended::Failed(reason)) | Err(reason) => reason,
        };
        self.settings.events.tell(Event::WorkerLost { worker, reason });
        if self.phase == Phase::Draining {
            return;
        }
        self.counters.restarts.fetch_add(1, Relaxed);
        if life < SHORT_LIFE {
            self.workers[worker].retry_at = Some(Instant::now() + RETRY);
        } else {
            self.replace(worker);
        }
    }

    fn retry(&mut self) {
        let now = Instant::now();
        for worker in 0..self.workers.len() {
            if self.workers[worker].retry_at.is_some_and(|due| due <= now) {
                self.workers[worker].retry_at = None;
                self.replace(worker);
            }
        }
    }

    fn replace(&mut self, worker: usize) {
        let outcome = self
            .spawn(worker)
            .map_err(|error| StartError::new(error.to_string()))
            .and_then(|ready| outcome(&ready));
        match outcome {
            Ok(()) => self.settings.events.tell(Event::WorkerReplaced { worker }),
            Err(error) => {
                let reason = error.to_string();
                self.settings.events.tell(Event::ReplacementFailed { worker, reason });
                self.workers[worker].retry_at = Some(Instant::now() + RETRY);
            }
        }
    }

    fn reload(&mut self, factory: Arc<F>) -> Result<u64, ReloadError> {
        if self.phase != Phase::Serving {
            return Err(ReloadError::Stopping);
        }
        let generation = self.generation + 1;
        let mut waiting = Vec::new();
        for control in self.workers.iter().filter_map(|slot| slot.control.as_ref()) {
            let (done, created) = mpsc::channel();
            let factory = Arc::clone(&factory);
            // A worker that is gone drops `done`, which counts as a failure below.
            drop(control.send(Control::Prepare { factory, generation, done }));
            waiting.push(created);
        }
        let mut result = Ok(());
        for done in waiting {
            result = result.and(outcome(&done));
        }
        for control in self.workers.iter().filter_map(|slot| slot.control.as_ref()) {
            let order = if result.is_ok() { Control::Commit } else { Control::Discard };
            // A worker lost in between is replaced with the generation that counts then.
            drop(control.send(order));
        }
        result?;
        self.factory = factory;
        self.generation = generation;
        self.counters.reloads.fetch_add(1, Relaxed);
        Ok(generation)
    }
}

/// Waits until a worker has created its application.
fn outcome(ready: &mpsc::Receiver<Result<(), StartError>>) -> Result<(), StartError> {
    ready.recv_timeout(CREATION_TIME).unwrap_or_else(|error| {
        Err(StartError::new(match error {
            RecvTimeoutError::Timeout => "the application was not created in time",
            RecvTimeoutError::Disconnected => {
                "the worker was lost while it created the application"
            }
        }))
    })
}
