//! A connection of the pool while somebody uses it.

use std::ops::{Deref, DerefMut};

use deadpool_postgres::Object;

/// A connection that goes back to the pool only when whoever used it says that it is idle. One that is dropped before,
/// as by a call that took too long, may still be busy with an old statement, behind which the next call would have to
/// wait: it is closed.
pub(super) struct Lease(Option<Object>);

impl Lease {
    /// Begins to use a connection.
    pub(super) fn of(connection: Object) -> Self {
        Self(Some(connection))
    }

    /// Gives the connection back, which has nothing left to do.
    pub(super) fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

impl Deref for Lease {
    type Target = Object;

    fn deref(&self) -> &Object {
        self.0.as_ref().expect("it is there until it is given back")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Object {
        self.0.as_mut().expect("it is there until it is given back")
    }
}
