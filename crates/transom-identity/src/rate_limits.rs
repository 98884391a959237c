//! Rate limits of guards: so many calls in a time for each caller, spread evenly after the first burst (the generic cell
//! rate algorithm of ITU-T I.371). Kept in memory: each server counts for itself.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};

/// Callers that are remembered at most. Beyond it those whose time is over are forgotten, and then any.
const MOST: usize = 100_000;

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many calls, at least one.
    pub calls: u32,
    /// In this time.
    pub window: Duration,
}

/// The counters of a server.
#[derive(Debug)]
pub struct RateLimits {
    start: Instant,
    /// By what is limited and who calls: when the caller would have used up nothing, in microseconds after the start.
    full_at: Mutex<HashMap<[u8; 32], u64>>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { start: Instant::now(), full_at: Mutex::default() }
    }
}

impl RateLimits {
    /// Counts a call. `caller` is any text; of an IPv6 address the network counts, since one machine has all of it.
    ///
    /// # Errors
    /// How long the caller has to wait.
    pub fn take(&self, what: &str, caller: &str, rate: Rate) -> Result<(), Duration> {
        self.take_at(what, caller, rate, self.start.elapsed())
    }

    fn take_at(&self, what: &str, caller: &str, rate: Rate, now: Duration) -> Result<(), Duration> {
        let micros = |span: Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        let (now, window) = (micros(now), micros(rate.window));
        let one = window / u64::from(rate.calls.max(1));
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MOST {
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= MOST {
                full_at.clear();
            }
        }
        let at = full_at.entry(key(what, caller)).or_default();
        let next = (*at).max(now).saturating_add(one);
        if next > now.saturating_add(window) {
            return Err(Duration::from_micros(next - now - window));
        }
        *at = next;
        Ok(())
    }
}

fn key(what: &str, caller: &str) -> [u8; 32] {
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
    fn a_burst_and_then_evenly() {
        let limits = RateLimits::default();
        let rate = Rate { calls: 3, window: Duration::from_secs(60) };
        let take = |caller: &str, second: u64| {
            limits.take_at("x", caller, rate, Duration::from_secs(second))
        };
        for _ in 0..3 {
            assert_eq!(take("a", 0), Ok(()));
        }
        assert_eq!(take("a", 0), Err(Duration::from_secs(20)));
        assert_eq!(take("a", 19), Err(Duration::from_secs(1)));
        assert_eq!(take("b", 19), Ok(()), "others have their own");
        assert_eq!(take("a", 20), Ok(()));
        assert_eq!(take("a", 20), Err(Duration::from_secs(20)));
        assert_eq!(limits.take_at("y", "a", rate, Duration::from_secs(20)), Ok(()));
    }

    #[test]
    fn a_machine_has_one_network() {
        assert_eq!(key("x", "2001:db8::1"), key("x", "2001:db8::ffff:2"));
        assert_ne!(key("x", "2001:db8::1"), key("x", "2001:db8:0:1::1"));
        assert_eq!(key("x", "::ffff:10.0.0.1"), key("x", "10.0.0.1"));
        assert_ne!(key("x", "10.0.0.1"), key("x", "10.0.0.2"));
    }
}
