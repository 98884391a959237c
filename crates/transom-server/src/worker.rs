//! One worker: a thread with its own runtime, listeners, connections and application.
//!
//! Invariants: everything here belongs to one thread. The worker ends by an order to drain, by a
//! failure that somebody reported, or by a panic that unwinds through [`run`]; `server.rs` then
//! decides whether to replace it. The originals of its listeners live there too, so connections
//! that wait in the backlog survive the worker.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{spawn_local, yield_now};
use tokio::time::timeout;

use crate::access_log::{LogBuffer, LogHandle};
use crate::app::{App, AppFactory, RequestId, StartError, WorkerFailure, WorkerInfo};
use crate::batch::Batch;
use crate::connection::{Activity, Connection, Order, Protocol};
use crate::limits::{KEEP_ALIVE_GRACE, LINGER_TIME};
use crate::metrics::{Gauges, WorkerCounters, WorkerMetrics};
use crate::serve::{self, Protocols};
use crate::settings::WorkerSettings;

/// A worker that began no request for so long is at rest.
const REST_AFTER: Duration = Duration::from_secs(1);

/// Resolution of the clock that ends idle and slow connections.
const TICK: Duration = Duration::from_millis(250);

/// Turns of the event loop after which everything that had arrived has been read and everything
/// that was ready has been written: one to learn of readiness, one to act, one to spare.
const SETTLING_TURNS: usize = 3;

/// Threads per worker for blocking work such as file reads.
const BLOCKING_THREADS: usize = 16;

/// What a new worker thread gets.
pub(crate) struct Setup<F: AppFactory> {
    pub(crate) index: usize,
    pub(crate) workers: usize,
    pub(crate) generation: u64,
    pub(crate) factory: Arc<F>,
    pub(crate) listeners: Vec<TcpListener>,
    pub(crate) settings: Arc<WorkerSettings>,
    pub(crate) counters: Arc<WorkerCounters>,
    pub(crate) gauges: Gauges,
    pub(crate) log: Option<LogHandle>,
    pub(crate) control: UnboundedReceiver<Control<F>>,
    /// Told once whether the application runs.
    pub(crate) ready: mpsc::Sender<Result<(), StartError>>,
}

/// Orders to a worker.
pub(crate) enum Control<F> {
    /// Create the application of a new generation beside the present one.
    Prepare { factory: Arc<F>, generation: u64, done: mpsc::Sender<Result<(), StartError>> },
    /// Give new requests to the prepared application.
    Commit,
    /// Drop the prepared application.
    Discard,
    /// Finish what is in flight and end.
    Drain,
}

/// How a worker ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The application could not be created.
    NotStarted,
    /// As ordered; the number of connections that were cut at the deadline.
    Drained(usize),
    /// Somebody reported that it cannot go on.
    Failed(String),
}

/// A worker with its application.
pub(crate) struct Worker<A> {
    pub(crate) state: Rc<WorkerState>,
    pub(crate) protocols: Protocols,
    app: RefCell<Rc<A>>,
}

impl<A: App> Worker<A> {
    /// The application of the present generation.
    pub(crate) fn app(&self) -> Rc<A> {
        Rc::clone(&self.app.borrow())
    }
}

/// The part of a worker that does not depend on the application.
pub(crate) struct WorkerState {
    pub(crate) settings: Arc<WorkerSettings>,
    pub(crate) metrics: Rc<WorkerMetrics>,
    pub(crate) log: Option<LogBuffer>,
    pub(crate) batch: Rc<Batch>,
    clock: Rc<Cell<u32>>,
    connections: RefCell<HashMap<u64, Rc<Connection>>>,
    next_connection: Cell<u64>,
    next_request: Cell<u64>,
    most_connections: usize,
    closing: Cell<bool>,
    failure: RefCell<Option<String>>,
    /// Told when a connection opened or closed, when the worker starts to close, and of failures.
    changed: Notify,
}

impl WorkerState {
    pub(crate) fn next_request_id(&self) -> RequestId {
        let id = self.next_request.get();
        self.next_request.set(id.wrapping_add(1));
        RequestId(id)
    }

    /// Whether anybody wants to know how long requests take.
    pub(crate) fn measures(&self) -> bool {
        self.log.is_some() || self.settings.measure
    }

    /// Whether the worker is finishing its last requests.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get()
    }

    /// Reports that this worker cannot go on; the first report counts.
    pub(crate) fn fail(&self, reason: String) {
        self.failure.borrow_mut().get_or_insert(reason);
        self.changed.notify_waiters();
    }

    /// Registers a connection until the returned guard is dropped.
    pub(crate) fn open(self: &Rc<Self>, local: SocketAddr, remote: SocketAddr) -> Open {
        let (clock, metrics) = (Rc::clone(&self.clock), Rc::clone(&self.metrics));
        let connection = Rc::new(Connection::new(local, remote, clock, metrics));
        let id = self.next_connection.get();
        self.next_connection.set(id + 1);
        self.connections.borrow_mut().insert(id, Rc::clone(&connection));
        self.metrics.connection_opened();
        self.changed.notify_waiters();
        Open { id, connection, worker: Rc::clone(self) }
    }

    /// Waits until `condition` holds; it is checked whenever something changed.
    async fn until(&self, condition: impl Fn(&Self) -> bool) {
        while !condition(self) {
            self.changed.notified().await;
        }
    }

    fn open_connections(&self) -> usize {
        self.connections.borrow().len()
    }

    /// Ends connections that have been idle or slow for too long.
    fn sweep(&self) {
        let limits = &self.settings.limits;
        for connection in self.connections.borrow().values() {
            let passed = |time: Duration| TICK.saturating_mul(connection.age()) > time;
            let activity = connection.activity();
            match (activity, connection.protocol()) {
                (Activity::Answering, _) => continue,
                (Activity::Silent, _) if passed(limits.header_time) => {
                    connection.give_order(Order::Finish);
                }
                (Activity::Head, _) if passed(limits.header_time) => {
                    connection.give_order(Order::TimeOut);
                }
                (Activity::Idle, Protocol::Http2) if passed(limits.http2_idle) => {
                    connection.give_order(Order::Finish);
                }
                (Activity::Idle, Protocol::Http1)
                    if passed(limits.keep_alive + KEEP_ALIVE_GRACE) =>
                {
                    connection.give_order(Order::Finish);
                }
                _ => {}
            }
            if passed(LINGER_TIME) {
                connection.stop_discarding();
            }
        }
    }

    /// Tells every connection to end. One whose head is still arriving is served first: its answer
    /// says `connection: close` because the worker is closing.
    fn finish_connections(&self) {
        for connection in self.connections.borrow().values() {
            if connection.activity() != Activity::Head {
                connection.give_order(Order::Finish);
            }
        }
    }
}

/// A registered connection.
pub(crate) struct Open {
    id: u64,
    pub(crate) connection: Rc<Connection>,
    worker: Rc<WorkerState>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.worker.connections.borrow_mut().remove(&self.id);
        self.worker.metrics.connection_closed();
        self.worker.changed.notify_waiters();
    }
}

/// Runs a worker on the current thread until it ends.
///
/// # Panics
/// When the system refuses a runtime, and wherever the application panics outside a request.
pub(crate) fn run<F: AppFactory>(setup: Setup<F>) -> Ended {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build_local(LocalOptions::default())
        .expect("the system has resources for an event loop");
    runtime.block_on(work(setup))
}

async fn work<F: AppFactory>(mut setup: Setup<F>) -> Ended {
    let state = Rc::new(WorkerState {
        settings: Arc::clone(&setup.settings),
        metrics: Rc::new(WorkerMetrics::new(Arc::clone(&setup.counters))),
        log: setup.log.take().map(LogBuffer::new),
        batch: Rc::default(),
        clock: Rc::default(),
        connections: RefCell::default(),
        next_connection: Cell::new(0),
        next_request: Cell::new(random()),
        most_connections: (setup.settings.limits.connections / setup.workers).max(1),
        closing: Cell::new(false),
        failure: RefCell::new(None),
        changed: Notify::new(),
    });
    let app = match create(&*setup.factory, setup.info(&state, setup.generation)).await {
        Ok(app) => Rc::new(app),
        Err(error) => {
            // A caller that stopped waiting has given the worker up already.
            drop(setup.ready.send(Err(error)));
            return Ended::NotStarted;
        }
    };
    let protocols = Protocols::new(&setup.settings.limits);
    let worker = Rc::new(Worker { state, protocols, app: RefCell::new(app) });
    for listener in std::mem::take(&mut setup.listeners) {
        spawn_local(accept(Rc::clone(&worker), listener));
    }
    spawn_local(keep_time(Rc::clone(&worker.state)));
    spawn_local(rest(Rc::clone(&worker)));
    spawn_local(Rc::clone(&worker.state.batch).run());
    if let Some(log) = worker.state.log.clone() {
        spawn_local(log.run());
    }
    drop(setup.ready.send(Ok(())));
    obey(&mut setup, &worker).await
}

/// Follows orders until the worker ends.
async fn obey<F: AppFactory>(setup: &mut Setup<F>, worker: &Rc<Worker<F::App>>) -> Ended {
    let state = &worker.state;
    let mut prepared = None;
    loop {
        let order = tokio::select! {
            biased;
            () = state.until(|state| state.failure.borrow().is_some()) => {
                // The answer to the request that failed is written before everything is dropped.
                settle().await;
                return Ended::Failed(state.failure.take().unwrap_or_default());
            }
            order = setup.control.recv() => order,
        };
        match order {
            Some(Control::Prepare { factory, generation, done }) => {
                let created = create(&*factory, setup.info(state, generation)).await;
                let outcome = created.map(|app| prepared = Some(Rc::new(app)));
                drop(done.send(outcome));
            }
            Some(Control::Commit) => {
                if let Some(app) = prepared.take() {
                    // Requests in flight hold the old application until they end.
                    worker.app.replace(app);
                }
            }
            Some(Control::Discard) => prepared = None,
            Some(Control::Drain) | None => {
                let ended = drain(state).await;
                worker.app().end();
                return ended;
            }
        }
    }
}

async fn drain(state: &Rc<WorkerState>) -> Ended {
    state.closing.set(true);
    state.changed.notify_waiters();
    // Requests that have already arrived are read before idle connections are closed.
    settle().await;
    state.finish_connections();
    let done = state.until(|state| state.open_connections() == 0);
    // Whatever is left at the deadline is cut with the runtime.
    drop(timeout(state.settings.limits.drain_time, done).await);
    Ended::Drained(state.open_connections())
}

async fn settle() {
    for _ in 0..SETTLING_TURNS {
        yield_now().await;
    }
}

/// Creates an application; a panic in there is an error like any other.
async fn create<F: AppFactory>(factory: &F, info: WorkerInfo) -> Result<F::App, StartError> {
    AssertUnwindSafe(async { factory.create(info).await })
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(StartError::new(panic_message(&*panic))))
}

impl<F: AppFactory> Setup<F> {
    fn info(&self, state: &Rc<WorkerState>, generation: u64) -> WorkerInfo {
        let state = Rc::downgrade(state);
        WorkerInfo {
            index: self.index,
            workers: self.workers,
            generation,
            gauges: self.gauges.clone(),
            failure: WorkerFailure(Rc::new(move |reason| {
                if let Some(state) = state.upgrade() {
                    state.fail(reason);
                }
            })),
        }
    }
}

/// Accepts connections of one listener until the worker closes.
async fn accept<A: App>(worker: Rc<Worker<A>>, listener: TcpListener) {
    let state = &worker.state;
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return state.fail(format!("cannot watch a listening socket: {error}")),
    };
    loop {
        let room = state.until(|state| {
            state.closing.get() || state.open_connections() < state.most_connections
        });
        room.await;
        let accepted = tokio::select! {
            biased;
            () = state.until(WorkerState::is_closing) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, remote)) => start(&worker, stream, remote),
            // Out of descriptors or memory: the connection stays in the backlog.
            Err(error) if !is_about_one_connection(&error) => tokio::time::sleep(TICK).await,
            Err(_) => {}
        }
    }
    // What waits in the backlog would be reset when the socket is closed; it is served instead.
    if let Ok(listener) = listener.into_std() {
        while let Ok((stream, remote)) = listener.accept() {
            let stream =
                stream.set_nonblocking(true).and_then(|()| tokio::net::TcpStream::from_std(stream));
            if let Ok(stream) = stream {
                start(&worker, stream, remote);
            }
        }
    }
}

/// Whether an error of `accept` says only that one client left early.
fn is_about_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

fn start<A: App>(worker: &Rc<Worker<A>>, stream: tokio::net::TcpStream, remote: SocketAddr) {
    let Ok(local) = stream.local_addr() else { return };
    let open = worker.state.open(local, remote);
    let worker = Rc::clone(worker);
    spawn_local(async move {
        let serving = serve::serve(Rc::clone(&worker), &open.connection, stream);
        if let Err(panic) = AssertUnwindSafe(serving).catch_unwind().await {
            worker.state.fail(panic_message(&*panic));
        }
    });
}

/// Moves the clock and sweeps, as long as there are connections to watch.
async fn keep_time(state: Rc<WorkerState>) {
    loop {
        state.until(|state| state.open_connections() > 0).await;
        tokio::time::sleep(TICK).await;
        state.clock.set(state.clock.get().wrapping_add(1));
        state.sweep();
    }
}

/// Tells the application when the worker has come to rest.
async fn rest<A: App>(worker: Rc<Worker<A>>) {
    let state = &worker.state;
    let mut rested = state.next_request.get();
    loop {
        state
            .until(|state| state.open_connections() > 0 || state.next_request.get() != rested)
            .await;
        let before = state.next_request.get();
        tokio::time::sleep(REST_AFTER).await;
        if state.next_request.get() == before && before != rested {
            worker.app().rest();
            rested = before;
        }
    }
}

/// The text of a panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("without a message"))
}

/// A start for request numbers that differs between workers and restarts.
fn random() -> u64 {
    // Without entropy the numbers still count up from one.
    getrandom::u64().unwrap_or(1)
}
