//! What became of the cases, and how it is told.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::case::Case;
use crate::expected::Expected;

/// One case that was replayed.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) case: Case,
    /// Empty when the answer was the recorded one.
    pub(crate) differences: Vec<String>,
}

impl Outcome {
    pub(crate) fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Passed and total per area, then each case that did not turn out as recorded.
pub(crate) fn report(outcomes: &[Outcome], expected: &Expected) -> String {
    let mut areas: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for outcome in outcomes {
        let (passed, total) = areas.entry(&outcome.case.area).or_default();
        *passed += usize::from(outcome.passed());
        *total += 1;
    }
    let mut text = String::new();
    for outcome in outcomes {
        let Outcome { case, differences } = outcome;
        if expected.allows(outcome) {
            continue;
        }
        if outcome.passed() {
            let _ = writeln!(text, "{} passes: take it off the exceptions\n", case.id);
            continue;
        }
        let _ = writeln!(text, "{} ({}): {}", case.id, case.project, case.request);
        for difference in differences {
            let _ = writeln!(text, "    {difference}");
        }
        text.push('\n');
    }
    for (area, (passed, total)) in &areas {
        let _ = writeln!(text, "{area:16} {passed:4} / {total}");
    }
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let total = outcomes.len();
    let _ = writeln!(text, "{:16} {passed:4} / {total} (recorded: {})", "all", expected.passing());
    for outcome in outcomes.iter().filter(|outcome| !outcome.passed()) {
        if let Some(reason) = expected.exception(&outcome.case.id) {
            let _ = writeln!(text, "exception {}: {reason}", outcome.case.id);
        }
    }
    text
}
