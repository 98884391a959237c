//! What a server knows of its callers. All times are microseconds since 1970.

use std::collections::HashMap;
use std::time::Duration;

use super::{Key, Rate};

/// Callers that are remembered at most. Beyond it those whose time is over are forgotten, and then any.
const MOST: usize = 100_000;
/// How long what the store said is believed without asking again.
const BELIEVED_US: i64 = 1_000_000;
/// Limits below this are decided in the store from the first call on: half of them is next to nothing.
const FEWEST_TO_SHARE_OUT: i64 = 4;

/// A limit in the terms of the algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) window: i64,
    /// What a call uses up of it.
    pub(super) one: i64,
}

impl From<Rate> for Terms {
    fn from(rate: Rate) -> Self {
        let window = i64::try_from(rate.window.as_micros()).unwrap_or(i64::MAX / 4);
        let window = window.min(i64::MAX / 4);
        Self { window, one: window / i64::from(rate.calls.max(1)) }
    }
}

impl Terms {
    /// How long a caller waits for the next call who is full at this time.
    pub(super) fn wait(self, full_at: i64, now: i64) -> Duration {
        let wait = full_at.saturating_add(self.one).saturating_sub(now.saturating_add(self.window));
        Duration::from_micros(wait.max(1).unsigned_abs())
    }
}

/// What comes of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Granted,
    Refused(Duration),
    /// The store decides; `pending` is what it does not know of yet.
    Ask {
        pending: i64,
    },
}

#[derive(Debug, Default, Clone, Copy)]
struct Counter {
    /// When the caller would have used up nothing.
    full_at: i64,
    /// The part of it that the store does not know of.
    pending: i64,
    /// When the store was last heard.
    heard: i64,
}

/// The callers by what they are known by.
#[derive(Debug, Default)]
pub(super) struct Counters {
    callers: HashMap<Key, Counter>,
}

impl Counters {
    /// Counts a call without anybody else.
    pub(super) fn take_alone(&mut self, key: Key, terms: Terms, now: i64) -> Result<(), Duration> {
        let counter = self.counter(key, now);
        let from = usable(counter.full_at, terms, now);
        if from + terms.one > now + terms.window {
            return Err(terms.wait(from, now));
        }
        counter.full_at = from + terms.one;
        counter.pending += terms.one;
        Ok(())
    }

    /// Whether the store was heard of this caller a moment ago.
    pub(super) fn knows(&self, key: &Key, now: i64) -> bool {
        self.callers.get(key).is_some_and(|counter| (now - counter.heard).abs() < BELIEVED_US)
    }

    /// Takes over what the store knows.
    pub(super) fn learn(&mut self, key: Key, full_at: i64, now: i64) {
        let counter = self.counter(key, now);
        counter.full_at = counter.full_at.max(full_at.max(now).saturating_add(counter.pending));
        counter.heard = now;
    }

    /// Decides on a call, as far as that can be done here.
    pub(super) fn decide(&mut self, key: Key, terms: Terms, now: i64) -> Decision {
        let counter = self.counter(key, now);
        let from = usable(counter.full_at, terms, now);
        if from + terms.one > now + terms.window {
            return Decision::Refused(terms.wait(from, now));
        }
        let is_in_half = terms.one <= terms.window / FEWEST_TO_SHARE_OUT
            && from + terms.one <= now + terms.window / 2;
        if !is_in_half {
            return Decision::Ask { pending: std::mem::take(&mut counter.pending) };
        }
        counter.full_at = from + terms.one;
        counter.pending += terms.one;
        Decision::Granted
    }

    /// Notes that the store has not been told after all.
    pub(super) fn give_back(&mut self, key: Key, pending: i64) {
        self.callers.entry(key).or_default().pending += pending;
    }

    /// Takes what the store is to be told of some callers, in the order of their keys.
    pub(super) fn take_pending(&mut self, most: usize) -> Vec<(Key, i64)> {
        let waiting = self.callers.iter_mut().filter(|(_, counter)| counter.pending > 0);
        let mut taken: Vec<(Key, i64)> = waiting
            .take(most)
            .map(|(key, counter)| (*key, std::mem::take(&mut counter.pending)))
            .collect();
        taken.sort_unstable();
        taken
    }

    fn counter(&mut self, key: Key, now: i64) -> &mut Counter {
        if self.callers.len() >= MOST {
            self.callers.retain(|_, counter| counter.full_at > now);
            if self.callers.len() >= MOST {
                self.callers.clear();
            }
        }
        self.callers.entry(key).or_default()
    }
}

/// From when on a caller's next call counts. A clock that was set back must not lock callers out.
fn usable(full_at: i64, terms: Terms, now: i64) -> i64 {
    full_at.clamp(now, now.saturating_add(terms.window))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn per_minute(calls: u32) -> Terms {
        Rate { calls, window: Duration::from_secs(60) }.into()
    }

    #[test]
    fn a_burst_and_then_evenly() {
        let mut counters = Counters::default();
        let mut take = |caller: u8, second: i64| {
            counters.take_alone([caller; 32], per_minute(3), second * SECOND)
        };
        for _ in 0..3 {
            assert_eq!(take(1, 1000), Ok(()));
        }
        assert_eq!(take(1, 1000), Err(Duration::from_secs(20)));
        assert_eq!(take(1, 1019), Err(Duration::from_secs(1)));
        assert_eq!(take(2, 1019), Ok(()), "others have their own");
        assert_eq!(take(1, 1020), Ok(()));
        assert_eq!(take(1, 1020), Err(Duration::from_secs(20)));
        // The clock is set back by an hour: nobody is locked out for longer than the time of the limit.
        assert_eq!(take(1, 1000 - 3600), Err(Duration::from_secs(20)));
    }

    #[test]
    fn half_is_counted_here_and_the_rest_in_the_store() {
        let (mut counters, key, terms) = (Counters::default(), [1; 32], per_minute(10));
        let now = 1000 * SECOND;
        for _ in 0..5 {
            assert_eq!(counters.decide(key, terms, now), Decision::Granted);
        }
        assert_eq!(counters.decide(key, terms, now), Decision::Ask { pending: 30 * SECOND });
        // Another server has used three.
        counters.learn(key, now + 54 * SECOND, now);
        assert_eq!(counters.decide(key, terms, now), Decision::Ask { pending: 0 });
        counters.learn(key, now + 60 * SECOND, now);
        let refused = Decision::Refused(Duration::from_secs(6));
        assert_eq!(counters.decide(key, terms, now), refused);
        assert!(counters.take_pending(9).is_empty(), "the store knows everything");
    }

    #[test]
    fn small_limits_are_the_stores_from_the_first_call_on() {
        let mut counters = Counters::default();
        for calls in 1..=3 {
            let decision = counters.decide([1; 32], per_minute(calls), 1000 * SECOND);
            assert_eq!(decision, Decision::Ask { pending: 0 }, "{calls}");
        }
    }

    #[test]
    fn what_is_handed_in_is_not_counted_twice() {
        let (mut counters, key, terms) = (Counters::default(), [1; 32], per_minute(10));
        let now = 1000 * SECOND;
        assert_eq!(counters.decide(key, terms, now), Decision::Granted);
        assert_eq!(counters.take_pending(9), [(key, 6 * SECOND)]);
        // While it was on its way, another call came.
        assert_eq!(counters.decide(key, terms, now), Decision::Granted);
        counters.learn(key, now + 6 * SECOND, now);
        assert_eq!(counters.take_pending(9), [(key, 6 * SECOND)]);
        counters.give_back(key, 6 * SECOND);
        assert_eq!(counters.take_pending(9), [(key, 6 * SECOND)]);
    }
}
