//! Native half of High Resolution Time: the clock of one realm set. The class is in `performance.js`.
//!
//! Spec: <https://w3c.github.io/hr-time/>. The time origin is the moment when these ops were made.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use transom_engine::Op;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/performance/entries", include_str!("entries.js")),
    ("transom:internal/performance/performance", include_str!("performance.js")),
];

pub(crate) fn ops() -> Vec<Op> {
    let start = Instant::now();
    let origin = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    vec![
        Op::new("performance_now", move || start.elapsed().as_secs_f64() * 1000.0),
        Op::new("performance_time_origin", move || origin * 1000.0),
    ]
}
