//! The recorded level: how many cases there are, and which of them may fail and why.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::outcome::Outcome;

/// `expected.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// How many cases pass in a whole run.
    passing: usize,
    /// Cases that fail, and the reason.
    #[serde(default)]
    exceptions: BTreeMap<String, String>,
}

impl Expected {
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Why a case may fail.
    pub(crate) fn exception(&self, id: &str) -> Option<&str> {
        self.exceptions.get(id).map(String::as_str)
    }

    /// Whether the case turned out as recorded.
    pub(crate) fn allows(&self, outcome: &Outcome) -> bool {
        outcome.passed() != self.exceptions.contains_key(&outcome.case.id)
    }

    /// Whether the run is at the recorded level: neither below nor, unrecorded, above it.
    pub(crate) fn is_met_by(&self, outcomes: &[Outcome], is_whole_suite: bool) -> bool {
        let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
        let is_complete = !is_whole_suite || passed == self.passing;
        is_complete && !outcomes.is_empty() && outcomes.iter().all(|outcome| self.allows(outcome))
    }

    pub(crate) fn passing(&self) -> usize {
        self.passing
    }
}
