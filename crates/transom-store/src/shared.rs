//! The one store of a process, which its services share.

use std::fmt;

use crate::{Location, OpenOnce, Options, Schema, Store, StoreError};

/// A store that is opened by the first who needs it, so that a project without one pays nothing, and then shared: what
/// all services of a server write goes through one writer, or one pool.
pub struct SharedStore {
    location: Location,
    options: Options,
    schemas: Vec<Schema>,
    opened: OpenOnce<Store, StoreError>,
}

impl SharedStore {
    /// A store that will be at `location`, with the tables of all who share it; nothing is touched yet.
    #[must_use]
    pub fn new(location: Location, options: Options, schemas: Vec<Schema>) -> Self {
        Self { location, options, schemas, opened: OpenOnce::default() }
    }

    /// The store, opened by the first who asks, on a thread that may wait. It needs a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError`] as [`Store::open`]; the next who asks tries again.
    pub async fn get(&self) -> Result<Store, StoreError> {
        let store = self.opened.get_or_open(|| self.open()).await?;
        Ok(store.clone())
    }

    /// Whether several machines can share it, and so be one service.
    #[must_use]
    pub fn is_shared_by_machines(&self) -> bool {
        matches!(self.location, Location::Postgres(_))
    }

    async fn open(&self) -> Result<Store, StoreError> {
        let (location, options) = (self.location.clone(), self.options.clone());
        let schemas = self.schemas.clone();
        let opening = tokio::task::spawn_blocking(move || {
            if let Location::Sqlite { file } = &location
                && let Some(folder) = file.parent()
            {
                // What is wrong with the folder, opening tells in better words.
                drop(std::fs::create_dir_all(folder));
            }
            Store::open(&location, &options, &schemas)
        });
        opening.await.unwrap_or_else(|error| {
            let place = self.location.to_string().into();
            Err(StoreError::Unavailable { place, reason: error.to_string() })
        })
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedStore").field(&self.location).finish()
    }
}
