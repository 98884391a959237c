//! Counters: plain atomics per worker, written by one thread and summed when somebody asks.
//!
//! Invariant: each [`WorkerCounters`] has exactly one writer, so a count is a load and a store, with
//! no locked instruction on the request path. What the numbers look like to Prometheus is in
//! `admin.rs`.

use std::fmt;
use std::rc::Rc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http::StatusCode;

/// Upper bounds of the duration histogram, in microseconds: from a cached answer to a slow call.
pub(crate) const BOUNDS_MICROS: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000,
    10_000_000,
];

/// The names of the status classes: index 0 is for answers that never got a head.
pub(crate) const CLASSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// The counters of one worker. The alignment keeps two workers off one cache line.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct WorkerCounters {
    pub(crate) answers: [AtomicU64; CLASSES.len()],
    pub(crate) begun: AtomicU64,
    pub(crate) sent_bytes: AtomicU64,
    pub(crate) received_bytes: AtomicU64,
    pub(crate) durations: [AtomicU64; BOUNDS_MICROS.len() + 1],
    pub(crate) duration_micros: AtomicU64,
    pub(crate) connections_opened: AtomicU64,
    pub(crate) connections_closed: AtomicU64,
    pub(crate) refused: AtomicU64,
}

fn add(counter: &AtomicU64, amount: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(amount), Relaxed);
}

/// The writing end of [`WorkerCounters`]; it cannot leave its thread.
#[derive(Debug)]
pub(crate) struct WorkerMetrics {
    counters: Arc<WorkerCounters>,
    /// `Rc` is not `Send`, which keeps the single writer single.
    _single_thread: Option<Rc<()>>,
}

impl WorkerMetrics {
    pub(crate) fn new(counters: Arc<WorkerCounters>) -> Self {
        // A worker that died left its requests and connections open; they are gone with it.
        let begun = counters.answers.iter().map(|class| class.load(Relaxed)).sum();
        counters.begun.store(begun, Relaxed);
        let opened = counters.connections_opened.load(Relaxed);
        counters.connections_closed.store(opened, Relaxed);
        Self { counters, _single_thread: None }
    }

    pub(crate) fn request_begins(&self) {
        add(&self.counters.begun, 1);
    }

    pub(crate) fn request_ends(&self, status: Option<StatusCode>, sent: u64, duration: Duration) {
        let class = status.map_or(0, |status| usize::from(status.as_u16() / 100).min(5));
        add(&self.counters.answers[class], 1);
        add(&self.counters.sent_bytes, sent);
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MICROS.partition_point(|&bound| bound < micros);
        add(&self.counters.durations[bucket], 1);
        add(&self.counters.duration_micros, micros);
    }

    pub(crate) fn received(&self, bytes: u64) {
        add(&self.counters.received_bytes, bytes);
    }

    pub(crate) fn connection_opened(&self) {
        add(&self.counters.connections_opened, 1);
    }

    pub(crate) fn connection_closed(&self) {
        add(&self.counters.connections_closed, 1);
    }

    /// hyper refused what the client sent before it was a request.
    pub(crate) fn refused(&self) {
        add(&self.counters.refused, 1);
    }
}

/// The counters of the whole server.
#[derive(Debug)]
pub(crate) struct ServerCounters {
    pub(crate) workers: Vec<Arc<WorkerCounters>>,
    pub(crate) restarts: AtomicU64,
    pub(crate) reloads: AtomicU64,
    pub(crate) lost_log_lines: Arc<AtomicU64>,
    pub(crate) gauges: GaugeList,
}

impl ServerCounters {
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            workers: (0..workers).map(|_| Arc::default()).collect(),
            restarts: AtomicU64::new(0),
            reloads: AtomicU64::new(0),
            lost_log_lines: Arc::default(),
            gauges: GaugeList::default(),
        }
    }

    /// Sums one counter over all workers.
    pub(crate) fn sum(&self, counter: impl Fn(&WorkerCounters) -> &AtomicU64) -> u64 {
        self.workers.iter().map(|worker| counter(worker).load(Relaxed)).sum()
    }
}

/// All gauges that applications registered; dead ones are dropped when the list is read.
pub(crate) type GaugeList = Arc<Mutex<Vec<Registered>>>;

#[derive(Debug)]
pub(crate) struct Registered {
    name: &'static str,
    help: &'static str,
    value: Weak<AtomicI64>,
}

/// Registers numbers that an application wants to see in `/_transom/metrics`.
#[derive(Clone, Default)]
pub struct Gauges(pub(crate) GaugeList);

impl Gauges {
    /// A new gauge, exported as `transom_<name>` and summed over all that have this name. It
    /// disappears when the returned handle is dropped.
    pub fn register(&self, name: &'static str, help: &'static str) -> Gauge {
        let value = Arc::new(AtomicI64::new(0));
        let registered = Registered { name, help, value: Arc::downgrade(&value) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(registered);
        Gauge(value)
    }

    /// The sum for each name with its help text, in order of registration.
    pub(crate) fn sums(&self) -> Vec<(&'static str, &'static str, i64)> {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.retain(|gauge| gauge.value.strong_count() > 0);
        let mut sums: Vec<(&'static str, &'static str, i64)> = Vec::new();
        for gauge in list.iter() {
            let value = gauge.value.upgrade().map_or(0, |value| value.load(Relaxed));
            match sums.iter_mut().find(|(name, ..)| *name == gauge.name) {
                Some((.., sum)) => *sum += value,
                None => sums.push((gauge.name, gauge.help, value)),
            }
        }
        sums
    }
}

impl fmt::Debug for Gauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gauges")
    }
}

/// A number of an application; see [`Gauges::register`].
#[derive(Debug, Clone)]
pub struct Gauge(Arc<AtomicI64>);

impl Gauge {
    /// Sets the number.
    pub fn set(&self, value: i64) {
        self.0.store(value, Relaxed);
    }

    /// Adds to the number; the amount may be negative.
    pub fn add(&self, amount: i64) {
        self.0.fetch_add(amount, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gauges_of_one_name_are_summed_and_forgotten_with_their_handle() {
        let gauges = Gauges::default();
        let first = gauges.register("heap_bytes", "Heap");
        let second = gauges.register("heap_bytes", "Heap");
        first.set(3);
        second.add(4);
        assert_eq!(gauges.sums(), [("heap_bytes", "Heap", 7)]);
        drop(first);
        assert_eq!(gauges.sums(), [("heap_bytes", "Heap", 4)]);
    }

    #[test]
    fn durations_fall_into_the_bucket_that_bounds_them() {
        let counters = Arc::new(WorkerCounters::default());
        let metrics = WorkerMetrics::new(Arc::clone(&counters));
        for micros in [0, 50, 51, 20_000_000] {
            metrics.request_ends(Some(StatusCode::OK), 1, Duration::from_micros(micros));
        }
        assert_eq!(counters.durations[0].load(Relaxed), 2);
        assert_eq!(counters.durations[1].load(Relaxed), 1);
        assert_eq!(counters.durations[BOUNDS_MICROS.len()].load(Relaxed), 1);
        assert_eq!(counters.answers[2].load(Relaxed), 4);
    }
}
