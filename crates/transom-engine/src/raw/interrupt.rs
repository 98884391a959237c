//! Breaking out of script: a watchdog thread looks at every isolate a few times per budget and asks the
//! engine to stop the script that has not yielded for too long. Entering script costs two atomic stores.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::context::Waker;
use crate::error::StopReason;

const RUNNING: u8 = 0;
const STOP_CPU: u8 = 1;
const STOP_TERMINATE: u8 = 2;

/// The part of an isolate that other threads may touch.
pub(super) struct Guard {
    /// Odd while script runs; grows with every entry and exit.
    entries: AtomicU64,
    stop: AtomicU8,
    /// The CPU budget does not count now.
    exempt: AtomicBool,
    /// Set when the process has grown: the isolate measures its own heap at the next interrupt.
    measure: AtomicBool,
    context: Waker,
}

impl Guard {
    pub(super) fn new(context: Waker) -> Arc<Self> {
        Arc::new(Self {
            entries: AtomicU64::new(0),
            stop: AtomicU8::new(RUNNING),
            exempt: AtomicBool::new(false),
            measure: AtomicBool::new(false),
            context,
        })
    }

    pub(super) fn enter(&self) {
        self.entries.store(self.entries.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    pub(super) fn leave(&self) {
        self.entries.store(self.entries.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) != RUNNING {
            self.stop.store(RUNNING, Ordering::Relaxed);
        }
    }

    /// Why the script must stop now, if it must. Called by the engine's interrupt hook.
    pub(super) fn stop_reason(&self) -> Option<StopReason> {
        match self.stop.load(Ordering::Relaxed) {
            STOP_CPU => Some(StopReason::CpuBudget),
            STOP_TERMINATE => Some(StopReason::Terminated),
            _ => None,
        }
    }

    /// Whether the isolate is to measure its heap; asks once.
    pub(super) fn take_measure(&self) -> bool {
        self.measure.swap(false, Ordering::Relaxed)
    }

    pub(super) fn set_exempt(&self, exempt: bool) {
        self.exempt.store(exempt, Ordering::Relaxed);
    }

    /// Grants a fresh budget, after a stop inside a run of jobs.
    pub(super) fn renew(&self) {
        self.stop.store(RUNNING, Ordering::Relaxed);
        self.entries.store(self.entries.load(Ordering::Relaxed) + 2, Ordering::Relaxed);
    }
}

/// Asks an isolate, from any thread, to end the script that it runs.
#[derive(Clone)]
pub struct Interrupter(pub(super) Weak<Guard>);

impl Interrupter {
    /// Ends the running script with [`StopReason::Terminated`]. Does nothing when none runs.
    pub fn terminate(&self) {
        if let Some(guard) = self.0.upgrade()
            && guard.entries.load(Ordering::Relaxed) % 2 == 1
        {
            guard.stop.store(STOP_TERMINATE, Ordering::Relaxed);
            guard.context.wake();
        }
    }

    /// Asks the isolate to compare its heap with its limit at the next opportunity.
    pub fn measure_heap(&self) {
        if let Some(guard) = self.0.upgrade() {
            guard.measure.store(true, Ordering::Relaxed);
            guard.context.wake();
        }
    }
}

struct Watched {
    guard: Weak<Guard>,
    seen: u64,
    since: Instant,
}

/// One thread that enforces the CPU budget and the heap limit of any number of isolates.
#[derive(Clone)]
pub struct Watchdog {
    watched: Arc<Mutex<Vec<Watched>>>,
}

impl Watchdog {
    /// Starts the thread. `budget`: how long script may run without yielding. The thread ends when the
    /// last clone of the handle is gone.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(budget: Duration) -> std::io::Result<Self> {
        let watched = Arc::new(Mutex::new(Vec::<Watched>::new()));
        let list = Arc::downgrade(&watched);
        let pause = (budget / 20).clamp(Duration::from_millis(2), Duration::from_millis(100));
        std::thread::Builder::new().name("transom-watchdog".into()).spawn(move || {
            while let Some(list) = list.upgrade() {
                look(&mut list.lock().unwrap_or_else(PoisonError::into_inner), budget);
                drop(list);
                std::thread::sleep(pause);
            }
        })?;
        Ok(Self { watched })
    }

    /// Puts an isolate under the budget, until it ends.
    pub fn watch(&self, interrupter: &Interrupter) {
        let watched = Watched { guard: interrupter.0.clone(), seen: 0, since: Instant::now() };
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).push(watched);
    }
}

fn look(list: &mut Vec<Watched>, budget: Duration) {
    list.retain_mut(|watched| {
        let Some(guard) = watched.guard.upgrade() else { return false };
        let entries = guard.entries.load(Ordering::Relaxed);
        if entries % 2 == 0 || entries != watched.seen || guard.exempt.load(Ordering::Relaxed) {
            watched.seen = entries;
            watched.since = Instant::now();
        } else if watched.since.elapsed() >= budget {
            guard.stop.store(STOP_CPU, Ordering::Relaxed);
            guard.context.wake();
        }
        if entries % 2 == 1 {
            guard.measure.store(true, Ordering::Relaxed);
            guard.context.wake();
        }
        true
    });
}

thread_local! {
    /// Why the engine's interrupt hook ended the script on this thread, until the call returns.
    static STOPPED: Cell<Option<StopReason>> = const { Cell::new(None) };
}

pub(super) fn set_stopped(reason: StopReason) {
    STOPPED.set(Some(reason));
}

/// The reason of the stop that just came out of the engine.
pub(super) fn take_stopped() -> StopReason {
    STOPPED.take().unwrap_or(StopReason::Terminated)
}
