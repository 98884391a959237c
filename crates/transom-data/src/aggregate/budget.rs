//! What one aggregation may cost. Stages multiply: two that unwind lists, or texts that are put together twice over, make
//! of one item more than any machine holds.

use std::cell::Cell;

use serde_json::Value;

use crate::error::DataError;

/// Most steps of all stages together. A step is about a byte that is made or looked at.
const MOST_STEPS: u64 = 2 << 30;
/// Most bytes that are made of one document in one stage.
const MOST_OF_ONE: u64 = 16 << 20;
/// Most bytes that stages keep at one time.
const MOST_KEPT: u64 = 64 << 20;

/// What is left of it.
pub(super) struct Budget {
    steps: Cell<u64>,
    of_one: Cell<u64>,
    kept: Cell<u64>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Cell::new(MOST_STEPS),
            of_one: Cell::new(MOST_OF_ONE),
            kept: Cell::new(MOST_KEPT),
        }
    }
}

impl Budget {
    /// Takes notice of work that makes nothing; `None` when it is too much.
    pub(super) fn work(&self, steps: usize) -> Option<()> {
        take(&self.steps, steps)
    }

    /// Takes notice of bytes that are about to be made; `None` when they are too many.
    pub(super) fn make(&self, bytes: usize) -> Option<()> {
        take(&self.of_one, bytes).and_then(|()| take(&self.steps, bytes))
    }

    /// Begins with another document or another stage, when what was made before was not too much.
    pub(super) fn next(&self) -> Result<(), DataError> {
        if self.of_one.get() == 0 || self.steps.get() == 0 {
            return Err(too_much("does more work than one call may"));
        }
        self.of_one.set(MOST_OF_ONE);
        Ok(())
    }

    /// Takes notice of bytes that a stage keeps.
    pub(super) fn keep(&self, bytes: usize) -> Result<(), DataError> {
        take(&self.kept, bytes).ok_or_else(|| too_much("keeps more than 64 MB at a time"))
    }

    /// Takes notice that they are kept no longer.
    pub(super) fn release(&self, bytes: usize) {
        self.kept.set((self.kept.get() + bytes as u64).min(MOST_KEPT));
    }
}

/// Takes from what is left, of which nothing is left then if it is not enough.
fn take(left: &Cell<u64>, amount: usize) -> Option<()> {
    let rest = left.get().checked_sub(amount as u64);
    left.set(rest.unwrap_or(0));
    rest.map(drop)
}

fn too_much(what: &str) -> DataError {
    let reason = format!("The aggregation {what}: filter or group before.");
    DataError::invalid("WDE0055", reason)
}

/// About how many bytes a value takes.
pub(super) fn size(value: &Value) -> usize {
    const OWN: usize = 32;
    OWN + match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(object) => {
            object.iter().map(|(name, value)| 2 * OWN + name.len() + size(value)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}
