//! Breaking out of script: a watchdog thread looks at every isolate a few times per budget and asks the
//! engine to stop the script that has not yielded for too long. Entering script costs two atomic stores.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::context::Waker;
use crate::error::StopReason;

const RUNNING: u8 = 0;
const STOP_CPU: u8 = 1;
const STOP_TERMINATE: u8 = 2;
/// No [`Deadline`] has passed.
const NONE_PASSED: u32 = u32::MAX;

/// The part of an isolate that other threads may touch.
pub(super) struct Guard {
    /// Odd while script runs; grows with every entry and exit.
    entries: AtomicU64,
    stop: AtomicU8,
    /// The CPU budget does not count now.
    exempt: AtomicBool,
    /// Set when the process has grown: the isolate measures its own heap at the next interrupt.
    measure: AtomicBool,
    /// How many scripts with a time of their own run, inside of each other.
    deadlines: AtomicU32,
    /// The outermost of those whose time is over, counted from 0.
    passed: AtomicU32,
    context: Waker,
}

impl Guard {
    pub(super) fn new(context: Waker) -> Arc<Self> {
        Arc::new(Self {
            entries: AtomicU64::new(0),
            stop: AtomicU8::new(RUNNING),
            exempt: AtomicBool::new(false),
            measure: AtomicBool::new(false),
            deadlines: AtomicU32::new(0),
            passed: AtomicU32::new(NONE_PASSED),
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
            _ => {
                (self.passed.load(Ordering::Relaxed) != NONE_PASSED).then_some(StopReason::Deadline)
            }
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

/// Gives the script that runs while this lives a time of its own, after which it is stopped with
/// [`StopReason::Deadline`]. A thread waits for that, as the time may be shorter than the watchdog's pauses.
pub(super) struct Deadline {
    guard: Arc<Guard>,
    number: u32,
    /// Dropped to end the thread.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Deadline {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(guard: &Arc<Guard>, time: Duration) -> std::io::Result<Self> {
        let (running, ended) = channel::<()>();
        let number = guard.deadlines.load(Ordering::Relaxed);
        let of_thread = Arc::clone(guard);
        let thread =
            std::thread::Builder::new().name("transom-deadline".into()).spawn(move || {
                if ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                    of_thread.passed.fetch_min(number, Ordering::Relaxed);
                    of_thread.context.wake();
                }
            })?;
        guard.deadlines.store(number + 1, Ordering::Relaxed);
        Ok(Self { guard: Arc::clone(guard), number, running: Some(running), thread: Some(thread) })
    }

    /// Whether this was the one that stopped the script, and none around it.
    pub(super) fn has_passed(&self) -> bool {
        self.guard.passed.load(Ordering::Relaxed) == self.number
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        drop(self.running.take());
        if let Some(thread) = self.thread.take() {
            // It does not panic, and nobody else needs its result.
            drop(thread.join());
        }
        self.guard.deadlines.store(self.number, Ordering::Relaxed);
        // One that is around this goes on counting.
        let _ = self.guard.passed.compare_exchange(
            self.number,
            NONE_PASSED,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
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
