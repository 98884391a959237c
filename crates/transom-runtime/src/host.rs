//! The engine of one worker thread, with its event loop: operations, timers, outgoing connections.
//!
//! Invariant: futures of operations run on the thread's `LocalSet`, between entries into script, never inside one.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::spawn_local;
use transom_engine::{
    Exception, Isolate, IsolateOptions, Op, Persistent, Realm, RejectionNews, Scope, ScriptError,
    SharedCode, StartError, Watchdog, trim_allocator, trim_allocators,
};
use transom_identity::OnDemand;
use transom_manifest::Compat;
use transom_permissions::Permissions;
use transom_sessions::Sessions;
use transom_web::{Broadcasts, FetchLimits, HyperClient, Services, SharedTls};

use crate::application::Application;
use crate::environment::Environment;
use crate::exchange::Exchanges;
use crate::identity::Callers;
use crate::log::{Level, LogLine, LogSink};
use crate::respond::Reply;
use crate::timers::Timers;
use crate::{bridge, data, identity, respond, sessions, timers};

/// How errors are displayed; nothing else differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Failed requests show message, code frame and stack.
    Development,
    /// Failed requests show nothing.
    Production,
}

/// What a host needs to know.
#[derive(Clone)]
pub struct HostOptions {
    /// Display of errors.
    pub mode: Mode,
    /// Where answers differ from the reference.
    pub compat: Compat,
    /// Most memory that script may hold, in bytes.
    pub heap_limit: usize,
    /// Ends script that does not yield; shared by all hosts of the process.
    pub watchdog: Watchdog,
    /// What `process.env` shows.
    pub environment: Arc<Environment>,
    /// What handlers may reach.
    pub permissions: Arc<Permissions>,
    /// Folder for state, such as bodies that are too large for memory.
    pub data_folder: PathBuf,
    /// What `context.session` keeps.
    pub sessions: Arc<Sessions>,
    /// Receives the program's output and the runtime's messages.
    pub log: LogSink,
    /// Certificates for outgoing connections, read once per process.
    pub tls: SharedTls,
    /// Keep what is compiled in a form that can be written, for [`Instance::compiled_code`](crate::Instance::compiled_code).
    pub keep_code: bool,
    /// Tells who is calling; `None` where there are no callers, as while building.
    pub identity: Option<Arc<OnDemand>>,
    /// Keeps the collections; `None` where there are none, as while building.
    pub data: Option<Arc<transom_data::OnDemand>>,
    /// What `fetch()` may take.
    pub fetch: FetchLimits,
    /// The channels of the process.
    pub broadcasts: Broadcasts,
}

/// What the operations share with the host.
pub(crate) struct Shared {
    pub(crate) exchanges: Rc<Exchanges>,
    pub(crate) timers: Rc<Timers>,
    pub(crate) services: Services,
    pub(crate) node: transom_node::Services,
    pub(crate) log: LogSink,
    pub(crate) mode: Mode,
    pub(crate) compat: Compat,
    /// Origins that tokens may be sent to, beside the own one.
    pub(crate) token_origins: Vec<String>,
    pub(crate) environment: RefCell<Arc<Environment>>,
    pub(crate) permissions: Arc<Permissions>,
    pub(crate) started: Instant,
    /// Running builds by the number of their realm.
    pub(crate) applications: RefCell<BTreeMap<u32, Arc<Application>>>,
    /// Namespace of the main module of each realm.
    pub(crate) mains: RefCell<BTreeMap<u32, Persistent>>,
    /// Realms whose build is gone, and whose programs have not been told yet.
    retired: RefCell<Vec<Realm>>,
    retiring: Notify,
}

impl Shared {
    pub(crate) fn log(&self, level: Level, label: &str, message: impl Into<String>) {
        (self.log)(LogLine { level, label: Some(label.to_owned()), message: message.into() });
    }

    /// Lets a realm go whose build is gone. Script may be running: a program that wants to know of its end is told
    /// later, and the realm goes then.
    pub(crate) fn retire(&self, realm: &Realm) {
        if self.node.awaits_end(realm.number()) {
            self.timers.release(realm.number());
            self.retired.borrow_mut().push(realm.clone());
            self.retiring.notify_one();
        } else {
            self.release(realm);
        }
    }

    fn next_retired(&self) -> Option<Realm> {
        self.retired.borrow_mut().pop()
    }

    /// Forgets everything that belongs to a realm.
    fn release(&self, realm: &Realm) {
        let number = realm.number();
        self.timers.release(number);
        self.node.release(number);
        let gone = self.applications.borrow_mut().remove(&number);
        let main = self.mains.borrow_mut().remove(&number);
        drop((gone, main)); // After the borrows have ended.
    }

    /// The builds whose modules may stand in a stack trace.
    pub(crate) fn known_applications(&self) -> Vec<Arc<Application>> {
        self.applications.borrow().values().cloned().collect()
    }
}

/// The engine of one worker thread.
pub struct Host {
    isolate: RefCell<Isolate>,
    pub(crate) shared: Rc<Shared>,
    heap_limit: usize,
    turns: Cell<u32>,
    trimmed: Cell<Instant>,
    /// `turns` when memory was last given back at rest.
    rested: Cell<u32>,
    /// Its thread lives as long as anybody holds it.
    _watchdog: Watchdog,
}

/// How often the heap is compared with its limit, in entries into script.
const MEASURE_EVERY: u32 = 4096;
/// How often the clock is looked at, in the same measure, and how often free memory is given back.
const LOOK_EVERY: u32 = 256;
const TRIM_EVERY: Duration = Duration::from_secs(1);
/// A worker at rest collects its garbage when it has entered script so many times since it last did.
const REST_TURNS: u32 = 256;

impl Host {
    /// Starts an engine on this thread, inside a tokio `LocalSet`.
    ///
    /// # Errors
    /// When the thread has an engine already, or it cannot start.
    pub fn new(options: &HostOptions) -> Result<Rc<Self>, StartError> {
        let exchanges = Rc::new(Exchanges::default());
        let timers = Rc::new(Timers::default());
        let http = Rc::new(HyperClient::new(&options.tls, Arc::clone(&options.permissions)));
        let bodies: Rc<Exchanges> = Rc::clone(&exchanges);
        let services = Services::new(http, bodies, options.data_folder.join("tmp"), options.fetch)
            .with_broadcasts(&options.broadcasts);
        let shared = Rc::new(Shared {
            exchanges: Rc::clone(&exchanges),
            timers: Rc::clone(&timers),
            services,
            node: transom_node::Services::new(
                Arc::clone(&options.permissions),
                options.tls.clone(),
            ),
            log: Arc::clone(&options.log),
            mode: options.mode,
            compat: options.compat,
            token_origins: options
                .identity
                .as_ref()
                .map(|identity| identity.token_origins())
                .unwrap_or_default(),
            permissions: Arc::clone(&options.permissions),
            environment: RefCell::new(Arc::clone(&options.environment)),
            started: Instant::now(),
            applications: RefCell::default(),
            mains: RefCell::default(),
            retired: RefCell::default(),
            retiring: Notify::new(),
        });
        let mut ops: Vec<Op> = transom_web::ops(&shared.services);
        ops.extend(transom_node::ops(&shared.node));
        ops.extend(respond::ops(&exchanges));
        ops.extend(timers::ops(&timers));
        ops.extend(bridge::ops(&shared));
        let callers = Callers::new(&exchanges, options);
        ops.extend(identity::ops(&callers));
        ops.extend(data::ops(&callers, options));
        ops.extend(sessions::ops(options));
        let engine = IsolateOptions {
            heap_limit: options.heap_limit,
            keep_code: options.keep_code,
            ..IsolateOptions::default()
        };
        let isolate = Isolate::new(&engine, ops)?;
        options.watchdog.watch(&isolate.interrupter());
        let host = Rc::new(Self {
            isolate: RefCell::new(isolate),
            shared,
            heap_limit: options.heap_limit,
            turns: Cell::new(0),
            rested: Cell::new(0),
            trimmed: Cell::new(Instant::now()),
            _watchdog: options.watchdog.clone(),
        });
        host.run_futures();
        host.run_timers();
        host.end_retired();
        Ok(host)
    }

    /// Futures of operations go to the thread's `LocalSet`; their results come back through [`Isolate::settle`].
    fn run_futures(self: &Rc<Self>) {
        let host = Rc::downgrade(self);
        self.isolate.borrow_mut().set_spawner(Rc::new(move |work| {
            let host = Weak::clone(&host);
            spawn_local(async move {
                let settlement = work.await;
                if let Some(host) = host.upgrade() {
                    let realm = host.isolate.borrow_mut().settle(settlement);
                    if let Some(realm) = realm {
                        host.enter(&realm, |scope| scope.run_jobs());
                    }
                }
            });
        }));
    }

    fn run_timers(self: &Rc<Self>) {
        let (host, timers) = (Rc::downgrade(self), Rc::clone(&self.shared.timers));
        spawn_local(async move {
            loop {
                let (number, realm, callback) = timers.next().await;
                let Some(host) = host.upgrade() else { return };
                let Some(realm) = host.isolate.borrow().realm(realm) else { continue };
                host.enter(&realm, |scope| {
                    let callback = scope.value_of(&callback);
                    let number = scope.number(number as f64);
                    let outcome = scope.call(callback, &[number]);
                    scope.run_jobs();
                    outcome.map(|_| ())
                })
                .unwrap_or_else(|error| host.report(&error, "a timer"));
            }
        });
    }

    /// Tells the programs of retired realms that they end, and lets the realms go.
    fn end_retired(self: &Rc<Self>) {
        let (host, shared) = (Rc::downgrade(self), Rc::clone(&self.shared));
        spawn_local(async move {
            loop {
                shared.retiring.notified().await;
                let Some(host) = host.upgrade() else { return };
                while let Some(realm) = shared.next_retired() {
                    host.end(&realm);
                    shared.release(&realm);
                }
            }
        });
    }

    /// Calls the `exit` listeners of the program in a realm, unless they have been called. Nothing that they leave
    /// waiting happens any more.
    fn end(&self, realm: &Realm) {
        let Some(ending) = self.shared.node.take_ending(realm.number()) else { return };
        let outcome = self.enter(realm, |scope| {
            let ending = scope.value_of(&ending);
            let outcome = scope.call(ending, &[]).map(|_| ());
            scope.discard_jobs();
            outcome
        });
        if let Err(error) = outcome {
            self.report(&error, "a listener of process.on(\"exit\")");
        }
    }

    /// Tells the programs of all realms that they end. For a worker that answers no more requests.
    pub fn end_all(&self) {
        let numbers: Vec<u32> = self.shared.mains.borrow().keys().copied().collect();
        for number in numbers {
            let realm = self.isolate.borrow().realm(number);
            if let Some(realm) = realm {
                self.end(&realm);
            }
        }
    }

    pub(crate) fn new_realm(&self) -> Result<Realm, transom_engine::OpError> {
        self.isolate.borrow_mut().new_realm()
    }

    /// Runs `work` in `realm`, then deals with what became of its jobs.
    pub(crate) fn enter<R>(
        &self,
        realm: &Realm,
        work: impl for<'s> FnOnce(&mut Scope<'s>) -> R,
    ) -> R {
        let result = self.isolate.borrow_mut().scope(realm, work);
        self.after_turn(realm);
        result
    }

    /// As [`Host::enter`], outside of the CPU budget: for built-in code.
    pub(crate) fn enter_unbudgeted<R>(
        &self,
        realm: &Realm,
        work: impl for<'s> FnOnce(&mut Scope<'s>) -> R,
    ) -> R {
        let result = self.isolate.borrow_mut().unbudgeted(|isolate| isolate.scope(realm, work));
        self.after_turn(realm);
        result
    }

    fn after_turn(&self, realm: &Realm) {
        let failed = self.isolate.borrow_mut().take_failed_jobs();
        for (error, context) in failed {
            self.job_failed(realm, &error, &context);
        }
        let unhandled = self.take_unhandled_rejections(realm);
        for exception in unhandled {
            self.report(&ScriptError::Threw(exception), "an unhandled promise rejection");
        }
        while let Some(number) = self.shared.exchanges.next_finished() {
            self.shared.services.request_finished(number as f64);
        }
    }

    /// Rejected promises that nobody handles, after the program's `unhandledrejection` listeners had their say.
    fn take_unhandled_rejections(&self, realm: &Realm) -> Vec<Exception> {
        let mut isolate = self.isolate.borrow_mut();
        if !isolate.has_rejection_news() {
            return Vec::new();
        }
        let main = self.shared.mains.borrow().get(&realm.number()).cloned();
        isolate.take_unhandled_rejections_unless(realm, |scope, news, promise, reason| {
            let Some(main) = &main else { return false };
            let main = scope.value_of(main);
            let name = match news {
                RejectionNews::Unhandled => c"notifyUnhandledRejection",
                RejectionNews::HandledLate => c"notifyHandledLate",
            };
            let Ok(notify) = scope.get(main, name) else { return false };
            let answer = scope.call(notify, &[promise, reason]);
            scope.run_jobs();
            answer.is_ok_and(|answer| answer.as_bool() == Some(true))
        })
    }

    /// A job was ended by the engine: the request it belonged to cannot be answered any more.
    fn job_failed(&self, realm: &Realm, error: &ScriptError, context: &Persistent) {
        let main = self.shared.mains.borrow().get(&realm.number()).cloned();
        let number = self.isolate.borrow_mut().scope(realm, |scope| {
            let (context, main) = (scope.value_of(context), scope.value_of(main.as_ref()?));
            let question = scope.get(main, c"requestOfContext").ok()?;
            scope.set_async_context(context);
            scope.call(question, &[]).ok()?.as_f64()
        });
        match number {
            Some(number) => self.fail_request(number as u64, error),
            None => self.report(error, "a task outside of any request"),
        }
    }

    /// Answers 500 in place of a handler that cannot answer any more.
    pub(crate) fn fail_request(&self, number: u64, error: &ScriptError) {
        self.report(error, "a request");
        let exchanges = &self.shared.exchanges;
        let streaming = exchanges.with(number, |exchange| exchange.writer.take()).flatten();
        match streaming {
            Some(writer) => {
                writer.abort();
                exchanges.finish(number);
            }
            None => exchanges.answer(number, Box::new(Reply::empty(500))),
        }
    }

    /// Logs a failure that no request shows.
    pub(crate) fn report(&self, error: &ScriptError, of: &str) {
        let text = bridge::describe_error(error, &self.shared.known_applications());
        self.shared.log(Level::Error, "runtime", format!("{of} failed: {text}"));
    }

    /// Whether script holds more memory than it may, even after a collection. Looks only now and then.
    pub(crate) fn is_over_limit(&self, realm: &Realm) -> bool {
        self.turns.set(self.turns.get().wrapping_add(1));
        if self.turns.get().is_multiple_of(LOOK_EVERY) && self.trimmed.get().elapsed() > TRIM_EVERY
        {
            trim_allocator();
            self.trimmed.set(Instant::now());
        }
        if !self.turns.get().is_multiple_of(MEASURE_EVERY) {
            return false;
        }
        self.heap_is_full(realm)
    }

    /// Collects garbage and gives free memory back, when enough has been done since the last time to make it worth some
    /// milliseconds.
    pub(crate) fn rest(&self) {
        let turns = self.turns.get().wrapping_sub(self.rested.get());
        if turns < REST_TURNS {
            return;
        }
        self.rested.set(self.turns.get());
        self.collect_garbage();
        trim_allocators();
    }

    fn heap_is_full(&self, realm: &Realm) -> bool {
        let mut isolate = self.isolate.borrow_mut();
        if isolate.heap_bytes(realm) <= self.heap_limit {
            return false;
        }
        isolate.collect_garbage();
        isolate.heap_bytes(realm) > self.heap_limit
    }

    /// What `process.env` shows in instances that start from now on.
    pub fn set_environment(&self, environment: &Arc<Environment>) {
        *self.shared.environment.borrow_mut() = Arc::clone(environment);
    }

    /// See [`Isolate::compiled_code`].
    pub(crate) fn compiled_code(
        &self,
        realm: &Realm,
        further: impl IntoIterator<Item = Arc<SharedCode>>,
    ) -> Vec<u8> {
        self.isolate.borrow_mut().compiled_code(realm, further)
    }

    /// Collects all garbage now.
    pub fn collect_garbage(&self) {
        self.isolate.borrow_mut().collect_garbage();
    }

    /// Bytes that script holds.
    pub fn heap_bytes(&self, realm: &Realm) -> usize {
        self.isolate.borrow_mut().heap_bytes(realm)
    }
}
