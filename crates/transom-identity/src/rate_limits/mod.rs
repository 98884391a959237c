//! Rate limits of guards: so many calls in a time for each caller, spread evenly after the first burst (the generic cell
//! rate algorithm of ITU-T I.371).
//!
//! A server whose store is its own counts in memory. Servers that share one are one service, and still do not write to
//! it for every call: the first half of what a caller may do is counted here and handed in a little later, for all
//! callers together; who has used more is decided in the store, call by call. Who has used up everything is refused
//! without asking. A caller that was not seen for a while is looked up first. When the store does not answer within a
//! moment, each server decides by what it knows, and leaves the store alone for a while.

mod counters;
mod ledger;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use transom_store::SharedStore;

use crate::patience::{Asked, Patience};
use counters::{Counters, Decision, Terms};

/// How long calls may be counted here alone before they are handed in.
const HAND_IN_EVERY: Duration = Duration::from_millis(200);
/// How often what has been used up long ago is removed from the store.
const CLEAN_EVERY: Duration = Duration::from_secs(10 * 60);

/// What a caller of a limit is known by.
type Key = [u8; 32];

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many calls, at least one.
    pub calls: u32,
    /// In this time.
    pub window: Duration,
}

/// The counters of a server. Copies are handles on the same ones.
#[derive(Debug, Clone)]
pub struct RateLimits {
    counters: Arc<Mutex<Counters>>,
    /// `None` where this server is the only one.
    store: Option<Arc<SharedStore>>,
    patience: Arc<Patience>,
    /// When calls are handed in next, and when the store was last cleaned.
    times: Arc<Mutex<Times>>,
}

#[derive(Debug, Default)]
struct Times {
    hand_in: Option<Instant>,
    cleaned: Option<Instant>,
}

impl RateLimits {
    /// Counters that are shared where `store` is.
    #[must_use]
    pub fn new(store: &Arc<SharedStore>) -> Self {
        let store = store.is_shared_by_machines().then(|| Arc::clone(store));
        Self { counters: Arc::default(), store, patience: Arc::default(), times: Arc::default() }
    }

    /// Counts a call. `caller` is any text; of an IPv6 address the network counts, since one machine has all of it.
    ///
    /// # Errors
    /// How long the caller has to wait.
    pub async fn take(&self, what: &str, caller: &str, rate: Rate) -> Result<(), Duration> {
        let (key, terms) = (key(what, caller), Terms::from(rate));
        let Some(store) = &self.store else {
            return self.with(|counters| counters.take_alone(key, terms, now_us()));
        };
        if !self.with(|counters| counters.knows(&key, now_us())) {
            let shared = Arc::clone(store);
            let found = self.patience.ask(async move { ledger::find(&shared, &key).await }).await;
            if let Some(full_at) = found.answer() {
                self.with(|counters| counters.learn(key, full_at, now_us()));
            }
        }
        match self.with(|counters| counters.decide(key, terms, now_us())) {
            Decision::Refused(wait) => Err(wait),
            Decision::Granted => {
                self.hand_in_soon(store);
                Ok(())
            }
            Decision::Ask { pending } => self.ask(store, key, terms, pending).await,
        }
    }

    /// Has the store decide on a call.
    async fn ask(
        &self,
        store: &Arc<SharedStore>,
        key: Key,
        terms: Terms,
        pending: i64,
    ) -> Result<(), Duration> {
        let (now, shared) = (now_us(), Arc::clone(store));
        let charge = async move { ledger::charge(&shared, &key, terms, pending, now).await };
        let asked = self.patience.ask(charge).await;
        self.with(|counters| match asked {
            Asked::Answered(charged) => {
                counters.learn(key, charged.full_at, now_us());
                if charged.granted { Ok(()) } else { Err(terms.wait(charged.full_at, now)) }
            }
            // The store will still be told of what is pending.
            Asked::Late => counters.take_alone(key, terms, now_us()),
            Asked::Failed | Asked::Away => {
                counters.give_back(key, pending);
                counters.take_alone(key, terms, now_us())
            }
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Counters) -> T) -> T {
        work(&mut self.counters.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hands in what was counted, soon and for all callers at once.
    fn hand_in_soon(&self, store: &Arc<SharedStore>) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is overdue by far ended with its thread.
        let is_coming = times.hand_in.is_some_and(|at| at.elapsed() < 5 * HAND_IN_EVERY);
        if is_coming {
            return;
        }
        times.hand_in = Some(Instant::now() + HAND_IN_EVERY);
        let is_dirty = times.cleaned.is_none_or(|at| at.elapsed() >= CLEAN_EVERY);
        if is_dirty {
            times.cleaned = Some(Instant::now());
        }
        drop(times);
        let (limits, store) = (self.clone(), Arc::clone(store));
        tokio::spawn(async move {
            tokio::time::sleep(HAND_IN_EVERY).await;
            limits.times.lock().unwrap_or_else(PoisonError::into_inner).hand_in = None;
            // What cannot be handed in is counted here as before.
            limits.hand_in(&store).await;
            if is_dirty {
                let _ = ledger::remove_old(&store, now_us()).await;
            }
        });
    }

    async fn hand_in(&self, store: &Arc<SharedStore>) {
        loop {
            let some = self.with(|counters| counters.take_pending(ledger::MOST_AT_ONCE));
            if some.is_empty() {
                return;
            }
            let (shared, told, now) = (Arc::clone(store), some.clone(), now_us());
            let add = async move { ledger::add(&shared, &told, now).await };
            match self.patience.ask(add).await {
                Asked::Answered(known) => self.with(|counters| {
                    for (key, full_at) in known {
                        counters.learn(key, full_at, now_us());
                    }
                }),
                Asked::Late => return, // It is still on its way.
                Asked::Failed | Asked::Away => {
                    return self.with(|counters| {
                        for (key, pending) in some {
                            counters.give_back(key, pending);
                        }
                    });
                }
            }
        }
    }
}

/// Microseconds since 1970: servers that share a store compare theirs.
fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn key(what: &str, caller: &str) -> Key {
    let network = match caller.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => Ipv6Addr::from(u128::from(address) >> 64 << 64).to_string(),
        },
        _ => caller.to_owned(),
    };
    let hash = digest(&SHA256, format!("{what}\0{network}").as_bytes());
    let mut key = [0; 32];
    key.copy_from_slice(hash.as_ref());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_one_network() {
        assert_eq!(key("x", "2001:db8::1"), key("x", "2001:db8::ffff:2"));
        assert_ne!(key("x", "2001:db8::1"), key("x", "2001:db8:0:1::1"));
        assert_eq!(key("x", "::ffff:10.0.0.1"), key("x", "10.0.0.1"));
        assert_ne!(key("x", "10.0.0.1"), key("x", "10.0.0.2"));
    }
}
