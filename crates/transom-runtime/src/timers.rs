//! Timers of script: one heap of deadlines and one sleeping task per worker.
//!
//! Order: by deadline, then by the order in which they were set (HTML, "run steps after a timeout").

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use transom_engine::{Args, Op, OpError, Persistent, Scope, Value};

/// The longest delay; longer ones would fire at once in a browser, here they fire in about 25 days.
const MAX_DELAY_MS: f64 = 2_147_483_647.0;

struct Timer {
    realm: u32,
    /// The period of a repeating timer.
    period: Option<Duration>,
}

#[derive(Default)]
pub(crate) struct Timers {
    last: Cell<u64>,
    due: RefCell<BinaryHeap<Reverse<(Instant, u64)>>>,
    live: RefCell<HashMap<u64, Timer>>,
    /// What each realm wants called with the number of a timer that is due.
    callbacks: RefCell<HashMap<u32, Persistent>>,
    changed: Notify,
}

impl Timers {
    fn start(&self, realm: u32, delay_ms: f64, repeat: bool) -> u64 {
        let delay = Duration::from_secs_f64(delay_ms.clamp(0.0, MAX_DELAY_MS) / 1000.0);
        let number = self.last.get() + 1;
        self.last.set(number);
        // A repeating timer without delay must leave room for everything else.
        let period = repeat.then(|| delay.max(Duration::from_millis(1)));
        self.live.borrow_mut().insert(number, Timer { realm, period });
        let deadline = Instant::now() + delay;
        let first =
            self.due.borrow().peek().is_none_or(|Reverse((earliest, _))| deadline < *earliest);
        self.due.borrow_mut().push(Reverse((deadline, number)));
        if first {
            self.changed.notify_one();
        }
        number
    }

    fn cancel(&self, number: u64) {
        self.live.borrow_mut().remove(&number);
    }

    /// Forgets everything that belongs to a realm.
    pub(crate) fn release(&self, realm: u32) {
        self.live.borrow_mut().retain(|_, timer| timer.realm != realm);
        let callback = self.callbacks.borrow_mut().remove(&realm);
        drop(callback);
    }

    /// Waits until a timer is due and returns its number, its realm and what to call.
    pub(crate) async fn next(&self) -> (u64, u32, Persistent) {
        loop {
            let earliest = self.due.borrow().peek().map(|Reverse(entry)| *entry);
            let Some((deadline, number)) = earliest else {
                self.changed.notified().await;
                continue;
            };
            if !self.live.borrow().contains_key(&number) {
                self.due.borrow_mut().pop();
                continue;
            }
            if Instant::now() < deadline {
                tokio::select! {
                    () = tokio::time::sleep_until(deadline) => {}
                    () = self.changed.notified() => {}
                }
                continue;
            }
            self.due.borrow_mut().pop();
            if let Some(found) = self.fire(number) {
                return found;
            }
        }
    }

    fn fire(&self, number: u64) -> Option<(u64, u32, Persistent)> {
        let mut live = self.live.borrow_mut();
        let timer = live.get(&number)?;
        let realm = timer.realm;
        match timer.period {
            Some(period) => self.due.borrow_mut().push(Reverse((Instant::now() + period, number))),
            None => {
                live.remove(&number);
            }
        }
        Some((number, realm, self.callbacks.borrow().get(&realm)?.clone()))
    }
}

/// The ops of timers.
pub(crate) fn ops(timers: &Rc<Timers>) -> Vec<Op> {
    let [start, cancel, on_fire] = std::array::from_fn(|_| Rc::clone(timers));
    vec![
        Op::raw("timer_start", move |scope, args| {
            let delay = args.get(0).as_f64().unwrap_or(0.0);
            let repeat = args.get(1).as_bool().unwrap_or(false);
            let number = start.start(scope.realm_number(), delay, repeat);
            Ok(scope.number(number as f64))
        }),
        Op::new("timer_cancel", move |number: f64| cancel.cancel(number as u64)),
        Op::raw("timer_on_fire", move |scope, args| on_timer(&on_fire, scope, args)),
    ]
}

fn on_timer<'s>(
    timers: &Timers,
    scope: &mut Scope<'s>,
    args: Args<'s>,
) -> Result<Value<'s>, OpError> {
    let callback = scope.persist(args.get(0));
    let realm = scope.realm_number();
    let earlier = timers.callbacks.borrow_mut().insert(realm, callback);
    drop(earlier);
    Ok(scope.undefined())
}
