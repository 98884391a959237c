//! What script holds by a number: states of ciphers, hashes, compressors. A state is closed by script, when script
//! forgets it, or with its realm.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use transom_engine::OpError;

/// States of one kind, by their numbers.
pub(crate) struct Handles<T> {
    last: Cell<u32>,
    open: RefCell<HashMap<u32, (u32, T)>>,
}

impl<T> Default for Handles<T> {
    fn default() -> Self {
        Self { last: Cell::default(), open: RefCell::default() }
    }
}

impl<T> Handles<T> {
    /// Keeps `state` for `realm`.
    pub(crate) fn insert(&self, state: T, realm: u32) -> u32 {
        let number = self.last.get().wrapping_add(1);
        self.last.set(number);
        self.open.borrow_mut().insert(number, (realm, state));
        number
    }

    /// Runs `work` on a state.
    ///
    /// # Errors
    /// When there is none with this number.
    pub(crate) fn with<R>(
        &self,
        number: u32,
        work: impl FnOnce(&mut T) -> R,
    ) -> Result<R, OpError> {
        match self.open.borrow_mut().get_mut(&number) {
            Some((_, state)) => Ok(work(state)),
            None => Err(OpError::error("the state is closed").code("ERR_INVALID_STATE")),
        }
    }

    /// Takes a state out.
    pub(crate) fn take(&self, number: u32) -> Option<T> {
        self.open.borrow_mut().remove(&number).map(|(_, state)| state)
    }

    /// Forgets what belongs to a realm.
    pub(crate) fn release(&self, realm: u32) {
        self.open.borrow_mut().retain(|_, (owner, _)| *owner != realm);
    }
}
